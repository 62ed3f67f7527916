"""Unpacks and reads material without running it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from evaluator.limits import BundleLimits

SOURCE = "/source"
UNPACKED = "/unpacked"
BUNDLE = "/bundle"


def unpack(payload: dict[str, Any]) -> dict[str, Any]:
    """Unpack ``/source/<name>`` into ``/unpacked/bundle``; the manifest as a plain dictionary."""
    from evaluator import bundle

    source = Path(SOURCE, payload["name"])
    manifest = bundle.unpack(source, Path(UNPACKED, "bundle"), BundleLimits(**payload["limits"]))
    return manifest.to_json()


def read_facts(payload: dict[str, Any]) -> dict[str, Any]:
    """Facts by name, from the extractors named in ``payload["names"]`` over ``/bundle``; credentials are hidden.

    ``payload["lost"]`` are the faults, by path, of files that no extractor opens again.
    """
    from evaluator import facts
    from evaluator.facts.base import FileEntry, Workspace
    from evaluator.masking import masked
    from evaluator.plain import plain
    from evaluator.sandbox.job import ATTACHMENTS

    files = tuple(FileEntry(row["path"], row["size"], row["sha256"]) for row in payload["files"])
    workspace = Workspace(Path(BUNDLE), files, Path(ATTACHMENTS), payload.get("lost"))
    return {name: masked(plain(facts.BY_NAME[name].extract(workspace))) for name in payload["names"]}
