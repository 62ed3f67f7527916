"""The lines that a work is judged on, and what each of them says, whatever its kind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from assessments.domain.lines import LineKey
from assessments.models import Line, Work
from assessments.models.lines import MODELS
from certification.referentials.models import (
    Activity,
    Assessment,
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
    """The lines of a work's grid: those of its assessment (`lines_of`)."""
    return lines_of(work.assessment)


def lines_of(assessment: Assessment) -> list[Line]:
    """What an assessment is judged on, in the order of the référentiel; four queries, whatever the number of lines.

    The criteria it has of its own, and those of the competencies it names; where it says nothing, those of its bloc,
    or of the edition where there are no blocs, as a whole. For a competency with no criterion under it, it is judged
    on the criteria that say they cover it, and where there is none either, on the competency itself. One of the whole
    certification that says nothing is its own line (`certification.referentials.lines`, which says the same of a tree).
    """
    competencies, criteria_within = _scope(assessment)
    bare = Competency.objects.filter(competencies, criteria__isnull=True)
    covers = CriterionCover.objects.filter(criterion__assessment__isnull=True)
    covering = covers.filter(competency__in=bare.values("pk")).values("criterion")
    criteria = Criterion.objects.filter(criteria_within | Q(pk__in=covering))
    with_all = criteria.select_related("bloc", "activity", "competency").prefetch_related("items", "checks")
    alone = bare.exclude(Exists(covers.filter(competency=OuterRef("pk")))).select_related("bloc", "activity")
    return sorted([*with_all, *alone], key=place_of) or _itself(assessment)


def covered_codes(assessment: str) -> ArraySubquery:
    """The codes of the competencies that an assessment names, in its order, to annotate rows whose field
    ``assessment`` is its key.
    """
    named = AssessmentCompetency.objects.filter(assessment=OuterRef(assessment)).order_by("position")
    return ArraySubquery(named.values("competency__code"))


def line_named(key: LineKey) -> Line | None:
    """The criterion, the competency or the assessment of that name, in any edition; None when there is none."""
    return MODELS[key.kind]._default_manager.filter(pk=key.pk).first()


def competency_of(line: Line) -> Competency | None:
    """The competency that the line judges; None for an assessment, and for a criterion that stands under none."""
    if isinstance(line, Assessment):
        return None
    return line if isinstance(line, Competency) else line.competency


def activity_of(line: Line) -> Activity | None:
    """The activity that the line stands in, if any."""
    return None if isinstance(line, Assessment) else line.activity


def place_of(line: Line) -> tuple[float, ...]:
    """The rank in the référentiel: by bloc, activity and competency; what stands in none of them comes after.

    The criteria that an assessment has of its own come last.
    """
    parents: Sequence[Bloc | Activity | Competency | None] = (line.bloc, activity_of(line), competency_of(line))
    ranks = [parent.position if parent is not None else float("inf") for parent in parents]
    own = isinstance(line, Criterion) and line.assessment_id is not None
    return (*ranks, own, line.position)


def codes_of(lines: Iterable[Line]) -> list[str]:
    """The codes of the competencies that the lines judge, each once."""
    competencies = filter(None, map(competency_of, lines))
    return list(dict.fromkeys(competency.code for competency in competencies if competency.code))


def text_of(line: Line) -> str:
    """The sentence of the line without its sub-items: a criterion's lead-in opens it; the title of an assessment."""
    if isinstance(line, Criterion):
        return f"{line.lead_in} {line.text}".strip()
    return line.text if isinstance(line, Competency) else line.title


def items_of(line: Line) -> list[str]:
    """The sub-items; only a criterion has some."""
    return [item.text for item in line.items.all()] if isinstance(line, Criterion) else []


def checks_of(line: Line) -> list[CriterionCheck]:
    """The checks that the référentiel names for the line: only a criterion has some."""
    return list(line.checks.all()) if isinstance(line, Criterion) else []


def _scope(assessment: Assessment) -> tuple[Q, Q]:
    """What the assessment covers: a condition on competencies, and one on criteria."""
    named = AssessmentCompetency.objects.filter(assessment=assessment).values("competency")
    own = Criterion.objects.filter(assessment=assessment)
    if assessment.bloc_id:
        within = Q(bloc=assessment.bloc_id)
    else:
        within = Q(referential=assessment.referential_id) & Q(~Exists(_blocs_beside(assessment)))
    otherwise = ~Exists(named) & ~Exists(own) & within
    of_the_unit = otherwise & Q(assessment__isnull=True)
    return Q(pk__in=named) | otherwise, Q(assessment=assessment) | Q(competency__in=named) | of_the_unit


def _itself(assessment: Assessment) -> list[Line]:
    """An assessment without lines is its own where it is of the whole certification: in no bloc, beside some."""
    return [assessment] if assessment.bloc_id is None and _blocs_beside(assessment).exists() else []


def _blocs_beside(assessment: Assessment) -> QuerySet[Bloc]:
    return Bloc.objects.filter(referential=assessment.referential_id)
