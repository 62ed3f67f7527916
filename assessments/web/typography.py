"""Dates, durations and numbers as a careful printer sets them."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Final

from django.utils import formats, timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

SPACE: Final = "\u00a0"


def day_words(value: date) -> str:
    """``1er mars 2026`` in French, ``1 March 2026`` in English."""
    words = formats.date_format(value, "j F Y").replace(" ", SPACE)
    french = (get_language() or "fr").startswith("fr")
    if french and value.day == 1:
        return "1er" + words[1:]
    return words


def moment_words(value: date | datetime) -> str:
    """The day, and the local time to the minute when ``value`` has one."""
    if not isinstance(value, datetime):
        return day_words(value)
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return _("%(day)s à %(time)s") % {"day": day_words(local), "time": f"{local:%H:%M}"}


def duration_words(seconds: float) -> str:
    """Two units at most: ``40 ms``, ``0,4 s``, ``12 s``, ``3 min 20 s``, ``2 h 05 min``, ``3 j 4 h``."""
    if seconds < 0.1:
        return f"{round(max(seconds, 0) * 1000)}{SPACE}ms"
    if seconds < 10:
        return f"{formats.number_format(seconds, decimal_pos=1)}{SPACE}s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole}{SPACE}s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes}{SPACE}min" + (f"{SPACE}{rest:02d}{SPACE}s" if rest else "")
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours}{SPACE}h" + (f"{SPACE}{minutes:02d}{SPACE}min" if minutes else "")
    days, hours = divmod(hours, 24)
    unit = _("j")
    return f"{days}{SPACE}{unit}" + (f"{SPACE}{hours}{SPACE}h" if hours else "")


def breakable(address: str) -> SafeString:
    """An electronic address that may be cut before the signs between its words, rather than within a word."""
    return format_html_join(SafeString("<wbr>"), "{}", ((part,) for part in re.split(r"(?=[@._+])", address)))
