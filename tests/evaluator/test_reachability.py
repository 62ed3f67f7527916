"""The checks of declared public addresses: pure functions of what a probe saw."""

from __future__ import annotations

from typing import Any

import pytest

from evaluator import messages, runner
from evaluator.availability import Day, Standing, daily, standing_of, whole
from evaluator.facts.outside import OUTSIDE
from evaluator.results import Cause, EvidenceKind, Outcome
from evaluator.runner import CheckRequest, judge

from .corpus_cases import facts_of

URL = "https://api.exemple.test/sante"
DAYS_LEFT = {"version": "TLSv1.3", "expires": "2026-12-11T00:00:00+00:00", "verified": True}


def exchange(status: int | None = 200, **given: Any) -> dict[str, Any]:
    """What the prober tells; ``status`` None for a failure."""
    response = {"status": status, "headers": [], "media_type": "application/json", "body": "{}", "stopped": None}
    told = {
        "at": "2026-12-01T10:00:00+00:00",
        "url": URL,
        "final": given.get("final", URL),
        "hops": [{"url": URL, "status": 302}] if "final" in given else [],
        "seconds": 0.25,
        "tls": DAYS_LEFT,
        "cookies": False,
        "request": {"method": "GET", "url": URL},
        "response": response | given.pop("response", {}) if status else None,
        "failure": None
        if status
        else {"code": "probe.connect", "params": {"host": "h", "port": 1, "reason": "timeout"}},
        "cause": None if status else "candidate",
    }
    return told | given


def page(status: int = 200, **given: Any) -> dict[str, Any]:
    return exchange(status, **({"response": {"media_type": "text/html"}} | given))


OURS = exchange(None, cause="platform")
IN_CIRCLES = exchange(None, failure={"code": "probe.redirect_loop", "params": {"url": URL}}, cookies=True)


def facts(kind: str, seen: dict[str, Any] | None, series: list[Any] | None = None) -> dict[str, Any]:
    known: dict[str, Any] | None = None
    if seen is not None:
        ours = seen["cause"] == "platform"
        known = {"exchange": None if ours else seen, "failed": seen if ours else None, "series": series or []}
    probes = {"missing": None, "api": None, "dashboard": None} | {kind: known}
    urls = {"api": URL, "dashboard": URL}
    return {"declaration": {"path": "jalon.toml", "urls": urls}, "probes": probes}


def asked(code: str, known: dict[str, Any], **params: Any) -> Any:
    finding = judge(CheckRequest(code, params), known).finding
    for lang in messages.LANGUAGES:
        sentence = messages.render(finding.message, lang)
        assert "…" not in sentence
        assert "{" not in sentence
    return finding


ANSWERS = [
    ("api", exchange(200), "met", "api.reachable.met"),
    ("api", exchange(204), "met", "api.reachable.met"),
    ("api", exchange(200, tls=None), "met", "api.reachable.met"),
    ("api", exchange(200, response={"stopped": "size"}), "met", "api.reachable.met"),
    ("api", exchange(405), "met", "api.reachable.met"),
    ("api", exchange(422), "met", "api.reachable.met"),
    ("api", exchange(401), "undecided", "api.reachable.undecided_status"),
    ("api", exchange(404), "undecided", "api.reachable.undecided_status"),
    ("api", exchange(429), "undecided", "api.reachable.undecided_status"),
    ("api", exchange(304), "undecided", "api.reachable.undecided_status"),
    ("api", exchange(500), "not_met", "api.reachable.not_met_status"),
    ("api", exchange(503), "not_met", "api.reachable.not_met_status"),
    ("api", exchange(200, response={"stopped": "time"}), "not_met", "api.reachable.not_met_unfinished"),
    ("api", exchange(200, response={"stopped": "broken"}), "not_met", "api.reachable.not_met_unfinished"),
    ("api", exchange(None), "not_met", "api.reachable.not_met_failed"),
    ("api", IN_CIRCLES, "undecided", "api.reachable.undecided_cookies"),
    ("api", {**IN_CIRCLES, "cookies": False}, "not_met", "api.reachable.not_met_failed"),
    ("dashboard", page(), "met", "dashboard.reachable.met"),
    ("dashboard", page(final="https://www.api.exemple.test/x"), "met", "dashboard.reachable.met"),
    ("dashboard", page(final="https://entree.autre.test/"), "undecided", "dashboard.reachable.undecided_elsewhere"),
    ("dashboard", page(final="https://notapi.exemple.test/"), "undecided", "dashboard.reachable.undecided_elsewhere"),
    ("dashboard", exchange(200), "not_met", "dashboard.reachable.not_met_no_page"),
    ("dashboard", page(403), "undecided", "dashboard.reachable.undecided_status"),
    ("dashboard", page(404), "not_met", "dashboard.reachable.not_met_status"),
    ("dashboard", page(502), "not_met", "dashboard.reachable.not_met_status"),
    ("dashboard", page(response={"media_type": "text/html", "stopped": "time"}), "not_met",
     "dashboard.reachable.not_met_unfinished"),
    ("dashboard", exchange(None), "not_met", "dashboard.reachable.not_met_failed"),
    ("dashboard", IN_CIRCLES, "undecided", "dashboard.reachable.undecided_cookies"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "seen", "outcome", "code"), ANSWERS)
def test_what_an_answer_is_worth(kind: str, seen: dict[str, Any], outcome: str, code: str) -> None:
    finding = asked(f"{kind}.reachable", facts(kind, seen))
    assert (finding.outcome, finding.message.code) == (outcome, code)
    first = finding.evidence[0]
    assert (first.kind, first.path) == (EvidenceKind.HTTP, "jalon.toml")
    assert first.detail["request"]["url"] == URL


def test_the_sentence_tells_status_latency_and_certificate() -> None:
    sentence = messages.render(asked("api.reachable", facts("api", exchange(200))).message, "fr")
    assert "200 en 0,25 s" in sentence
    assert "TLSv1.3" in sentence
    assert "9\u00a0jours" in sentence


CODES = ["api.reachable", "dashboard.reachable", "api.availability"]


@pytest.mark.parametrize("code", CODES)
def test_without_an_exchange_nothing_is_held_against_anyone(code: str) -> None:
    kind = code.partition(".")[0]
    undeclared = facts(kind, exchange(200)) | {"declaration": {"path": None, "urls": {}}}
    offline = facts(kind, None) | {"probes": OUTSIDE["probes"]}
    for known, message in (
        (undeclared, "probe.undeclared"),
        (offline, "probe.offline"),
        (facts(kind, None), "probe.waiting"),
    ):
        finding = asked(code, known)
        assert (finding.outcome, finding.message.code) == (Outcome.UNDECIDED, message)


@pytest.mark.parametrize("code", CODES)
def test_our_own_network_is_our_own_fault(code: str) -> None:
    finding = asked(code, facts(code.partition(".")[0], OURS))
    assert (finding.outcome, finding.cause, finding.message.code) == (Outcome.ERROR, Cause.PLATFORM, "probe.ours")


def series(*standings: str, day: int = 1) -> list[dict[str, str]]:
    return [
        {"at": f"2026-12-{day:02d}T{hour:02d}:00:00+01:00", "standing": word} for hour, word in enumerate(standings)
    ]


@pytest.mark.parametrize(
    ("standings", "params", "outcome"),
    [
        (["up"] * 20, {}, "met"),
        (["up"] * 19 + ["down"], {}, "met"),
        (["up"] * 18 + ["down"] * 2, {}, "not_met"),
        (["up"] * 18 + ["down"] * 2, {"share": 0.9}, "met"),
        (["up"] * 19 + ["ours"] * 4, {}, "met"),
        (["up"] * 3, {}, "undecided"),
        (["up"] * 3, {"probes": 3}, "met"),
        (["unknown"] * 20, {}, "undecided"),
        (["ours"] * 20, {}, "undecided"),
        (["down"] * 4, {}, "not_met"),
    ],
)
def test_availability_is_a_share_of_the_probes_that_tell(
    standings: list[str], params: dict[str, Any], outcome: str
) -> None:
    finding = asked("api.availability", facts("api", exchange(200), series(*standings)), **params)
    assert finding.outcome == outcome
    if outcome != "undecided":
        days = finding.evidence[0].detail["days"]
        assert sum(day["up"] for day in days) == standings.count("up")
        assert finding.evidence[1].kind is EvidenceKind.HTTP


def test_days_are_counted_in_order() -> None:
    days = daily(series("up", "down", day=2) + series("up", "unknown", "ours"))
    assert days == [Day("2026-12-01", up=1, unknown=1, ours=1), Day("2026-12-02", up=1, down=1)]
    assert [day.share for day in days] == [1.0, 0.5]
    assert whole(days) == Day("2026-12-01", up=2, down=1, unknown=1, ours=1)
    assert whole([]).share is None


def test_an_international_name_is_the_same_host_however_it_is_written() -> None:
    seen = page(url="https://café.exemple.test/", final="https://xn--caf-dma.exemple.test/") | {"hops": []}
    assert asked("dashboard.reachable", facts("dashboard", seen)).outcome is Outcome.MET


def test_our_failures_stand_apart() -> None:
    assert standing_of("api", OURS) is Standing.OURS


@pytest.mark.parametrize("code", CODES)
def test_the_engine_alone_calls_nobody(code: str, tmp_path) -> None:
    (tmp_path / "projet").mkdir()
    (tmp_path / "projet" / "jalon.toml").write_text(f'[urls]\napi = "{URL}"\ndashboard = "{URL}"\n')
    known = facts_of(tmp_path / "projet") | dict(OUTSIDE)
    finding = asked(code, known)
    assert (finding.outcome, finding.message.code) == (Outcome.UNDECIDED, "probe.offline")
    assert finding.evidence[0].excerpt == URL


def test_a_whole_evaluation_takes_what_its_caller_knows(tmp_path) -> None:
    (tmp_path / "projet").mkdir()
    (tmp_path / "projet" / "jalon.toml").write_text(f'[urls]\napi = "{URL}"\n')
    outside = {"probes": facts("api", exchange(200))["probes"]}
    requests = [CheckRequest("api.reachable"), CheckRequest("dashboard.reachable")]
    with runner.evaluate(tmp_path / "projet", requests, outside=outside) as report:
        outcomes = [result.finding.message.code for result in report.results]
    assert outcomes == ["api.reachable.met", "probe.undeclared"]
