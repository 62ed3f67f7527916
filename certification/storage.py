"""Where deposited files live."""

from typing import NoReturn

from django.core.files.storage import FileSystemStorage


class PrivateFileSystemStorage(FileSystemStorage):
    """Files no URL leads to: a view that has checked the reader's rights streams them."""

    def url(self, name: str | None) -> NoReturn:
        raise ValueError("private files have no URL; stream them from a view that checks rights")
