"""How long a body each address may be sent: known from the first line, before a byte of the body is kept. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

MEGABYTE = 1024 * 1024
FORM = 4 * MEGABYTE
"""For every form without a file: Django itself refuses fields of more than two megabytes."""

PIECE = FORM
"""Of an upload: no longer than any form, so that nobody is asked first whether its sender is known."""

MARGIN = 4 * MEGABYTE
"""What the other fields of a form, and its boundaries, may add to a file."""

FILES = (
    re.compile(r"/travaux/\d+/archive/"),
    re.compile(r"/api/v1/works/\d+/uploads/"),
    re.compile(r"/administration/referentiels/importer/"),
    re.compile(r"/administration/sessions/\d+/donnees/nouvelles/"),
)
"""Where a form brings a file of any size; ``tests/platform/test_serving.py`` holds them to the routes."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the headers of a request say, before its body."""

    method: str
    path: str
    headers: Mapping[str, str]

    @property
    def brings_a_file(self) -> bool:
        return self.method == "POST" and any(pattern.fullmatch(self.path) for pattern in FILES)


def longest_body(asked: Asked, *, longest_file: int) -> int:
    """The longest body, in bytes, that the request may have. Beyond ``FORM`` only members are listened to."""
    return longest_file + MARGIN if asked.brings_a_file else FORM
