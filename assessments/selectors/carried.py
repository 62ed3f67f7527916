"""Blocs that a candidate won, in an edition or in one before it, and that count in the edition they enrol in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from assessments.domain.carried import CarryRow, carried
from assessments.models import Award, Enrolment, User
from assessments.selectors.administration.editions import tree_of
from certification.referentials.carry_over_form import decided
from certification.referentials.models import Bloc, Referential


@dataclass(frozen=True, slots=True)
class Source:
    """A row of a carry-over table: the edition it starts from, its bloc as printed there, the verdict."""

    edition: str
    bloc: str
    verdict: str


@dataclass(frozen=True, slots=True)
class CarriedBloc:
    """A bloc that counts as won, the rows by which it does, the oldest first, and the awards that won it.

    No row for one that was won in the edition itself.
    """

    bloc: Bloc
    sources: Sequence[Source]
    awards: Sequence[int]

    @property
    def reason(self) -> dict[str, Any]:
        """What is kept of it with the enrolment."""
        rows = [{"edition": row.edition, "bloc": row.bloc, "verdict": row.verdict} for row in self.sources]
        return {"rows": rows, "awards": list(self.awards)}


def blocs_won_before(enrolment: Enrolment) -> list[CarriedBloc]:
    """The blocs that count as won in an enrolment by other ones, of the same edition or of older ones, in its order.

    What was won here itself is not among them: it is here.
    """
    edition, candidate = enrolment.session.referential, enrolment.candidate
    found = {won.bloc.pk: won for won in carried_blocs(candidate, edition)}
    found |= {won.bloc.pk: won for won in _awarded(candidate, edition, apart_from=enrolment)}
    return sorted(found.values(), key=lambda won: won.bloc.position)


def carried_blocs(candidate: User, edition: Referential) -> list[CarriedBloc]:
    """The blocs of an edition that count as won in older ones, in its order, by the tables decided between them.

    Only a table that somebody decided counts; what would merely be proposed carries nothing over.
    """
    old = predecessor_of(edition)
    won = _won(candidate, old) if old is not None else {}
    if old is None or not won:
        return []
    table = decided(tree_of(old), tree_of(edition))
    if table is None:
        return []
    names = {row.old.path: row.old.label for row in table.blocs}
    rows = [CarryRow(row.old.path, row.verdict, [part.path for part in row.new]) for row in table.blocs]
    blocs = _by_path(edition)
    return [
        _carried(blocs[path], old.edition, [(row, names[row.old], won[row.old]) for row in found])
        for path, found in sorted(carried(rows, won).items(), key=lambda pair: blocs[pair[0]].position)
    ]


def _carried(bloc: Bloc, edition: str, found: Sequence[tuple[CarryRow, str, CarriedBloc]]) -> CarriedBloc:
    earlier = [source for _row, _name, won in found for source in won.sources]
    here = [Source(edition, name, row.verdict) for row, name, _won in found]
    awards = sorted({key for _row, _name, won in found for key in won.awards})
    return CarriedBloc(bloc, [*earlier, *here], awards)


def predecessor_of(edition: Referential) -> Referential | None:
    """The older edition that the carry-over table of this one starts from; None without a table."""
    table = edition.metadata.get("carry_over") or {}
    found: Referential | None = (
        Referential.objects.filter(certification=edition.certification_id, edition=table.get("from"), pk__lt=edition.pk)
        .select_related("certification")
        .first()
    )
    return found


def _won(candidate: User, edition: Referential) -> dict[str, CarriedBloc]:
    """By path, the blocs won in an edition: those awarded in it, and those that count from one before."""
    paths = {bloc.pk: path for path, bloc in _by_path(edition).items()}
    older = {paths[found.bloc.pk]: found for found in carried_blocs(candidate, edition)}
    return older | {paths[found.bloc.pk]: found for found in _awarded(candidate, edition)}


def _awarded(candidate: User, edition: Referential, *, apart_from: Enrolment | None = None) -> list[CarriedBloc]:
    """The blocs that a jury awarded, in whatever session of the edition: their épreuves alone award nothing."""
    awards = Award.objects.won().filter(
        bloc__isnull=False, enrolment__candidate=candidate, enrolment__session__referential=edition
    )
    if apart_from is not None:
        awards = awards.exclude(enrolment=apart_from)
    return [CarriedBloc(award.bloc, [], [award.pk]) for award in awards.select_related("bloc") if award.bloc]


def _by_path(edition: Referential) -> dict[str, Bloc]:
    """The blocs of an edition by their place in its tree."""
    blocs = Bloc.objects.filter(referential=edition).order_by("position")
    return {f"blocs[{rank}]": bloc for rank, bloc in enumerate(blocs)}
