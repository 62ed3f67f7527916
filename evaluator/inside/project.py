"""A place to work for code of the bundle: its own tree, writable, without copying large files."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from evaluator.limits import MB

BUNDLE = Path("/bundle")
PROJECT = Path("/tmp/project")  # noqa: S108 (the sandbox's own)
_COPIED_FILE = 5 * MB
_COPIED_TOTAL = 100 * MB
_DATABASES = (".db", ".sqlite", ".sqlite3", ".duckdb")  # which answer only where they may write beside themselves
_DATABASE = 200 * MB


def prepare(base: str) -> Path:
    """The project's root: small files and databases copied, so that they can be written, others linked to the bundle.

    ``base`` is the folder of the bundle, ``""`` or ending in ``/``, that is the project. The root becomes the
    current folder and the first place where modules are looked for.
    """
    room = {False: _COPIED_TOTAL, True: _DATABASE}
    for folder, _, names in os.walk(BUNDLE):
        target = PROJECT / Path(folder).relative_to(BUNDLE)
        target.mkdir(parents=True, exist_ok=True)
        for name in names:
            source = Path(folder, name)
            size = source.stat().st_size
            large = size > _COPIED_FILE
            kept = large and not name.lower().endswith(_DATABASES)
            if not kept and size <= room[large]:
                room[large] -= size
                shutil.copyfile(source, target / name)
            else:
                (target / name).symlink_to(source)
    root = PROJECT / base
    os.chdir(root)
    sys.path[:0] = [str(path) for path in (root, root / "src") if path.is_dir()]
    return root


def gather(base: str, script: str) -> str:
    """Show in the folder of ``script`` what stands at the project's root, as a container that copies both into one.

    The folder, relative to the bundle as ``script`` is, ``""`` or ending in ``/``.
    """
    place = (PROJECT / script).parent
    for entry in (PROJECT / base).iterdir():
        target = place / entry.name
        if not target.exists() and entry not in (place, *place.parents):
            target.symlink_to(entry)
    return "".join(script.rpartition("/")[:2])
