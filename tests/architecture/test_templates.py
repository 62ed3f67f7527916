"""Pages hold no script or style of their own, and nothing leaves the escaping without a reason."""

import re
from pathlib import Path

import pytest

from certification.embedded import PROJECT

TEMPLATES = sorted((PROJECT / "templates").rglob("*.html"))
INLINE = {
    # A data block is not executed.
    "script": re.compile(r"<script(?![^>]*\b(?:src=|type=\"application/json\"))[^>]*>", re.IGNORECASE),
    "style element": re.compile(r"<style\b", re.IGNORECASE),
    "style attribute": re.compile(r"<[^>{}]*\sstyle\s*=", re.IGNORECASE),
    "event handler": re.compile(r"<[^>{}]*\son[a-z]+\s*=", re.IGNORECASE),
    "script address": re.compile(r"javascript:", re.IGNORECASE),
    "address elsewhere": re.compile(r"<(?:script|link|img|iframe)[^>]*(?:src|href)=\"(?:https?:)?//", re.IGNORECASE),
}
UNESCAPED = re.compile(r"\|\s*safe(?:seq)?\b|\{%\s*autoescape\s+off")
REASON = re.compile(r"\{#\s*safe: .{10,}#\}")
MARKED_SAFE = re.compile(r"\bmark_safe\((?!.*# noqa: S308 .{10,})")


def names(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(PROJECT)) for path in paths]


@pytest.mark.parametrize("kind", INLINE)
def test_nothing_inline(kind: str) -> None:
    assert TEMPLATES
    assert names([path for path in TEMPLATES if INLINE[kind].search(path.read_text())]) == []


def test_what_is_not_escaped_says_why() -> None:
    lines = [
        f"{path.relative_to(PROJECT)}:{number}"
        for path in TEMPLATES
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if UNESCAPED.search(line) and not REASON.search(line)
    ]
    assert lines == []


def test_what_is_marked_safe_says_why() -> None:
    sources = [path for package in ("certification", "assessments") for path in (PROJECT / package).rglob("*.py")]
    lines = [
        f"{path.relative_to(PROJECT)}:{number}"
        for path in sources
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if MARKED_SAFE.search(line)
    ]
    assert lines == []
