"""The components as template tags; ``/styleguide/`` shows each of them in every state.

A tag chooses words, icons and hues and does no more: what it shows is built by the views and selectors.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django import template
from django.contrib.messages.storage.base import Message
from django.core.paginator import Page
from django.forms import BaseForm, BoundField
from django.http import HttpRequest
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

from assessments.web import components as views
from assessments.web.icons import icon_svg
from assessments.web.looks import (
    EVIDENCE_ICONS,
    LEVELS,
    MESSAGE_TONES,
    STATES,
    TONE_ICONS,
    Look,
    outcome_look,
)
from assessments.web.templatetags import evidence
from assessments.web.typography import breakable, duration_words, moment_words

register = template.Library()
register.tags.update(evidence.register.tags)
register.filter(breakable)


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    return icon_svg(name, label)


@register.inclusion_tag("components/button.html")
def button(
    label: str,
    kind: str = "secondary",
    icon: str = "",
    url: str = "",
    name: str = "",
    value: str = "",
    dialog: str = "",
    form: str = "",
    disabled: bool = False,
) -> dict[str, Any]:
    """``kind``: primary, secondary, quiet, danger. A link with ``url``, opens ``dialog`` by id, else submits."""
    return {
        "label": label, "kind": kind, "icon": icon, "url": url, "name": name, "value": value,
        "dialog": dialog, "form": form, "disabled": disabled,
    }  # fmt: skip


@register.inclusion_tag("components/link.html")
def link(label: str, url: str, icon: str = "", external: bool = False) -> dict[str, Any]:
    return {"label": label, "url": url, "icon": icon, "external": external}


@register.filter
def message_tone(message: Message) -> str:
    """The hue of a message of ``django.contrib.messages``."""
    return MESSAGE_TONES.get(message.level_tag, "neutral")


# Forms


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, width: str = "full") -> dict[str, Any]:
    """``width``: full, half, short. The help text and the errors are those of the form's field.

    A form of which nothing is asked for says ``marks_optional = False``: no field of it is then marked as optional.
    """
    widget = bound.field.widget
    kind = getattr(widget, "input_type", "") or type(widget).__name__.lower()
    return {
        "field": bound,
        "width": width,
        "single_box": kind == "checkbox" and not bound.use_fieldset,
        "grouped": bound.use_fieldset,
        "optional": not bound.field.required and getattr(bound.form, "marks_optional", True),
        "secret": kind == "password",
    }


@register.inclusion_tag("components/error_summary.html")
def error_summary(form: BaseForm) -> dict[str, Any]:
    return {"form": form, "bound_errors": [bound for bound in form if bound.errors]}


@register.inclusion_tag("components/upload.html", takes_context=True)
def upload(
    context: Context,
    start_url: str,
    action: str,
    label: str,
    help: str = "",
    accept: str = "",
    name: str = "archive",
) -> dict[str, Any]:
    """A resumable upload (contract in ``static/js/upload.js``); without script a plain multipart POST to ``action``."""
    return {
        "start_url": start_url, "action": action, "label": label, "help": help, "accept": accept, "name": name,
        "csrf_token": context.get("csrf_token"), "request": context.get("request"),
    }  # fmt: skip


@register.inclusion_tag("components/autosave_status.html")
def autosave_status() -> dict[str, Any]:
    """Where a form with ``data-autosave`` says what it saved (contract in ``static/js/autosave.js``)."""
    return {}


# States


def _badge(look: Look, label: str = "") -> dict[str, Any]:
    return {"label": label or look.label, "icon": look.icon, "tone": look.tone}


@register.inclusion_tag("components/badge.html")
def badge(label: str, tone: views.Tone = "neutral", icon: str = "") -> dict[str, Any]:
    return {"label": label, "tone": tone, "icon": icon or TONE_ICONS[tone]}


@register.inclusion_tag("components/badge.html")
def state_badge(state: str, of: str = "work") -> dict[str, Any]:
    """``of``: a key of ``looks.STATES``. Raises ``KeyError`` for a state without a word."""
    return _badge(STATES[of][str(state)])


@register.inclusion_tag("components/badge.html")
def outcome_badge(outcome: str, cause: str = "") -> dict[str, Any]:
    return _badge(outcome_look(str(outcome), str(cause or "")))


@register.inclusion_tag("components/badge.html")
def level_badge(level: views.Level | str) -> dict[str, Any]:
    """A level of an edition's own scale, or the code of one of the default scale."""
    if isinstance(level, views.Level):
        return {"label": level.label, "icon": TONE_ICONS[level.tone], "tone": level.tone}
    return _badge(LEVELS[str(level)])


@register.inclusion_tag("components/check_result.html")
def check_result(result: views.CheckResultView, open: bool = False) -> dict[str, Any]:
    look = outcome_look(result.outcome, result.cause)
    shown = [(EVIDENCE_ICONS[item.kind], item) for item in result.evidence]
    return {"result": result, "look": look, "evidence": shown, "open": open}


@register.inclusion_tag("components/criterion_row.html")
def criterion_row(criterion: views.CriterionView) -> dict[str, Any]:
    levels = [(key, level, TONE_ICONS[level.tone]) for key, level in enumerate(criterion.levels, start=1)]
    return {"criterion": criterion, "levels": levels}


@register.inclusion_tag("components/bloc_progress.html")
def bloc_progress(progress: views.BlocProgress, label: str = "") -> dict[str, Any]:
    counts = [
        ("met", progress.met),
        ("not_met", progress.not_met),
        ("undecided", progress.undecided),
        ("platform", progress.platform),
        ("pending", progress.waiting),
    ]
    parts, offset = [], 0.0
    for outcome, count in counts:
        if count:
            width = 100 * count / progress.total
            look = outcome_look("error", "platform") if outcome == "platform" else outcome_look(outcome)
            parts.append({"look": look, "count": count, "x": f"{offset:.2f}", "width": f"{width:.2f}"})
            offset += width
    return {"progress": progress, "parts": parts, "label": label}


# Lists


@register.inclusion_tag("components/sort_header.html", takes_context=True)
def sort_header(context: Context, label: str, name: str, numeric: bool = False) -> dict[str, Any]:
    """A ``<th>`` whose link sorts by ``name``, then the other way round; the rest of the query string is kept."""
    request: HttpRequest = context["request"]
    current = request.GET.get("sort", "")
    direction = {name: "ascending", f"-{name}": "descending"}.get(current, "")
    query = request.GET.copy()
    query["sort"] = f"-{name}" if direction == "ascending" else name
    query.pop("page", None)
    return {"label": label, "direction": direction, "query": query.urlencode(), "numeric": numeric}


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: Context, page: Page[Any]) -> dict[str, Any]:
    """Links to the pages around; the rest of the query string is kept."""
    query = context["request"].GET.copy()
    query.pop("page", None)
    kept = query.urlencode()
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {"page": page, "numbers": list(numbers), "prefix": f"?{kept}&page=" if kept else "?page="}


@register.simple_block_tag(takes_context=True)
def listing(
    context: Context,
    content: SafeString,
    page: Page[Any],
    caption: str,
    empty: str,
    text: str = "",
    icon: str = "file",
    kind: str = "",
) -> SafeString:
    """``{% listing page caption="…" empty="…" %}<thead>…<tbody>…{% endlisting %}``: a page of a long table.

    Rows become cards on a phone: each cell but the row's header names its column in ``data-label``. Without a row,
    ``empty`` and ``text`` say so and what to do. ``kind``: a class of the table's own.
    """
    shown = {"page": page, "caption": caption, "content": content, "kind": kind, "request": context["request"]}
    shown |= {"empty": empty, "text": text, "icon": icon}
    return SafeString(render_to_string("components/listing.html", shown))


@register.inclusion_tag("components/filters.html")
def filters(fields: Sequence[views.FilterField], target: str = "", kept: str = "") -> dict[str, Any]:
    """A GET form. With ``target`` (a CSS selector) results are exchanged in place; ``kept`` is the sort to keep."""
    active = any(item.value for item in fields)
    return {"fields": fields, "target": target, "kept": kept, "active": active}


@register.inclusion_tag("components/empty_state.html")
def empty_state(
    title: str, text: str = "", icon: str = "file", action_label: str = "", action_url: str = ""
) -> dict[str, Any]:
    return {
        "title": title,
        "text": text,
        "icon": icon,
        "action_label": action_label,
        "action_url": action_url,
    }


@register.inclusion_tag("components/stat_tiles.html")
def stat_tiles(tiles: Sequence[views.StatTile]) -> dict[str, Any]:
    return {"tiles": tiles}


@register.inclusion_tag("components/timeline.html")
def timeline(entries: Sequence[views.TimelineEntry]) -> dict[str, Any]:
    return {"entries": entries}


# Frame


@register.inclusion_tag("components/breadcrumb.html")
def breadcrumb(crumbs: Sequence[views.Crumb] | None) -> dict[str, Any]:
    return {"crumbs": crumbs or ()}


@register.inclusion_tag("components/tabs.html")
def tabs(items: Sequence[views.TabItem], label: str) -> dict[str, Any]:
    """Views of one object as links; ``label`` names the set for screen readers."""
    return {"items": items, "label": label}


@register.inclusion_tag("components/toast.html")
def toast(text: str, tone: views.Tone = "neutral") -> dict[str, Any]:
    return {"text": text, "tone": tone, "icon": TONE_ICONS[tone]}


@register.simple_block_tag
def dialog(content: SafeString, id: str, title: str, confirm: str = "", danger: bool = False) -> SafeString:
    """``{% dialog id="…" title="…" confirm="Renvoyer" %}…{% enddialog %}``: opened by a button or ``data-confirm``."""
    context = {"id": id, "title": title, "content": content, "confirm": confirm, "danger": danger}
    return SafeString(render_to_string("components/dialog.html", context))


@register.simple_block_tag
def notice(content: SafeString, tone: views.Tone = "neutral", title: str = "") -> SafeString:
    """``{% notice tone="platform" title="…" %}…{% endnotice %}``: something to know before going on."""
    context = {"content": content, "tone": tone, "title": title, "icon": TONE_ICONS[tone]}
    return SafeString(render_to_string("components/notice.html", context))


@register.inclusion_tag("components/person.html")
def person(who: views.PersonView) -> dict[str, Any]:
    return {"who": who}


@register.simple_tag
def moment(value: date | datetime | None) -> SafeString | str:
    """A ``<time>``; a dash when there is none yet."""
    if value is None:
        return "–"
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), moment_words(value))


@register.simple_tag
def duration(seconds: float | None) -> SafeString | str:
    if seconds is None:
        return "–"
    return format_html('<time datetime="PT{}S">{}</time>', f"{seconds:.3f}", duration_words(seconds))
