"""Where candidates stand towards their title: what was decided of their épreuves, what the rule proposes of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import F, Prefetch
from django.utils import timezone

from assessments.domain import award
from assessments.domain.attempts import Attempt, awaited, counting
from assessments.domain.deadlines import in_time
from assessments.domain.lines import LineKey
from assessments.domain.workflow import WorkState
from assessments.models import Award, Decision, DecisionLine, Enrolment, Work
from assessments.models.awards import AwardScope, UnitOutcome, rests_on_replaced
from assessments.models.lines import KINDS
from assessments.models.sessions import AcquiredBloc
from assessments.selectors.award import code_of, edition_of

STATES: Mapping[str, award.State] = {
    UnitOutcome.ACQUIRED: award.State.ACQUIRED,
    UnitOutcome.NOT_ACQUIRED: award.State.NOT_ACQUIRED,
}
"""What an award says of a unit for the title; adjourned or absent, it is still to be decided."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One candidate in one session.

    ``proposed`` is what the rule says of the lines now; ``awards`` by code of unit and ``title`` are what a jury
    decided. ``decisions`` and ``works`` by number of épreuve: the decision that counts, the latest attempt.
    ``carried`` by code of unit: the blocs recorded as won when the candidate enrolled. ``outdated``: the keys of the
    awards that rest on what was replaced since.
    """

    enrolment: Enrolment
    edition: award.Edition[LineKey]
    given: award.Given[LineKey]
    proposed: award.Award[LineKey]
    awards: Mapping[str, Award]
    title: Award | None
    decisions: Mapping[int, Decision]
    works: Mapping[int, Work]
    carried: Mapping[str, AcquiredBloc]
    outdated: Collection[int]

    def titled(self, ruled: Mapping[str, str] | None = None) -> award.Award[LineKey]:
        """What is proposed of the title over what was awarded in this session so far, and over the lines elsewhere.

        ``ruled``: what the jury would award besides, outcomes by code of unit.
        """
        own = {code: found for code, found in self.awards.items() if found.enrolment_id == self.enrolment.pk}
        said = {code: found.outcome for code, found in own.items() if code not in self.given.won} | dict(ruled or {})
        if not said:
            return self.proposed
        states = {code: STATES.get(outcome, award.State.PENDING) for code, outcome in said.items()}
        return award.award(self.edition, replace(self.given, ruled=states))

    @property
    def title_outdated(self) -> bool:
        return self.title is not None and self.title.pk in self.outdated


def standing_of(enrolment: Enrolment) -> Standing:
    """Where one candidate stands."""
    return standings_of([enrolment])[0]


def standings_of(enrolments: Sequence[Enrolment]) -> list[Standing]:
    """Where candidates of sessions of one edition stand: five queries, whatever their number."""
    if not enrolments:
        return []
    referential = enrolments[0].session.referential
    edition = edition_of(referential)
    candidates = {enrolment.candidate_id for enrolment in enrolments}
    works = _works(candidates, referential.pk)
    levels = _levels(decision for each in works.values() for work in each for decision in work.decisions.all())
    awards = _awards(candidates, referential.pk)
    carried: dict[int, list[AcquiredBloc]] = defaultdict(list)
    for row in AcquiredBloc.objects.filter(enrolment__in=enrolments).select_related("bloc"):
        carried[row.enrolment_id].append(row)
    options: dict[int, list[str]] = defaultdict(list)
    for chosen in Enrolment.options.through.objects.filter(enrolment__in=enrolments).select_related("bloc"):
        options[chosen.enrolment_id].append(code_of(chosen.bloc))
    return [
        _standing(
            each,
            edition,
            works[each.candidate_id],
            levels,
            awards[each.candidate_id],
            options[each.pk],
            carried[each.pk],
        )
        for each in enrolments
    ]


def _works(candidates: set[int], referential: int) -> Mapping[int, list[Any]]:
    """By candidate, their works on the edition, in the order in which they began, with the current decision of each."""
    rows: Any = (
        Work.objects.filter(enrolment__candidate__in=candidates, assessment__referential=referential)
        .annotate(
            number=F("assessment__position"),
            candidate=F("enrolment__candidate"),
            closes=F("enrolment__session__deposit_deadline"),
        )
        .prefetch_related(Prefetch("decisions", Decision.objects.current()))
        .order_by("created_at", "pk")
    )
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.candidate].append(row)
    return found


Levels = Mapping[int, Mapping[LineKey, str]]
"""By decision, the level of each of its lines."""


def _levels(decisions: Iterable[Decision]) -> Levels:
    """Thousands of lines make a page: they are read as bare values, those of a decision gathered."""
    rows = DecisionLine.objects.filter(decision__in=[decision.pk for decision in decisions]).order_by()
    keys = {f"{kind}_keys": ArrayAgg(kind) for kind in KINDS}
    gathered: Iterable[Any] = rows.values("decision").annotate(levels=ArrayAgg("level"), **keys)
    found: dict[int, dict[LineKey, str]] = {}
    for row in gathered:
        found[row["decision"]] = {
            LineKey(kind, key): level
            for kind in KINDS
            for key, level in zip(row[f"{kind}_keys"], row["levels"], strict=True)
            if key is not None
        }
    return found


def _awards(candidates: set[int], referential: int) -> Mapping[int, list[Any]]:
    rows: Any = Award.objects.current().filter(
        enrolment__candidate__in=candidates, enrolment__session__referential=referential
    )
    rows = rows.annotate(outdated=rests_on_replaced())
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows.select_related("enrolment__session", "bloc", "decided_by", "sitting").order_by("decided_at", "pk"):
        found[row.enrolment.candidate_id].append(row)
    return found


def unit_code(edition: award.Edition[LineKey], found: Award | AcquiredBloc) -> str:
    """The code of the unit that an award or a carried bloc is about."""
    return code_of(found.bloc) if found.bloc else edition.units[0].code


def _standing(
    enrolment: Enrolment,
    edition: award.Edition[LineKey],
    works: Sequence[Any],
    levels: Levels,
    awards: Sequence[Any],
    options: Sequence[str],
    carried: Sequence[AcquiredBloc],
) -> Standing:
    decisions = _counting(works)
    of_units = _of_units(edition, awards)
    carried_by = {unit_code(edition, row): row for row in carried}
    acquired = [code for code, found in of_units.items() if found.outcome == UnitOutcome.ACQUIRED]
    given = award.Given(
        heard=_heard(decisions, levels),
        path=enrolment.access_path,
        chosen=tuple(options),
        won=tuple(dict.fromkeys([*acquired, *carried_by])),
    )
    titles = [found for found in awards if found.scope == AwardScope.TITLE and found.enrolment_id == enrolment.pk]
    return Standing(
        enrolment=enrolment,
        edition=edition,
        given=given,
        proposed=award.award(edition, given),
        awards=of_units,
        title=titles[-1] if titles else None,
        decisions=decisions,
        works={work.number: work for work in works},
        carried=carried_by,
        outdated=[found.pk for found in awards if found.outdated],
    )


def _of_units(edition: award.Edition[LineKey], awards: Sequence[Award]) -> dict[str, Award]:
    """By code of unit, the award that counts among those of all sessions: what is acquired, else the latest."""
    units = [found for found in awards if found.scope == AwardScope.UNIT]
    last_acquired = sorted(units, key=lambda found: found.outcome == UnitOutcome.ACQUIRED)
    return {unit_code(edition, found): found for found in last_acquired}


def _counting(works: Sequence[Any]) -> dict[int, Decision]:
    """By number of épreuve, the decision that counts among the attempts."""
    attempts: dict[int, list[Attempt[Decision]]] = defaultdict(list)
    now = timezone.now()
    for work in works:
        decision = next(iter(work.decisions.all()), None)
        passed = decision is not None and decision.passed
        is_open = awaited(WorkState(work.state), before_deadline=in_time(work.closes, received_at=None, now=now))
        attempts[work.number].append(Attempt(decision, passed, is_open))
    found = {number: counting(each) for number, each in attempts.items()}
    return {number: decision for number, decision in found.items() if decision is not None}


def _heard(decisions: Mapping[int, Decision], levels: Levels) -> dict[int, award.Heard[LineKey]]:
    """The levels of each épreuve; its rank is that of its decision among the others."""
    ordered = sorted(decisions.items(), key=lambda pair: (pair[1].decided_at, pair[1].pk))
    return {number: award.Heard(levels.get(decision.pk, {}), rank) for rank, (number, decision) in enumerate(ordered)}
