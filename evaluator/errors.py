"""Whose fault, in the type: the candidate's material or our platform.

Codes are stable and worded in ``evaluator.messages``; an exception carries no prose of its own.
"""

from __future__ import annotations

from typing import Any

from evaluator.results import Cause, Message


class EvaluatorError(Exception):
    """Base of both faults. ``code`` is dotted and stable, ``params`` fill its sentence."""

    cause: Cause

    def __init__(self, code: str, /, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params

    @property
    def message(self) -> Message:
        return Message(self.code, self.params)


class SubmissionFault(EvaluatorError):
    """What was handed in is at fault: a broken archive, a model that allocates without end."""

    cause = Cause.CANDIDATE


class Unread(SubmissionFault):
    """What was handed in used up the time for reading it: nothing is known of the rest, and checks are undecided."""


class EngineFault(EvaluatorError):
    """Our platform is at fault: no sandbox, a lost runtime, a full disk. Retried, never counted."""

    cause = Cause.PLATFORM
