"""What the certification jury's pages read: the candidates of a session, and where each stands."""

from __future__ import annotations

from typing import Any, cast

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, Q

from assessments.models import Award, Enrolment, Sitting, User
from assessments.models.awards import FOR_GOOD
from assessments.models.juries import SittingKind, SittingState
from assessments.selectors.award import edition_of
from assessments.selectors.standing import Standing, standings_of

MOST, FEWEST = 25, 10
"""Candidates on a page: fewer where an edition has many épreuves, so that a page costs about the same."""


def certification_sittings(user: User) -> Any:
    """The certification sittings in sight."""
    found = Sitting.objects.visible_to(user).filter(kind=SittingKind.CERTIFICATION, state=SittingState.PLANNED)
    return found.select_related("session__referential__certification")


def awarding_page(sitting: Sitting, user: User, *, query: str = "", state: str = "", page: str = "1") -> Page[Standing]:
    """The candidates of the sitting's session; ``state``: waiting, decided, or empty for all.

    A dozen queries, whatever the number of candidates.
    """
    rows = Enrolment.objects.visible_to(user).filter(session=sitting.session_id)
    if query:
        rows = rows.filter(Q(candidate__full_name__icontains=query) | Q(candidate__email__icontains=query))
    if state in ("waiting", "decided"):
        rows = rows.filter(_decided() if state == "decided" else ~_decided())
    named = rows.select_related("candidate").order_by("candidate__full_name", "pk")
    found = cast(Page[Any], Paginator(named, _size(sitting)).get_page(page))
    shown = list(found.object_list)
    for enrolment in shown:
        enrolment.session = sitting.session  # one row for all: thousands are sorted without it
    found.object_list = standings_of(shown)
    return found


def _decided() -> Q:
    """The title is decided and not put off, and nothing is to be decided anew that rests on what was replaced."""
    awards = Award.objects.current().filter(enrolment=OuterRef("pk"))
    titled = Award.objects.titled().filter(enrolment=OuterRef("pk"))
    reopened = awards.outdated().exclude(outcome__in=FOR_GOOD)
    return Q(Exists(titled)) & ~Q(Exists(reopened))


def _size(sitting: Sitting) -> int:
    edition = edition_of(sitting.session.referential)
    epreuves = len(edition.beside) + sum(len(unit.assessments) for unit in edition.units)
    return max(FEWEST, min(MOST, 300 // max(epreuves, 1)))


def enrolment_in_sight(user: User) -> Any:
    """The enrolments that the user may see, with what a page about one of them names."""
    return Enrolment.objects.visible_to(user).select_related(
        "candidate", "mentor", "session__referential__certification"
    )
