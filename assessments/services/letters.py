"""Letters to people, in plain words. They leave with the transaction they were written in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils import translation

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


def write(*, to: str, subject: StrPromise, letter: str, language: str = "", **context: Any) -> None:
    """Send ``emails/<letter>.txt``.

    In the platform's first language unless ``language`` names that of the reader: who acts for others does not choose
    it for them.
    """
    with translation.override(language or settings.LANGUAGE_CODE):
        text = render_to_string(f"emails/{letter}.txt", context)
        send_mail(str(subject), text.strip() + "\n", None, [to])
