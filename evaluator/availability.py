"""What one probe says of an address, and what many of them say of its availability. Plain data in and out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

API, DASHBOARD = "api", "dashboard"
_PAGES = ("text/html", "application/xhtml+xml")
_ASKED_BADLY = (400, 405, 422)  # an application read the request and found it incomplete: it is there
_CIRCLES = ("probe.redirect_loop", "probe.redirects")


class Standing(StrEnum):
    """What a probe says: the address answers, does not, cannot be told, or our own network failed."""

    UP = "up"
    DOWN = "down"
    UNKNOWN = "unknown"
    OURS = "ours"


def standing_of(kind: str, exchange: Mapping[str, Any]) -> Standing:
    """The standing of an address of ``kind`` (``api`` or ``dashboard``) by one exchange of the prober."""
    failure = exchange["failure"]
    if failure is not None:
        if exchange["cause"] == "platform":
            return Standing.OURS
        # Some hosts send visitors in a circle until they bring a cookie back, which a probe never does.
        in_circles = failure["code"] in _CIRCLES and exchange["cookies"]
        return Standing.UNKNOWN if in_circles else Standing.DOWN
    response = exchange["response"]
    if response["status"] >= 500 or response["stopped"] in ("time", "broken"):
        return Standing.DOWN
    return _page(response) if kind == DASHBOARD else _service(response)


def _service(response: Mapping[str, Any]) -> Standing:
    """Elsewhere than where it answers, a live API and an empty host say the same: 404 proves neither."""
    status = response["status"]
    return Standing.UP if 200 <= status < 300 or status in _ASKED_BADLY else Standing.UNKNOWN


def _page(response: Mapping[str, Any]) -> Standing:
    status = response["status"]
    if 200 <= status < 300:
        return Standing.UP if response["media_type"] in _PAGES else Standing.DOWN
    return Standing.DOWN if status in (404, 410) else Standing.UNKNOWN


@dataclass(frozen=True, slots=True)
class Day:
    """How many probes of one day (ISO date) had each standing."""

    date: str
    up: int = 0
    down: int = 0
    unknown: int = 0
    ours: int = 0

    @property
    def share(self) -> float | None:
        """Of the probes that tell something, those answered; None without any."""
        told = self.up + self.down
        return self.up / told if told else None


def daily(series: Iterable[Mapping[str, Any]]) -> list[Day]:
    """``series`` (``{"at": ISO date and time, "standing"}``), day by day in order."""
    days: dict[str, Counter[str]] = {}
    for probe in series:
        days.setdefault(str(probe["at"])[:10], Counter())[str(probe["standing"])] += 1
    return [Day(date, **dict(counts)) for date, counts in sorted(days.items())]


def whole(days: Iterable[Day]) -> Day:
    """All the days as one, named by the first."""
    every = list(days)
    return Day(
        every[0].date if every else "",
        up=sum(day.up for day in every),
        down=sum(day.down for day in every),
        unknown=sum(day.unknown for day in every),
        ours=sum(day.ours for day in every),
    )
