"""The text of a passage, from the facts of the submission that holds it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from assessments.models import Submission
from assessments.services import facts
from assessments.web import shown


@dataclass(frozen=True, slots=True)
class PassageText:
    """``source`` starts at the line ``start``; ``marks`` as the ``code_block`` tag takes them. Empty once forgotten."""

    place: Mapping[str, Any]
    source: str
    start: int
    marks: str
    language: str


class Reader:
    """Reads each kind of fact of a submission once, and none that no passage stands in."""

    def __init__(self, submission: Submission) -> None:
        self._submission = submission

    def text_of(self, place: Mapping[str, Any]) -> PassageText:
        lines = shown.marked_lines(place)
        text, start = shown.excerpt_of(self._whole(place), lines)
        return PassageText(place, text, start, shown.marks(lines), "python" if place["kind"] == "code" else "text")

    def _whole(self, place: Mapping[str, Any]) -> str:
        path = place["path"]
        if place["cell"] is not None:
            cells = (self._notebooks.get(path) or {"cells": []})["cells"]
            return str(cells[place["cell"]]["source"]) if place["cell"] < len(cells) else ""
        if place["page"] is not None:
            pages = (self._documents.get(path) or {"pages": []})["pages"]
            return next((str(page["text"]) for page in pages if page["number"] == place["page"]), "")
        if place["kind"] == "code":
            return str((self._code.get("sources") or {}).get(path, ""))
        return str((self._texts.get(path) or {}).get("text", ""))

    def _read(self, name: str) -> Mapping[str, Any]:
        return facts.read(submission=self._submission, name=name) or {}

    @cached_property
    def _notebooks(self) -> Mapping[str, Any]:
        return self._read("notebooks")

    @cached_property
    def _documents(self) -> Mapping[str, Any]:
        return self._read("documents")

    @cached_property
    def _code(self) -> Mapping[str, Any]:
        return self._read("code")

    @cached_property
    def _texts(self) -> Mapping[str, Any]:
        return self._read("texts")
