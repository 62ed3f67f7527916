"""Which lines a work is judged on, in the forms the référentiels take."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from assessments.models import Work
from assessments.selectors.grid import grid_of
from assessments.selectors.lines import assessed_lines, lines_of, text_of
from certification.referentials import services as editions
from certification.referentials.models import (
    Activity,
    Assessment,
    AssessmentCompetency,
    Bloc,
    Competency,
    Criterion,
    CriterionCover,
)
from certification.referentials.shipped import shipped_tree
from tests import factories
from tests.factories import World
from tests.tampering import guards_off

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    """Three criteria under one competency of the bloc, and a fourth under a competency of no activity."""
    made = factories.world()
    other = competency(made, "Présenter une démarche", activity=None)
    place = {"referential": made.edition.referential, "position": 1, "uid": uuid.uuid4()}
    made.edition.criteria.append(
        Criterion.objects.create(bloc=made.edition.bloc, competency=other, text="Un plan.", **place)
    )
    return made


def competency(world: World, text: str, **fields: Any) -> Competency:
    """One more competency of the bloc, without criteria, last in its activity."""
    values = {"bloc": world.edition.bloc, "activity": Activity.objects.get(bloc=world.edition.bloc)} | fields
    rank = Competency.objects.filter(**values).count() + 1
    referential = world.edition.referential
    return Competency.objects.create(referential=referential, position=rank, uid=uuid.uuid4(), text=text, **values)


def given(world: World, text: str, assessment: Assessment | None = None) -> Criterion:
    """A criterion that an assessment has of its own."""
    place = {"referential": world.edition.referential, "position": 1, "uid": uuid.uuid4()}
    return Criterion.objects.create(assessment=assessment or world.edition.assessment, text=text, **place)


def names(world: World, *covered: Competency | None) -> None:
    """Make the assessment name these competencies."""
    for position, each in enumerate(covered, start=1):
        AssessmentCompetency.objects.create(
            referential=world.edition.referential,
            position=position,
            uid=uuid.uuid4(),
            assessment=world.edition.assessment,
            competency=each,
        )


def texts(world: World) -> list[str]:
    return [text_of(line) for line in assessed_lines(Work.objects.get(pk=world.work.pk))]


def test_an_assessment_that_names_no_competency_covers_its_bloc(world: World) -> None:
    assert texts(world) == [criterion.text for criterion in world.edition.criteria]


def test_an_assessment_covers_the_competencies_it_names(world: World) -> None:
    names(world, world.edition.criteria[3].competency)
    assert texts(world) == ["Un plan."]


def test_an_assessment_of_the_whole_certification_is_its_own_line(world: World) -> None:
    Assessment.objects.update(bloc=None)
    work = Work.objects.get(pk=world.work.pk)
    assert assessed_lines(work) == [work.assessment]


def test_an_assessment_has_the_criteria_it_is_given(world: World) -> None:
    """Of the whole certification, as a thesis is; what is not its own stays with the bloc."""
    own = given(world, "La problématique est posée.")
    assert texts(world) == [own.text]
    Assessment.objects.update(bloc=None)
    assert texts(world) == [own.text]
    names(world, world.edition.criteria[3].competency)
    assert texts(world) == ["Un plan.", own.text]


def test_the_criteria_of_one_assessment_are_not_those_of_another(world: World) -> None:
    place = {"referential": world.edition.referential, "position": 2, "uid": uuid.uuid4()}
    thesis = Assessment.objects.create(title="Thèse", kind="thesis", **place)
    before = texts(world)
    given(world, "La problématique est posée.", assessment=thesis)
    assert texts(world) == before


def test_an_assessment_of_an_edition_without_blocs_covers_it(world: World) -> None:
    Assessment.objects.update(bloc=None)
    Criterion.objects.update(bloc=None)
    Competency.objects.update(bloc=None)
    Activity.objects.update(bloc=None)
    Bloc.objects.all().delete()
    assert len(texts(world)) == 4


def test_a_competency_without_criteria_is_a_line_in_its_place(world: World) -> None:
    competency(world, "Nettoyer des données")
    competency(world, "Prendre la parole", activity=None)
    expected = [criterion.text for criterion in world.edition.criteria]
    assert texts(world) == [*expected[:3], "Nettoyer des données", "Un plan.", "Prendre la parole"]


def test_only_the_competencies_named_are_lines(world: World) -> None:
    named = competency(world, "Nettoyer des données")
    competency(world, "Prendre la parole")
    names(world, world.edition.criteria[3].competency, named)
    assert texts(world) == ["Nettoyer des données", "Un plan."]


def test_a_competency_that_a_criterion_covers_is_judged_by_it(world: World) -> None:
    covered, first = competency(world, "Nettoyer des données"), world.edition.criteria[0]
    CriterionCover.objects.create(
        referential=world.edition.referential, position=1, uid=uuid.uuid4(), criterion=first, competency=covered
    )
    assert "Nettoyer des données" not in texts(world)
    names(world, covered, world.edition.criteria[3].competency)
    assert texts(world) == [first.text, "Un plan."]


def test_the_lines_are_read_in_as_many_queries_however_many(
    world: World, django_assert_num_queries: Callable[..., Any]
) -> None:
    for rank in range(20):
        competency(world, f"Compétence {rank}")
    work = Work.objects.select_related("assessment").get(pk=world.work.pk)
    with django_assert_num_queries(4):
        assert len(assessed_lines(work)) == 24


def test_nothing_is_proposed_for_a_competency(world: World) -> None:
    competency(world, "Nettoyer des données")
    line = grid_of(factories.evaluated(world)).lines[3]
    assert (text_of(line.line), line.checks, line.proposal.value, line.settled.value) == (
        "Nettoyer des données", [], "none", "nobody",
    )  # fmt: skip


def lines_of_shipped(code: str, made: World) -> dict[str, list[list[str]]]:
    """By bloc of a shipped référentiel, the codes of each assessment's lines that are competencies."""
    edition = editions.load_edition(tree=shipped_tree(code)).referential
    made.session.referential = edition
    with guards_off():
        made.session.save()
    made.enrolment.refresh_from_db()
    found: dict[str, list[list[str]]] = {}
    for assessment in Assessment.objects.filter(referential=edition).order_by("position"):
        codes = [line.code for line in lines_of(assessment) if isinstance(line, Competency)]
        found.setdefault(assessment.bloc.code if assessment.bloc else "", []).append(codes)
    return found


def test_a_shipped_référentiel_without_criteria_is_judged_on_its_competencies(world: World) -> None:
    found = lines_of_shipped("jedha-rncp35288", world)
    assert found["BC01"] == [["C1.1", "C1.2", "C1.3", "C1.4"]]
    assert [len(codes) for lines in found.values() for codes in lines] == [4, 4, 4, 5, 3, 6]


def test_one_competency_of_a_shipped_référentiel_is_a_line_among_criteria(world: World) -> None:
    found = lines_of_shipped("ingenieur-ia-ms", world)
    assert found["2"][0] == ["A1-C3"]
    assert sum(map(len, found["2"])) == 1
    assert [codes for bloc in ("1", "3", "4", "5A", "5B") for codes in found[bloc] if codes] == []
