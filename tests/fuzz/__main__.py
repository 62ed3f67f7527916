"""``python -m tests.fuzz TARGET --seconds N``: coverage-guided, by atheris, from the seeds in the repository.

The corpus grows in ``var/fuzz/TARGET``. An input that breaks a reader is written in ``var/fuzz/TARGET-crashes``; once
the reader is mended, it joins ``tests/fuzz/seeds/TARGET``, which every run of the tests reads.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["evaluator"]):
    from tests.fuzz.targets import TARGETS

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("target", choices=[*TARGETS, "all"])
    parser.add_argument("--seconds", type=int, default=600, help="for the target, or for all of them together")
    parser.add_argument("--longest", type=int, default=64 * 1024, help="bytes of the longest input")
    options = parser.parse_args()
    if options.target == "all":
        sys.exit(_each(options.seconds, options.longest))
    _fuzz(options.target, options.seconds, options.longest)


def _each(seconds: int, longest: int) -> int:
    """A process a target, for libFuzzer ends its own; 1 when one of them found something."""
    found = 0
    for target in TARGETS:
        arguments = [target, f"--seconds={seconds // len(TARGETS)}", f"--longest={longest}"]
        found |= bool(subprocess.run([sys.executable, "-m", "tests.fuzz", *arguments], check=False).returncode)
    return found


def _fuzz(target: str, seconds: int, longest: int) -> None:
    corpus = ROOT / "var" / "fuzz" / target
    crashes = corpus.with_name(f"{target}-crashes")
    corpus.mkdir(parents=True, exist_ok=True)
    crashes.mkdir(exist_ok=True)
    seeds = Path(__file__).parent / "seeds" / target
    arguments = [
        sys.argv[0],
        f"-max_total_time={seconds}",
        f"-max_len={longest}",
        "-timeout=60",
        "-rss_limit_mb=4096",
        f"-artifact_prefix={crashes}/",
        str(corpus),
        str(seeds),
    ]
    atheris.Setup(arguments, TARGETS[target])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
