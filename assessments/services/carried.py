"""Blocs won before, in the same edition or in an older one, recorded on an enrolment."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from assessments import policies
from assessments.models import Award, Enrolment, User
from assessments.models.awards import UnitOutcome
from assessments.models.sessions import AcquiredBloc
from assessments.selectors.carried import CarriedBloc, blocs_won_before
from assessments.services import journal
from assessments.services.errors import Denied, Refused
from assessments.services.journal import Act
from assessments.services.seals import seal_of
from certification.referentials.models import Bloc


@transaction.atomic
def record(*, actor: User, enrolment: Enrolment, blocs: Collection[Bloc] | None = None) -> list[AcquiredBloc]:
    """Record on the enrolment the blocs that count as won before: those given, or all of them.

    One already recorded stays. Raises Denied; Refused("carried.not_won") for a bloc that no award makes won, here or
    through the carry-over tables; Refused("carried.presented") for one of which the candidate has handed in a work.
    """
    if not policies.can_administer(actor):
        raise Denied
    enrolment = (
        Enrolment.objects.select_for_update(of=("self",), no_key=True)
        .select_related("candidate", "session__referential")
        .get(pk=enrolment.pk)
    )
    rows, acts = recorded(actor=actor, enrolment=enrolment, blocs=blocs)
    journal.record_all(acts)
    return rows


def recorded(
    *, actor: User, enrolment: Enrolment, blocs: Collection[Bloc] | None = None
) -> tuple[list[AcquiredBloc], list[Act]]:
    """What ``record`` does on an enrolment that the caller holds, and what the journal is then to say of it."""
    won = {found.bloc: found for found in blocs_won_before(enrolment)}
    presented = set(enrolment.works.filter(submissions__isnull=False).values_list("assessment__bloc", flat=True))
    known = set(enrolment.acquired_blocs.values_list("bloc", flat=True))
    wanted = [bloc for bloc in won if bloc.pk not in presented] if blocs is None else blocs
    rows = [
        AcquiredBloc(enrolment=enrolment, bloc=found.bloc, reason=found.reason, recorded_by=actor)
        for found in (_required(won, bloc, presented) for bloc in wanted if bloc.pk not in known)
    ]
    AcquiredBloc.objects.bulk_create(rows)
    return rows, [_act(actor, row) for row in rows]


def recorded_for(*, actor: User, enrolments: Sequence[Enrolment]) -> tuple[int, list[Act]]:
    """``recorded`` for new enrolments of one session: how many blocs, and what the journal is to say.

    Whoever was awarded nothing before, most of them, costs nothing.
    """
    candidates = [enrolment.candidate_id for enrolment in enrolments]
    awarded = set(
        Award.objects.filter(enrolment__candidate__in=candidates, outcome=UnitOutcome.ACQUIRED).values_list(
            "enrolment__candidate", flat=True
        )
    )
    earlier = [enrolment for enrolment in enrolments if enrolment.candidate_id in awarded]
    won = [recorded(actor=actor, enrolment=enrolment) for enrolment in earlier]
    return sum(len(rows) for rows, _acts in won), [act for _rows, acts in won for act in acts]


def _required(won: dict[Bloc, CarriedBloc], bloc: Bloc, presented: Collection[int | None]) -> CarriedBloc:
    if bloc not in won:
        raise Refused("carried.not_won", _("« %(name)s » n’a pas été acquis auparavant."), name=bloc)
    if bloc.pk in presented:
        raise Refused("carried.presented", _("Le candidat a déjà déposé un travail pour « %(name)s »."), name=bloc)
    return won[bloc]


def _act(actor: User, row: AcquiredBloc) -> Act:
    payload = {"enrolment": row.enrolment_id, "bloc": row.bloc_id, "seal": seal_of(row), **row.reason}
    return Act(actor, "bloc.carried_over", row, payload)
