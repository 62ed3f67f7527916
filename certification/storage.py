"""Where deposited files live."""

import secrets
from pathlib import Path
from typing import Any, NoReturn

from django.core.files.storage import FileSystemStorage


class PrivateFileSystemStorage(FileSystemStorage):
    """Files no URL leads to: a view that has checked the reader's rights streams them.

    A file bears its name only once it is whole. Many names are digests of the content, and a file that is there is
    never written again: half of one, left by a process that was killed, would stand for the whole for ever.
    """

    def url(self, name: str | None) -> NoReturn:
        raise ValueError("private files have no URL; stream them from a view that checks rights")

    def _save(self, name: str, content: Any) -> str:
        partial = f"{name}.{secrets.token_hex(8)}.partial"
        try:
            super()._save(partial, content)  # type: ignore[misc]  # the stubs do not know it
            return self._named(Path(self.path(partial)), name)
        finally:
            self.delete(partial)

    def _named(self, partial: Path, name: str) -> str:
        """Give the file its name, or another one where somebody took it meanwhile."""
        while True:
            try:
                Path(self.path(name)).hardlink_to(partial)
            except FileExistsError:
                name = self.get_available_name(name)
            else:
                return name
