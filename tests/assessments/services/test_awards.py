"""What a certification jury awards: from decided épreuves to units and title, frozen with what it rests on."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessments.domain.award import State, Title
from assessments.models import (
    Award,
    Decision,
    Declaration,
    DeclaredLink,
    Enrolment,
    Habilitation,
    Juror,
    JurorDeparture,
    MentorSpan,
    Occupation,
    Role,
    Session,
    Sitting,
    User,
    Work,
)
from assessments.models.awards import AwardScope
from assessments.models.sessions import AcquiredBloc
from assessments.selectors.awarding import awarding_page
from assessments.selectors.standing import standing_of, standings_of
from assessments.services import awards, corrections, decisions, declarations, sittings, works
from assessments.services.awards import Ruling
from assessments.services.errors import Denied, Refused
from assessments.services.verification import Verification
from certification.referentials.models import Assessment, AssessmentCompetency, Competency, Criterion
from tests import factories
from tests.factories import World

pytestmark = pytest.mark.django_db
BLOC = "BLOC 1"


@dataclass
class Plenary:
    world: World
    sitting: Sitting

    def award(self, title: str = "", motive: str = "", **units: tuple[str, str]) -> list[Award]:
        rulings = {BLOC: Ruling(*units["bloc"])} if "bloc" in units else {}
        return awards.decide(
            actor=self.world.president,
            sitting=self.sitting,
            enrolment=self.world.enrolment,
            units=rulings,
            title=Ruling(title, motive) if title else None,
        )


@pytest.fixture
def plenary() -> Plenary:
    world = factories.world()
    return Plenary(world, factories.plenary(world))


def refused(act: object) -> str:
    with pytest.raises(Refused) as raised:
        act()  # type: ignore[operator]
    return raised.value.code


def decided(world: World, *levels: str) -> Decision:
    slot = factories.marked(world, *levels)
    return decisions.decide(actor=world.president, slot=slot, rulings={})


def second_epreuve(world: World) -> Work:
    """Another épreuve of the same bloc, on a competency of its own, opened by the candidate."""
    edition = world.edition
    node = factories._node
    other = Competency.objects.create(
        bloc=edition.bloc, activity=edition.criteria[0].activity, text="Défendre", **node(edition.referential, 2)
    )
    Criterion.objects.create(bloc=edition.bloc, competency=other, text="Défendu.", **node(edition.referential, 9))
    added = Assessment.objects.create(bloc=edition.bloc, title="Oral", kind="defence", **node(edition.referential, 2))
    first = edition.criteria[0].competency
    for assessment, competency in ((edition.assessment, first), (added, other)):
        AssessmentCompetency.objects.create(assessment=assessment, competency=competency, **node(edition.referential))
    return works.open_for(enrolment=world.enrolment, assessment=added)


def test_an_epreuve_decided_does_not_acquire_the_bloc_while_another_is_not(plenary: Plenary) -> None:
    """The defect: one of four épreuves decided was reported as a bloc acquired."""
    second_epreuve(plenary.world)
    decision = decided(plenary.world)
    assert decision.outcome == "acquired"
    assert "bloc" not in str(decision.get_outcome_display())
    standing = standing_of(plenary.world.enrolment)
    assert [unit.state for unit in standing.proposed.units] == [State.PENDING]
    assert standing.proposed.title is Title.PENDING
    assert refused(lambda: plenary.award(bloc=("acquired", "Nous sommes convaincus."))) == "award.pending"
    assert not Award.objects.exists()
    (adjourned,) = plenary.award(bloc=("adjourned", "L’oral reste à passer."))
    assert (adjourned.outcome, adjourned.proposal) == ("adjourned", "pending")


def test_units_then_title_with_what_they_rest_on(plenary: Plenary) -> None:
    decision = decided(plenary.world)
    unit, title = plenary.award("full", bloc=("acquired", ""))
    assert (unit.scope, unit.outcome, unit.proposal, unit.bloc) == ("unit", "acquired", "acquired", decision.bloc)
    assert unit.reasons == [{"code": "unit.all", "params": {"count": 3}}]
    assert [basis.decision for basis in unit.bases.all()] == [decision]
    assert (title.scope, title.outcome, title.proposal, title.bloc) == ("title", "full", "full", None)
    assert [basis.earlier for basis in title.bases.all()] == [unit]
    assert list(Verification().faults()) == []


def test_a_jury_awards_with_a_line_in_progress_and_says_why(plenary: Plenary) -> None:
    """The defect: a jury that wished to award with one line "en cours" was refused."""
    decision = decided(plenary.world, "in_progress", "in_progress", "in_progress")
    assert decision.outcome == "not_acquired"
    assert refused(lambda: plenary.award(bloc=("acquired", "  "))) == "award.motive"
    (unit,) = plenary.award(bloc=("acquired", "Le reste compense largement."))
    assert (unit.outcome, unit.proposal, unit.motive) == (
        "acquired",
        "not_acquired",
        "Le reste compense largement.",
    )
    assert standing_of(plenary.world.enrolment).titled().title is Title.FULL


def test_the_title_follows_what_was_awarded(plenary: Plenary) -> None:
    decided(plenary.world)
    assert refused(lambda: plenary.award("full")) == "award.title"  # the rule alone awards nothing
    assert refused(lambda: plenary.award("partial", "Pourquoi pas.")) == "award.title"
    plenary.award(bloc=("acquired", ""))
    assert refused(lambda: plenary.award("refused", "Non.")) == "award.title"
    assert refused(lambda: plenary.award("superbe")) == "award.outcome"
    (title,) = plenary.award("full")
    assert title.outcome == "full"
    assert refused(lambda: plenary.award("partial", "Retour.")) == "award.made"


def test_a_title_is_not_refused_while_something_is_to_be_decided(plenary: Plenary) -> None:
    """The defect: a candidate whose épreuve nobody had heard was refused the certification."""
    assert refused(lambda: plenary.award("refused", "Non.")) == "award.title"
    decided(plenary.world)
    assert refused(lambda: plenary.award("refused", "Non.")) == "award.title"  # proposed as acquired, not awarded
    (_unit, title) = plenary.award("refused", bloc=("not_acquired", "Le jury n’est pas convaincu."))
    assert title.outcome == "refused"


def test_what_is_acquired_is_for_good_and_the_rest_is_superseded_with_a_motive(plenary: Plenary) -> None:
    decided(plenary.world, "not_acquired", "not_acquired", "not_acquired")
    (first,) = plenary.award(bloc=("not_acquired", ""))
    assert refused(lambda: plenary.award(bloc=("acquired", ""))) == "award.motive"
    (second,) = plenary.award(bloc=("acquired", "Erreur de report, rectifiée."))
    assert second.supersedes == first
    assert list(Award.objects.current()) == [second]
    assert refused(lambda: plenary.award(bloc=("not_acquired", "Retour."))) == "award.made"


def test_who_may_award_what(plenary: Plenary) -> None:
    world = plenary.world
    decided(world)
    rulings = {BLOC: Ruling("acquired")}
    for actor in (world.jurors[1], world.administrator, world.mentor, world.candidate):
        with pytest.raises(Denied):
            awards.decide(actor=actor, sitting=plenary.sitting, enrolment=world.enrolment, units=rulings)
    evaluation = factories.sitting(world)
    given = {"actor": world.president, "sitting": plenary.sitting, "enrolment": world.enrolment, "units": rulings}

    def act(**fields: object) -> object:
        return awards.decide(**(given | fields))  # type: ignore[arg-type]

    assert refused(lambda: act(sitting=evaluation)) == "award.kind"
    elsewhere = Enrolment.objects.create(session=factories.world().session, candidate=world.candidate)
    assert refused(lambda: act(enrolment=elsewhere)) == "award.session"
    assert refused(lambda: act(units={"7": Ruling("acquired")})) == "award.unit"
    assert refused(lambda: act(units={BLOC: Ruling("brillant")})) == "award.outcome"
    assert not Award.objects.exists()


def sign(plenary: Plenary, *jurors: User) -> None:
    """Only those declare for a sitting that is the same otherwise."""
    world = plenary.world
    plenary.sitting = Sitting.objects.create(
        session=world.session, kind="certification", name="Autre séance", starts_at=timezone.now()
    )
    for juror in world.jurors:
        Juror.objects.create(sitting=plenary.sitting, user=juror, presides=juror == world.president)
    for juror in jurors:
        declarations.sign(actor=juror, sitting=plenary.sitting)


def test_a_president_alone_awards_nothing(plenary: Plenary) -> None:
    """The attack: nothing asked whether anybody else of the jury was there."""
    world = plenary.world
    decided(world)
    sign(plenary, *world.jurors[1:])
    assert refused(lambda: plenary.award(bloc=("acquired", ""))) == "award.declaration"
    sign(plenary, world.president)
    assert refused(lambda: plenary.award(bloc=("acquired", ""))) == "award.quorum"
    sign(plenary, world.president, world.jurors[1])
    assert plenary.award(bloc=("acquired", ""))


def test_who_is_tied_to_the_candidate_or_has_left_does_not_count(plenary: Plenary) -> None:
    world = plenary.world
    decided(world)
    second, third = (Juror.objects.get(sitting=plenary.sitting, user=juror) for juror in world.jurors[1:])
    link = Declaration.objects.get(juror=second)
    DeclaredLink.objects.create(declaration=link, candidate=world.candidate)
    JurorDeparture.objects.create(juror=third, reason="Malade", by=world.administrator)
    assert refused(lambda: plenary.award(bloc=("acquired", ""))) == "award.quorum"


def test_a_vae_jury_without_a_qualified_person_awards_nothing(plenary: Plenary) -> None:
    """Code du travail, art. D6412-6: of those who decide on the candidate, one at least is qualified."""
    decided(plenary.world)
    Enrolment.objects.update(access_path="VAE")
    Habilitation.objects.update(qualified=False)
    assert refused(lambda: plenary.award(bloc=("acquired", ""))) == "award.qualified"
    Habilitation.objects.update(qualified=True)
    sign(plenary, plenary.world.president)
    Sitting.objects.filter(pk=plenary.sitting.pk).update(quorum=1)
    assert refused(lambda: plenary.award(bloc=("acquired", ""))) == "award.minimum"


def test_nothing_is_awarded_before_the_sitting(plenary: Plenary) -> None:
    decided(plenary.world)
    Sitting.objects.filter(pk=plenary.sitting.pk).update(starts_at=timezone.now() + timedelta(hours=1))
    assert refused(lambda: plenary.award(bloc=("acquired", ""))) == "award.early"


def test_a_former_mentor_who_presides_awards_nothing(plenary: Plenary) -> None:
    """The attack: only the mentor of the day was kept from awarding."""
    world = plenary.world
    decided(world)
    now = timezone.now()
    MentorSpan.objects.create(enrolment=world.enrolment, mentor=world.president, since=now, until=now)
    with pytest.raises(Denied):
        plenary.award(bloc=("acquired", ""))


def test_a_cancelled_sitting_awards_nothing(plenary: Plenary) -> None:
    world = plenary.world
    decided(world)
    sittings.cancel(actor=world.administrator, sitting=plenary.sitting, reason="Salle fermée")
    assert refused(lambda: plenary.award(bloc=("acquired", ""))) == "award.cancelled"  # read before it was cancelled


def test_a_cancelled_plenary_opens_no_file(plenary: Plenary) -> None:
    world = plenary.world
    stranger = factories.person(Role.JUROR)
    Juror.objects.create(sitting=plenary.sitting, user=stranger)
    assert Enrolment.objects.visible_to(stranger).get() == world.enrolment
    sittings.cancel(actor=world.administrator, sitting=plenary.sitting, reason="Salle fermée")
    assert not Enrolment.objects.visible_to(stranger).exists()
    assert not Work.objects.visible_to(stranger).exists()


def test_who_has_not_declared_is_led_to_it(plenary: Plenary, client: Client) -> None:
    client.force_login(plenary.world.president, backend="django.contrib.auth.backends.ModelBackend")
    way = reverse("web:declaration", args=[plenary.sitting.pk])
    pages = [
        reverse("web:awarding", args=[plenary.sitting.pk]),
        reverse("web:awarding_candidate", args=[plenary.sitting.pk, plenary.world.enrolment.pk]),
    ]
    assert [way in client.get(page).content.decode() for page in pages] == [False, False]
    sign(plenary, plenary.world.jurors[1])
    way = reverse("web:declaration", args=[plenary.sitting.pk])
    pages = [
        reverse("web:awarding", args=[plenary.sitting.pk]),
        reverse("web:awarding_candidate", args=[plenary.sitting.pk, plenary.world.enrolment.pk]),
    ]
    assert [way in client.get(page).content.decode() for page in pages] == [True, True]


def corrected(world: World, decision: Decision, level: str) -> Decision:
    rulings = {line.line_key: decisions.Ruling(level) for line in decision.lines.all()}
    return corrections.correct(actor=world.president, decision=decision, rulings=rulings, motive="Report rectifié.")


def waiting(plenary: Plenary) -> bool:
    page = awarding_page(plenary.sitting, plenary.world.president, state="waiting")
    assert bool(page.object_list) != bool(awarding_page(plenary.sitting, plenary.world.president, state="decided"))
    return bool(page.object_list)


def test_an_award_whose_decision_was_corrected_says_so_and_is_to_be_decided_anew(
    plenary: Plenary, client: Client
) -> None:
    """The defect: the candidate whose épreuve was corrected afterwards stayed refused, and nobody was told."""
    world = plenary.world
    decision = decided(world, "not_acquired", "not_acquired", "not_acquired")
    assert waiting(plenary)
    plenary.award("refused", bloc=("not_acquired", ""))
    assert not waiting(plenary)
    corrected(world, decision, "acquired")
    assert waiting(plenary)
    client.force_login(world.candidate, backend="django.contrib.auth.backends.ModelBackend")
    standing = reverse("web:standing", args=[world.enrolment.pk])
    assert "Repose sur une décision remplacée depuis." in client.get(standing).content.decode()
    client.force_login(world.president, backend="django.contrib.auth.backends.ModelBackend")
    page = reverse("web:awarding_candidate", args=[plenary.sitting.pk, world.enrolment.pk])
    assert "Repose sur une décision remplacée depuis." in client.get(page).content.decode()
    plenary.award(bloc=("acquired", "L’épreuve a été corrigée."))
    assert waiting(plenary)  # the title rests on an award that was replaced
    assert "Le titre repose sur une décision remplacée depuis." in client.get(page).content.decode()
    plenary.award("full", "L’unité est acquise.")
    assert not waiting(plenary)


def test_what_was_acquired_for_good_is_not_undermined_by_a_correction(plenary: Plenary) -> None:
    world = plenary.world
    decision = decided(world)
    plenary.award(bloc=("acquired", ""))
    assert refused(lambda: corrected(world, decision, "not_acquired")) == "correction.awarded"
    assert Decision.objects.get() == decision


def test_a_title_recorded_is_not_offered_once_more(plenary: Plenary, client: Client) -> None:
    """The defect: looking once more chose the recorded title again, which is refused for want of a motive."""
    world = plenary.world
    decided(world, "not_acquired", "not_acquired", "not_acquired")
    client.force_login(world.president, backend="django.contrib.auth.backends.ModelBackend")
    check = reverse("web:award_check", args=[plenary.sitting.pk, world.enrolment.pk])

    def look(**posted: str) -> tuple[str, int]:
        context = client.post(check, posted).context
        return context["title_chosen"], len(context["title_choices"])

    assert look() == ("refused", 5)
    plenary.award("refused", bloc=("not_acquired", ""))
    assert look() == ("", 5)
    assert look(**{f"unit-{BLOC}": "acquired"}) == ("full", 5)
    plenary.award("full", "Erreur de report, rectifiée.", bloc=("acquired", "Erreur de report, rectifiée."))
    assert look() == ("", 0)


def test_an_adjourned_title_is_to_be_decided(plenary: Plenary) -> None:
    plenary.award("adjourned", "Rien n’est jugé.")
    assert waiting(plenary)


def test_nothing_awarded_is_edited(plenary: Plenary) -> None:
    decided(plenary.world)
    plenary.award(bloc=("acquired", ""))
    for statement in (
        "UPDATE assessments_award SET outcome = 'absent'",
        "DELETE FROM assessments_award",
        "DELETE FROM assessments_awardbasis",
    ):
        with (
            pytest.raises((InternalError, IntegrityError), match="is frozen"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_a_bloc_carried_over_counts_for_the_title(plenary: Plenary) -> None:
    world = plenary.world
    carried = AcquiredBloc.objects.create(
        enrolment=world.enrolment, bloc=world.edition.bloc, reason={"rows": []}, recorded_by=world.administrator
    )
    assert standing_of(world.enrolment).proposed.title is Title.FULL
    (title,) = plenary.award("full")
    assert [basis.carried for basis in title.bases.all()] == [carried]


def test_a_retake_under_way_makes_the_unit_wait_and_the_last_decision_counts(plenary: Plenary) -> None:
    world = plenary.world
    decided(world, "not_acquired", "not_acquired", "not_acquired")
    assert standing_of(world.enrolment).proposed.units[0].state is State.NOT_ACQUIRED
    Occupation.objects.all().delete()  # that was in the spring
    world.work = Work.objects.create(enrolment=world.enrolment, assessment=world.edition.assessment, attempt=2)
    assert standing_of(world.enrolment).proposed.units[0].state is State.PENDING
    decided(world)
    assert standing_of(world.enrolment).proposed.units[0].state is State.ACQUIRED


def test_an_attempt_that_nobody_handed_in_ends_with_its_session(plenary: Plenary) -> None:
    """The defect: a draft left behind in a closed session kept the unit, and the title, waiting for ever."""
    world = plenary.world
    decided(world, "not_acquired", "not_acquired", "not_acquired")
    Work.objects.create(enrolment=world.enrolment, assessment=world.edition.assessment, attempt=2)
    assert standing_of(world.enrolment).proposed.units[0].state is State.PENDING
    Session.objects.update(deposit_deadline=timezone.now() - timedelta(hours=1))
    assert standing_of(world.enrolment).proposed.units[0].state is State.NOT_ACQUIRED


def next_session(world: World) -> Plenary:
    """The certification jury of another session, with the same candidate."""
    now = timezone.now()
    session = Session.objects.create(
        referential=world.edition.referential, name="Suivante", starts_on=now.date(), ends_on=now.date(),
        deposit_deadline=now + timedelta(days=30),
    )  # fmt: skip
    again = replace(world, session=session, enrolment=Enrolment(session=session, candidate=world.candidate))
    again.enrolment.save()
    return Plenary(again, factories.plenary(again))


def test_an_award_of_another_session_is_not_superseded(plenary: Plenary) -> None:
    """The defect: the jury of a later session rewrote what an earlier one had decided."""
    decided(plenary.world, "not_acquired", "not_acquired", "not_acquired")
    (first,) = plenary.award(bloc=("not_acquired", ""))
    later = next_session(plenary.world)
    (second,) = later.award(bloc=("not_acquired", ""))  # the first word of this session: nothing to say of another
    assert second.supersedes is None
    (third,) = later.award(bloc=("acquired", "Erreur de report, rectifiée."))
    assert third.supersedes == second
    assert set(Award.objects.current()) == {first, third}
    assert refused(lambda: plenary.award(bloc=("not_acquired", "Retour."))) == "award.made"


def test_what_an_earlier_session_refused_does_not_speak_for_this_one(plenary: Plenary) -> None:
    """The defect: the title of the second session was proposed over the bloc that the first had not acquired."""
    decided(plenary.world, "not_acquired", "not_acquired", "not_acquired")
    plenary.award(bloc=("not_acquired", ""))
    later = next_session(plenary.world)
    standing = standing_of(later.world.enrolment)
    assert standing.titled() == standing.proposed


def test_what_was_acquired_in_a_session_outlives_what_another_says_later(plenary: Plenary) -> None:
    decided(plenary.world)
    later = next_session(plenary.world)
    (won,) = later.award(bloc=("acquired", ""))
    terms = {"scope": "unit", "bloc": won.bloc, "proposal": "pending", "decided_by": plenary.world.president}
    Award.objects.create(enrolment=plenary.world.enrolment, sitting=plenary.sitting, outcome="absent", **terms)
    standing = standing_of(later.world.enrolment)
    assert (standing.awards[BLOC], standing.given.won) == (won, (BLOC,))


def test_standings_take_the_same_queries_whatever_their_number(plenary: Plenary) -> None:
    world = plenary.world
    decided(world)
    enrolments = [world.enrolment]
    for _each in range(4):
        enrolments.append(Enrolment.objects.create(session=world.session, candidate=factories.person()))
    one = queries(lambda: standings_of(enrolments[:1]))
    assert queries(lambda: standings_of(enrolments)) == one


def queries(act: object) -> int:
    with CaptureQueriesContext(connection) as captured:
        act()  # type: ignore[operator]
    return len(captured)


@pytest.mark.django_db(transaction=True)
def test_two_awards_at_once_are_one(plenary: Plenary) -> None:
    decided(plenary.world)
    found: list[str] = []
    barrier = threading.Barrier(2)

    def act() -> None:
        barrier.wait()
        try:
            plenary.award(bloc=("acquired", ""))
            found.append("done")
        except Refused as refused:
            found.append(refused.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=act) for _each in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == ["award.made", "done"]
    assert Award.objects.filter(scope=AwardScope.UNIT).count() == 1
