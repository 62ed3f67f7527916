"""What stops the reading of a repository."""

from __future__ import annotations

from typing import Any


class GitError(Exception):
    """``code`` is stable and dotted, ``params`` fill its sentence."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params
