"""What the self-test tries from inside. Each function plays the attacker."""

from __future__ import annotations

import os
import socket
import time
from pathlib import Path
from typing import Any

_SECONDS = 1.5


def read(paths: list[str]) -> list[str]:
    """The first line of each path that can be read."""
    found = []
    for path in paths:
        try:
            found.append(Path(path).read_text().partition("\n")[0])
        except OSError:
            continue
    return found


def connect(addresses: list[list[Any]]) -> str:
    """Connect to the first address that answers; raises OSError when none does."""
    last: OSError = OSError("no address")
    for host, port in addresses:
        try:
            with socket.create_connection((host, port), timeout=1):
                return f"{host}:{port}"
        except OSError as error:
            last = error
    raise last


def allocate(size: int) -> int:
    blocks: list[bytearray] = []
    while sum(len(block) for block in blocks) < size:
        blocks.append(bytearray(os.urandom(1 << 20) * 8))
    return len(blocks)


def fork(count: int) -> int:
    """Start ``count`` children that stay; raises BlockingIOError at the limit."""
    for _ in range(count):
        if os.fork() == 0:
            time.sleep(_SECONDS)
            os._exit(0)
    return count


def leave_behind(path: str) -> bool:
    """Detach a process that writes one byte every hundredth of a second, and end."""
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            while True:
                with open(path, "ab") as stream:  # noqa: PTH123 (as short as an attacker would)
                    stream.write(b".")
                time.sleep(0.01)
        os._exit(0)
    time.sleep(0.1)
    return True


def keep_secret(token: str) -> bool:
    for folder in ("/tmp", "/dev/shm"):  # noqa: S108 (the sandbox's own)
        Path(folder, "secret").write_text(token)
    os.environ["SECRET"] = token
    time.sleep(_SECONDS)
    return True


def look_for(token: str) -> list[str]:
    """Where the token of another job can be seen; this job's own payload names it once."""
    found = [folder for folder in ("/tmp", "/dev/shm") if Path(folder, "secret").exists()]  # noqa: S108
    own = {"1", "self", "thread-self", str(os.getpid())}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and entry.name not in own:
            found.append(str(entry))
    return found


def write(folders: list[str]) -> list[str]:
    """The folders in which a file could be made."""
    written = []
    for folder in folders:
        try:
            Path(folder, "jalon-selftest").write_text("x")
        except OSError:
            continue
        written.append(folder)
    return written
