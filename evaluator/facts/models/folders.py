"""MLflow folders among the passports: one entry for the folder, whose model stands in a file beside ``MLmodel``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class ModelFile(NamedTuple):
    """The file that holds a model: ``path`` in the bundle, ``form`` as its passport names its format."""

    path: str
    form: str
    sha256: str


def model_file(path: str, passport: Mapping[str, Any]) -> ModelFile:
    """The file to open for the passport at ``path``: itself, or the one that the folder holds."""
    held = passport.get("held")
    if held:
        return ModelFile(held["path"], held["format"], held["sha256"])
    return ModelFile(path, str(passport.get("format", "")), str(passport.get("sha256", "")))


def passport_of(passports: Mapping[str, Any], path: str) -> Mapping[str, Any]:
    """What is known of the file ``path``, alone or in a folder; empty when it is not known as a model."""
    if path in passports:
        return passports[path]  # type: ignore[no-any-return]
    return next((passport for passport in passports.values() if path in passport.get("parts", ())), {})
