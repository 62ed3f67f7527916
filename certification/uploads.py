"""What a form may send: too large a body is refused before anything of it is written on disk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload, TemporaryFileUploadHandler

from certification.serving.limits import MARGIN
from certification.space import is_full


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


class OnDisk(TemporaryFileUploadHandler):
    """Django's own, but a full disk ends the reading of the form and is told by ``space.NamedWhenFull``."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        with self._told():
            super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        with self._told():
            return super().receive_data_chunk(raw_data, start)

    def file_complete(self, file_size: int) -> UploadedFile[bytes] | None:
        with self._told():
            return super().file_complete(file_size)

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if not is_full(error):
                raise
            self.request.found_no_space = True  # type: ignore[union-attr]  # set by Django before anything is read
            raise StopUpload from error
