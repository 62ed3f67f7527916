"""The readers bear every seed, every input that once broke one, and what hypothesis makes of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from .targets import TARGETS

SEEDS = Path(__file__).parent / "seeds"
FILES = sorted(path for path in SEEDS.rglob("*") if path.is_file())


def test_every_reader_has_seeds() -> None:
    assert {path.parent.name for path in FILES} == set(TARGETS)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_a_seed_is_read(path: Path) -> None:
    TARGETS[path.parent.name](path.read_bytes())


@settings(max_examples=120, deadline=None)
@given(data=st.data())
def test_a_seed_that_was_changed_is_read(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(FILES))
    whole = path.read_bytes()
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, min(len(whole), start + 40)))
    TARGETS[path.parent.name](whole[:start] + data.draw(st.binary(max_size=40)) + whole[end:])
