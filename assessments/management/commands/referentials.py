"""`manage.py referentials`, and what the process adds to it: `award` tries an edition's rule without any data."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from assessments.domain.award import Award, Proposal, award
from assessments.domain.award_trial import GivenRefused, given_of
from assessments.domain.lines import LineKey
from assessments.models import AccessPath
from assessments.selectors.award import edition_of
from assessments.selectors.award_words import reason_said, wrong_said
from certification.referentials.management.commands import referentials

LONGEST = 1_000_000
"""Bytes of a file of levels: far beyond every line of the largest edition."""


class Command(referentials.Command):
    """One more subcommand, beside those of the référentiels alone."""

    def with_more(self, actions: Any) -> None:
        parser: ArgumentParser = actions.add_parser(
            "award", help=_("propose les unités et le titre pour des niveaux donnés")
        )
        self._with_edition(parser)
        parser.add_argument("--given", type=Path, required=True, help=_("fichier JSON : path, options, assessments"))
        parser.add_argument("--json", action="store_true")

    def _award(self, options: dict[str, Any]) -> None:
        edition = edition_of(self._edition(options))
        try:
            found = award(edition, given_of(_read(options["given"]), edition, AccessPath.values))
        except GivenRefused as refused:
            raise CommandError("\n".join(map(wrong_said, refused.wrongs))) from refused
        if options["json"]:
            self._write_json(as_json(found))
            return
        for unit in (*found.units, *found.beside):
            self._tell(unit.name, unit.state.value, unit)
        self._tell(_("Titre"), found.title.value, found)

    def _tell(self, name: str, proposal: str, found: Proposal[LineKey] | Award[LineKey]) -> None:
        self.stdout.write(f"{name}\u00a0: {proposal}")
        for reason in found.reasons:
            self.stdout.write(f"  {reason_said(reason)}")


def as_json(found: Award[LineKey]) -> dict[str, Any]:
    """The proposals of the units and of the title, each with its reasons in words."""
    units = [
        {"code": unit.code, "proposal": unit.state.value, "reasons": [*map(reason_said, unit.reasons)]}
        for unit in found.units
    ]
    title = {
        "proposal": found.title.value,
        "missing": [part.code if part.what != "assessment" else part.name for part in found.missing],
        "reasons": [*map(reason_said, found.reasons)],
    }
    return {"units": units, "title": title}


def _read(path: Path) -> Any:
    """The JSON of a small file. Raises CommandError, with the place of what cannot be read."""
    try:
        with path.open("rb") as stream:
            content = stream.read(LONGEST + 1)
        if len(content) > LONGEST:
            raise CommandError(_("Fichier trop long : %(path)s") % {"path": path})
        return json.loads(content)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise CommandError(_("Ce n’est pas du JSON : %(reason)s") % {"reason": error}) from error
