"""Blocs won before, in an edition or in an older one: which of them count, and how that is recorded."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import InternalError, connection, transaction
from django.db.utils import IntegrityError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.models import Award, Decision, Enrolment, JournalEntry, Role, Session, Submission, User
from assessments.models.awards import UnitOutcome
from assessments.models.sessions import AcquiredBloc
from assessments.selectors.carried import blocs_won_before, carried_blocs
from assessments.services import carried, sessions, works
from assessments.services.entrants import Entrant
from assessments.services.errors import Denied, Refused
from assessments.services.verification import Verification
from certification.referentials import services as editions
from certification.referentials.carry_over import Table, proposed
from certification.referentials.models import Bloc, Referential
from certification.referentials.shipped import shipped_tree
from certification.referentials.tree import edition_tree
from tests import factories

pytestmark = pytest.mark.django_db
WON, ALSO_WON, REFUSED, NEVER = "BC01", "BC02", "BC03", "BC04"


@pytest.fixture
def first() -> Referential:
    return editions.publish(referential=editions.load_edition(tree=shipped_tree("jedha-rncp35288")).referential)


@pytest.fixture
def administrator() -> User:
    return factories.person(Role.ADMINISTRATOR)


@pytest.fixture
def candidate(first: Referential) -> User:
    """Someone who won two blocs of the first edition, was refused a third, and presented no other."""
    person = factories.person(Role.CANDIDATE, "Dominique Exemple")
    enrolment = Enrolment.objects.create(session=session_of(first), candidate=person)
    for code, outcome in ((WON, "acquired"), (ALSO_WON, "acquired"), (REFUSED, "not_acquired")):
        decide(enrolment, code, outcome)
    return person


def session_of(edition: Referential) -> Session:
    now = timezone.now()
    return Session.objects.create(
        referential=edition, name=f"Session {edition.sessions.count()}", starts_on=now.date(),
        ends_on=now.date() + timedelta(days=90), deposit_deadline=now + timedelta(days=30),
    )  # fmt: skip


def decide(enrolment: Enrolment, code: str, outcome: str) -> Decision:
    """A decision of the jury on the bloc, and the award that followed."""
    bloc = enrolment.session.referential.bloc_rows.get(code=code)
    work = works.open_for(enrolment=enrolment, assessment=bloc.assessments.get())
    submission = Submission.objects.create(
        work=work, number=1, bundle=factories.bundle(), file_name="projet.zip", submitted_by=enrolment.candidate
    )
    juror = factories.person(Role.JUROR)
    sitting = enrolment.session.sittings.create(name=f"Jury {code}", starts_at=timezone.now())
    slot = sitting.slots.create(work=work, submission=submission, starts_at=timezone.now())
    decision = Decision.objects.create(
        work=work, bloc=bloc, submission=submission, slot=slot, outcome=outcome, decided_by=juror
    )
    awarded(decision, outcome)
    return decision


def awarded(decision: Decision, outcome: str, supersedes: Award | None = None) -> Award:
    award = Award.objects.create(
        enrolment=decision.work.enrolment, sitting=decision.slot.sitting, scope="unit", bloc=decision.bloc,
        outcome=outcome, proposal=outcome, decided_by=decision.decided_by, supersedes=supersedes,
    )  # fmt: skip
    award.bases.create(decision=decision)
    return award


def next_edition(old: Referential, label: str, *, nothing_of: str = "", with_table: bool = True) -> Referential:
    """The same référentiel under another label, with the table proposed but for one bloc."""
    draft = editions.new_edition(from_referential=old, edition=label)
    if with_table:
        table = proposed(edition_tree(old), edition_tree(draft))
        blocs = tuple(
            replace(row, verdict="none", new=()) if row.old.code == nothing_of else row for row in table.blocs
        )
        editions.decide_carry_over(referential=draft, predecessor=old, table=Table(table.competencies, blocs))
    return editions.publish(referential=draft)


def enrolled(edition: Referential, person: User) -> Enrolment:
    return Enrolment.objects.create(session=session_of(edition), candidate=person)


def award_of(code: str) -> Award:
    return Award.objects.get(bloc__code=code)


def codes(person: User, edition: Referential) -> list[str]:
    return [found.bloc.code for found in carried_blocs(person, edition)]


def bloc(edition: Referential, code: str) -> Bloc:
    return edition.bloc_rows.get(code=code)


def test_what_was_won_counts_by_the_table_alone(first: Referential, candidate: User) -> None:
    second = next_edition(first, "2", nothing_of=ALSO_WON)
    assert codes(candidate, second) == [WON]
    assert codes(candidate, first) == []
    assert codes(factories.person(Role.CANDIDATE), second) == []


def test_a_table_that_nobody_decided_carries_nothing(first: Referential, candidate: User) -> None:
    assert codes(candidate, next_edition(first, "2", with_table=False)) == []


def test_decisions_alone_win_nothing(first: Referential, candidate: User) -> None:
    """Before: a bloc was won once each of its épreuves was, whatever a jury of certification said of it."""
    work = works.open_for(enrolment=candidate.enrolments.get(), assessment=bloc(first, NEVER).assessments.get())
    decided = Decision.objects.get(bloc__code=WON)
    Decision.objects.create(
        work=work, bloc=bloc(first, NEVER), submission=decided.submission, slot=decided.slot, outcome="acquired",
        decided_by=decided.decided_by,
    )  # fmt: skip
    assert codes(candidate, next_edition(first, "2")) == [WON, ALSO_WON]


def test_an_award_that_was_replaced_no_longer_counts(first: Referential, candidate: User) -> None:
    award = award_of(WON)
    awarded(award.bases.get().decision, "not_acquired", supersedes=award)  # type: ignore[arg-type]  # it has one
    assert codes(candidate, next_edition(first, "2")) == [ALSO_WON]


def test_what_was_won_in_another_session_of_the_edition_counts(
    first: Referential, candidate: User, administrator: User
) -> None:
    Session.objects.update(deposit_deadline=timezone.now() - timedelta(days=1))
    again = Session.objects.create(
        referential=first, name="Suivante", starts_on=timezone.now().date(), ends_on=timezone.now().date(),
        deposit_deadline=timezone.now() + timedelta(days=30),
    )  # fmt: skip
    candidate.enrolments.get().works.update(state="decided")
    enrolment = sessions.enrol(actor=administrator, session=again, candidate=candidate)
    assert [row.bloc.code for row in enrolment.acquired_blocs.all()] == [WON, ALSO_WON]
    assert enrolment.acquired_blocs.first().reason == {"rows": [], "awards": [award_of(WON).pk]}  # type: ignore[union-attr]
    assert [found.bloc.code for found in blocs_won_before(candidate.enrolments.earliest("pk"))] == []


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=st.lists(st.tuples(st.integers(0, 3), st.sampled_from(UnitOutcome.values)), max_size=6))
def test_carry_over_never_invents(first: Referential, administrator: User, history: list[tuple[int, str]]) -> None:
    """Over random histories of awards: what is recorded is what the current award of a bloc says was acquired."""
    person = factories.person(Role.CANDIDATE)
    before, after = enrolled(first, person), enrolled(first, person)
    sitting = before.session.sittings.create(name="Jury", starts_at=timezone.now())
    blocs = list(first.bloc_rows.order_by("position")[:4])
    last: dict[int, Award] = {}
    for which, outcome in history:
        last[which] = Award.objects.create(
            enrolment=before, sitting=sitting, scope="unit", bloc=blocs[which], outcome=outcome, proposal="pending",
            decided_by=administrator, supersedes=last.get(which),
        )  # fmt: skip
    expected = {blocs[which].pk: [award.pk] for which, award in last.items() if award.outcome == "acquired"}
    rows = carried.record(actor=administrator, enrolment=after)
    assert {row.bloc_id: row.reason["awards"] for row in rows} == expected


def test_it_counts_from_edition_to_edition(first: Referential, candidate: User) -> None:
    third = next_edition(next_edition(first, "2"), "3", nothing_of=ALSO_WON)
    (found,) = carried_blocs(candidate, third)
    assert [source.edition for source in found.sources] == ["1", "2"]
    assert found.awards == [award_of(WON).pk]


def test_it_is_recorded_with_its_reason_and_in_the_journal(
    first: Referential, candidate: User, administrator: User
) -> None:
    second = next_edition(first, "2")
    enrolment = enrolled(second, candidate)
    recorded = carried.record(actor=administrator, enrolment=enrolment, blocs=[bloc(second, WON)])
    assert [row.bloc.code for row in recorded] == [WON]
    (row,) = recorded[0].reason["rows"]
    assert (row["edition"], row["verdict"]) == ("1", "same")
    assert row["bloc"].startswith("BC01 Construction")
    entry = JournalEntry.objects.get(verb="bloc.carried_over")
    assert (entry.payload["enrolment"], entry.payload["bloc"]) == (enrolment.pk, bloc(second, WON).pk)
    assert entry.payload["awards"] == [award_of(WON).pk]
    assert list(Verification().of_journal()) == []
    again = carried.record(actor=administrator, enrolment=enrolment)
    assert [row.bloc.code for row in again] == [ALSO_WON]
    assert carried.record(actor=administrator, enrolment=enrolment) == []


def test_what_is_refused(first: Referential, candidate: User, administrator: User) -> None:
    second = next_edition(first, "2")
    enrolment = enrolled(second, candidate)
    with pytest.raises(Denied):
        carried.record(actor=candidate, enrolment=enrolment)
    for code in (REFUSED, NEVER):
        with pytest.raises(Refused) as refused:
            carried.record(actor=administrator, enrolment=enrolment, blocs=[bloc(second, code)])
        assert refused.value.code == "carried.not_won"
    work = works.open_for(enrolment=enrolment, assessment=bloc(second, WON).assessments.get())
    Submission.objects.create(
        work=work, number=1, bundle=factories.bundle(), file_name="projet.zip", submitted_by=candidate
    )
    with pytest.raises(Refused) as refused:
        carried.record(actor=administrator, enrolment=enrolment, blocs=[bloc(second, WON)])
    assert refused.value.code == "carried.presented"
    assert [row.bloc.code for row in carried.record(actor=administrator, enrolment=enrolment)] == [ALSO_WON]


def test_a_bloc_recorded_is_no_longer_presented(first: Referential, candidate: User, administrator: User) -> None:
    second = next_edition(first, "2")
    enrolment = enrolled(second, candidate)
    carried.record(actor=administrator, enrolment=enrolment, blocs=[bloc(second, WON)])
    with pytest.raises(Refused) as refused:
        works.open_for(enrolment=enrolment, assessment=bloc(second, WON).assessments.get())
    assert refused.value.code == "work.already_won"
    client = Client()
    client.force_login(candidate, backend="django.contrib.auth.backends.ModelBackend")
    html = client.get(reverse("web:candidate_home")).content.decode()
    assert html.count("Ce bloc, déjà acquis, compte dans cette session.") == 1


def test_what_is_recorded_is_neither_changed_nor_removed(
    first: Referential, candidate: User, administrator: User
) -> None:
    carried.record(actor=administrator, enrolment=enrolled(next_edition(first, "2"), candidate))
    for statement in ("UPDATE assessments_acquiredbloc SET reason = '{}'", "DELETE FROM assessments_acquiredbloc"):
        refused = pytest.raises((InternalError, IntegrityError), match="is frozen")
        with refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_a_list_is_enrolled_with_what_each_has_won(first: Referential, candidate: User, administrator: User) -> None:
    session = session_of(next_edition(first, "2"))
    people = [Entrant(candidate.email), Entrant("nouvelle@demo.jalon.test", "Nouvelle Exemple")]
    intake = sessions.enrol_all(actor=administrator, session=session, entrants=people)
    assert (len(intake.enrolments), intake.carried) == (2, 2)
    assert {row.enrolment.candidate for row in AcquiredBloc.objects.all()} == {candidate}


def test_the_administrator_sees_why_and_chooses(first: Referential, candidate: User, administrator: User) -> None:
    second = next_edition(first, "2")
    enrolment = enrolled(second, candidate)
    desk = Client()
    desk.force_login(administrator, backend="django.contrib.auth.backends.ModelBackend")
    page = reverse("web:admin_enrolment_edit", args=[enrolment.pk])
    html = desk.get(page).content.decode()
    assert html.count('name="bloc"') == 2
    assert "édition 1, «\u00a0BC01 Construction" in html
    carry = reverse("web:admin_enrolment_carry", args=[enrolment.pk])
    wrong = [bloc(second, NEVER).pk]
    desk.post(carry, {"bloc": wrong})
    assert not AcquiredBloc.objects.exists()
    html = desk.post(carry, {"bloc": [bloc(second, WON).pk]}, follow=True).content.decode()
    assert "1 bloc déjà acquis est repris." in html
    assert html.count('name="bloc"') == 1
    assert administrator.full_name in html
