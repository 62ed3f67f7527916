"""Python environments in which candidates' material is read and run, named by the digest of their lock.

The default runtime stands in ``JALON_RUNTIMES_DIR``, or in ``var/runtimes`` beside the project.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from evaluator.errors import EngineFault

LOCK = Path(__file__).parent / "default" / "requirements.txt"
MARKER = ".jalon-digest"


@dataclass(frozen=True, slots=True)
class Runtime:
    """A virtual environment. ``digest`` identifies its lock and its Python."""

    folder: Path
    digest: str

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    def base_prefixes(self) -> list[Path]:
        """The folders outside ``/usr`` that hold the Python it was made from, wherever that lives."""
        homes = [Path(_configuration(self.folder)["home"]), self.python.resolve().parent]
        prefixes = {home.parent for home in homes} | {home.resolve().parent for home in homes}
        return sorted(prefix for prefix in prefixes if not prefix.is_relative_to("/usr") and prefix != Path("/"))


def runtimes_folder() -> Path:
    configured = os.environ.get("JALON_RUNTIMES_DIR")
    return Path(configured) if configured else Path(__file__).resolve().parents[2] / "var" / "runtimes"


def default_runtime() -> Runtime:
    """The runtime used when nothing else is asked.

    Raises:
        EngineFault: ``runtime.missing`` when it was never built, or only in part.
    """
    folder = runtimes_folder() / "default"
    try:
        digest = (folder / MARKER).read_text().strip()
    except OSError as error:
        raise EngineFault("runtime.missing", path=str(folder)) from error
    if not digest or not (folder / "bin" / "python").exists():
        raise EngineFault("runtime.missing", path=str(folder))
    return Runtime(folder, digest)


def _configuration(folder: Path) -> dict[str, str]:
    """The ``key = value`` lines of ``pyvenv.cfg``."""
    lines = (folder / "pyvenv.cfg").read_text().splitlines()
    pairs = (line.partition("=") for line in lines if "=" in line)
    return {key.strip(): value.strip() for key, _, value in pairs}
