"""Checks over what the guarded prober saw of the declared public addresses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from evaluator.availability import API, DASHBOARD, Standing, daily, standing_of, whole
from evaluator.checks.base import Check
from evaluator.checks.reachability_messages import MESSAGES
from evaluator.facts.base import Facts
from evaluator.results import Cause, Evidence, EvidenceKind, Finding, Message, Outcome

__all__ = ["CHECKS", "MESSAGES"]

_OUTCOMES = {
    Standing.UP: Outcome.MET,
    Standing.DOWN: Outcome.NOT_MET,
    Standing.UNKNOWN: Outcome.UNDECIDED,
}


def api_reachable(facts: Facts, params: Mapping[str, Any]) -> Finding:
    """Whether the declared address of the API answers from outside, with its latency and what TLS tells."""
    return _reachable(API, facts)


def dashboard_reachable(facts: Facts, params: Mapping[str, Any]) -> Finding:
    """Whether the declared address of the dashboard answers from outside with a page."""
    return _reachable(DASHBOARD, facts)


def _reachable(kind: str, facts: Facts) -> Finding:
    waiting = _nothing_yet(kind, facts)
    if waiting is not None:
        return waiting
    exchange = facts["probes"][kind]["exchange"]
    evidence = [_http(facts, exchange)]
    standing = standing_of(kind, exchange)
    elsewhere = _other_host(exchange) if kind == DASHBOARD and standing is Standing.UP else None
    if elsewhere:
        message = Message("dashboard.reachable.undecided_elsewhere", {"url": exchange["url"], "host": elsewhere})
        return Finding(Outcome.UNDECIDED, message, evidence)
    return Finding(_OUTCOMES[standing], _sentence(kind, standing, exchange), evidence)


def _nothing_yet(kind: str, facts: Facts) -> Finding | None:
    """Why there is no exchange to judge: nothing declared, nobody probes here, not probed yet, our own fault."""
    url = facts["declaration"]["urls"].get(kind)
    if not url:
        return Finding(Outcome.UNDECIDED, Message("probe.undeclared", {"key": kind}))
    probes = facts["probes"]
    if probes["missing"]:
        missing = Message(probes["missing"]["code"], {**probes["missing"]["params"], "key": kind})
        return Finding(Outcome.UNDECIDED, missing, [_declared(facts, url)])
    known = probes[kind]
    if known is None:
        return Finding(Outcome.UNDECIDED, Message("probe.waiting", {"key": kind}), [_declared(facts, url)])
    if known["exchange"] is None:
        failure = known["failed"]["failure"]
        message = Message("probe.ours", {"reason": failure})
        return Finding(Outcome.ERROR, message, [_declared(facts, url)], Cause.PLATFORM)
    return None


def _sentence(kind: str, standing: Standing, exchange: Mapping[str, Any]) -> Message:
    if exchange["failure"]:
        ending = "undecided_cookies" if standing is Standing.UNKNOWN else "not_met_failed"
        return Message(f"{kind}.reachable.{ending}", {"url": exchange["url"], "reason": exchange["failure"]})
    response = exchange["response"]
    shown = {
        "url": exchange["url"],
        "status": response["status"],
        "seconds": exchange["seconds"],
        "type": response["media_type"] or "?",
        "tls": _tls(exchange),
    }
    if standing is Standing.UP:
        return Message(f"{kind}.reachable.met", shown)
    if standing is Standing.UNKNOWN:
        return Message(f"{kind}.reachable.undecided_status", shown)
    if response["stopped"] in ("time", "broken"):
        return Message(f"{kind}.reachable.not_met_unfinished", shown)
    if 200 <= response["status"] < 300:
        return Message("dashboard.reachable.not_met_no_page", shown)
    return Message(f"{kind}.reachable.not_met_status", shown)


def _tls(exchange: Mapping[str, Any]) -> dict[str, Any]:
    """The sentence about TLS, as a parameter of another."""
    tls = exchange["tls"]
    if tls is None:
        return {"code": "probe.tls_none", "params": {}}
    if not tls["expires"]:
        return {"code": "probe.tls_version", "params": {"version": tls["version"]}}
    days = (datetime.fromisoformat(tls["expires"]) - datetime.fromisoformat(exchange["at"])).days
    return {"code": "probe.tls_days", "params": {"version": tls["version"], "days": days}}


def _other_host(exchange: Mapping[str, Any]) -> str | None:
    """The host that answered in the end, when it is another: neither the same, nor above, nor below the declared."""
    first = exchange["hops"][0]["url"] if exchange["hops"] else exchange["final"]  # as it was understood
    asked, answered = (urlsplit(url).hostname or "" for url in (first, exchange["final"]))
    related = asked == answered or asked.endswith(f".{answered}") or answered.endswith(f".{asked}")
    return None if related else answered


def api_availability(facts: Facts, params: Mapping[str, Any]) -> Finding:
    """Whether the API answered often enough, over the probes made since the deposit."""
    waiting = _nothing_yet(API, facts)
    if waiting is not None:
        return waiting
    days = daily(facts["probes"][API]["series"])
    total = whole(days)
    share, told = total.share, total.up + total.down
    shown = {"share": round(100 * (share or 0), 1), "up": total.up, "told": told, "days": len(days)}
    if share is None or told < params["probes"]:
        message = Message("api.availability.undecided_few", {"told": told, "wanted": params["probes"]})
        return Finding(Outcome.UNDECIDED, message, [_declared(facts, facts["declaration"]["urls"][API])])
    outcome = Outcome.MET if share >= params["share"] else Outcome.NOT_MET
    message = Message(f"api.availability.{outcome.value}", {**shown, "wanted": round(100 * params["share"], 1)})
    detail = {"days": [asdict(day) for day in days], "url": facts["probes"][API]["exchange"]["url"]}
    excerpt = f"{shown['share']} %"
    chart = Evidence(EvidenceKind.METRIC, _path(facts), excerpt=excerpt, detail=detail)
    return Finding(outcome, message, [chart, _http(facts, facts["probes"][API]["exchange"])])


def _path(facts: Facts) -> str:
    return str(facts["declaration"]["path"] or "")


def _declared(facts: Facts, url: str) -> Evidence:
    return Evidence(EvidenceKind.FILE, _path(facts), excerpt=url[:300])


def _http(facts: Facts, exchange: Mapping[str, Any]) -> Evidence:
    response, failure = exchange["response"], exchange["failure"]
    request = exchange["request"]
    detail = {
        "request": {**request, "body": ""},
        "response": {**response} if response else {"status": None, "headers": [], "body": ""},
        "failure": failure,
        "seconds": exchange["seconds"],
        "at": exchange["at"],
        "hops": exchange["hops"],
        "tls": exchange["tls"],
    }
    answer = response["status"] if response else failure["code"]
    excerpt = f"{request['method']} {request['url']} → {answer}"
    return Evidence(EvidenceKind.HTTP, _path(facts), excerpt=excerpt, detail=detail)


_AVAILABILITY_PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "share": {"type": "number", "minimum": 0, "maximum": 1, "default": 0.95},
        "probes": {"type": "integer", "minimum": 1, "default": 4},
    },
}

CHECKS: tuple[Check, ...] = (
    Check(
        code="api.reachable",
        version=1,
        family="api",
        title={"fr": "L’adresse publique de l’API répond", "en": "The public address of the API answers"},
        facts=("declaration", "probes"),
        run=api_reachable,
    ),
    Check(
        code="api.availability",
        version=1,
        family="api",
        title={"fr": "L’API reste disponible jusqu’à la soutenance", "en": "The API stays available until the defence"},
        facts=("declaration", "probes"),
        run=api_availability,
        parameters=_AVAILABILITY_PARAMETERS,
    ),
    Check(
        code="dashboard.reachable",
        version=1,
        family="dashboard",
        title={
            "fr": "L’adresse publique du tableau de bord répond",
            "en": "The public address of the dashboard answers",
        },
        facts=("declaration", "probes"),
        run=dashboard_reachable,
    ),
)
