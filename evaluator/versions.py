"""Versions compared as far as a passport needs it: numbers, exact pins and ranges (PEP 440 without its rarities)."""

from __future__ import annotations

import re

_RELEASE = re.compile(r"v?(\d+(?:\.\d+)*)")
_CLAUSE = re.compile(r"(===|==|~=|!=|<=|>=|<|>|=|\^|~)?\s*v?(\d[^\s,;]*)")
_PLACEHOLDER = re.compile(r"===?\s*0\.0(\.post\d+)?")
_TWO = 2
_SERIES_ONLY = frozenset({"scikit-learn"})  # its files load within one minor series

Release = tuple[int, ...]


def release(text: str) -> Release:
    """``1.4.1.post1`` → ``(1, 4, 1)``; empty when there is no number."""
    match = _RELEASE.match(text.strip())
    return tuple(int(part) for part in match[1].split(".")[:6]) if match and len(match[1]) < 60 else ()


def agrees(name: str, version: str, spec: str) -> bool | None:
    """Whether the version inside a file is one that the requirement ``spec`` asks for; None when it says nothing.

    scikit-learn is compared by major and minor, the others exactly.
    """
    if spec.strip().startswith("@") or (name == "scikit-learn" and _PLACEHOLDER.fullmatch(spec.strip())):
        return None  # the digits of a file or an address are no version, nor are those of the empty package sklearn
    clauses = _CLAUSE.findall(spec.strip().strip("()"))
    inside = release(version)
    if not clauses or not inside:
        return None
    width = _TWO if name in _SERIES_ONLY else 6
    return all(_holds(operator or "==", inside, wanted, width) for operator, wanted in clauses)


def _holds(operator: str, inside: Release, wanted: str, width: int) -> bool:
    bound = release(wanted)
    if operator in {"==", "===", "="}:
        if wanted.endswith("*") or operator == "=":
            return inside[: len(bound)] == bound[: len(inside)]
        return _padded(inside, width) == _padded(bound, width)
    if operator == "!=":
        return wanted.endswith("*") or _padded(inside, 6) != _padded(bound, 6)
    if operator in {"~=", "~", "^"}:
        return _compatible(operator, inside, bound)
    left, right = _padded(inside, 6), _padded(bound, 6)
    return {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[operator]


def _compatible(operator: str, inside: Release, bound: Release) -> bool:
    if operator == "^":
        kept = next((position for position, part in enumerate(bound) if part), len(bound) - 1) + 1
    elif operator == "~":
        kept = min(len(bound), _TWO)
    else:
        kept = max(1, len(bound) - 1)
    return inside[:kept] == bound[:kept] and _padded(inside, 6) >= _padded(bound, 6)


def _padded(parts: Release, width: int) -> Release:
    return (parts + (0,) * 6)[:width]
