"""The environment in which something of a bundle is run: what it asks for, else what is nearest, and why."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from evaluator.results import Message
from evaluator.runtimes import LOCK, Runtime, builder, default_runtime
from evaluator.runtimes.easing import eased
from evaluator.runtimes.wishes import Wish, is_met

_PIN = re.compile(r"([A-Za-z0-9._-]+)==(\S+)")
_UNREACHABLE = "runtime.unreachable"
_UNRESOLVED = "runtime.unresolved"
_EASED = 12  # each costs the second or two in which uv sees that it cannot be had


@dataclass(frozen=True, slots=True)
class Choice:
    """``origin`` is ``default``, or that of the wish that was granted; ``fault`` tells why a better one was not."""

    runtime: Runtime
    origin: str = "default"
    fault: Message | None = None

    def to_json(self) -> dict[str, Any]:
        """As facts tell it: ``{"digest", "origin", "fault"}``, the fault as ``{"code", "params"}`` or None."""
        fault = {"code": self.fault.code, "params": dict(self.fault.params)} if self.fault else None
        return {"digest": self.runtime.digest, "origin": self.origin, "fault": fault}


def choose(wishes: Sequence[Wish], *, seconds: float, on_build: Callable[[], None]) -> Choice:
    """The first of ``wishes`` that can be had, else the default runtime.

    Each is built now, within ``seconds``, unless it was before; nothing is built when ``seconds`` is 0. One that
    cannot be resolved is tried again without the requirement that stands in its way, before the next.

    ``on_build`` hears that a build begins.

    Raises:
        EngineFault: ``runtime.missing`` when there is not even a default runtime.
    """
    default = default_runtime()
    fault: Message | None = None
    asked = _Asked(wishes)
    for wish in asked:
        if is_met(wish, installed()):
            return Choice(default, "default", fault)
        build = builder.state(wish)
        if build is None and seconds > 0:
            on_build()
            build = builder.build(wish, seconds=seconds)
        runtime = builder.built(wish)
        if runtime is not None:
            return Choice(runtime, wish.origin, fault)
        fault = fault or _told(build, wish)
        if fault.code == _UNREACHABLE:
            break
        if build is not None and build.code == _UNRESOLVED:
            asked.ease(wish, build.log)
    return Choice(default, "default", fault)


class _Asked:
    """The wishes in their order; after one that cannot be had, the same without what stands in its way."""

    def __init__(self, wishes: Sequence[Wish]) -> None:
        self._left = [(wish, 0) for wish in reversed(wishes)]
        self._times = 0

    def __iter__(self) -> Iterator[Wish]:
        while self._left:
            wish, self._times = self._left.pop()
            yield wish

    def ease(self, wish: Wish, said: str) -> None:
        """What comes next is ``wish`` made easier, unless that was done often or nothing can be given up."""
        found = eased(wish, said) if self._times < _EASED else None
        if found is not None:
            self._left.append((found, self._times + 1))


@cache
def installed() -> Mapping[str, str]:
    """The packages of the default runtime: version by normalised name (PEP 503)."""
    lines = (_PIN.match(line) for line in LOCK.read_text(encoding="utf-8").splitlines())
    return {re.sub(r"[-_.]+", "-", match[1]).lower(): match[2] for match in lines if match}


def _told(build: builder.Build | None, wish: Wish) -> Message:
    asked = [line for line in wish.requirements if "==" in line][:6] or list(wish.requirements[:6])
    if build is None or build.state != "failed":
        return Message("runtime.not_built", {"requirements": asked})
    return Message(build.code, {"requirements": asked, "reason": build.reason})
