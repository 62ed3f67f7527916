"""What can go wrong with a référentiel, named so that callers can tell the cases apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a tree: where (`blocs[0].activities[1].title`), a stable code, a message.

    A `warning` is worth reading and does not prevent loading.
    """

    path: str
    code: str
    message: str
    level: str = "error"

    def __str__(self) -> str:
        return f"{self.path or '(racine)'} : {self.message}"


class ReferentialError(Exception):
    """Base of the errors of this application."""


class UnreadableForm(ReferentialError):
    """The YAML text cannot be read, or is refused for what it could do."""


class InvalidTree(ReferentialError):
    """The tree is not a référentiel; `problems` says why."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in problems))


class EditionFrozen(ReferentialError):
    """The edition is published or archived: a correction needs a new edition."""


class EditionInUse(ReferentialError):
    """The draft is already referred to and cannot be replaced."""


class EditionExists(ReferentialError):
    """The certification already has an edition of this label."""
