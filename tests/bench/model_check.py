"""A model loaded, asked and scored: bare, in the sandbox from a warm or a cold start, and by otter-grader."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from evaluator.runtimes import Runtime, default_runtime
from evaluator.sandbox import Bind, Job
from evaluator.sandbox.runner import Sandbox
from evaluator.sandbox.warm import WarmInterpreters
from tests.bench import otter
from tests.bench.frame import Bench, Measure, interleaved, timed

_ROUNDS = 6
_OTTER_TIMES = 3
_THREADS = {"OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "2"}  # as in the sandbox
_CODE = """
import joblib, pandas
from sklearn.metrics import accuracy_score
table = pandas.read_csv("{folder}/data.csv")
model = joblib.load("{folder}/model.joblib")
score = float(accuracy_score(table.pop("target"), model.predict(table)))
print(score)
"""


def run(folder: Path) -> Iterator[Measure]:
    runtime = default_runtime()
    script = Path(__file__).with_name("make_model.py")
    subprocess.run([str(runtime.python), str(script), str(folder)], check=True, env=os.environ | _THREADS)
    interpreters = WarmInterpreters()
    try:
        reason = interpreters.wait(runtime)
        with _Bare(runtime).running() as bare:
            yield from _compare(folder, runtime, bare, interpreters, reason)
    finally:
        interpreters.close()


def _compare(
    folder: Path, runtime: Runtime, bare: _Bare, interpreters: WarmInterpreters, reason: str
) -> Iterator[Measure]:
    code = _CODE.format(folder=folder)
    score = bare.score(code)
    job = Job("builtins:exec", _CODE.format(folder="/bundle"), binds=(Bind(folder, "/bundle"),))

    def sandboxed(sandbox: Sandbox, *, warm: bool) -> None:
        result = sandbox.run(job)
        if (float(result.stdout), result.warm) != (score, warm):
            raise AssertionError(f"not the same work: {result.stdout} warm={result.warm}, {score} warm={warm}")

    warm_sandbox, cold_sandbox = Sandbox(runtime, warm=interpreters), Sandbox(runtime)
    works = {"bare": (lambda: bare.score(code), 5), "cold": (lambda: sandboxed(cold_sandbox, warm=False), 1)}
    if not reason:
        works["warm"] = (lambda: sandboxed(warm_sandbox, warm=True), 5)
    refused = _prepared_otter(folder, score)
    rounds = [interleaved(works, 1) for _ in range(_ROUNDS - _OTTER_TIMES)]
    if not refused:
        works["otter"] = (lambda: otter.grade(folder), 1)
    rounds += [interleaved(works, 1) for _ in range(_OTTER_TIMES)]
    yield from _measures(rounds, reason, refused)


def _measures(rounds: list[dict[str, float]], reason: str, refused: str) -> Iterator[Measure]:
    """Ratios of what was measured in the same round; the middle one counts."""
    bare, cold, warm, graded = (_middle(rounds, name) for name in ("bare", "cold", "warm", "otter"))
    yield Measure(
        "model check, warm sandbox / bare warm process", _ratio(rounds, "warm", "bare"), "×", at_most=1.3,
        detail=reason or f"{warm} / {bare}",
    )  # fmt: skip
    yield Measure(
        "model check, cold sandbox / warm sandbox", _ratio(rounds, "cold", "warm"), "×", at_least=20,
        detail=reason or f"{cold} / {warm}",
    )  # fmt: skip
    yield Measure(
        "model check, otter-grader / warm sandbox", _ratio(rounds, "otter", "warm"), "×", at_least=40,
        detail=refused or reason or f"{graded} / {warm}",
    )  # fmt: skip


def _ratio(rounds: list[dict[str, float]], above: str, below: str) -> float | None:
    ratios = sorted(found[above] / found[below] for found in rounds if above in found and below in found)
    return ratios[len(ratios) // 2] if ratios else None


def _middle(rounds: list[dict[str, float]], name: str) -> str:
    seconds = sorted(found[name] for found in rounds if name in found)
    return f"{seconds[len(seconds) // 2]:.3f} s" if seconds else "-"


def _prepared_otter(folder: Path, score: float) -> str:
    """Why otter-grader cannot be measured; empty when it can."""
    try:
        otter.install()
        otter.prepare(folder, _CODE.format(folder="."), score)
        timed(lambda: otter.grade(folder))
    except otter.Unavailable as reason:
        return f"otter-grader cannot be run here: {reason}"
    return ""


class _Bare:
    """The process of ``bare.py``."""

    def __init__(self, runtime: Runtime) -> None:
        self._command = [str(runtime.python), str(Path(__file__).with_name("bare.py"))]

    @contextmanager
    def running(self) -> Iterator[_Bare]:
        with subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ | _THREADS
        ) as self._process:
            yield self
            if self._process.stdin is not None:
                self._process.stdin.close()

    def score(self, code: str) -> float:
        source, answers = self._process.stdin, self._process.stdout
        if source is None or answers is None:
            raise AssertionError("the bare process has no pipes")
        source.write(json.dumps(code) + "\n")
        source.flush()
        return float(json.loads(answers.readline()))


BENCH = Bench("model-check", run)
