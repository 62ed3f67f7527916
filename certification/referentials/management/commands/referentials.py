"""`manage.py referentials`: load, publish, list, export and examine the référentiels."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from certification.referentials import exporters, queries, services
from certification.referentials.catalogue import known_checks
from certification.referentials.errors import ReferentialError
from certification.referentials.models import Referential
from certification.referentials.shipped import shipped_codes, shipped_tree
from certification.referentials.validation import problems_of
from certification.referentials.yaml_form import read_form


class Command(BaseCommand):
    """One subcommand per use case; the messages are for administrators, in French."""

    help = "Charge, publie, liste, exporte et vérifie les référentiels."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, parser_class=type(parser))
        load = actions.add_parser("load", help="charge des référentiels fournis, ou un fichier")
        load.add_argument("codes", nargs="*", metavar="CODE", help="codes des référentiels fournis")
        load.add_argument("--all", action="store_true", help="tous les référentiels fournis")
        load.add_argument("--file", type=Path, action="append", default=[], help="un fichier YAML")
        load.add_argument("--publish", action="store_true", help="publie les brouillons chargés")
        for name, words in (("publish", "publie un brouillon"), ("archive", "archive une édition publiée")):
            self._with_edition(actions.add_parser(name, help=words))
        listing = actions.add_parser("list", help="liste les éditions et ce qu'elles contiennent")
        listing.add_argument("--json", action="store_true")
        export = actions.add_parser("export", help="écrit une édition dans un des formats d'échange")
        self._with_edition(export)
        export.add_argument("--format", choices=tuple(exporters.FORMATS), default="json")
        export.add_argument("--output", type=Path, metavar="FICHIER", help="un fichier plutôt que la sortie standard")
        validate = actions.add_parser("validate", help="vérifie un fichier sans rien charger")
        validate.add_argument("path", type=Path)
        coverage = actions.add_parser("coverage", help="ce que la machine décide ou éclaire, par bloc")
        self._with_edition(coverage)
        coverage.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, f"_{options['action']}")(options)
        except ReferentialError as error:
            raise CommandError(str(error)) from error

    @staticmethod
    def _with_edition(parser: ArgumentParser) -> None:
        parser.add_argument("code", help="code de la certification")
        parser.add_argument("--edition", help="édition ; la plus récente sinon")

    def _load(self, options: dict[str, Any]) -> None:
        codes = shipped_codes() if options["all"] else options["codes"]
        trees = [shipped_tree(code) for code in codes] + [read_form(path) for path in options["file"]]
        if not trees:
            raise CommandError("Donner un code, --file, ou --all.")
        words = {"created": "chargé", "replaced": "remplacé", "unchanged": "inchangé"}
        for tree in trees:
            loaded = services.load_edition(tree=tree)
            edition = loaded.referential
            if options["publish"] and not edition.is_frozen:
                edition = services.publish(referential=edition)
            self.stdout.write(
                f"{edition.certification.code} {edition.edition} : {words[loaded.outcome]}, "
                f"{edition.get_status_display()}."
            )

    def _publish(self, options: dict[str, Any]) -> None:
        edition = services.publish(referential=self._edition(options))
        self.stdout.write(f"{edition} : publié, empreinte {edition.content_hash}.")

    def _archive(self, options: dict[str, Any]) -> None:
        self.stdout.write(f"{services.archive(referential=self._edition(options))} : archivé.")

    def _list(self, options: dict[str, Any]) -> None:
        editions = queries.editions_summary()
        if options["json"]:
            self._write_json([edition.as_dict() for edition in editions])
            return
        for each in editions:
            self.stdout.write(
                f"{each.code} {each.edition} ({each.status}) : {each.blocs} blocs, "
                f"{each.activities} activités, {each.tasks} tâches, {each.competencies} compétences, "
                f"{each.criteria} critères, {each.sub_items} sous-éléments, {each.assessments} épreuves, "
                f"{each.deliverables} livrables"
            )

    def _export(self, options: dict[str, Any]) -> None:
        data = exporters.export(self._edition(options), options["format"], settings.JALON_BASE_URL)
        path: Path | None = options["output"]
        if path is not None:
            try:
                path.write_bytes(data)
            except OSError as error:
                raise CommandError(f"{path} : {error.strerror}.") from error
        elif options["format"] == "xlsx":
            self._write_bytes(data)
        else:
            self.stdout.write(data.decode(), ending="")

    def _write_bytes(self, data: bytes) -> None:
        """A workbook is no text: it goes to a file or to another program, never to a screen."""
        stream = getattr(self.stdout, "buffer", None)
        if stream is None or self.stdout.isatty():
            raise CommandError("Un classeur ne s'affiche pas : donner --output FICHIER.")
        stream.write(data)

    def _validate(self, options: dict[str, Any]) -> None:
        problems = problems_of(read_form(options["path"]), known_checks())
        for problem in problems:
            self.stdout.write(f"{'erreur' if problem.level == 'error' else 'attention'} : {problem}")
        errors = sum(problem.level == "error" for problem in problems)
        if errors:
            raise CommandError(f"{errors} erreur(s).")
        self.stdout.write("Le fichier est valable.")

    def _coverage(self, options: dict[str, Any]) -> None:
        found = queries.coverage_of(self._edition(options))
        if options["json"]:
            rows = [
                {"bloc": each.bloc, "decided": each.decided, "informed": each.informed, "human": each.human}
                for each in found
            ]
            self._write_json(rows)
            return
        for each in found:
            self.stdout.write(
                f"Bloc {each.bloc or '–'} : {each.total} critères, dont {each.decided} décidés, "
                f"{each.informed} éclairés, {each.human} laissés aux personnes"
            )

    def _edition(self, options: dict[str, Any]) -> Referential:
        found = Referential.objects.of(options["code"], options["edition"]).select_related("certification")
        edition: Referential | None = found.first()
        if edition is None:
            raise CommandError(f"Aucune édition chargée pour « {options['code']} ».")
        return edition

    def _write_json(self, value: Any) -> None:
        self.stdout.write(json.dumps(value, ensure_ascii=False, indent=2))
