"""What passes between the platform, process 1 of a sandbox and its job. Standard library only.

Standard input holds the job as JSON, in two lines. On ``CHANNEL`` process 1 writes a line ``{"ready": true}``, a line
with its report, then the claim's bytes, then the attachments' bytes, of the lengths that the report announces. On
``CLAIM`` the job writes its claim, which process 1 hears.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from typing import Any

CHANNEL, CLAIM = 3, 4
CHUNK = 1 << 18
_LINE = 1 << 14
_F_SETPIPE_SZ, _PIPE_BYTES = 1031, 1 << 20  # linux/fcntl.h; what an ordinary user may have


def read_job() -> dict[str, Any]:
    """The two lines of standard input: where the job may be, and what it is."""
    place, _, call = os.pread(0, os.fstat(0).st_size, 0).partition(b"\n")
    job: dict[str, Any] = json.loads(place) | json.loads(call)
    return job


def read_place() -> dict[str, Any]:
    """The first of the two lines alone."""
    read = b""
    while b"\n" not in read and (more := os.pread(0, _LINE, len(read))):
        read += more
    place: dict[str, Any] = json.loads(read.partition(b"\n")[0])
    return place


def wide_pipe() -> tuple[int, int]:
    """A pipe for answers, that holds most of them whole: neither side waits for the other to take its turn."""
    reader, writer = os.pipe()
    with contextlib.suppress(OSError):  # where so many are open that the user may have no more
        fcntl.fcntl(writer, _F_SETPIPE_SZ, _PIPE_BYTES)
    return reader, writer


def write(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
