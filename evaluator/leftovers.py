"""Temporary folders that killed workers left behind."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
import time
from contextlib import suppress
from pathlib import Path

EVALUATION, JOB, SELFTEST = "jalon-evaluation-", "jalon-job-", "jalon-selftest-"
_STALE_SECONDS = 6 * 3600  # several times the longest evaluation, whose folder is not touched while jobs run


def sweep() -> None:
    """Remove our own folders that are older than any evaluation may be; what cannot be removed is left."""
    now = time.time()
    for prefix in (EVALUATION, JOB, SELFTEST):
        for folder in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
            with suppress(OSError):  # another worker may be sweeping too
                state = folder.lstat()
                is_ours = stat.S_ISDIR(state.st_mode) and state.st_uid == os.geteuid()
                if is_ours and now - state.st_mtime > _STALE_SECONDS:
                    shutil.rmtree(folder)
