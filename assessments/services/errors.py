"""Refusals that a person can act on. ``code`` is stable, the sentence is for the screen."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext


class Refused(Exception):
    """The use case does not apply: wrong state, missing mark, deadline passed. Nothing has changed."""

    def __init__(self, code: str, sentence: Any, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.sentence = sentence
        self.params = params

    def __str__(self) -> str:
        return str(self.sentence) % self.params if self.params else str(self.sentence)


class Denied(Exception):
    """The actor may see the object and may not do this to it."""

    def __str__(self) -> str:
        return gettext("Vous n’avez pas le droit de faire cela.")
