"""Whether a bundle holds anything to evaluate: what merely goes with a project is no project."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any

from evaluator.facts.texts import is_readme

_STEMS = frozenset({"license", "licence", "copying", "notice"})
_TEXTS = frozenset({"", ".md", ".markdown", ".txt", ".rst"})
_REPOSITORY = frozenset({".gitignore", ".gitattributes", ".gitkeep", ".keep", ".editorconfig"})


def holds_work(files: Iterable[Mapping[str, Any]]) -> bool:
    """Whether a file, ``{"path", "size"}``, is more than a README, a licence, a repository's own, or empty."""
    return any(row["size"] > 0 and not _goes_with(PurePosixPath(str(row["path"]))) for row in files)


def _goes_with(path: PurePosixPath) -> bool:
    name = path.name.lower()
    plain = PurePosixPath(name)
    around = name in _REPOSITORY or is_readme(name) or (plain.stem in _STEMS and plain.suffix in _TEXTS)
    return around or ".git" in path.parts
