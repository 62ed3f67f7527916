"""A wish that cannot be had, without the one requirement that stands in its way. Pure: nothing is installed here."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from evaluator.runtimes.companions import BOUND_TO_SERIES, SERIES, accompanied, beside, series_of
from evaluator.runtimes.wishes import FRAMEWORKS, RUN_BY, Wish, specs_of
from evaluator.versions import release

_UNUSABLE = re.compile(
    r"\b([a-z0-9][a-z0-9-]*)[=<>!~]\S*\s+has no usable wheels|versions of ([a-z0-9-]+) have no usable wheels|"
    r"no versions? of ([a-z0-9-]+)|\b([a-z0-9][a-z0-9-]*) was not found"
)
_NAMED = re.compile(r"\b([a-z0-9][a-z0-9-]*)[=<>!~]")
_REQUIRED = re.compile(r"you require ([a-z0-9][a-z0-9-]*)")
_SKLEARN = "scikit-learn"


def eased(wish: Wish, said: str) -> Wish | None:
    """``wish`` without what uv's words, ``said``, tell cannot be had: a near version instead, any, then none.

    An application's scikit-learn gives way to the next series instead. None when nothing more can be given up: the
    scikit-learn of a model, and the framework that serves an application.
    """
    specs = specs_of(wish)
    name = _culprit(specs, said)
    if name is None or (name == _SKLEARN and wish.of_model):
        return None
    if name == _SKLEARN and specs[name]:
        specs = _next_series(specs)
    elif specs[name]:
        specs[name] = _near(specs[name])
    elif name in FRAMEWORKS or len(specs) == 1:
        return None
    else:
        del specs[name]
    return Wish.of(specs, "nearest", of_model=wish.of_model)


def _culprit(specs: Mapping[str, str], said: str) -> str | None:
    """What has no usable file; else, of what contradicts one another, what matters least to a model or a server.

    What is asked in one version comes before what brings along something that cannot be had whatever its version.
    """
    unusable = [next(filter(None, groups)) for groups in _UNUSABLE.findall(said)]
    named = [name for name in _NAMED.findall(said) if specs.get(name)]
    required = _REQUIRED.findall(said)
    ordered = [*unusable, *_secondary(named), *_secondary(required), *named, *required]
    return next((name for name in ordered if name in specs), None)


def _secondary(names: Sequence[str]) -> list[str]:
    return [name for name in names if name not in RUN_BY]


def _near(spec: str) -> str:
    """The two minor series that follow a pinned version, since old ones have no wheel for a new Python; else any."""
    number = release(spec[2:]) if spec.startswith("==") and not spec.endswith("*") else ()
    return f">={spec[2:]},<{number[0]}.{number[1] + 3}" if len(number) > 1 else ""


def _next_series(specs: Mapping[str, str]) -> dict[str, str]:
    """With the series of scikit-learn that comes next, and the companions of that one."""
    spec = specs[_SKLEARN]
    asked = series_of(spec)
    later = [series for series in sorted(SERIES) if asked and (series, not spec.endswith(".*")) > (asked, False)]
    old = beside(specs)
    moves = not later or later[0] != asked
    freed = {
        name: "" if old.get(name) == given or (moves and name in BOUND_TO_SERIES) else given
        for name, given in specs.items()
    }
    return accompanied(freed | {_SKLEARN: f"=={later[0][0]}.{later[0][1]}.*" if later else ""})
