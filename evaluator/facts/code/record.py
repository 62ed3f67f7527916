"""What the interpreter saw: calls, attributes read, fits, applications and routes, in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from evaluator.facts.code.describe import describe
from evaluator.facts.code.values import NO_MARKS, Place, Value

_MOST_EVENTS = 40_000
_VIA = 4
_NAME = 120  # characters: no library needs more, and the checks compare names with patterns


@dataclass(slots=True)
class Record:
    """Events of the whole project. ``via`` lists the calls of local helpers that led there, outermost first."""

    calls: list[dict[str, Any]] = field(default_factory=list)
    reads: list[dict[str, Any]] = field(default_factory=list)
    fits: list[dict[str, Any]] = field(default_factory=list)
    lost: list[dict[str, Any]] = field(default_factory=list)
    apps: list[dict[str, Any]] = field(default_factory=list)
    routes: list[dict[str, Any]] = field(default_factory=list)
    mounts: dict[str, tuple[str, str]] = field(default_factory=dict)  # router: prefix, and the router it is put in
    included: dict[str, str] = field(default_factory=dict)  # where Django's include stands: the module it names
    truncated: set[str] = field(default_factory=set)
    muted: int = 0
    _seen: set[Any] = field(default_factory=set)

    def call(
        self,
        name: str,
        args: Sequence[Value],
        keywords: Mapping[str, Value],
        place: Place,
        via: Sequence[Place],
        choice: bool,
        loops: int = 0,
        marks: frozenset[str] = NO_MARKS,
    ) -> None:
        """Note a live call of the library's ``name``: in how many loops, and the marks of what it is called on."""
        described = [describe(value) for value in args[:6]]
        named = {key: describe(value) for key, value in keywords.items()}
        identity = (name, place, tuple(via[:1]), repr(described), repr(named), choice, loops, marks)
        if self._new(self.calls, identity, place.path):
            fact = {"name": name[:_NAME], "args": described, "keywords": named, "at": place.to_json()}
            self.calls.append(fact | {"via": _via(via), "choice": choice, "loops": loops, "on": sorted(marks)})

    def read(self, name: str, place: Place, via: Sequence[Place]) -> None:
        """Note that the attribute ``name`` of a library's object is read: ``token.lemma_``."""
        if self._new(self.reads, ("read", name, place, tuple(via[:1])), place.path):
            self.reads.append({"name": name[:_NAME], "at": place.to_json(), "via": _via(via)})

    def fit(self, name: str, how: str, built: Place, place: Place, via: Sequence[Place], inner: list[str]) -> None:
        """Note that an estimator of class ``name`` built at ``built`` is fitted by ``how`` at ``place``."""
        if self._new(self.fits, ("fit", name, built, place, tuple(via[:1])), place.path):
            fact = {"class": name[:_NAME], "how": how, "built": built.to_json(), "at": place.to_json()}
            self.fits.append(fact | {"via": _via(via), "inner": inner})

    def events(self) -> Iterator[dict[str, Any]]:
        """Everything noted with a place and the calls that led there."""
        yield from (*self.calls, *self.reads, *self.fits, *self.lost)

    def lose(self, name: str, place: Place, via: Sequence[Place]) -> None:
        """Note that an object of class ``name`` is given to a function that is not in the bundle."""
        if self._new(self.lost, ("lost", name, place), place.path):
            self.lost.append({"class": name[:_NAME], "at": place.to_json(), "via": _via(via)})

    def _new(self, events: list[dict[str, Any]], identity: Any, path: str) -> bool:
        if self.muted or identity in self._seen:
            return False
        if len(events) >= _MOST_EVENTS:
            self.truncated.add(path)
            return False
        self._seen.add(identity)
        return True


def _via(via: Sequence[Place]) -> list[Any]:
    kept = via if len(via) <= _VIA else [*via[: _VIA - 1], via[-1]]
    return [place.to_json() for place in kept]
