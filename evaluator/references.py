"""Reference data sets: tables that the certifier holds, whose truth no code of a bundle ever sees.

A check names one by its parameter ``reference``; whoever calls the engine says which table bears that name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PARAMETER = "reference"


@dataclass(frozen=True, slots=True)
class Reference:
    """A table of the certifier: ``path`` on the host, never opened there; ``form`` is ``csv`` or ``parquet``.

    ``target`` is the column to find. ``identifier`` names the rows, ``""`` when nothing does. ``features`` are the
    columns that a model may see; without any, all but the two others. A result says ``title`` and ``sha256`` alone.
    """

    title: str
    path: Path
    sha256: str
    target: str
    identifier: str = ""
    features: tuple[str, ...] = ()
    form: str = "csv"

    def key(self) -> dict[str, Any]:
        """All of it on which a fact depends."""
        return {
            "sha256": self.sha256,
            "target": self.target,
            "identifier": self.identifier,
            "features": list(self.features),
        }


References = Mapping[str, Reference]


def wanted(parameters: Sequence[str], params: Mapping[str, Any]) -> str | None:
    """The name that ``params`` give to a fact that depends on ``parameters``; None for delivered data."""
    name = params.get(PARAMETER) if PARAMETER in parameters else None
    return str(name) if name else None


def kept(parameters: Sequence[str], params: Mapping[str, Any], reference: Reference | None) -> dict[str, Any]:
    """The parameters on which a fact depends: a data set counts by what it is, not by its name."""
    found = {key: params[key] for key in parameters if key in params and key != PARAMETER}
    return found | ({PARAMETER: reference.key()} if reference else {})


def absent(name: str) -> dict[str, Any]:
    """The fact that rests on a data set which nobody has given."""
    return {
        "error": None,
        "missing": {"code": "reference.absent", "params": {"name": name}},
        PARAMETER: None,
        "runtime": {"fault": None},
    }


def said(reference: Reference | None) -> dict[str, str] | None:
    """What a result may say of it."""
    return {"title": reference.title, "sha256": reference.sha256} if reference else None
