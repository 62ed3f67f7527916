"""Declared addresses from the deposit to the defence: watched, called once per due moment, judged, forgotten."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from assessments import dispatch
from assessments.models import CheckResult, JournalEntry, Probe, ProbedAddress, ProbeExchange, Submission
from assessments.models.reviews import ReviewOutcome
from assessments.services import evaluation, leases, probes, probing, reviews, runs
from assessments.services.errors import Denied, Refused
from assessments.services.sweeping import sweep
from certification.referentials.models import CriterionCheck, Deliverable
from tests import factories
from tests.evaluator.test_reachability import exchange
from tests.factories import World
from tests.tampering import guards_off

URL = "https://api.exemple.test/sante"
DECLARED = {"path": "jalon.toml", "urls": {"api": URL, "dashboard": "https://tableau.exemple.test/"}}

pytestmark = pytest.mark.django_db


class FakeNetwork:
    """What the prober would tell, in turn; the last one from then on."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = [exchange(200)]
        self.called: list[str] = []
        self.during: Callable[[], None] = lambda: None

    def probe(self, url: str) -> dict[str, Any]:
        self.called.append(url)
        self.during()
        told = self.told.pop(0) if len(self.told) > 1 else self.told[0]
        return {**told, "at": timezone.now().isoformat()}


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> FakeNetwork:
    made = FakeNetwork()
    monkeypatch.setattr(probing, "prober", lambda: made)
    return made


@pytest.fixture
def bell(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, int]]]:
    rung: list[tuple[str, int]] = []
    monkeypatch.setattr(dispatch, "ring", lambda task, key: rung.append((task, key)))
    monkeypatch.setattr(probes, "ring", dispatch.ring)
    return rung


@pytest.fixture
def world() -> World:
    made = factories.world()
    CriterionCheck.objects.filter(criterion=made.edition.criteria[0]).delete()
    for position, code in enumerate(["api.reachable", "api.availability", "dashboard.reachable"], start=1):
        CriterionCheck.objects.create(
            referential=made.edition.referential,
            criterion=made.edition.criteria[0],
            check_code=code,
            role="informed",
            params={},
            position=position,
            uid=uuid.uuid4(),
        )
    return made


@pytest.fixture
def submission(world: World) -> Submission:
    return factories.evaluated(
        world, api__reachable="undecided", api__availability="undecided", dashboard__reachable="undecided"
    )


@pytest.fixture
def address(submission: Submission) -> ProbedAddress:
    probes.watch(submission=submission, declaration=DECLARED, kinds={"api"})
    return ProbedAddress.objects.get(submission=submission)


def again(address: ProbedAddress) -> None:
    """As if its time had come."""
    ProbedAddress.objects.filter(pk=address.pk).update(due_at=timezone.now() - timedelta(seconds=1))
    probing.call(address_id=address.pk)


def latest(submission: Submission, code: str) -> CheckResult:
    found = CheckResult.objects.filter(submission=submission, check_code=code).order_by("created_at", "pk").last()
    assert found is not None
    return found


def test_the_declared_addresses_that_checks_judge_are_watched_once(
    submission: Submission, bell: list[tuple[str, int]]
) -> None:
    for _ in range(2):
        probes.watch(submission=submission, declaration=DECLARED, kinds={"api", "dashboard", "autre"})
    assert set(submission.addresses.values_list("kind", "url")) == set(DECLARED["urls"].items())
    assert [task for task, _key in bell] == [dispatch.PROBE] * 2


def test_addresses_are_wanted_by_checks_and_by_deliverables(world: World, submission: Submission) -> None:
    run = submission.runs.get()
    run.requested = [{"check": "chart.pie"}, {"check": "gone"}]
    assert probing.kinds_wanted(run) == set()
    run.requested.append({"check": "api.availability"})
    assert probing.kinds_wanted(run) == {"api"}
    Deliverable.objects.create(
        referential=world.edition.referential,
        bloc=world.edition.bloc,
        kind="dashboard_url",
        text="Adresse du tableau de bord",
        position=1,
        uid=uuid.uuid4(),
    )
    assert probing.kinds_wanted(run) == {"api", "dashboard"}


def test_what_is_not_declared_is_not_watched(submission: Submission) -> None:
    probes.watch(submission=submission, declaration={"path": None, "urls": {}}, kinds={"api", "dashboard"})
    assert not submission.addresses.exists()


def test_a_call_is_written_and_judged(address: ProbedAddress, submission: Submission, network: FakeNetwork) -> None:
    probing.call(address_id=address.pk)
    probe = Probe.objects.get()
    assert (probe.standing, probe.status, probe.occasion, network.called) == ("up", 200, "periodic", [URL])
    assert probe.exchange.content["response"]["status"] == 200
    found = latest(submission, "api.reachable")
    assert (found.outcome, found.probe, found.run) == ("met", probe, submission.runs.get())
    assert found.evidence[0]["kind"] == "http"
    assert found.evidence[0]["path"] == "jalon.toml"
    assert latest(submission, "dashboard.reachable").probe is None
    address.refresh_from_db()
    assert (address.lease_token, address.attempts) == (None, 0)
    assert address.due_at is not None
    assert timedelta(hours=5) < address.due_at - timezone.now() <= timedelta(hours=6)


def test_a_second_delivery_calls_nobody(address: ProbedAddress, network: FakeNetwork) -> None:
    for _ in range(2):
        probing.call(address_id=address.pk)
    assert len(network.called) == 1
    assert Probe.objects.count() == 1


def test_a_delivery_during_the_call_finds_it_taken(address: ProbedAddress, network: FakeNetwork) -> None:
    network.during = lambda: probing.call(address_id=address.pk) if len(network.called) == 1 else None
    probing.call(address_id=address.pk)
    assert (len(network.called), Probe.objects.count()) == (1, 1)


def test_a_worker_that_died_is_replaced_and_writes_nothing_more(address: ProbedAddress, network: FakeNetwork) -> None:
    lost = leases.claim(probes.KIND, address.pk)
    assert lost is not None
    assert leases.claim(probes.KIND, address.pk) is None
    ProbedAddress.objects.filter(pk=address.pk).update(lease_expires_at=timezone.now() - timedelta(seconds=1))
    probing.call(address_id=address.pk)
    with pytest.raises(leases.LeaseLost):
        probes.record(address=lost, exchange=network.probe(URL))
    assert Probe.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_call_once(address: ProbedAddress, network: FakeNetwork) -> None:
    def work() -> None:
        try:
            probing.call(address_id=address.pk)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert (len(network.called), Probe.objects.count()) == (1, 1)


def test_what_was_seen_is_never_edited(address: ProbedAddress, network: FakeNetwork) -> None:
    probing.call(address_id=address.pk)
    for change in (
        lambda: Probe.objects.update(standing="down"),
        lambda: Probe.objects.all()._raw_delete("default"),
        lambda: ProbeExchange.objects.update(content={}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_an_unchanged_answer_gives_no_new_result(
    address: ProbedAddress, submission: Submission, network: FakeNetwork
) -> None:
    network.told = [exchange(200), exchange(200), exchange(503), exchange(503), exchange(200)]
    for _ in range(5):
        again(address)
    results = CheckResult.objects.filter(submission=submission, check_code="api.reachable").order_by("pk")
    assert [row.outcome for row in results] == ["undecided", "met", "not_met", "met"]
    availability = latest(submission, "api.availability")
    assert availability.outcome == "not_met"
    assert availability.evidence[0]["detail"]["days"][0]["up"] == 2  # at the fourth call, the first that decides


def test_an_old_result_is_given_again(address: ProbedAddress, submission: Submission, network: FakeNetwork) -> None:
    again(address)
    old = timezone.now() - timedelta(days=8)
    with guards_off():
        CheckResult.objects.filter(submission=submission).update(created_at=old)
    again(address)
    assert CheckResult.objects.filter(submission=submission, check_code="api.reachable", outcome="met").count() == 2


def test_our_own_network_costs_nothing(address: ProbedAddress, submission: Submission, network: FakeNetwork) -> None:
    ours = exchange(None, cause="platform")
    network.told = [ours, ours, exchange(200), ours]
    again(address)
    found = latest(submission, "api.reachable")
    assert (found.outcome, found.cause) == ("error", "platform")
    address.refresh_from_db()
    assert address.due_at is not None
    assert address.due_at - timezone.now() <= timedelta(minutes=30)
    for _ in range(3):
        again(address)
    outcomes = CheckResult.objects.filter(submission=submission, check_code="api.reachable").order_by("pk")
    assert [row.outcome for row in outcomes] == ["undecided", "met"]
    assert [probe.standing for probe in Probe.objects.order_by("pk")] == ["ours", "ours", "up", "ours"]


def test_what_a_review_rests_on_is_not_said_otherwise_afterwards(
    world: World, address: ProbedAddress, submission: Submission, network: FakeNetwork
) -> None:
    CriterionCheck.objects.filter(check_code="api.reachable").update(role="decided")
    network.told = [exchange(200), exchange(503)]
    again(address)
    review = reviews.open_review(actor=world.mentor, submission=submission)
    again(address)
    assert latest(submission, "api.reachable").outcome == "not_met"
    network.told = [exchange(200)]
    again(address)
    reviews.give(actor=world.mentor, review=review, outcome=ReviewOutcome.ADMITTED)
    network.told = [exchange(503)]
    for _ in range(3):
        again(address)
    assert latest(submission, "api.reachable").outcome == "met"
    assert latest(submission, "api.availability").outcome == "not_met"
    assert Probe.objects.filter(standing="down").count() == 4


def test_a_run_judges_by_what_was_already_seen(
    address: ProbedAddress, submission: Submission, network: FakeNetwork
) -> None:
    assert probes.facts_of(submission)["api"] is None
    network.told = [exchange(200), exchange(503)]
    again(address)
    again(address)
    facts = probes.facts_of(submission)
    assert (facts["missing"], facts["dashboard"], facts["api"]["failed"]) == (None, None, None)
    assert facts["api"]["exchange"]["response"]["status"] == 503
    assert [seen["standing"] for seen in facts["api"]["series"]] == ["up", "down"]


# The clock


def test_the_clock_rings_once_for_what_is_due(address: ProbedAddress, bell: list[tuple[str, int]]) -> None:
    past = timezone.now() - timedelta(hours=1)
    ProbedAddress.objects.update(due_at=past, ring_at=past)
    assert (sweep(probes.KIND), sweep(probes.KIND)) == (1, 0)
    ProbedAddress.objects.update(ring_at=past)
    assert sweep(probes.KIND) == 1
    ProbedAddress.objects.update(ring_at=past)
    assert leases.claim(probes.KIND, address.pk) is not None
    assert sweep(probes.KIND) == 0
    assert bell == [(dispatch.PROBE, address.pk)] * 2


@pytest.mark.parametrize("change", ["state", "session", "version"])
def test_after_the_defence_nothing_is_called_any_more(
    world: World, address: ProbedAddress, bell: list[tuple[str, int]], change: str
) -> None:
    if change == "state":
        world.work.state = "defended"
        world.work.save()
    elif change == "session":
        world.session.starts_on = world.session.ends_on = timezone.localdate() - timedelta(days=1)
        world.session.save()
    else:
        Submission.objects.create(
            work=world.work, number=2, bundle=factories.bundle(), file_name="b.zip", submitted_by=world.candidate
        )
    past = timezone.now() - timedelta(hours=1)
    ProbedAddress.objects.update(due_at=past, ring_at=past)
    assert (sweep(probes.KIND), bell) == (0, [])
    address.refresh_from_db()
    assert address.due_at is None


def test_without_a_period_only_the_first_call_is_made(
    address: ProbedAddress, network: FakeNetwork, settings: Any
) -> None:
    settings.PROBE_PERIOD_SECONDS = 0
    probing.call(address_id=address.pk)
    address.refresh_from_db()
    assert (address.due_at, Probe.objects.count()) == (None, 1)


# On demand


def test_a_person_may_ask(
    world: World, address: ProbedAddress, network: FakeNetwork, bell: list[tuple[str, int]]
) -> None:
    probing.call(address_id=address.pk)
    probes.ask(actor=world.mentor, address=address)
    assert bell == [(dispatch.PROBE, address.pk)]
    assert JournalEntry.objects.filter(verb="probe.asked", actor=world.mentor).exists()
    with pytest.raises(Refused, match=r"probe\.pending|déjà en cours"):
        probes.ask(actor=world.candidate, address=address)
    probing.call(address_id=address.pk)
    probe = Probe.objects.first()
    assert probe is not None
    assert (probe.occasion, probe.asked_by) == ("asked", world.mentor)
    with pytest.raises(Refused, match=r"too_often|quelques minutes"):
        probes.ask(actor=world.candidate, address=address)


def test_nobody_asks_while_a_worker_calls(world: World, address: ProbedAddress, network: FakeNetwork) -> None:
    refused: list[str] = []

    def ask() -> None:
        with pytest.raises(Refused) as caught:
            probes.ask(actor=world.mentor, address=address)
        refused.append(caught.value.code)

    network.during = ask
    probing.call(address_id=address.pk)
    assert (refused, Probe.objects.count()) == (["probe.pending"], 1)


def test_one_person_asks_so_often_in_an_hour(
    world: World, address: ProbedAddress, network: FakeNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assessments.domain.probing.ASKED_APART", timedelta(0))
    monkeypatch.setattr("assessments.domain.probing.ASKED_PER_HOUR", 2)
    probing.call(address_id=address.pk)
    for _ in range(2):
        probes.ask(actor=world.candidate, address=address)
        probing.call(address_id=address.pk)
    with pytest.raises(Refused, match=r"too_often|quelques minutes"):
        probes.ask(actor=world.candidate, address=address)
    probes.ask(actor=world.mentor, address=address)


def test_asking_is_for_those_who_see_the_work_until_the_decision(world: World, address: ProbedAddress) -> None:
    with pytest.raises(Denied):
        probes.ask(actor=factories.person(), address=address)
    world.work.state = "decided"
    world.work.save()
    with pytest.raises(Denied):
        probes.ask(actor=world.candidate, address=address)


def test_an_address_asked_for_is_called_even_when_it_is_no_longer_watched(
    world: World, address: ProbedAddress, bell: list[tuple[str, int]], network: FakeNetwork
) -> None:
    probing.call(address_id=address.pk)
    world.work.state = "defended"
    world.work.save()
    probes.ask(actor=world.administrator, address=address)
    ProbedAddress.objects.update(ring_at=timezone.now())
    assert sweep(probes.KIND) == 1
    probing.call(address_id=address.pk)
    address.refresh_from_db()
    assert (address.due_at, Probe.objects.count()) == (None, 2)


# Keeping


def test_old_exchanges_go_and_the_lines_stay(address: ProbedAddress, network: FakeNetwork, settings: Any) -> None:
    for _ in range(3):
        again(address)
    assert probes.forget_exchanges() == 0
    settings.PROBE_EXCHANGE_DAYS = 0
    assert probes.forget_exchanges() == 2
    assert (Probe.objects.count(), ProbeExchange.objects.count()) == (3, 1)
    assert ProbeExchange.objects.get().probe == Probe.objects.first()


# The whole way


def test_an_evaluation_finds_the_addresses_and_has_them_called(
    world: World, network: FakeNetwork, bell: list[tuple[str, int]], tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "projet").mkdir()
    (tmp_path / "projet" / "jalon.toml").write_text(f'[urls]\napi = "{URL}"\n')
    monkeypatch.setattr("assessments.services.storage.local_path", lambda key: _Local(tmp_path / "projet"))
    submission = factories.submitted(world)
    evaluation.serve()
    run = submission.runs.get()
    assert (run.status, run.fault_code) == ("done", "")
    assert latest(submission, "api.reachable").message_code == "probe.waiting"
    assert latest(submission, "dashboard.reachable").message_code == "probe.undeclared"
    address = ProbedAddress.objects.get()
    assert (address.kind, address.declared_in, bell) == ("api", "jalon.toml", [(dispatch.PROBE, address.pk)])
    probing.call(address_id=address.pk)
    assert latest(submission, "api.reachable").outcome == "met"
    assert runs.requested_for(submission) == run.requested


class _Local:
    def __init__(self, path: Any) -> None:
        self.path = path

    def __enter__(self) -> Any:
        return self.path

    def __exit__(self, *_: object) -> None:
        """Nothing to give back."""
