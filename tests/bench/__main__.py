"""Runs the benches, shows a table (or JSON with ``--json``), and ends with 1 when a target is not met."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

from tests.bench import frame, model_check, pages, planning, static_evaluation, worker_memory

# A later bench joins here: documents, uploads.
BENCHES = (model_check.BENCH, static_evaluation.BENCH, worker_memory.BENCH, planning.BENCH, pages.BENCH)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(bench.name for bench in BENCHES)}")
    parser.add_argument("--json", action="store_true", help="JSON alone on the standard output")
    options = parser.parse_args()
    unknown = set(options.names) - {bench.name for bench in BENCHES}
    if unknown:
        parser.error(f"unknown bench: {', '.join(sorted(unknown))}")
    measures: list[frame.Measure] = []
    for bench in BENCHES:
        if options.names and bench.name not in options.names:
            continue
        started = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="jalon-bench-") as name:
            folder = Path(name)
            folder.chmod(0o755)
            measures += bench.run(folder)
        print(f"{bench.name}: {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    print(json.dumps(frame.as_json(measures), indent=2) if options.json else frame.table(measures))
    return 0 if all(measure.is_met for measure in measures) else 1


if __name__ == "__main__":
    sys.exit(main())
