"""What is costly to make is made once, and what each case changes of it is taken back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction


@contextmanager
def undone() -> Iterator[None]:
    """What is changed in the database inside is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
