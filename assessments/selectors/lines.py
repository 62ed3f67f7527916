"""The lines that a work is judged on, and what each of them says, whatever its kind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce

from assessments.domain.lines import LineKey
from assessments.models import Enrolment, Line, Work
from certification.referentials.models import (
    Activity,
    AssessmentCompetency,
    Bloc,
    Competency,
    Criterion,
    CriterionCheck,
    CriterionCover,
)

LINE_ORDER = (
    Coalesce("criterion__bloc__position", "competency__bloc__position"),
    Coalesce("criterion__activity__position", "competency__activity__position"),
    Coalesce("criterion__competency__position", "competency__position"),
    F("criterion__position"),
)
"""The order of the référentiel, for what is said of lines."""


def assessed_lines(work: Work) -> list[Line]:
    """The lines of a work's grid in the order of the référentiel; four queries, whatever their number.

    An assessment covers the competencies it names; where it names none, those of its bloc; where it has no bloc,
    those of the edition, without the option blocs that the candidate has not chosen. It is judged on the criteria
    under them and on those of that bloc or edition as a whole. For a competency with no criterion under it, it is
    judged on the criteria that say they cover it, and where there is none either, on the competency itself.
    """
    competencies, criteria_within = _scope(work)
    bare = Competency.objects.filter(competencies, criteria__isnull=True)
    covering = CriterionCover.objects.filter(competency__in=bare.values("pk")).values("criterion")
    criteria = Criterion.objects.filter(criteria_within | Q(pk__in=covering))
    with_all = criteria.select_related("bloc", "activity", "competency").prefetch_related("items", "checks")
    alone = bare.filter(covering_criteria__isnull=True).select_related("bloc", "activity")
    return sorted([*with_all, *alone], key=place_of)


def covered_codes(assessment: str) -> ArraySubquery:
    """The codes of the competencies that an assessment names, in its order, to annotate rows whose field
    ``assessment`` is its key.
    """
    named = AssessmentCompetency.objects.filter(assessment=OuterRef(assessment)).order_by("position")
    return ArraySubquery(named.values("competency__code"))


def line_named(key: LineKey) -> Line | None:
    """The criterion or the competency of that name, in any edition; None when there is none."""
    model: type[Criterion] | type[Competency] = Criterion if key.kind == "criterion" else Competency
    return model.objects.filter(pk=key.pk).first()


def competency_of(line: Line) -> Competency | None:
    """The competency that the line judges; None for a criterion of an activity, a bloc or an edition as a whole."""
    return line if isinstance(line, Competency) else line.competency


def place_of(line: Line) -> tuple[float, ...]:
    """The rank in the référentiel: by bloc, activity and competency; what stands in none of them comes after."""
    parents: Sequence[Bloc | Activity | Competency | None] = (line.bloc, line.activity, competency_of(line))
    ranks = [parent.position if parent is not None else float("inf") for parent in parents]
    return (*ranks, line.position)


def codes_of(lines: Iterable[Line]) -> list[str]:
    """The codes of the competencies that the lines judge, each once."""
    competencies = filter(None, map(competency_of, lines))
    return list(dict.fromkeys(competency.code for competency in competencies if competency.code))


def text_of(line: Line) -> str:
    """The sentence of the line without its sub-items: a criterion's lead-in opens it."""
    return line.text if isinstance(line, Competency) else f"{line.lead_in} {line.text}".strip()


def items_of(line: Line) -> list[str]:
    """The sub-items; a competency has none."""
    return [] if isinstance(line, Competency) else [item.text for item in line.items.all()]


def checks_of(line: Line) -> list[CriterionCheck]:
    """The checks that the référentiel names for the line: only a criterion has some."""
    return [] if isinstance(line, Competency) else list(line.checks.all())


def _scope(work: Work) -> tuple[Q, Q]:
    """What the assessment covers: a condition on competencies, and one on criteria."""
    assessment = work.assessment
    named = AssessmentCompetency.objects.filter(assessment=assessment).values("competency")
    if assessment.bloc_id:
        within = Q(bloc=assessment.bloc_id)
    else:
        chosen = Enrolment.options.through.objects.filter(enrolment=work.enrolment_id).values("bloc")
        taken = Q(bloc__isnull=True) | Q(bloc__option_group__isnull=True) | Q(bloc__in=chosen)
        within = Q(referential=assessment.referential_id) & taken
    otherwise = ~Exists(named) & within
    return Q(pk__in=named) | otherwise, Q(competency__in=named) | otherwise
