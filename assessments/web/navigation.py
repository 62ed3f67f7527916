"""The rail: where each role can go. A context processor, so that every page carries it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

THEMES: Final = ("light", "dark")
ANYONE: Final = "anyone"
SHARED: Final = ("web:work", "web:submission")
"""A work and its versions, that the candidate, the mentor, the jury and the administrator open."""

SITTING: Final = ("web:admin_plan", "web:admin_sitting", "web:seats")
HABILITATION: Final = ("web:admin_habilitation_end",)


@dataclass(frozen=True, slots=True)
class Destination:
    """A line of the rail: shown to ``role``, or to whoever is logged in.

    ``leads_to`` names pages that stand elsewhere and that people reach from there.
    """

    role: str
    label: StrPromise
    icon: str
    url_name: str
    leads_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NavigationItem:
    label: StrPromise
    icon: str
    url: str
    current: bool


DESTINATIONS: Final[tuple[Destination, ...]] = (
    Destination("candidate", _("Mes blocs"), "bloc", "web:candidate_home", (*SHARED, "web:appeal")),
    Destination("candidate", _("Convocations"), "calendar", "web:convocations"),
    Destination("mentor", _("À relire"), "mentor", "web:mentor_home", SHARED),
    Destination("juror", _("Aujourd’hui"), "jury", "web:juror_home", SHARED),
    Destination("juror", _("Disponibilités"), "clock", "web:juror_hours"),
    Destination("administrator", _("Sessions"), "calendar", "web:admin_sessions", (*SHARED, *SITTING)),
    Destination("administrator", _("Recours"), "appealed", "web:admin_appeals", ("web:appeal",)),
    Destination("administrator", _("Référentiels"), "referential", "web:admin_referentials"),
    Destination("administrator", _("Personnes"), "people", "web:admin_people", HABILITATION),
    Destination("administrator", _("Évaluations"), "run", "web:admin_runs"),
    Destination(ANYONE, _("Profil"), "person", "web:profile"),
)


def _resolve(url_name: str) -> str:
    """Empty when the installation does not serve that page; a test proves that ours serves them all."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


def items_for(roles: Iterable[str], path: str) -> list[NavigationItem]:
    """The lines for these roles, in the order of the rail; the one with the longest matching URL is current.

    A page that several roles share is under the line of the reader's role; under none for who holds several of them.
    """
    held = {*roles, ANYONE}
    targets = [(item, _resolve(item.url_name)) for item in DESTINATIONS if item.role in held]
    targets = [(item, url) for item, url in targets if url]
    current = max((url for _item, url in targets if path.startswith(url)), key=len, default=None)
    if current is None:
        leading = [url for item, url in targets if any(path.startswith(_under(name)) for name in item.leads_to)]
        current = leading[0] if len(leading) == 1 else None
    return [NavigationItem(item.label, item.icon, url, url == current) for item, url in targets]


def _under(url_name: str) -> str:
    """What the addresses of such pages begin with, before the key."""
    return reverse(url_name, kwargs={"pk": 0}).partition("0/")[0]


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context processor: ``navigation`` (the rail) and ``theme`` (the reader's choice, or empty for the system's)."""
    user = getattr(request, "user", None)
    theme = request.COOKIES.get("theme", "")
    known = user is not None and user.is_authenticated
    return {
        "navigation": items_for(getattr(user, "roles", ()), request.path) if known else [],
        "theme": theme if theme in THEMES else "",
    }
