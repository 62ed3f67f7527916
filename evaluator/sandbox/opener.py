"""Copies mounts for a platform that is an ordinary user, in a user namespace where it may; run as a script.

Messages on the socket whose descriptor is the first argument: a JSON object ``{"path", "writable"}`` is answered by
``ok`` with the descriptor of a detached mount, or by the reason why there is none.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from evaluator.sandbox import kernel

_MESSAGE = 1 << 16


def main() -> None:
    asked = socket.socket(fileno=int(sys.argv[1]))
    try:
        kernel.own_user_namespace(kernel.CLONE_NEWNS)
    except OSError as error:
        asked.send(str(error).encode())
        return
    asked.send(b"ok")
    while message := asked.recv(_MESSAGE):
        _answer(asked, json.loads(message))


def _answer(asked: socket.socket, wanted: dict[str, str | bool]) -> None:
    try:
        tree = kernel.clone_tree(str(wanted["path"]), writable=bool(wanted["writable"]))
    except OSError as error:
        asked.send(str(error).encode())
        return
    socket.send_fds(asked, [b"ok"], [tree])
    os.close(tree)


if __name__ == "__main__":
    main()
