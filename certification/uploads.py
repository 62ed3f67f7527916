"""What a form may send: too large a body is refused before anything of it is written on disk."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

MARGIN = 4 * 1024 * 1024
"""What the other fields of a form, and its boundaries, may add to a file."""


class RefuseTooLarge(FileUploadHandler):
    """Stands before Django's handlers: forms are read, CSRF token included, before any view can look at them."""

    def handle_raw_input(
        self, input_data: Any, META: dict[str, str], content_length: int, boundary: Any, encoding: str | None = None
    ) -> None:
        if content_length > settings.UPLOAD_MAX_BYTES + MARGIN:
            raise RequestDataTooBig(f"{content_length} bytes announced, {settings.UPLOAD_MAX_BYTES} admitted")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
