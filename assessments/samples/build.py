"""Build the sample projects as git repositories and as archives, the same bytes every time.

A repository cannot be committed inside another one, so the samples stand here as plain trees, and
``history.toml`` says which commits made them. ``python -m assessments.samples.build DEST`` writes, for each
sample, the repository ``DEST/<name>`` and the archives ``DEST/<name>.zip`` and ``DEST/<name>.tar.gz``.
"""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent
NAMES = ("good", "flawed")
EPOCH = (1980, 1, 1, 0, 0, 0)  # the oldest date that a zip can hold
LEFT_OUT = {"__pycache__", ".pytest_cache", ".ipynb_checkpoints"}


class SampleError(Exception):
    """A sample cannot be built; the message says why, in a sentence."""


def tree(name: str) -> Path:
    """The folder of the sample's files as they stand after its last commit, without its history."""
    return ROOT / "trees" / name


def build(name: str, destination: Path) -> Path:
    """Write the sample ``name`` with its git history into the new folder ``destination`` and return it.

    Raises ``SampleError`` when the sample is unknown, the folder already holds something, git is missing or
    fails, or the history does not end with the tree as it stands.
    """
    if name not in NAMES:
        raise SampleError(f"There is no sample named {name!r}; the samples are {', '.join(NAMES)}.")
    if destination.exists() and any(destination.iterdir()):
        raise SampleError(f"The folder {destination} is not empty.")
    destination.mkdir(parents=True, exist_ok=True)
    history = tomllib.loads((ROOT / "history.toml").read_text(encoding="utf-8"))[name]
    _git(destination, "init", "--quiet", "--template=", "--initial-branch=main")
    for commit in history["commits"]:
        _commit(tree(name), destination, history["author"], commit)
    _refuse_forgotten(tree(name), destination)
    # The index holds inode numbers and times of the copied files; read anew from HEAD it holds none.
    (destination / ".git" / "index").unlink()
    _git(destination, "read-tree", "HEAD")
    return destination


def archive(folder: Path, target: Path) -> Path:
    """Write the files of ``folder``, ``.git`` included, to the zip ``target`` and return it."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as bundle:
        for path in _files(folder):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o100644 << 16
            entry.create_system = 3
            bundle.writestr(entry, path.read_bytes())
    return target


def archive_tar_gz(folder: Path, target: Path) -> Path:
    """Write the files of ``folder``, ``.git`` included, to the compressed tar ``target`` and return it."""
    with (
        target.open("wb") as raw,
        gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=0) as compressed,
        tarfile.open(fileobj=compressed, mode="w", format=tarfile.PAX_FORMAT) as bundle,
    ):
        for path in _files(folder):
            entry = tarfile.TarInfo(path.relative_to(folder).as_posix())
            entry.size = path.stat().st_size
            entry.mode = 0o644
            with path.open("rb") as content:
                bundle.addfile(entry, content)
    return target


def _files(folder: Path) -> Iterator[Path]:
    """The files of a folder in the order of their paths, without what running the project leaves behind."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and LEFT_OUT.isdisjoint(path.relative_to(folder).parts):
            yield path


def _commit(tree: Path, repository: Path, author: str, commit: Mapping[str, Any]) -> None:
    """Copy what one commit brings and commit it under its own date."""
    copies = {relative: ROOT / "_history" / source for relative, source in commit.get("earlier", {}).items()}
    for given in commit["paths"]:
        copies |= {path.relative_to(tree).as_posix(): path for path in _expand(tree / given)}
    for relative, source in copies.items():
        target = repository / relative
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        target.chmod(0o644)
    _git(repository, "add", "--force", "--", *sorted(copies))
    name, _, address = author.rstrip(">").partition(" <")
    identity = {
        f"GIT_{role}_{part}": value
        for role in ("AUTHOR", "COMMITTER")
        for part, value in (("NAME", name), ("EMAIL", address), ("DATE", commit["date"]))
    }
    _git(repository, "commit", "--quiet", "--no-verify", "--message", commit["subject"], environment=identity)


def _expand(path: Path) -> list[Path]:
    """A file, or all the files of a folder; raises ``SampleError`` when there is none."""
    found = list(_files(path)) if path.is_dir() else [path] if path.is_file() else []
    if not found:
        raise SampleError(f"history.toml names {path.relative_to(ROOT)}, which does not exist.")
    return found


def _refuse_forgotten(tree: Path, repository: Path) -> None:
    """Raise ``SampleError`` when a file of the sample is missing or differs after the last commit."""
    for path in _files(tree):
        copy = repository / path.relative_to(tree)
        if not copy.is_file() or copy.read_bytes() != path.read_bytes():
            raise SampleError(f"No commit of history.toml brings {path.relative_to(ROOT)} as it stands.")


def _git(repository: Path, *arguments: str, environment: Mapping[str, str] | None = None) -> None:
    """Run git in ``repository`` with nothing of the user's or the machine's configuration."""
    settings = {
        "core.autocrlf": "false",
        "core.fileMode": "true",
        "core.hooksPath": os.devnull,
        "core.logAllRefUpdates": "false",
        "commit.gpgSign": "false",
        "gc.auto": "0",
        "init.defaultObjectFormat": "sha1",
        "maintenance.auto": "false",
    }
    command = ["git", "-C", str(repository)]
    for key, value in settings.items():
        command += ["-c", f"{key}={value}"]
    variables = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(repository),
        "LC_ALL": "C.UTF-8",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CEILING_DIRECTORIES": str(repository.parent),
        **(environment or {}),
    }
    try:
        subprocess.run(
            [*command, *arguments], env=variables, check=True, capture_output=True, text=True, timeout=60
        )
    except FileNotFoundError as missing:
        raise SampleError("git is not installed: it makes the history of the sample projects.") from missing
    except subprocess.CalledProcessError as failure:
        raise SampleError(f"git {arguments[0]} failed: {failure.stderr.strip()}") from failure


def main(arguments: list[str]) -> int:
    """Build every sample under the folder given; the exit code is 2 for a wrong call and 1 for a failure."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m assessments.samples.build DEST\n")
        return 2
    destination = Path(arguments[0])
    try:
        for name in NAMES:
            repository = build(name, destination / name)
            archive(repository, destination / f"{name}.zip")
            archive_tar_gz(repository, destination / f"{name}.tar.gz")
            sys.stdout.write(f"{repository}\n")
    except SampleError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
