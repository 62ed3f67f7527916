"""The référentiels shipped with the application, as YAML files named by their code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from certification.referentials.errors import UnreadableForm
from certification.referentials.wording import say
from certification.referentials.yaml_form import read_form

DATA = Path(__file__).parent / "data"


def shipped_codes() -> list[str]:
    """Codes of the référentiels shipped, in alphabetical order."""
    return sorted(path.stem for path in DATA.glob("*.yaml"))


def shipped_tree(code: str) -> Any:
    """The tree of a shipped référentiel; raises UnreadableForm when none has this code."""
    if code not in shipped_codes():
        raise UnreadableForm(say("shipped.unknown", code=code, known=shipped_codes()))
    return read_form(DATA / f"{code}.yaml")
