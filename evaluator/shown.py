"""What a job is shown must be open to the user the job runs as."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

_READ = stat.S_IROTH
_ENTER = stat.S_IROTH | stat.S_IXOTH


def shown(source: Path, folder: Path) -> Path:
    """``source`` itself where a job can read it, else a copy in ``folder`` that it can.

    Only root needs the copy: its jobs run as a user of their own, to whom private files are closed. Links and
    special files are not copied as what they point at; the reader inside refuses or leaves them out.
    """
    if os.geteuid() != 0 or _is_open(source):
        return source
    target = folder / "source" / source.name
    target.parent.mkdir()
    if source.is_dir():
        shutil.copytree(source, target, symlinks=True, copy_function=_copy_regular)
        for path in (target, *target.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() else 0o644)
    else:
        shutil.copyfile(source, target)
        target.chmod(0o644)
    return target


def _is_open(source: Path) -> bool:
    if not source.is_dir():
        return bool(source.stat().st_mode & _READ)
    return all(_allows(Path(root), names) for root, _folders, names in os.walk(source))


def _allows(folder: Path, names: list[str]) -> bool:
    if folder.stat().st_mode & _ENTER != _ENTER:
        return False
    modes = ((folder / name).lstat().st_mode for name in names)
    return all(mode & _READ for mode in modes if stat.S_ISREG(mode))


def _copy_regular(source: str, target: str) -> None:
    """A file that became a link since the folder was listed is refused rather than followed."""
    if not stat.S_ISREG(os.lstat(source).st_mode):
        return
    descriptor = os.open(source, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(descriptor, "rb") as stream, open(target, "xb") as copy:  # noqa: PTH123 (a descriptor, not a path)
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            shutil.copyfileobj(stream, copy)
