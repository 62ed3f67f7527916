"""The declared addresses on a submission's page, their record, a call on demand, and the exchange as evidence."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.models import CheckResult, Probe, ProbedAddress, Submission, User
from assessments.models.reviews import ReviewOutcome
from assessments.services import leases, probes, reviews
from assessments.web.availability import HEIGHT, WIDTH, build_chart
from evaluator.availability import Day
from tests import factories
from tests.evaluator.test_reachability import DAYS_LEFT, exchange
from tests.factories import World
from tests.tampering import guards_off

pytestmark = pytest.mark.django_db
URLS = {"api": "https://api.exemple.test/sante", "dashboard": "https://tableau.exemple.test/"}


@pytest.fixture
def world() -> World:
    return factories.world()


@pytest.fixture
def submission(world: World) -> Submission:
    return factories.evaluated(world)


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def watched(submission: Submission, urls: dict[str, str] = URLS) -> None:
    probes.watch(submission=submission, declaration={"path": "jalon.toml", "urls": urls}, kinds=set(urls))


def called(submission: Submission, kind: str, days_ago: float = 0, **seen: Any) -> Probe:
    """A probe as a worker records it, at its time."""
    at = timezone.now() - timedelta(days=days_ago)
    ProbedAddress.objects.filter(submission=submission, kind=kind).update(due_at=at, ring_at=at)
    address = leases.claim(probes.KIND, submission.addresses.get(kind=kind).pk)
    assert address is not None
    told = exchange(seen.pop("status", 200), **seen) | {"at": at.isoformat()}
    return probes.record(address=address, exchange=told)


def page(user: User, submission: Submission, name: str = "submission") -> str:
    answer = logged_in(user).get(reverse(f"web:{name}", kwargs={"pk": submission.pk}))
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_submission_that_declares_nothing_says_nothing_of_it(world: World, submission: Submission) -> None:
    assert 'id="probes"' not in page(world.candidate, submission)


def test_before_the_first_call_the_page_waits_for_it(world: World, submission: Submission) -> None:
    watched(submission)
    html = page(world.candidate, submission)
    assert html.count("Pas encore appelée") == 2
    assert 'hx-trigger="every 3s"' in html
    assert "Un appel est en cours" in html
    assert "Appeler maintenant" not in html


def test_the_record_is_shown_and_told(world: World, submission: Submission) -> None:
    watched(submission)
    for days in (3, 2, 1):
        called(submission, "api", days)
    called(submission, "api", 0.1, status=503)
    called(submission, "dashboard", status=None, cause="platform")
    for person in (world.candidate, world.mentor, world.administrator):
        html = page(person, submission)
        assert "A répondu à 3 appels concluants sur 4." in html
        assert "75,0 % de réponses" in html.replace("\xa0", " ").replace("&nbsp;", " ")
        assert html.count('class="availability-up"') == 3
        assert "Ne répond pas" in html
        assert "Incident de notre côté" in html
        assert 'href="https://api.exemple.test/sante" rel="noopener noreferrer external"' in html
        assert html.count("Appeler maintenant") == 2
        assert 'hx-trigger="every 3s"' not in html


def test_a_juror_sees_them_too(world: World) -> None:
    slot = factories.scheduled(world)
    watched(slot.submission)
    called(slot.submission, "api")
    assert "A répondu à 1 appel concluant sur 1." in page(world.jurors[0], slot.submission)


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", 'https://a.test/"><script>alert(1)</script>', "data:text/html,x"]
)
def test_a_hostile_address_is_text(world: World, submission: Submission, url: str) -> None:
    watched(submission, {"api": url})
    html = page(world.mentor, submission)
    assert "<script>alert" not in html
    assert 'href="javascript' not in html
    assert 'href="data' not in html


def test_the_number_of_queries_does_not_depend_on_the_number_of_probes(
    world: World, submission: Submission, django_assert_max_num_queries: Any
) -> None:
    watched(submission)
    for days in range(30, 0, -1):
        called(submission, "api", days)
        called(submission, "dashboard", days)
    client = logged_in(world.mentor)
    with django_assert_max_num_queries(10):
        client.get(reverse("web:probes", kwargs={"pk": submission.pk}))
    html = page(world.mentor, submission, "probes")
    assert html.count("<tr>") < 100


def test_a_person_asks_and_is_told(world: World, submission: Submission) -> None:
    watched(submission)
    called(submission, "api")
    client = logged_in(world.mentor)
    ask = reverse("web:probe_ask", kwargs={"pk": submission.pk, "kind": "api"})
    answer = client.post(ask, follow=True)
    assert "L’appel est parti" in answer.content.decode()
    assert "Un appel est en cours" in answer.content.decode()
    assert "déjà en cours" in client.post(ask, follow=True).content.decode()
    unknown = reverse("web:probe_ask", kwargs={"pk": submission.pk, "kind": "rien"})
    assert client.post(unknown).status_code == 404


def test_after_the_decision_nobody_asks(world: World, submission: Submission) -> None:
    watched(submission)
    called(submission, "api")
    world.work.state = "decided"
    world.work.save()
    assert "Appeler maintenant" not in page(world.mentor, submission)
    ask = reverse("web:probe_ask", kwargs={"pk": submission.pk, "kind": "api"})
    assert logged_in(world.mentor).post(ask).status_code == 403


def test_the_exchange_and_the_record_are_evidence(world: World, submission: Submission) -> None:
    found = submission.results.get(check_code="chart.boxplot")
    http = {
        "kind": "http",
        "path": "jalon.toml",
        "excerpt": "GET",
        "detail": {
            "request": {"method": "GET", "url": URLS["api"], "body": ""},
            "response": {"status": 200, "headers": [["server", "essai"]], "body": "<b>bonjour</b>"},
            "seconds": 0.2,
            "at": "2026-12-01T10:00:00+00:00",
            "hops": [{"url": "http://api.exemple.test/", "status": 301}],
            "tls": {**DAYS_LEFT, "issuer": "Essai"},
        },
    }
    days = {"days": [{"date": "2026-12-01", "up": 3, "down": 1, "unknown": 0, "ours": 0}]}
    record = {"kind": "metric", "path": "jalon.toml", "excerpt": "75 %", "detail": days}
    with guards_off():
        CheckResult.objects.filter(pk=found.pk).update(evidence=[http, record])
    client = logged_in(world.mentor)

    def shown(index: int) -> str:
        kwargs = {"pk": submission.pk, "result": found.pk, "index": index}
        return client.get(reverse("web:evidence", kwargs=kwargs)).content.decode()

    first = shown(0)
    for words in (
        "&lt;b&gt;bonjour&lt;/b&gt;",
        "TLSv1.3",
        "Essai",
        "http://api.exemple.test/ (301)",
        "11 décembre 2026",
    ):
        assert words in first.replace("\xa0", " ")
    second = shown(1)
    assert 'class="availability-up"' in second
    assert "Le relevé des appels" in second
    assert "75,0" in second


def test_an_address_that_was_lost_after_the_review_is_pointed_out(world: World, submission: Submission) -> None:
    watched(submission)
    called(submission, "api", 0.01)
    lost = "elle ne répond plus"
    review = reviews.open_review(actor=world.mentor, submission=submission)
    reviews.give(actor=world.mentor, review=review, outcome=ReviewOutcome.ADMITTED)
    assert lost not in page(world.mentor, submission)
    called(submission, "api", status=404)
    assert lost not in page(world.mentor, submission)
    called(submission, "api", status=503)
    called(submission, "api", status=None, cause="platform")
    assert lost in page(world.mentor, submission)


# The chart


def test_each_day_is_a_column_that_fills_the_height() -> None:
    chart = build_chart([Day("2026-12-01", up=3, down=1), Day("2026-12-03", unknown=1, ours=1)])
    assert chart is not None
    assert sum(float(bar.height) for bar in chart.bars) == 2 * HEIGHT
    assert [(bar.standing, float(bar.y)) for bar in chart.bars] == [
        ("down", 0.0),
        ("up", HEIGHT / 4),
        ("ours", 0.0),
        ("unknown", HEIGHT / 2),
    ]
    assert (chart.first, chart.last, chart.percent) == (date(2026, 12, 1), date(2026, 12, 3), 75.0)
    assert [when for when, _day in chart.days] == [date(2026, 12, 3), date(2026, 12, 1)]


def test_a_long_record_stays_within_its_width() -> None:
    start = date(2025, 1, 1)
    chart = build_chart([Day((start + timedelta(days=n)).isoformat(), up=4) for n in range(500)])
    assert chart is not None
    assert len(chart.bars) == 365
    assert all(float(bar.x) >= 0 and float(bar.x) + float(bar.width) <= WIDTH + 0.1 for bar in chart.bars)


def test_nothing_conclusive_is_no_percentage() -> None:
    chart = build_chart([Day("2026-12-01", ours=2)])
    assert chart is not None
    assert chart.percent is None
    assert build_chart([]) is None
