"""Detached mounts of the host's folders, that a warm interpreter hands to a job."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Protocol

from evaluator.sandbox import kernel
from evaluator.sandbox.job import Bind
from evaluator.sandbox.process import ENVIRONMENT

_ANSWER_SECONDS = 10.0
_MESSAGE = 1 << 12


class Folders(Protocol):
    """Makes detached mounts of the host's folders, to be handed to a job."""

    def clone(self, bind: Bind) -> int: ...

    def close(self) -> None: ...


class _Privileged:
    """The platform is root: it may by itself."""

    def clone(self, bind: Bind) -> int:
        return kernel.clone_tree(str(bind.source), writable=bind.writable)

    def close(self) -> None:
        return None


class _Opener:
    """The platform is an ordinary user: a small process may, in a user namespace of its own (see ``opener``)."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asked, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        script = Path(__file__).with_name("opener.py")
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", "-B", str(script), str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                env=ENVIRONMENT,
                cwd="/",
            )
        self._asked.settimeout(_ANSWER_SECONDS)
        answer = self._asked.recv(_MESSAGE)
        if answer != b"ok":
            self.close()
            raise OSError(answer.decode(errors="replace") or "the opener of folders ended")

    def clone(self, bind: Bind) -> int:
        wanted = {"path": str(bind.source), "writable": bind.writable}
        with self._lock:
            self._asked.send(json.dumps(wanted).encode())
            answer, trees, _, _ = socket.recv_fds(self._asked, _MESSAGE, 1)
        if not trees:
            raise OSError(answer.decode(errors="replace") or "the opener of folders ended")
        return trees[0]

    def close(self) -> None:
        self._asked.close()
        self._process.kill()
        self._process.wait()


def folders() -> Folders:
    return _Privileged() if os.geteuid() == 0 else _Opener()
