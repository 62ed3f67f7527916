"""Every field of the YAML form is documented, and the documented example holds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from certification.referentials import spec
from certification.referentials.validation import problems_of
from certification.referentials.yaml_form import parse_form

PAGE = (Path(__file__).parents[2] / "docs" / "referentials.md").read_text(encoding="utf-8")


def names(part: spec.Part) -> set[str]:
    """Every field name and every choice of a part and its children."""
    found = set() if part.plain else set(part.fields) | set(part.children)
    for field in part.fields.values():
        found |= set(field.choices)
    for child in part.children.values():
        found |= names(child)
    return found


@pytest.mark.parametrize("name", sorted(names(spec.EDITION)))
def test_it_is_documented(name: str) -> None:
    assert f"`{name}" in PAGE


def test_the_example_holds() -> None:
    found = re.search(r"```yaml\n(format: 1\n.*?)```", PAGE, re.DOTALL)

    assert found is not None
    assert problems_of(parse_form(found.group(1).encode())) == []
