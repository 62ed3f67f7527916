"""An edition as the award is computed over it: its units, épreuves and lines, its rule, its option groups."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from assessments.domain import award
from assessments.domain.lines import LineKey, LineKind
from assessments.domain.scale import scale_of
from assessments.selectors.lines import place_of, text_of
from certification.referentials.judged import WHOLE, Content, Covering, lines_of
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
    outside = None if blocs else WHOLE
    content, lines, own = _content(referential, outside)
    of_bloc: dict[int | None, list[award.Assessment[LineKey]]] = defaultdict(list)
    for row in _assessments(referential):
        found = lines_of(_covering(row, outside, own[row.pk]), content)
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


def _content(
    referential: Referential, outside: str | None
) -> tuple[Content[LineKey], dict[LineKey, Line], Mapping[int, Sequence[LineKey]]]:
    """What the edition asks, its lines, and the criteria that assessments have of their own; `outside`: of any bloc."""
    competencies = Competency.objects.filter(referential=referential).select_related("bloc", "activity")
    criteria = Criterion.objects.filter(referential=referential).select_related("bloc", "activity", "competency")
    rows: dict[LineKey, Competency | Criterion] = {LineKey("competency", row.pk): row for row in competencies}
    rows |= {LineKey("criterion", row.pk): row for row in criteria}
    own, under = _grouped(criteria, "assessment_id"), _grouped(criteria, "competency_id")
    scattered = [row for row in criteria if row.competency_id is None and row.assessment_id is None]
    covering: dict[LineKey, list[LineKey]] = defaultdict(list)
    covers = CriterionCover.objects.filter(referential=referential, criterion__assessment__isnull=True)
    for competency, criterion in covers.values_list("competency", "criterion"):
        covering[LineKey("competency", competency)].append(LineKey("criterion", criterion))
    content = Content(
        competencies={LineKey("competency", row.pk): row.bloc_id or outside for row in competencies},
        scattered={LineKey("criterion", row.pk): row.bloc_id or outside for row in scattered},
        under={LineKey("competency", pk): found for pk, found in under.items()},
        covering=covering,
        place={key: place_of(row) for key, row in rows.items()},
    )
    return content, {key: _line(key.kind, row) for key, row in rows.items()}, own


def _grouped(criteria: Iterable[Criterion], parent: str) -> defaultdict[int, list[LineKey]]:
    """The criteria that have such a parent, by its key."""
    found: defaultdict[int, list[LineKey]] = defaultdict(list)
    for row in criteria:
        if (key := getattr(row, parent)) is not None:
            found[key].append(LineKey("criterion", row.pk))
    return found


def _line(kind: LineKind, row: Competency | Criterion) -> Line:
    return award.Line(LineKey(kind, row.pk), name_of(row), row.weight, row.eliminatory)


def name_of(row: Competency | Criterion | Assessment) -> str:
    """The code of a line, or the beginning of what it says."""
    text: str = row.code or text_of(row)
    return text if len(text) <= NAME else f"{text[: NAME - 1]}…"


def _assessments(referential: Referential) -> Sequence[Assessment]:
    return list(
        Assessment.objects.filter(referential=referential).prefetch_related("competency_rows").order_by("position")
    )


def _covering(row: Assessment, outside: str | None, own: Sequence[LineKey]) -> Covering[LineKey]:
    named: Iterable[AssessmentCompetency] = row.competency_rows.all()
    keys = [LineKey("competency", each.competency_id) for each in named]
    return Covering(LineKey("assessment", row.pk), row.bloc_id or outside, keys, own)


def _assessment(row: Assessment, found: Sequence[LineKey], lines: Mapping[LineKey, Line]) -> award.Assessment[LineKey]:
    itself = award.Line(LineKey("assessment", row.pk), name_of(row))
    return award.Assessment(row.position, str(row), row.kind, [lines.get(key, itself) for key in found])


def _unit(bloc: Bloc, assessments: Sequence[award.Assessment[LineKey]]) -> award.Unit[LineKey]:
    group = bloc.option_group.code if bloc.option_group else ""
    return award.Unit(code_of(bloc), str(bloc), assessments, group)


def code_of(bloc: Bloc) -> str:
    """The code by which a unit is named: as printed, else its rank."""
    return bloc.code or str(bloc.position)
