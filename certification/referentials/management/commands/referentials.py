"""`manage.py referentials`: load, publish, list, export, import and examine the référentiels."""

from __future__ import annotations

import json
import os
from argparse import SUPPRESS, ArgumentParser
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from certification.referentials import exporters, importers, queries, services
from certification.referentials.catalogue import known_checks
from certification.referentials.errors import ReferentialError
from certification.referentials.importers.base import named_after
from certification.referentials.importers.registry import kind_of_file
from certification.referentials.models import Referential
from certification.referentials.queries import Coverage
from certification.referentials.shipped import shipped_codes, shipped_tree
from certification.referentials.structure import completed, walk
from certification.referentials.validation import problems_of
from certification.referentials.wording import LANGUAGES, Message, say
from certification.referentials.yaml_form import read_form, write_form

COUNTED = ("decided", "informed", "human")


class Command(BaseCommand):
    """One subcommand per use case; the messages are for administrators, in French or in English."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        with translation.override(_language(None)):
            parser.description = str(say("help.command"))
            parser.add_argument("--lang", choices=LANGUAGES, help=str(say("help.lang")))
            actions = parser.add_subparsers(dest="action", required=True, parser_class=type(parser))
            self._with_loading(actions.add_parser("load", help=str(say("help.load"))))
            for name in ("publish", "archive"):
                self._with_edition(actions.add_parser(name, help=str(say(f"help.{name}"))))
            listing = actions.add_parser("list", help=str(say("help.list")))
            listing.add_argument("--json", action="store_true")
            export = actions.add_parser("export", help=str(say("help.export")))
            self._with_edition(export)
            export.add_argument("--format", choices=tuple(exporters.FORMATS), default="json")
            self._with_output(export)
            validate = actions.add_parser("validate", help=str(say("help.validate")))
            validate.add_argument("path", type=Path)
            bringing = actions.add_parser("import", help=str(say("help.import")))
            bringing.add_argument("path", type=Path)
            bringing.add_argument("--fiche", default="", help=str(say("help.fiche")))
            self._with_output(bringing)
            coverage = actions.add_parser("coverage", help=str(say("help.coverage")))
            self._with_edition(coverage, nargs="?")
            coverage.add_argument("--json", action="store_true")
            self.with_more(actions)
            for each in actions.choices.values():  # after the action too
                each.add_argument("--lang", choices=LANGUAGES, default=SUPPRESS, help=str(say("help.lang")))

    def with_more(self, actions: Any) -> None:
        """Where a command that takes the place of this one adds its own subcommands."""

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override(_language(options["lang"])):
            try:
                getattr(self, f"_{options['action']}")(options)
            except ReferentialError as error:
                raise CommandError(str(error)) from error

    @staticmethod
    def _with_loading(parser: ArgumentParser) -> None:
        parser.add_argument("codes", nargs="*", metavar="CODE", help=str(say("help.codes")))
        parser.add_argument("--all", action="store_true", help=str(say("help.all")))
        parser.add_argument("--file", type=Path, action="append", default=[], help=str(say("help.file")))
        parser.add_argument("--publish", action="store_true", help=str(say("help.publish_loaded")))

    @staticmethod
    def _with_edition(parser: ArgumentParser, **code: Any) -> None:
        parser.add_argument("code", help=str(say("help.code")), **code)
        parser.add_argument("--edition", help=str(say("help.edition")))

    @staticmethod
    def _with_output(parser: ArgumentParser) -> None:
        parser.add_argument("--output", type=Path, metavar="FILE", help=str(say("help.output")))

    def _load(self, options: dict[str, Any]) -> None:
        codes = shipped_codes() if options["all"] else options["codes"]
        trees = [shipped_tree(code) for code in codes] + [read_form(path) for path in options["file"]]
        if not trees:
            raise _failed("tell.give_something")
        for tree in trees:
            loaded = services.load_edition(tree=tree)
            edition = loaded.referential
            if options["publish"] and not edition.is_frozen:
                edition = services.publish(referential=edition)
            outcome, status = say(f"tell.{loaded.outcome}"), say(f"status.{edition.status}")
            self._say("tell.loaded", edition=_title(edition), outcome=outcome, status=status)

    def _publish(self, options: dict[str, Any]) -> None:
        edition = services.publish(referential=self._edition(options))
        self._say("tell.published", edition=str(edition), digest=edition.content_hash)

    def _archive(self, options: dict[str, Any]) -> None:
        self._say("tell.archived", edition=str(services.archive(referential=self._edition(options))))

    def _list(self, options: dict[str, Any]) -> None:
        editions = [edition.as_dict() for edition in queries.editions_summary()]
        if options["json"]:
            self._write_json(editions)
            return
        for each in editions:
            self._say("tell.edition", **{**each, "status": say(f"status.{each['status']}")})

    def _export(self, options: dict[str, Any]) -> None:
        data = exporters.export(self._edition(options), options["format"], settings.JALON_BASE_URL)
        if options["output"] is None and options["format"] == "xlsx":
            self._write_bytes(data)
        else:
            self._write(data, options["output"])

    def _write(self, data: bytes, path: Path | None) -> None:
        if path is None:
            self.stdout.write(data.decode(), ending="")
            return
        try:
            path.write_bytes(data)
        except OSError as error:
            raise _failed("file.failed", path=str(path), reason=error.strerror or "") from error

    def _write_bytes(self, data: bytes) -> None:
        """A workbook is no text: it goes to a file or to another program, never to a screen."""
        stream = getattr(self.stdout, "buffer", None)
        if stream is None or self.stdout.isatty():
            raise _failed("tell.no_screen")
        stream.write(data)

    def _validate(self, options: dict[str, Any]) -> None:
        problems = problems_of(read_form(options["path"]), known_checks())
        for problem in problems:
            self._say(f"tell.{problem.level}", said=str(problem))
        errors = sum(problem.level == "error" for problem in problems)
        if errors:
            raise _failed("tell.errors", count=errors)
        self._say("tell.valid")

    def _import(self, options: dict[str, Any]) -> None:
        """What was understood goes out as YAML, what is doubtful to the standard error."""
        path: Path = options["path"]
        found = importers.read(kind_of_file(path), path, {"fiche": options["fiche"]} if options["fiche"] else {})
        named = named_after(found, path.name)
        for remark in named.remarks:
            place = remark.place or say("place.text", text=remark.path)
            said = say("place.refused", place=place, message=remark.message) if place else remark.message
            self.stderr.write(str(say(f"tell.{remark.level}", said=said)))
        self._write(write_form(named.tree).encode(), options["output"])
        parts = [path.rpartition(".")[2].partition("[")[0] for path, _, _ in walk(completed(named.tree))]
        names = ("blocs", "competencies", "criteria", "assessments")
        counts = {name: parts.count(name) for name in names}
        self.stderr.write(str(say("tell.imported", title=named.tree["title"], **counts)))

    def _coverage(self, options: dict[str, Any]) -> None:
        if options["code"] is not None:
            found = queries.coverage_of(self._edition(options))
            if options["json"]:
                self._write_json([asdict(each) for each in found])
            else:
                self._tell_coverage(found)
            return
        editions = list(Referential.objects.select_related("certification").order_by("certification__code", "pk"))
        if not editions:
            raise _failed("tell.nothing_loaded")
        covered = [(edition, queries.coverage_of(edition)) for edition in editions]
        if options["json"]:
            self._write_json([_coverage_json(edition, found) for edition, found in covered])
            return
        for edition, found in covered:
            self.stdout.write(_title(edition))
            self._tell_coverage(found, indent="  ")
            self._tell_covered(say("tell.total"), _total(found), "  ")
        if len(covered) > 1:
            self._tell_covered(say("tell.total"), _total([each for _, found in covered for each in found]), "")

    def _tell_coverage(self, found: Sequence[Coverage], indent: str = "") -> None:
        for each in found:
            label = say("tell.bloc", bloc=each.bloc) if each.bloc else say("tell.no_bloc")
            self._tell_covered(label, each, indent)

    def _tell_covered(self, label: Message, each: Coverage, indent: str) -> None:
        if each.competencies and not each.total:
            said = say("tell.competencies", label=label, count=each.competencies)
        else:
            said = say("tell.coverage", label=label, total=each.total, **_counts(each))
        self.stdout.write(f"{indent}{said}")

    def _edition(self, options: dict[str, Any]) -> Referential:
        found = Referential.objects.of(options["code"], options["edition"]).select_related("certification")
        edition: Referential | None = found.first()
        if edition is None:
            raise _failed("tell.no_edition", code=options["code"])
        return edition

    def _say(self, code: str, /, **params: Any) -> None:
        self.stdout.write(str(say(code, **params)))

    def _write_json(self, value: Any) -> None:
        self.stdout.write(json.dumps(value, ensure_ascii=False, indent=2))


def _language(asked: str | None) -> str:
    """The language asked for, else the first of LANGUAGE that is ours, else that of the settings."""
    wished = [asked or "", *os.environ.get("LANGUAGE", "").split(":")]
    return next((short for each in wished if (short := each[:2]) in LANGUAGES), settings.LANGUAGE_CODE)


def _failed(code: str, /, **params: Any) -> CommandError:
    return CommandError(str(say(code, **params)))


def _title(edition: Referential) -> str:
    return f"{edition.certification.code} {edition.edition}"


def _counts(covered: Coverage) -> dict[str, int]:
    return {name: getattr(covered, name) for name in COUNTED}


def _total(found: Sequence[Coverage]) -> Coverage:
    return Coverage(
        bloc="",
        competencies=sum(each.competencies for each in found),
        **{name: sum(getattr(each, name) for each in found) for name in COUNTED},
    )


def _coverage_json(edition: Referential, found: Sequence[Coverage]) -> dict[str, Any]:
    total = _total(found)
    return {
        "code": edition.certification.code,
        "edition": edition.edition,
        "blocs": [asdict(each) for each in found],
        "total": {**_counts(total), "competencies": total.competencies, "total": total.total},
    }
