"""Every static check over realistic notebooks, the first time and again with the facts kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from evaluator import runner
from evaluator.checks import REGISTRY
from evaluator.facts.dynamic import DYNAMIC
from evaluator.limits import MB
from evaluator.results import Outcome
from tests.bench.frame import Bench, Measure, timed
from tests.bench.notebooks import archive

_ROUNDS = 3
_AGAIN = 5
_NOTEBOOKS, _CELLS = 4, 60


def run(folder: Path) -> Iterator[Measure]:
    source = folder / "projet.zip"
    size = archive(source, notebooks=_NOTEBOOKS, cells=_CELLS)
    requests = [runner.CheckRequest(code) for code in REGISTRY if _is_static_by_default(code)]
    pairs = []
    for number in range(_ROUNDS):
        store = runner.FolderStore(folder / f"facts-{number}")
        first = timed(lambda store=store: _evaluate(source, requests, store))  # type: ignore[misc]
        again = sorted(timed(lambda store=store: _evaluate(source, requests, store)) for _ in range(_AGAIN))  # type: ignore[misc]
        pairs.append((first, again[len(again) // 2]))
    first = sorted(first for first, _ in pairs)[_ROUNDS // 2]
    ratio = sorted(first / again for first, again in pairs)[_ROUNDS // 2]
    made = f"{len(requests)} checks, {_NOTEBOOKS} notebooks, {size / MB:.1f} MB"
    yield Measure("static evaluation, per MB of notebook", first / (size / MB), "s", at_most=1.0, detail=made)
    yield Measure(
        "static evaluation, first / again from kept facts", ratio, "×", at_least=50,
        detail=f"{first:.2f} s / {sorted(again for _, again in pairs)[_ROUNDS // 2]:.3f} s",
    )  # fmt: skip


def _is_static_by_default(code: str) -> bool:
    """Whether a check runs nothing of the bundle, and asks for no parameter that only a référentiel can give."""
    check = REGISTRY[code]
    properties = check.parameters.get("properties", {})
    asked = any("default" not in properties[name] for name in check.parameters.get("required", ()))
    return not asked and not any(fact in DYNAMIC for fact in check.facts)


def _evaluate(source: Path, requests: list[runner.CheckRequest], store: runner.FolderStore) -> None:
    with runner.evaluate(source, requests, fact_store=store) as report:
        broken = [result.check for result in report.results if result.finding.outcome is Outcome.ERROR]
    if broken:
        raise AssertionError(f"not the work that was to be measured: {', '.join(broken)}")


BENCH = Bench("static-evaluation", run)
