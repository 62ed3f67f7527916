"""The formats that can be imported, one module each."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType

from certification.referentials.importers import case, own, rncp, tables, word
from certification.referentials.importers.base import Importer, ImportRefused
from certification.referentials.wording import say

CASE = Importer("case", (".case.json",), case.MAX_BYTES, case.read)
IMPORTERS = MappingProxyType(
    {each.kind: each for each in (CASE, *own.IMPORTERS, *tables.IMPORTERS, *word.IMPORTERS, *rncp.IMPORTERS)}
)
"""By kind, which `importers.read` and the screens name."""


def kind_of_name(file_name: str) -> str | None:
    """The kind that the name of a file tells; None for none we read."""
    lowered = file_name.lower()
    return next((kind for kind, each in IMPORTERS.items() if lowered.endswith(each.suffixes)), None)


def kind_of_file(path: Path) -> str:
    """The kind of a file on disk, by its name. Raises ImportRefused when it is none, absent, or empty."""
    kind = kind_of_name(path.name)
    if kind is None:
        known = [suffix for each in IMPORTERS.values() for suffix in each.suffixes]
        raise ImportRefused("kind", say("read.kind", name=path.name[:80], known=known))
    try:
        size = path.stat().st_size
    except OSError as error:
        raise ImportRefused("absent", say("read.absent", name=str(path), reason=error.strerror or "")) from error
    if not size:
        raise ImportRefused("empty", say("read.empty_file"))
    return kind


__all__ = ["IMPORTERS", "Importer", "kind_of_file", "kind_of_name"]
