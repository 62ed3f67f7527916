"""Code of candidates coloured: escaped, in the right lines, soon whatever it is."""

from __future__ import annotations

import time

import pytest

from assessments.web.highlight import code_lines


@pytest.mark.parametrize("language", ["python", "html", "no such language", "smarty", ""])
def test_markup_is_escaped_in_any_language(language: str) -> None:
    (line,) = code_lines("<script>alert('x')</script>", language)
    assert "<script" not in line.html


def test_python_is_coloured_and_marked() -> None:
    first, second = code_lines("import os\nx = 1", start=4, marked={5})
    assert ("<span" in first.html, first.number, first.marked, second.marked) == (True, 4, False, True)


@pytest.mark.parametrize("source", ["x = 1\n" * 100_000, "(" * 100_000, "@" + "a." * 50_000])
def test_long_sources_are_shown_soon(source: str) -> None:
    started = time.process_time()
    assert len(code_lines(source)) == source.count("\n") or "\n" not in source
    assert time.process_time() - started < 4
