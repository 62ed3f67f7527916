"""The memory of a worker over a thousand jobs that warm interpreters start, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from evaluator.limits import MB
from evaluator.runtimes import default_runtime
from evaluator.sandbox.job import Bind, Job
from evaluator.sandbox.runner import Sandbox
from evaluator.sandbox.warm import WarmInterpreters
from tests.bench.frame import Bench, Measure

_JOBS = 1000
_SETTLED = 100


def run(folder: Path) -> Iterator[Measure]:
    (folder / "rows.json").write_text(json.dumps(list(range(2000))))
    command = [sys.executable, "-m", "tests.bench.worker_memory", str(folder)]
    root = Path(__file__).parents[2]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    yield Measure(
        f"worker memory, after {_JOBS} jobs / after {_SETTLED}", told["last"] / told["settled"], "×", at_most=1.05,
        detail=f"{told['last'] / MB:.1f} MB / {told['settled'] / MB:.1f} MB, {told['warm']} jobs warm",
    )  # fmt: skip


def work(folder: Path) -> dict[str, int]:
    """Resident bytes of this process when settled and at the end, and how many jobs started warm."""
    runtime = default_runtime()
    interpreters = WarmInterpreters()
    interpreters.wait(runtime)
    sandbox = Sandbox(runtime, warm=interpreters)
    code = "import json; print(len(json.load(open('/bundle/rows.json'))))"
    job = Job("builtins:exec", code, binds=(Bind(folder, "/bundle"),))
    warm = settled = 0
    try:
        for number in range(_JOBS):
            result = sandbox.run(job)
            if result.stdout.strip() != "2000":
                raise AssertionError(result.stdout)
            warm += result.warm
            if number + 1 == _SETTLED:
                settled = _resident()
    finally:
        interpreters.close()
    return {"settled": settled, "last": _resident(), "warm": warm}


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")


BENCH = Bench("worker-memory", run)

if __name__ == "__main__":
    print(json.dumps(work(Path(sys.argv[1]))))
