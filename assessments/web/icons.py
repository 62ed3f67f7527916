"""The icons, drawn for Jalon on a 20 × 20 grid with a 1.5 stroke, and named by what they mean."""

from __future__ import annotations

from typing import Final

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

ICONS: Final[dict[str, str]] = {
    # states
    "met": '<circle cx="10" cy="10" r="7.5"/><path d="m6.7 10.2 2.3 2.3 4.3-4.8"/>',
    "not-met": '<circle cx="10" cy="10" r="7.5"/><path d="m7.3 7.3 5.4 5.4m0-5.4-5.4 5.4"/>',
    "undecided": '<circle cx="10" cy="10" r="7.5" stroke-dasharray="3 2.2"/><path d="M6.8 10h6.4"/>',
    "platform": '<path d="M10 2.5 17.5 10 10 17.5 2.5 10Z"/><path d="M10 6.6v4.2M10 13.3v.1"/>',
    "pending": '<path d="M5.5 2.5h9M5.5 17.5h9M6.5 2.5v3L10 10l3.5-4.5v-3M6.5 17.5v-3L10 10l3.5 4.5v3"/>',
    "draft": '<path d="M4 16l.8-3.4L13.4 4 16 6.6 7.4 15.2Z"/><path d="m11.6 5.8 2.6 2.6"/>',
    "returned": '<path d="M7.5 4 3.5 8l4 4"/><path d="M3.5 8h8.2a4.3 4.3 0 0 1 0 8.5H8"/>',
    "decided": '<path d="M3 17h14M6 13.5l5.8-5.8M9.2 4.3l6 6M7.3 6.2l6 6M12.6 2.8 16.7 7"/>',
    "appealed": '<path d="M10 3v14M5 17h10M4 6h12"/><path d="M4 6 2 11h4ZM16 6l-2 5h4Z"/>',
    "warning": '<path d="M10 3 17.8 16.5H2.2Z"/><path d="M10 8v4M10 14.2v.1"/>',
    "info": '<circle cx="10" cy="10" r="7.5"/><path d="M10 9.2v4.6M10 6.4v.1"/>',
    "locked": '<path d="M4.5 9h11v8h-11z"/><path d="M7 9V6.2a3 3 0 0 1 6 0V9"/>',
    "extent-large": '<path d="M3 16V4h14v12Z"/><path d="M5.5 13.5h9M5.5 10h9M5.5 6.5h6"/>',
    "extent-some": '<path d="M3 16V4h14v12Z"/><path d="M5.5 13.5h9M5.5 10h5"/>',
    "extent-small": '<path d="M3 16V4h14v12Z"/><path d="M5.5 13.5h4"/>',
    "similar": '<path d="M3 3.5h9v11H3z"/><path d="M8 17.5h9v-11"/><path d="M5.5 7h4M5.5 10h4"/>',
    # what is looked at
    "criterion": '<path d="M8 5h9M8 10h9M8 15h9"/><path d="m2.5 5 1 1 1.7-2M2.5 10l1 1 1.7-2M2.8 15h2"/>',
    "activity": '<path d="M3 6.5h14v10H3z"/><path d="M7.5 6.5V4h5v2.5M3 11h14"/>',
    "competency": '<path d="M10 2.5 16.5 6v8L10 17.5 3.5 14V6Z"/><path d="M10 7l3 1.6v3L10 13.2 7 11.6v-3Z"/>',
    "bloc": '<path d="M3 3.5h6v6H3zM11 3.5h6v6h-6zM3 11.5h6v5H3zM11 11.5h6v5h-6z"/>',
    "referential": (
        '<path d="M10 5.2C8.3 3.9 6 3.5 3 3.5v12c3 0 5.3.4 7 1.7 1.7-1.3 4-1.7 7-1.7v-12c-3 0-5.3.4-7 1.7Z"/>'
        '<path d="M10 5.2v12"/>'
    ),
    "notebook": '<path d="M5 2.5h11v15H5z"/><path d="M8 2.5v15M3.5 6H6M3.5 10H6M3.5 14H6M10.5 6.5H13.5"/>',
    "code": '<path d="m7 6-4 4 4 4M13 6l4 4-4 4M11.4 4 8.6 16"/>',
    "figure": '<path d="M3 3v14h14"/><path d="M6.5 14v-4M10 14V6M13.5 14V8.5"/>',
    "model": (
        '<circle cx="4.5" cy="5.5" r="2"/><circle cx="4.5" cy="14.5" r="2"/><circle cx="15" cy="10" r="2.5"/>'
        '<path d="m6.4 6.3 6.3 2.7M6.4 13.7l6.3-2.7"/>'
    ),
    "metric": '<path d="M3 14a7 7 0 1 1 14 0"/><path d="m10 14 3.5-5M3 17h14"/>',
    "api": '<path d="M7 3v4M13 3v4M4.5 7h11v2.5a5.5 5.5 0 0 1-11 0ZM10 15v3"/>',
    "http": '<path d="M3 7h13l-3-3.2M17 13H4l3 3.2"/>',
    "dashboard": '<path d="M2.5 4h15v12h-15z"/><path d="M2.5 8h15M8 8v8M10.5 13.5 12 11.5l1.5 1 2-2"/>',
    "pdf": '<path d="M4.5 2.5h7l4 4v11h-11z"/><path d="M11.5 2.5v4h4M7 10.5h6M7 13.5h4"/>',
    "page": '<path d="M4.5 2.5h7l4 4v11h-11z"/><path d="M11.5 2.5v4h4"/>',
    "file": '<path d="M4.5 2.5h7l4 4v11h-11z"/><path d="M11.5 2.5v4h4M7 14h6"/>',
    "archive": '<path d="M2.5 4h15v3.5h-15zM3.5 7.5h13V16h-13z"/><path d="M8 10.5h4"/>',
    "git": (
        '<circle cx="5.5" cy="4.5" r="2"/><circle cx="5.5" cy="15.5" r="2"/><circle cx="14.5" cy="7" r="2"/>'
        '<path d="M5.5 6.5v7M14.5 9c0 3-4 2.5-7.6 5"/>'
    ),
    "commit": '<circle cx="10" cy="10" r="3"/><path d="M10 2.5V7M10 13v4.5"/>',
    "dependencies": '<path d="M10 2.5 17 6v8l-7 3.5L3 14V6Z"/><path d="M3 6l7 3.5L17 6M10 9.5v8"/>',
    # people and process
    "person": '<circle cx="10" cy="6.5" r="3.5"/><path d="M3.5 17c.5-3.7 3-5.5 6.5-5.5s6 1.8 6.5 5.5"/>',
    "people": (
        '<circle cx="7.5" cy="7" r="3"/><path d="M2 16.5c.4-3.2 2.4-4.8 5.5-4.8s5.1 1.6 5.5 4.8"/>'
        '<path d="M12.8 4.3a3 3 0 0 1 0 5.4M14.6 12c2 .5 3.1 2 3.4 4.5"/>'
    ),
    "mentor": '<path d="M3 4h14v9.5H9.5L6 16.8v-3.3H3z"/><path d="m7.2 8.7 2 2 3.6-3.9"/>',
    "jury": '<path d="M2.5 10h15M4.5 10v6.5M15.5 10v6.5"/><circle cx="5.5" cy="6" r="1.8"/>'
    '<circle cx="10" cy="5" r="1.8"/><circle cx="14.5" cy="6" r="1.8"/>',
    "journal": '<path d="M4 2.5h12v15H4z"/><path d="M7 6.5h6M7 10h6M7 13.5h3.5"/>',
    "calendar": '<path d="M3 4.5h14V17H3z"/><path d="M3 8.5h14M7 2.5v4M13 2.5v4"/>',
    "clock": '<circle cx="10" cy="10" r="7.5"/><path d="M10 5.5V10l3 2"/>',
    "run": '<path d="M16.5 10a6.5 6.5 0 1 1-2-4.7"/><path d="M16.8 2.8v3.5h-3.5M8.4 7.4v5.2l4.2-2.6Z"/>',
    "settings": ('<path d="M3 6h8M15 6h2M3 14h2M9 14h8"/><circle cx="13" cy="6" r="2"/><circle cx="7" cy="14" r="2"/>'),
    "home": '<path d="M3 9.5 10 3.5l7 6V17h-4.8v-4.5H7.8V17H3z"/>',
    "report": '<path d="M4.5 2.5h11v15h-11z"/><path d="M7.5 6h5M7.5 9h5"/><circle cx="11.5" cy="13.5" r="1.6"/>',
    # actions
    "upload": '<path d="M10 13V3.5M6 7.3l4-4 4 4M3 13v4h14v-4"/>',
    "download": '<path d="M10 3.5V13M6 9.2l4 4 4-4M3 13v4h14v-4"/>',
    "search": '<circle cx="8.8" cy="8.8" r="5.8"/><path d="m13 13 4.5 4.5"/>',
    "check": '<path d="m4 10.5 4 4 8.2-9"/>',
    "close": '<path d="m5 5 10 10M15 5 5 15"/>',
    "add": '<path d="M10 4v12M4 10h12"/>',
    "arrow": '<path d="M3.5 10h13M11.5 5l5 5-5 5"/>',
    "back": '<path d="M16.5 10h-13M8.5 5l-5 5 5 5"/>',
    "open": '<path d="M11.5 3.5h5v5M16.5 3.5l-7 7M14.5 11.5v5h-11v-11h5"/>',
    "down": '<path d="m5 7.5 5 5 5-5"/>',
    "sort": '<path d="m6.5 8 3.5-4 3.5 4M6.5 12l3.5 4 3.5-4"/>',
    "ascending": '<path d="m6 12.5 4-5 4 5"/>',
    "descending": '<path d="m6 7.5 4 5 4-5"/>',
    "pause": '<path d="M7 4.5v11M13 4.5v11"/>',
    "keyboard": '<path d="M2 5.5h16v9H2z"/><path d="M5 8.5v.1M8.3 8.5v.1M11.6 8.5v.1M15 8.5v.1M6.5 11.8h7"/>',
    "theme": '<circle cx="10" cy="10" r="7"/><path d="M10 3v14a7 7 0 0 0 0-14Z" fill="currentColor"/>',
    "language": '<circle cx="10" cy="10" r="7.5"/><path d="M2.5 10h15M10 2.5c5 5 5 10 0 15M10 2.5c-5 5-5 10 0 15"/>',
    "logout": '<path d="M12 6V3.5H3.5v13H12V14M8 10h9M13.8 6.7 17 10l-3.2 3.3"/>',
}


def icon_svg(name: str, label: str = "") -> SafeString:
    """The icon as inline SVG: hidden from screen readers, or an image named ``label``.

    Raises ``KeyError`` for a name that is not drawn, so that a slip is seen at once.
    """
    drawing = mark_safe(ICONS[name])  # noqa: S308 - a constant of this module
    if label:
        return format_html('<svg class="icon" viewBox="0 0 20 20" role="img" aria-label="{}">{}</svg>', label, drawing)
    return format_html('<svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">{}</svg>', drawing)
