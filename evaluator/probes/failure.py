"""Why a probe brought no answer. Codes are worded in ``evaluator.checks.reachability_messages``."""

from __future__ import annotations

from typing import Any


class ProbeFailure(Exception):
    """``doubtful`` failures may be those of our own network: a witness settles it. ``ours`` ones surely are."""

    def __init__(self, code: str, /, *, doubtful: bool = False, ours: bool = False, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params
        self.doubtful = doubtful
        self.ours = ours
