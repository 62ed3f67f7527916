"""Refusals that a person can act on. ``code`` is stable, the sentence is for the screen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from django.db import Error
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from psycopg.errors import ExclusionViolation, UniqueViolation

from certification.outages import BUSY, Held, outage_of


class Refused(Exception):
    """The use case does not apply: wrong state, missing mark, deadline passed. Nothing has changed."""

    def __init__(self, code: str, sentence: Any, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.sentence = sentence
        self.params = params

    def __str__(self) -> str:
        return str(self.sentence) % self.params if self.params else str(self.sentence)


class Busy(Refused, Held):
    """Another act holds for a moment what this one needs; the same one, tried again, is served.

    A person is told so where they act. For a script it is an outage (``certification.outages``): it tries again.
    """

    def __init__(self) -> None:
        super().__init__(BUSY.code, BUSY.sentence)


class Denied(Exception):
    """The actor may see the object and may not do this to it."""

    def __str__(self) -> str:
        return gettext("Vous n’avez pas le droit de faire cela.")


_DONE = _("Quelqu’un vient de le faire : rechargez la page.")
RULES: Final[Mapping[str, tuple[str, Promise]]] = {
    "decision_one_first_per_work": ("decision.made", _("La décision est déjà enregistrée : rechargez la page.")),
    "appeal_one_per_decision": ("appeal.open", _("Un recours contre cette décision est déjà en cours.")),
    "appeal_one_per_award": ("appeal.open", _("Un recours contre cette décision est déjà en cours.")),
    "submission_number_unique": ("submission.done", _("Une version vient d’être déposée : rechargez la page.")),
    "run_one_active_per_submission": ("run.active", _("Une évaluation de ce dépôt est déjà en cours.")),
    "slot_time_unique": ("jury.taken", _("Un autre passage est déjà prévu à cette heure.")),
    "occupation_once": (
        "jury.taken",
        _("Un juré, le candidat ou la salle vient d’être pris à cette heure : rechargez la page."),
    ),
    "room_name_unique": ("room.name", _("Une salle de ce nom existe déjà.")),
    "slot_one_due_per_work": ("jury.scheduled", _("Ce travail a déjà un passage.")),
    "juror_unique": ("jury.member", _("Cette personne est, ou a été, membre de ce jury.")),
    "presidency_one_first": ("seat.presided", _DONE),
    "leave_one_at_a_time": ("seat.leave", _DONE),
    "habilitation_one_without_end": ("habilitation.held", _DONE),
    "employer_name_unique": ("profile.employer", _DONE),
    "composition_rule_version_unique": ("rule.version", _DONE),
    "ballot_unique": ("ballot.open", _DONE),
    "enrolment_unique": ("enrolment.twice", _("Cette personne est déjà inscrite à cette session.")),
    "work_unique": ("work.open", _DONE),
    "acquired_bloc_unique": ("carried.recorded", _DONE),
    "session_name_unique": ("session.name", _("Une session de cette édition porte déjà ce nom.")),
    "user_email_unique": ("person.email_taken", _("Un compte existe déjà pour cette adresse.")),
    "reference_name_unique": ("reference.name", _DONE),
    "reference_version_unique": ("reference.number", _DONE),
    "referential_edition_unique": ("referential.edition", _("Cette édition existe déjà.")),
    "probe_once_per_due": ("probe.asked", _DONE),
}
"""The rules that a constraint of ours (unique, exclusion) holds when two people act at once: its name, its refusal."""


def refusal_of(error: Error) -> Refused | None:
    """The refusal that an error of the database means; None for what is a fault of ours, and stays loud."""
    cause = error.__cause__
    if isinstance(cause, (UniqueViolation, ExclusionViolation)):
        rule = RULES.get(cause.diag.constraint_name or "")
        return Refused(*rule) if rule else None
    return Busy() if outage_of(error) is BUSY else None


@contextmanager
def conflicts_refused() -> Iterator[None]:
    """What the database refuses inside, by a rule of ours, is raised as its Refused."""
    try:
        yield
    except Error as error:
        refused = refusal_of(error)
        if refused is None:
            raise
        raise refused from error
