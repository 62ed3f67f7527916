"""An edition as the award is computed over it: its units, épreuves and lines, its rule, its option groups."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from assessments.domain import award
from assessments.domain.coverage import Content, Covering, lines_of
from assessments.domain.lines import LineKey, LineKind
from assessments.domain.scale import scale_of
from certification.referentials.models import (
    Assessment,
    AssessmentCompetency,
    Bloc,
    Competency,
    Criterion,
    CriterionCover,
    OptionGroup,
    Referential,
)

Line = award.Line[LineKey]
NAME = 120
"""Characters of a line's text that stand for its name where it has no code."""


def edition_of(referential: Referential) -> award.Edition[LineKey]:
    """The edition for ``domain.award``. Seven queries; none for a frozen edition that was read before."""
    if referential.is_frozen:
        return _frozen(referential.pk, referential.content_hash)
    return _read(referential)


@lru_cache(maxsize=32)
def _frozen(pk: int, _content_hash: str) -> award.Edition[LineKey]:
    return _read(Referential.objects.select_related("certification").get(pk=pk))


def _read(referential: Referential) -> award.Edition[LineKey]:
    blocs = list(Bloc.objects.filter(referential=referential).select_related("option_group").order_by("position"))
    content, lines = _content(referential, has_blocs=bool(blocs))
    of_bloc: dict[int | None, list[award.Assessment[LineKey]]] = defaultdict(list)
    for row in _assessments(referential):
        found = lines_of(_covering(row), content)
        of_bloc[row.bloc_id].append(_assessment(row, found, lines))
    whole = award.Unit(referential.certification.code, referential.title, of_bloc[None])
    return award.Edition(
        rule=award.Rule.of(referential.award_rule),
        scale=scale_of(referential.scale),
        units=[_unit(bloc, of_bloc[bloc.pk]) for bloc in blocs] or [whole],
        groups=[
            award.Group(group.code, group.title, group.choose)
            for group in OptionGroup.objects.filter(referential=referential).order_by("position")
        ],
        beside=of_bloc[None] if blocs else [],
    )


def _content(referential: Referential, *, has_blocs: bool) -> tuple[Content, dict[LineKey, Line]]:
    competencies = list(Competency.objects.filter(referential=referential))
    criteria = list(Criterion.objects.filter(referential=referential))
    covers: dict[int, set[int]] = defaultdict(set)
    for competency, criterion in CriterionCover.objects.filter(referential=referential).values_list(
        "competency", "criterion"
    ):
        covers[competency].add(criterion)
    content = Content(
        has_blocs=has_blocs,
        competencies={row.pk: row.bloc_id for row in competencies},
        criteria={row.pk: (row.bloc_id, row.competency_id) for row in criteria},
        covers=covers,
    )
    lines = {LineKey("competency", row.pk): _line("competency", row) for row in competencies}
    lines |= {LineKey("criterion", row.pk): _line("criterion", row) for row in criteria}
    return content, lines


def _line(kind: LineKind, row: Competency | Criterion) -> Line:
    return award.Line(LineKey(kind, row.pk), name_of(row), row.weight, row.eliminatory)


def name_of(row: Competency | Criterion | Assessment) -> str:
    """The code of a line, or the beginning of what it says."""
    text: str = row.code or (row.title if isinstance(row, Assessment) else row.text)
    return text if len(text) <= NAME else f"{text[: NAME - 1]}…"


def _assessments(referential: Referential) -> Sequence[Assessment]:
    return list(
        Assessment.objects.filter(referential=referential).prefetch_related("competency_rows").order_by("position")
    )


def _covering(row: Assessment) -> Covering:
    named: Iterable[AssessmentCompetency] = row.competency_rows.all()
    return Covering(row.pk, row.bloc_id, [each.competency_id for each in named])


def _assessment(row: Assessment, found: Sequence[LineKey], lines: Mapping[LineKey, Line]) -> award.Assessment[LineKey]:
    itself = award.Line(LineKey("assessment", row.pk), name_of(row))
    return award.Assessment(row.position, str(row), row.kind, [lines.get(key, itself) for key in found])


def _unit(bloc: Bloc, assessments: Sequence[award.Assessment[LineKey]]) -> award.Unit[LineKey]:
    group = bloc.option_group.code if bloc.option_group else ""
    return award.Unit(bloc.code or str(bloc.position), str(bloc), assessments, group)
