"""Calls uv, the installer, with what the operator set pip up for and nothing of our own secrets."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from evaluator.errors import EngineFault

_FROM_PIP = {"index-url": "UV_DEFAULT_INDEX", "extra-index-url": "UV_INDEX", "find-links": "UV_FIND_LINKS"}
_KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "XDG_CACHE_HOME", "SSL_CERT_FILE", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY",
         "NO_PROXY", "http_proxy", "https_proxy", "all_proxy", "no_proxy")  # fmt: skip


def program() -> str:
    """Where uv is: beside our Python, else on the path.

    Raises:
        EngineFault: ``runtime.build_failed``.
    """
    beside = Path(sys.executable).parent / "uv"
    found = str(beside) if beside.exists() else shutil.which("uv")
    if found is None:
        raise EngineFault("runtime.build_failed", reason="uv")
    return found


@cache
def environment() -> Mapping[str, str]:
    """The variables that uv is started with: its own, those of the network, and the package sources of pip.

    uv does not read pip's configuration; a machine that reaches its packages by a mirror often has only that one.
    """
    kept = {name: value for name, value in os.environ.items() if name in _KEPT or name.startswith("UV_")}
    return kept if any(name in kept for name in _FROM_PIP.values()) else kept | _sources_of_pip()


def _sources_of_pip() -> dict[str, str]:
    command = [sys.executable, "-m", "pip", "config", "list"]
    listing = subprocess.run(command, capture_output=True, text=True, check=False)
    found: dict[str, str] = {}
    for line in listing.stdout.splitlines():
        key, _, value = line.partition("=")
        variable = _FROM_PIP.get(key.rpartition(".")[2])
        if variable:
            separator = "," if variable == "UV_FIND_LINKS" else " "
            found[variable] = separator.join(value.strip("'\"").replace("\\n", " ").split())
            # As pip does: the best version of all sources, not of the first that knows the name.
            found["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    return found
