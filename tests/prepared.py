"""One database on which every migration has run: each test process copies it instead of migrating its own.

It stays for the next runs, until a migration changes.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from certification import embedded
from certification.keeper.state import locked
from certification.settings.test import TESTS

STEM = "prepared_jalon_"
MAKING = "preparing_jalon"


def prepared_database() -> str:
    """Its name, under which nobody is connected. The first process to ask makes it, the others wait for it.

    Raises CalledProcessError when a migration fails.
    """
    name = STEM + _digest()
    with locked(TESTS / "prepared.lock"), connection.creation._nodb_cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [STEM])
        there = [row[0] for row in cursor.fetchall()]
        if name not in there:
            for old in (MAKING, *there):
                cursor.execute(f'DROP DATABASE IF EXISTS "{old}"')
            cursor.execute(f'CREATE DATABASE "{MAKING}"')
            _migrate(MAKING)
            cursor.execute(f'ALTER DATABASE "{MAKING}" RENAME TO "{name}"')
    return name


def prepared_dump() -> bytes:
    """The same in SQL, for a server of a test's own."""
    folder, _redis = embedded.programs()
    command = [folder / "bin" / "pg_dump", "--inserts", "--no-owner", f"--dbname={_address(prepared_database())}"]
    told = subprocess.run(command, check=True, capture_output=True).stdout
    return b"".join(line for line in told.splitlines(keepends=True) if not line.startswith(b"\\"))  # psql's own words


def _digest() -> str:
    """Of all that migrating executes: the folders of migrations of every application."""
    migrations = MigrationLoader(None).disk_migrations.values()
    folders = {Path(str(sys.modules[each.__module__].__file__)).parent for each in migrations}
    found = hashlib.sha256()
    for source in sorted(file for folder in folders for file in folder.glob("*.py")):
        found.update(source.name.encode() + source.read_bytes())
    return found.hexdigest()[:16]


def _migrate(name: str) -> None:
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--no-input", "--verbosity=0"],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "certification.settings.test", "DATABASE_URL": _address(name)},
        check=True,
    )


def _address(name: str) -> str:
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
