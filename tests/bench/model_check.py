"""A model checked by the platform: in a bare process, in the sandbox from a warm or a cold start; and by otter-grader.

The work is that of the check ``model.metric``, by the functions that it calls: one job loads the model and describes
it, one splits the delivered table, one asks the model for predictions, and the platform computes the score. The grader
does less: its notebook loads the same model, asks it once for the same predictions and scores them. It is compared with
one warm job that runs the notebook's very code. Each check comes after a moment of rest, as in an evaluation, where
others come before it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

from evaluator.facts.dynamic.base import Jobs
from evaluator.runtimes import default_runtime
from evaluator.sandbox.job import Bind, Job, JobResult
from evaluator.sandbox.runner import Sandbox
from evaluator.sandbox.warm import WarmInterpreters
from tests.bench import otter
from tests.bench.frame import Bench, Measure, interleaved
from tests.bench.metric_check import THREADS, bare, score

_ROUNDS = 6
_OTTER_TIMES = 3
_TIMES = 7
_REST_SECONDS = 0.2
_CODE = """
import joblib, pandas
from sklearn.metrics import accuracy_score
table = pandas.read_csv("data.csv")
model = joblib.load("model.joblib")
score = float(accuracy_score(table.pop("target"), model.predict(table)))
print(score)
"""

_Rounds = list[dict[str, float]]


def run(folder: Path) -> Iterator[Measure]:
    runtime = default_runtime()
    bundle = folder / "bundle"
    bundle.mkdir()
    script = Path(__file__).with_name("make_model.py")
    subprocess.run([str(runtime.python), str(script), str(bundle)], check=True, env=os.environ | THREADS)
    interpreters = WarmInterpreters()
    try:
        reason = interpreters.wait(runtime)
        with bare(runtime, bundle) as process:
            ways: dict[str, Jobs] = {"bare": process, "cold": _Starting(Sandbox(runtime), warm=False)}
            if not reason:
                ways["warm"] = _Starting(Sandbox(runtime, warm=interpreters), warm=True)
            rounds, refused = _rounds(folder, bundle, ways)
            yield from _measures(rounds, reason, refused)
    finally:
        interpreters.close()


class _Starting:
    """The sandbox, whose jobs must start as is expected of them."""

    def __init__(self, sandbox: Sandbox, *, warm: bool) -> None:
        self._sandbox = sandbox
        self._warm = warm

    def run(self, job: Job, attachments: Path | None = None) -> JobResult:
        result = self._sandbox.run(job, attachments)
        if result.warm is not self._warm:
            raise AssertionError(f"{job.entry} did not start as was to be measured")
        return result


def _rounds(folder: Path, bundle: Path, ways: dict[str, Jobs]) -> tuple[_Rounds, str]:
    """The median seconds of each way in each round, and why otter-grader is not among them."""
    expected = score(bundle, ways["bare"])

    def check(jobs: Jobs) -> Callable[[], None]:
        def work() -> None:
            if score(bundle, jobs) != expected:
                raise AssertionError("another score for the same model")

        return work

    works = {name: (check(jobs), 1 if name == "cold" else _TIMES) for name, jobs in ways.items()}
    for work, _ in works.values():
        work()  # the files are in memory from here on, for every way
    if "warm" in ways:
        works["graded"] = (_graded(bundle, ways["warm"], expected), _TIMES)
    refused = _prepared_otter(folder, bundle, expected)
    rounds = [interleaved(works, 1, rest=_rest) for _ in range(_ROUNDS - _OTTER_TIMES)]
    if not refused:
        works["otter"] = (lambda: otter.grade(folder / "otter"), 1)
    return rounds + [interleaved(works, 1, rest=_rest) for _ in range(_OTTER_TIMES)], refused


def _graded(bundle: Path, jobs: Jobs, expected: float) -> Callable[[], None]:
    """The code that the grader runs, as one job."""
    job = Job("builtins:exec", _CODE, binds=(Bind(bundle, "/bundle"),), cwd="/bundle")

    def work() -> None:
        if float(jobs.run(job).stdout) != expected:
            raise AssertionError("another score for the same model")

    return work


def _rest() -> None:
    time.sleep(_REST_SECONDS)


def _measures(rounds: _Rounds, reason: str, refused: str) -> Iterator[Measure]:
    """Ratios of what was measured in the same round; the middle one counts."""
    yield _ratio(rounds, "warm", "bare", "warm sandbox / bare warm process", reason, at_most=1.3)
    yield _ratio(rounds, "cold", "warm", "cold sandbox / warm sandbox", reason, at_least=20)
    yield _ratio(rounds, "otter", "graded", "otter-grader / the same job, warm", refused or reason, at_least=40)


def _ratio(
    rounds: _Rounds,
    above: str,
    below: str,
    name: str,
    reason: str,
    *,
    at_most: float | None = None,
    at_least: float | None = None,
) -> Measure:
    ratios = sorted(found[above] / found[below] for found in rounds if above in found and below in found)
    value = median(ratios) if ratios else None
    spread = f", {ratios[0]:.2f} to {ratios[-1]:.2f}" if ratios else ""
    detail = reason or f"{_middle(rounds, above)} / {_middle(rounds, below)}{spread}"
    return Measure(f"model check, {name}", value, "×", at_most=at_most, at_least=at_least, detail=detail)


def _middle(rounds: _Rounds, name: str) -> str:
    seconds = sorted(found[name] for found in rounds if name in found)
    return f"{seconds[len(seconds) // 2]:.3f} s" if seconds else "-"


def _prepared_otter(folder: Path, bundle: Path, expected: float) -> str:
    """Why otter-grader cannot be measured; empty when it can."""
    place = folder / "otter"
    shutil.copytree(bundle, place)
    try:
        otter.install()
        otter.prepare(place, _CODE, expected)
        otter.grade(place)
    except otter.Unavailable as reason:
        return f"otter-grader cannot be run here: {reason}"
    return ""


BENCH = Bench("model-check", run)
