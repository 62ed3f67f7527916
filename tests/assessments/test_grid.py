"""Which criteria an assessment is judged on, in the forms the référentiels take."""

import uuid

import pytest

from assessments.selectors.grid import assessed_criteria
from certification.referentials.models import Assessment, AssessmentCompetency, Competency, Criterion
from tests import factories
from tests.factories import Edition

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition() -> Edition:
    """Three criteria under one competency of the bloc, and a fourth under a competency of its own."""
    made = factories.edition()
    place = {"referential": made.referential, "position": 2, "uid": uuid.uuid4()}
    other = Competency.objects.create(bloc=made.bloc, text="Présenter une démarche", **place)
    place = {"referential": made.referential, "position": 1, "uid": uuid.uuid4()}
    made.criteria.append(Criterion.objects.create(bloc=made.bloc, competency=other, text="Un plan.", **place))
    return made


def texts(assessment: Assessment) -> list[str]:
    return [criterion.text for criterion in assessed_criteria(assessment)]


def test_an_assessment_that_names_no_competency_covers_its_bloc(edition: Edition) -> None:
    assert sorted(texts(edition.assessment)) == sorted(criterion.text for criterion in edition.criteria)


def test_an_assessment_covers_the_competencies_it_names(edition: Edition) -> None:
    AssessmentCompetency.objects.create(
        referential=edition.referential,
        position=1,
        uid=uuid.uuid4(),
        assessment=edition.assessment,
        competency=edition.criteria[3].competency,
    )
    assert texts(edition.assessment) == ["Un plan."]


def test_an_assessment_outside_any_bloc_covers_the_edition(edition: Edition) -> None:
    edition.assessment.bloc = None
    edition.assessment.save()
    assert len(texts(edition.assessment)) == 4
