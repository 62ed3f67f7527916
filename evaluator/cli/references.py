"""``--reference NAME=FILE:TARGET[:IDENTIFIER]``: the certifier's data sets, given from the shell."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from evaluator.checks import REGISTRY
from evaluator.cli.terminal import WrongUsage
from evaluator.references import PARAMETER, Reference
from evaluator.runner import CheckRequest

HELP = "a table that the submission does not hold: the checks that name it are measured on it"


def references_of(options: Iterable[str]) -> dict[str, Reference]:
    """The data sets by name. Raises WrongUsage."""
    return dict(map(_reference, options))


def naming(requests: Sequence[CheckRequest], references: Mapping[str, Reference]) -> list[CheckRequest]:
    """The requests, where a check that could be measured on a data set and names none takes the only one given."""
    if len(references) != 1:
        return list(requests)
    only = next(iter(references))
    return [
        replace(request, params={PARAMETER: only, **request.params}) if takes_one(request.code) else request
        for request in requests
    ]


def takes_one(code: str) -> bool:
    return PARAMETER in REGISTRY[code].parameters.get("properties", {})


def _reference(option: str) -> tuple[str, Reference]:
    name, _, rest = option.partition("=")
    path, target, identifier = _parts(rest)
    if not name or not path or not target:
        raise WrongUsage(f"--reference has the form NAME=FILE:TARGET[:IDENTIFIER], not {option}")
    file = Path(path).resolve()
    try:
        with file.open("rb") as stream:
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise WrongUsage(f"{path} cannot be read: {error.strerror}") from error
    return name, Reference(name, file, sha256, target, identifier, form=_form(file))


def _form(file: Path) -> str:
    return "parquet" if file.suffix.lower() == ".parquet" else "csv"


def _parts(rest: str) -> tuple[str, str, str]:
    """File, target, identifier: the file may hold a colon, if it exists under such a name."""
    three = rest.rsplit(":", 2)
    if len(three) == 3 and Path(three[0]).is_file():
        return three[0], three[1], three[2]
    path, _, target = rest.rpartition(":")
    return path, target, ""
