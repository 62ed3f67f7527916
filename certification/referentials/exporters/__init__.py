"""An edition as a file, in each of the formats it leaves in."""

from __future__ import annotations

from types import MappingProxyType

from certification.referentials.exporters.base import Format, Origin, Tree
from certification.referentials.exporters.case import write as write_case
from certification.referentials.exporters.plain import write_json, write_yaml
from certification.referentials.exporters.xlsx import write as write_xlsx
from certification.referentials.models import Referential
from certification.referentials.tree import edition_content

__all__ = ["FORMATS", "Format", "Origin", "Tree", "export", "file_name", "source_of"]

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS: MappingProxyType[str, Format] = MappingProxyType(
    {
        each.name: each
        for each in (
            Format("json", "JSON", "application/json", ".json", write_json),
            Format("yaml", "YAML", "application/yaml", ".yaml", write_yaml),
            Format("xlsx", "Excel", _XLSX, ".xlsx", write_xlsx),
            Format("case", "CASE 1.1", "application/json", ".case.json", write_case),
        )
    }
)
"""Every format, by its name on the command line and in addresses."""


def export(referential: Referential, format_name: str, base_url: str) -> bytes:
    """The file of an edition; `base_url` begins the addresses that CASE gives. Raises KeyError for no format."""
    return FORMATS[format_name].write(*source_of(referential, base_url))


def source_of(referential: Referential, base_url: str) -> tuple[Tree, Origin]:
    """What an export is made from.

    A published edition changed when it was published; a draft, for the exports to stay the same, when it was created.
    """
    content = edition_content(referential)
    changed_at = referential.published_at or referential.created_at
    return content.tree, Origin(referential.status, changed_at, base_url, content.identities)


def file_name(referential: Referential, format_name: str) -> str:
    """`code-edition.suffix`, of letters, digits, dots, dashes and underscores only."""
    label = f"{referential.certification.code}-{referential.edition}"
    return (
        "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "-" for c in label) + FORMATS[format_name].suffix
    )
