"""What mentors and jurors write piece by piece: each piece saved by script or by form, and answered accordingly."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from assessments.models import Line
from assessments.models.lines import key_of
from assessments.models.versions import Versioned
from assessments.services.errors import Denied, Refused
from assessments.services.versions import Stale
from assessments.web.access import Request
from assessments.web.assessing import answered, line_at
from certification.edges import whole_number

ON = "on"
"""What a ticked box sends."""


def no_words() -> Mapping[str, str]:
    return {}


def no_closing() -> str:
    return ""


def base_of(request: Request) -> int:
    """The version that the page showed when this was typed; 0 where it showed none."""
    return whole_number(request.POST.get("version", "")) or 0


@dataclass(frozen=True, slots=True)
class Writing:
    """``page`` is where it is written; ``closed`` says why nothing can be written any more, asked once that is refused.

    ``words`` gives the labels of the levels by code, for a conflict told without script.
    """

    page: str
    closed: Callable[[], str] = no_closing
    words: Callable[[], Mapping[str, str]] = no_words

    def keep_line(self, request: Request, key: str, save: Callable[[Line, str, str], object]) -> HttpResponse:
        """Save the level and the comment typed for a line; back to that line without script."""
        line = line_at(key)
        level, comment = answered(request, key_of(line))
        return self.keep(request, lambda: save(line, level, comment), key, f"-{key_of(line)}")

    def keep_comment(self, request: Request, save: Callable[[str], object], anchor: str) -> HttpResponse:
        """Save the general comment."""
        comment = request.POST.get("comment", "")
        return self.keep(request, lambda: save(comment), anchor)

    def keep(self, request: Request, save: Callable[[], object], anchor: str, suffix: str = "") -> HttpResponse:
        """Save, then answer by the contracts of ``static/js/autosave.js`` and ``kept.js``; without script, back to
        the page.

        The form calls each value by the name of its field, and ``suffix``.
        """
        if "X-Autosave" not in request.headers:
            return self._saved_plainly(request, save, anchor, suffix)
        try:
            saved = save()
        except Denied as denied:
            closed = self.closed()
            return JsonResponse({"detail": closed or str(denied)}, status=409 if closed else 403)
        except Stale as stale:
            return _told_to_a_script(stale, suffix)
        except Refused as refused:
            return JsonResponse({"code": refused.code, "detail": str(refused)}, status=422)
        if isinstance(saved, Versioned):
            return JsonResponse({"version": saved.version})
        return HttpResponse(status=204)

    def _saved_plainly(self, request: Request, save: Callable[[], object], anchor: str, suffix: str) -> HttpResponse:
        """Without script; what is refused comes back in a form of its own, for nothing typed is lost."""
        try:
            save()
        except Stale as stale:
            return self._both(request, stale, suffix)
        except Refused as refused:
            if refused.code != "text.too_long":
                raise
            return _typed_again(request, self.page, refused)
        messages.success(request, _("Enregistré."))
        return redirect(f"{self.page}#{anchor}")

    def _both(self, request: Request, stale: Stale, suffix: str) -> HttpResponse:
        """What was typed and what stands, side by side; the person chooses."""
        typed = [
            (name, value) for name, value in request.POST.items() if name not in ("csrfmiddlewaretoken", "version")
        ]
        words = self.words()
        theirs = _values(stale, suffix)
        context = {
            "page_title": _("Deux versions"),
            "sentence": str(stale),
            "version": stale.standing.version,
            "typed": typed,
            "mine": [words.get(str(value), str(value)) for _name, value in typed if value],
            "theirs": [words.get(value, value) for value in theirs.values() if value],
            "page": self.page,
        }
        return render(request, "web/assessing/both.html", context, status=409)


def _values(stale: Stale, suffix: str) -> dict[str, str]:
    """What stands, by the names of the form; a box that is not ticked is empty."""
    return {f"{name}{suffix}": _sent(value) for name, value in stale.standing.values.items()}


def _sent(value: Any) -> str:
    if isinstance(value, bool):
        return ON if value else ""
    return str(value)


def _told_to_a_script(stale: Stale, suffix: str) -> HttpResponse:
    standing = {"version": stale.standing.version, "values": _values(stale, suffix)}
    return JsonResponse({"code": stale.code, "detail": str(stale), "standing": standing}, status=409)


def _typed_again(request: Request, page: str, refused: Refused) -> HttpResponse:
    typed = [(name, value) for name, value in request.POST.items() if name != "csrfmiddlewaretoken"]
    context = {
        "page_title": _("Texte trop long"),
        "sentence": str(refused),
        "texts": [(name, value) for name, value in typed if name.startswith(("comment", "text"))],
        "others": [(name, value) for name, value in typed if not name.startswith(("comment", "text"))],
        "page": page,
    }
    return render(request, "web/assessing/too_long.html", context, status=422)
