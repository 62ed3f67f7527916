"""Templates keep to the content security policy and to the frame: no inline script or style, one h1."""

import re
from pathlib import Path

import pytest
from django.template.loader import get_template

ROOT = Path(__file__).parents[2] / "templates"
PAGES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.html"))
# Reports are printed by WeasyPrint, which knows no policy.
SCREENS = [name for name in PAGES if not name.startswith("reports/")]

INLINE_SCRIPT = re.compile(r"<script(?![^>]*\bsrc=)", re.IGNORECASE)
INLINE_STYLE = re.compile(r"<style\b|<[^>]*\sstyle\s*=", re.IGNORECASE)
HANDLER = re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE)
HTMX_SCRIPT = re.compile(r"\shx-(on|vals\s*=\s*[\"']js:|headers\s*=\s*[\"']js:)", re.IGNORECASE)
ELSEWHERE = re.compile(r"(?:src|href)=\"(?:https?:)?//", re.IGNORECASE)


@pytest.mark.parametrize("name", PAGES)
def test_compiles(name: str) -> None:
    get_template(name)


@pytest.mark.parametrize("name", SCREENS)
def test_keeps_to_the_policy(name: str) -> None:
    source = (ROOT / name).read_text()
    for forbidden in (INLINE_SCRIPT, INLINE_STYLE, HANDLER, HTMX_SCRIPT, ELSEWHERE):
        assert not forbidden.search(source), forbidden.pattern
    assert "|safe" not in source
    assert "autoescape off" not in source


@pytest.mark.parametrize("name", SCREENS)
def test_has_at_most_one_h1(name: str) -> None:
    assert len(re.findall(r"<h1\b", (ROOT / name).read_text())) <= 1


def test_style_sheets_fetch_nothing_and_end_what_they_open() -> None:
    for sheet in (ROOT.parent / "static" / "css").glob("*.css"):
        text = sheet.read_text()
        assert "url(" not in text
        assert "@import" not in text
        assert text.count("{") == text.count("}")
