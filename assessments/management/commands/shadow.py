"""`manage.py shadow`: which results would change if the current versions of the checks counted."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import QuerySet

from assessments.models import Session
from assessments.services import shadow
from evaluator import messages
from evaluator.checks import REGISTRY

_KINDS = {"changed": "changeraient", "same": "identiques", "missing": "faits manquants"}


class Command(BaseCommand):
    help = "Compare, sans rien écrire, les derniers résultats à ce que la version actuelle des contrôles répondrait."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("check", nargs="?", default="", help="code d'un contrôle ; tous par défaut")
        parser.add_argument("--session", type=int, help="numéro d'une session, même close ; les ouvertes par défaut")
        parser.add_argument("--json", action="store_true", help="une ligne JSON par résultat comparé, sans résumé")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["check"] and options["check"] not in REGISTRY:
            raise CommandError(f"Aucun contrôle ne s'appelle {options['check']}.")
        rows = shadow.rows_of(_sessions(options["session"]), options["check"])
        if options["json"]:
            for row in rows:
                self.stdout.write(json.dumps(_public(row), ensure_ascii=False))
        else:
            self._tell(rows)

    def _tell(self, rows: Iterator[shadow.ShadowRow]) -> None:
        """Each row that would change as it is found, then the counts by check."""
        counts: dict[str, Counter[str]] = {}
        for row in rows:
            counted = counts.setdefault(row.check, Counter())
            counted[row.kind] += 1
            if row.kind == "changed":
                counted["stands"] += row.stands
                self.stdout.write(_sentence(row))
        for code in sorted(counts):
            told = ", ".join(f"{counts[code][kind]} {words}" for kind, words in _KINDS.items())
            self.stdout.write(f"{code} v{REGISTRY[code].version} : {told} ({counts[code]['stands']} déjà décidés)")
        if not counts:
            self.stdout.write("Aucun résultat d'une version antérieure : rien à comparer.")


def _sessions(pk: int | None) -> QuerySet[Session]:
    if pk is None:
        return shadow.open_sessions()
    chosen = Session.objects.filter(pk=pk)
    if not chosen.exists():
        raise CommandError(f"Aucune session n'a le numéro {pk}.")
    return chosen


def _sentence(row: shadow.ShadowRow) -> str:
    stands = ", déjà décidé" if row.stands else ""
    return (
        f"dépôt {row.submission} ({row.candidate}, version {row.version}) · {row.check} : "
        f"{row.old_outcome} (v{row.old_version}) → {row.new_outcome} (v{row.new_version}){stands}"
    )


def _public(row: shadow.ShadowRow) -> dict[str, Any]:
    summary = messages.render(row.message, "fr") if row.message else ""
    return asdict(row) | {"message": row.message.code if row.message else "", "summary": summary, "kind": row.kind}
