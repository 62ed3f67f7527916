"""Helpers of the sandbox tests: small limits, models that misbehave when they are opened."""

from __future__ import annotations

import atexit
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from evaluator.errors import SubmissionFault
from evaluator.limits import MB, JobLimits
from evaluator.runtimes import default_runtime
from evaluator.sandbox.job import Bind, Job, Network
from evaluator.sandbox.runner import Sandbox
from evaluator.sandbox.warm import WarmInterpreters, Wear

# On a busy machine the imports of a cold start take seconds, and nothing here is a test of them.
LIMITS = JobLimits(
    wall_seconds=60.0,
    cpu_seconds=30,
    memory_bytes=512 * MB,
    processes=24,
    file_bytes=16 * MB,
    tmp_bytes=24 * MB,
    output_bytes=256 * 1024,
    result_bytes=1 * MB,
    attachment_bytes=4 * MB,
)
BRIEF = replace(LIMITS, wall_seconds=3.0)  # for what only the clock stops


class Payload:
    """Runs ``code`` when it is unpickled."""

    def __init__(self, code: str) -> None:
        self.code = code

    def __reduce__(self) -> tuple[Any, ...]:
        return exec, (self.code, {})


def evil_bundle(folder: Path, code: str) -> Path:
    bundle = folder / "bundle"
    bundle.mkdir(exist_ok=True)
    (bundle / "model.pkl").write_bytes(pickle.dumps(Payload(code)))
    return bundle


def open_model(bundle: Path, *, limits: JobLimits = LIMITS, network: Network = Network.NONE) -> Any:
    """What the job claims of the model; raises the fault by which it was stopped."""
    job = Job(
        entry="evaluator.inside.models:load",
        payload={"base": "", "path": "model.pkl", "format": "pickle", "tables": []},
        binds=(Bind(bundle, "/bundle"),),
        limits=limits,
        network=network,
    )
    return sandbox().run(job).value


def fault_of(folder: Path, code: str, **options: Any) -> SubmissionFault:
    """The fault that stops a model running ``code``; fails when nothing does."""
    try:
        value = open_model(evil_bundle(folder, code), **options)
    except SubmissionFault as fault:
        return fault
    raise AssertionError(f"nothing stopped it: {value}")


# One that is worn would start a job cold now and then.
WARM = WarmInterpreters(Wear(jobs=1_000_000, seconds=86_400.0))
atexit.register(WARM.close)
_way = "cold"


@contextmanager
def starting(way: str) -> Iterator[None]:
    """Jobs of ``sandbox()`` start ``cold`` or ``warm`` meanwhile."""
    global _way
    if way == "warm":
        assert WARM.wait(default_runtime()) == ""
    before, _way = _way, way
    yield
    _way = before


def sandbox() -> Sandbox:
    """Warm, it has an interpreter that is ready: a job that starts cold nevertheless is seen in its result."""
    runtime = default_runtime()
    if _way == "cold":
        return Sandbox(runtime)
    assert WARM.wait(runtime) == ""
    return Sandbox(runtime, warm=WARM)


def honest_answer() -> Any:
    """What a harmless job returns: proves that the machine is still well, and starts jobs as it should."""
    result = sandbox().run(Job("json:dumps", [1, 2], limits=LIMITS))
    assert result.warm is (_way == "warm")
    return result.value
