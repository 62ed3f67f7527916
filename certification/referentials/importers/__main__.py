"""`python -m certification.referentials.importers read KIND FILE [name=value…]`: one file, read within bounds.

Standard output gets one JSON: {"tree", "remarks"} or {"refused": {code, message, place}}; messages and places are
codes with parameters (`wording`). Standard error gets one line per step, `read total seen`: bytes, bytes, fiches.
Memory, processor time and written files are bounded before the file is opened.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path
from typing import Any

from certification.referentials.importers.base import ImportRefused
from certification.referentials.importers.registry import IMPORTERS
from certification.referentials.wording import say

MEMORY = 1_000_000_000
CPU_SECONDS = 240
ANSWER = 30_000_000


def bound() -> None:
    """From now on: 1 GB of memory, 4 minutes of processor, 30 MB of answer, no core dump."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 5))
    resource.setrlimit(resource.RLIMIT_FSIZE, (ANSWER, ANSWER))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))


def answer(kind: str, path: Path, options: dict[str, str]) -> dict[str, Any]:
    """What reading the file gives, refusals included, as JSON."""
    importer = IMPORTERS[kind]
    try:
        if path.stat().st_size > importer.max_bytes:
            raise ImportRefused("too_large", say("read.file_too_large", limit=importer.max_bytes // 1_000_000))
        found: dict[str, Any] = importer.read(path, options, _tell).as_json()
    except ImportRefused as refused:
        return {"refused": refused.as_json()}
    except (MemoryError, RecursionError):
        return {"refused": ImportRefused("too_large", say("read.memory")).as_json()}
    return found


def _tell(read: int, total: int, seen: int) -> None:
    sys.stderr.write(f"{read} {total} {seen}\n")
    sys.stderr.flush()


def main(arguments: list[str]) -> int:
    if len(arguments) < 3 or arguments[0] != "read" or arguments[1] not in IMPORTERS:
        sys.stderr.write(f"read {{{','.join(IMPORTERS)}}} FILE [name=value…]\n")
        return 2
    options = dict(each.split("=", 1) for each in arguments[3:] if "=" in each)
    bound()
    json.dump(answer(arguments[1], Path(arguments[2]), options), sys.stdout, ensure_ascii=False)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
