"""`manage.py verify`: whether the database, the anchored heads and the files still say what was done."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assessments.services import anchors, grants
from assessments.services.verification import Fault, Verification

SENTENCES = {
    "journal.gap": "il manque des lignes : {expected} attendue",
    "journal.link": "ne suit pas la ligne qui la précède",
    "journal.row": "la ligne n'est plus celle qui a été écrite",
    "journal.recorded_later": "relève un contenu après la fin du relevé de l'existant",
    "content.unaccounted": "aucun acte du journal n'en rend compte",
    "content.changed": "n'est plus ce que l'acte avait laissé",
    "content.gone": "a disparu, alors qu'un acte l'avait laissé",
    "work.state": "n'est plus dans l'état où son dernier acte l'a mis : {expected}",
    "document.content": "ses données ne donnent pas l'empreinte imprimée",
    "document.content_gone": "ses données ont disparu",
    "head.unsigned": "n'est signée par aucune de nos clés",
    "head.gone": "le journal n'a plus la ligne ancrée ({expected})",
    "head.other": "le journal a été réécrit : {expected} était ancrée",
    "file.gone": "le fichier a disparu",
    "file.changed": "le fichier n'est plus celui qui a été gardé",
}


class Command(BaseCommand):
    help = "Vérifie, sans rien écrire, que rien n'a été changé, retiré, ajouté ni réordonné hors de l'application."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--anchors", nargs="+", type=Path, metavar="FICHIER", default=[], help="têtes gardées ailleurs"
        )
        parser.add_argument("--files", action="store_true", help="relit aussi chaque fichier gardé")
        parser.add_argument("--json", action="store_true", help="une ligne JSON par anomalie")

    def handle(self, *args: Any, **options: Any) -> None:
        missing = [str(path) for path in options["anchors"] if not path.is_file()]
        if missing:
            raise CommandError(f"Introuvable : {', '.join(missing)}.")
        for weak in grants.weaknesses()[:1]:
            self.stderr.write(f"Le rôle de l'application peut récrire le passé ({weak}…) : voyez docs/operators.md.")
        verification = Verification(heads=[*anchors.files(), *options["anchors"]], files=options["files"])
        found = 0
        for fault in verification.faults():
            found += 1
            self.stdout.write(_line(fault, as_json=options["json"]))
        if found:
            raise CommandError(f"{found} anomalie(s).")
        if not options["json"]:
            self.stdout.write(_healthy(verification))


def _line(fault: Fault, *, as_json: bool) -> str:
    if as_json:
        return json.dumps(asdict(fault), ensure_ascii=False)
    return f"{fault.about} : {SENTENCES[fault.code].format(expected=fault.expected)} [{fault.code}]"


def _healthy(verification: Verification) -> str:
    counts = verification.counts
    files = f", {counts['files']} fichiers" if verification.files else ""
    return (
        f"Rien d'anormal : {counts['journal']} lignes du journal, {counts['contents']} contenus scellés, "
        f"{counts['documents']} documents, {counts['heads']} têtes ancrées{files}."
    )
