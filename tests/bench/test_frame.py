"""What the frame of the benches says of a measure."""

from __future__ import annotations

import pytest

from tests.bench.__main__ import BENCHES
from tests.bench.frame import Measure, as_json, interleaved, table


@pytest.mark.parametrize(
    ("measure", "met"),
    [
        (Measure("a", 1.3, "×", at_most=1.3), True),
        (Measure("a", 1.31, "×", at_most=1.3), False),
        (Measure("a", 20.0, "×", at_least=20), True),
        (Measure("a", 19.9, "×", at_least=20), False),
        (Measure("a", None, "×", at_least=20, detail="not installed"), False),
    ],
)
def test_a_target_is_met_or_missed(measure: Measure, met: bool) -> None:
    assert measure.is_met is met
    assert as_json([measure])[0]["met"] is met
    assert ("pass" if met else "FAIL") in table([measure])


def test_what_was_not_measured_is_said() -> None:
    shown = table([Measure("otter", None, "×", at_least=40, detail="it cannot be installed")])
    assert "not measured" in shown
    assert "it cannot be installed" in shown


def test_works_are_interleaved() -> None:
    done: list[str] = []
    seconds = interleaved({"a": (lambda: done.append("a"), 2), "b": (lambda: done.append("b"), 1)}, 2)
    assert done == ["a", "b", "a"] * 2
    assert set(seconds) == {"a", "b"}


def test_every_bench_has_a_name_of_its_own() -> None:
    assert len({bench.name for bench in BENCHES}) == len(BENCHES)
