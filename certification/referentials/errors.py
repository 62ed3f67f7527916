"""What can go wrong with a référentiel, named so that callers can tell the cases apart; worded when it is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from certification.referentials.wording import NOTHING, Message, say


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a tree: where (`blocs[0].activities[1].title`), a stable code, a message.

    A `warning` is worth reading and does not prevent loading.
    """

    path: str
    code: str
    message: Message
    level: str = "error"

    def __str__(self) -> str:
        return str(say("form.problem", path=self.path or say("form.root"), message=self.message))


class ReferentialError(Exception):
    """Base of the errors of this application."""

    def __init__(self, message: Message = NOTHING) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


class UnreadableForm(ReferentialError):
    """The YAML text cannot be read, or is refused for what it could do."""


class InvalidTree(ReferentialError):
    """The tree is not a référentiel; `problems` says why."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__()
        self.problems = tuple(problems)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


class EditionFrozen(ReferentialError):
    """The edition is published or archived: a correction needs a new edition."""


class EditionInUse(ReferentialError):
    """The draft is already referred to and cannot be replaced."""


class EditionExists(ReferentialError):
    """The certification already has an edition of this label."""
