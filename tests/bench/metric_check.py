"""The platform's own recomputation of a metric, over whatever runs its jobs: three of them, and our figures."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from evaluator.facts.dynamic import DYNAMIC, Context
from evaluator.facts.dynamic.base import Jobs
from evaluator.limits import JobLimits
from evaluator.runtimes import Runtime
from evaluator.sandbox.job import Job, JobResult, Usage

THREADS = {"OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "2"}  # as in the sandbox
_DECLARED = {
    "path": "jalon.toml",
    "base": "",
    "model": {"path": "model.joblib"},
    "metric": {"data": "data.csv", "target": "target", "name": "accuracy"},
}


def score(bundle: Path, jobs: Jobs) -> float:
    """The accuracy of the model of ``bundle``: it is loaded and described, its data split, predictions asked."""
    facts = {"files": _files(bundle), "declaration": _DECLARED, "model_files": {}, "dependencies": {}}

    def fact(name: str) -> dict[str, Any]:
        return DYNAMIC[name].extract(Context(bundle, facts, jobs, JobLimits(), fact), {})

    found = fact("model_metric")
    if found["error"] or found["missing"]:
        raise AssertionError(f"not the work that was to be measured: {found}")
    return float(found["value"])


def _files(bundle: Path) -> list[dict[str, Any]]:
    return [
        {"path": path.name, "size": path.stat().st_size, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
        for path in sorted(bundle.iterdir())
    ]


class Bare:
    """Runs jobs in the process of ``bare.py``: no isolation, but the bundle where jobs look for it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        if process.stdin is None or process.stdout is None:
            raise AssertionError("the bare process has no pipes")
        self._asked: IO[str] = process.stdin
        self._told: IO[str] = process.stdout

    def run(self, job: Job, attachments: Path | None = None) -> JobResult:
        self._asked.write(json.dumps({"entry": job.entry, "payload": job.payload}) + "\n")
        self._asked.flush()
        value = json.loads(self._told.readline())["value"]
        return JobResult(value, {}, "", "", Usage(0.0, 0.0, 0))


@contextmanager
def bare(runtime: Runtime, bundle: Path) -> Iterator[Bare]:
    """A bare process in a view of the machine as it is, with ``bundle`` added, and a ``/tmp`` in memory as in jobs."""
    top = [path for path in Path("/").iterdir() if path.name not in ("proc", "tmp")]
    view = [argument for path in top for argument in _shown(path)]
    command = ["bwrap", *view, "--proc", "/proc", "--tmpfs", "/tmp", "--ro-bind", str(bundle), "/bundle"]
    script = str(Path(__file__).with_name("bare.py"))
    with subprocess.Popen(
        [*command, "--", str(runtime.python), "-B", script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | THREADS,
    ) as process:
        yield Bare(process)


def _shown(path: Path) -> list[str]:
    if path.is_symlink():
        return ["--symlink", str(path.readlink()), str(path)]
    return ["--dev-bind", str(path), str(path)]
