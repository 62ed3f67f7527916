"""The suite of SIGKILL in short: one round, few people, whatever time a busy machine takes.

Killed workers and brokers have tests of their own (test_lost_workers.py). What the platform must reach is measured by
`python -m tests.faults.kill9 --rounds 2`.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from certification.embedded import PROJECT
from tests.prepared import prepared_dump

pytestmark = pytest.mark.django_db

OURS = {"DATABASE_URL", "REDIS_URL", "JALON_TEST_SLOT", "JALON_DATA_DIR", "JALON_SERVICES_DIR"}


def test_whatever_is_killed_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    dump = tmp_path / "prepared.sql"
    dump.write_bytes(prepared_dump())
    environment = {name: value for name, value in os.environ.items() if name not in OURS}
    command = [sys.executable, "-m", "tests.faults.kill9", "--rounds=1", "--people=2", "--lease=5", "--limit=0"]
    command += [f"--dump={dump}", "--parts", "web", "postgres"]
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    assert "nothing lost, nothing doubled" in done.stdout
