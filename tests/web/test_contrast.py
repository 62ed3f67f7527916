"""Every pair of ink and ground that the style sheets use reads at 4.5:1 or better, light and dark (WCAG 1.4.3)."""

import re
from pathlib import Path

import pytest

CSS = Path(__file__).parents[2] / "static" / "css"
DECLARATION = re.compile(r"--([a-z-]+):\s*light-dark\((#[0-9a-f]{6}),\s*(#[0-9a-f]{6})\);")

PAPERS = ("paper", "sheet", "sunken")
HUES = ("met", "not-met", "undecided", "platform", "accent")
TEXT_PAIRS = [
    *[(ink, ground) for ink in ("ink", "ink-soft", "accent", "accent-strong", *HUES) for ground in PAPERS],
    *[(hue, f"{hue}-ground") for hue in HUES],
    *[("ink", f"{hue}-ground") for hue in HUES],
    ("accent-strong", "accent-ground"),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("ink-soft", "undecided-ground"),
    *[(f"code-{kind}", "sheet") for kind in ("keyword", "name", "string", "number", "comment")],
    *[(f"code-{kind}", "undecided-ground") for kind in ("keyword", "name", "string", "number")],
]
# Borders of fields and the focus ring are parts of controls: 3:1 (WCAG 1.4.11).
CONTROL_PAIRS = [(part, ground) for part in ("line-strong", "accent") for ground in ("paper", "sheet")]


def declared() -> dict[str, tuple[str, str]]:
    text = (CSS / "tokens.css").read_text() + (CSS / "code.css").read_text()
    return {name: (light, dark) for name, light, dark in DECLARATION.findall(text)}


def luminance(colour: str) -> float:
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_formula_knows_black_on_white() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT_PAIRS)
def test_text_is_readable(ink: str, ground: str, theme: int) -> None:
    colours = declared()
    assert contrast(colours[ink][theme], colours[ground][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("part", "ground"), CONTROL_PAIRS)
def test_controls_can_be_made_out(part: str, ground: str, theme: int) -> None:
    colours = declared()
    assert contrast(colours[part][theme], colours[ground][theme]) >= 3


def test_colours_are_written_in_the_tokens_only() -> None:
    """A colour elsewhere would escape these tests. What is printed only has its own inks."""
    for sheet in CSS.glob("*.css"):
        if sheet.name not in {"tokens.css", "code.css", "print.css", "report.css", "referential_print.css"}:
            assert not re.findall(r"#[0-9a-f]{3,8}\b|rgb\(", sheet.read_text()), sheet.name
