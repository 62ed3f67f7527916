"""The formats that can be imported, one module each."""

from __future__ import annotations

from types import MappingProxyType

from certification.referentials.importers import case, own, rncp, tables, word
from certification.referentials.importers.base import Importer

CASE = Importer("case", (".case.json",), case.MAX_BYTES, case.read)
IMPORTERS = MappingProxyType(
    {each.kind: each for each in (CASE, *own.IMPORTERS, *tables.IMPORTERS, *word.IMPORTERS, *rncp.IMPORTERS)}
)
"""By kind, which `importers.read` and the screens name."""


def kind_of_name(file_name: str) -> str | None:
    """The kind that the name of a file tells; None for none we read."""
    lowered = file_name.lower()
    return next((kind for kind, each in IMPORTERS.items() if lowered.endswith(each.suffixes)), None)


__all__ = ["IMPORTERS", "Importer", "kind_of_name"]
