"""What the administrator's pages share: crumbs, a session and its tabs, what a list was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from assessments.models import Session, User
from assessments.selectors.administration import session as reads
from assessments.selectors.administration import sessions as lists
from assessments.selectors.administration.references import lacking_names
from assessments.web.access import Request, get_visible
from assessments.web.components import Crumb, TabItem
from certification.referentials.models import Referential


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address of a list asks for; every field may be empty."""

    query: str
    sort: str
    page: str

    @classmethod
    def of(cls, request: Request) -> Asked:
        return cls(
            " ".join(request.GET.get("q", "").split())[:200], request.GET.get("sort", ""), request.GET.get("page", "1")
        )


def language() -> str:
    return (get_language() or "fr").split("-")[0]


def session_seen(request: Request, pk: int) -> Session:
    """With its edition. Raises Http404 out of sight."""
    return get_visible(Session.objects.visible_to(request.user).select_related("referential"), pk=pk)


def session_crumbs(session: Session | None = None, here: str = "") -> list[Crumb]:
    """Sessions / the session / where we are."""
    crumbs = [Crumb(_("Sessions"), reverse("web:admin_sessions"))]
    if session is not None:
        crumbs.append(Crumb(session.name, reverse("web:admin_session", args=[session.pk]) if here else ""))
    return [*crumbs, Crumb(here)] if here else crumbs


def session_frame(request: Request, session: Session, tab: str) -> dict[str, Any]:
    """What every tab of a session shows around its own content."""
    return {
        "page_title": session.name,
        "crumbs": session_crumbs(session),
        "session": session,
        "summary": lists.session_row(session, request.user),
        "tabs": _tabs(session, request.user, tab),
        "lacking": [] if tab == "references" else lacking_names(session),
    }


def _tabs(session: Session, user: User, current: str) -> list[TabItem]:
    counts = reads.tab_counts(session, user)
    tabs = (
        ("enrolments", _("Inscriptions"), "web:admin_session"),
        ("works", _("Travaux"), "web:admin_session_works"),
        ("sittings", _("Jurys"), "web:admin_session_juries"),
        ("planning", _("Planning"), "web:admin_planning"),
        ("references", _("Données"), "web:admin_references"),
        ("similarities", _("Similitudes"), "web:admin_session_similarities"),
    )
    return [
        TabItem(label, reverse(name, args=[session.pk]), key == current, counts.get(key)) for key, label, name in tabs
    ]


def referential_crumbs(here: str, referential: Referential | None = None) -> list[Crumb]:
    """Référentiels / the edition, if one is named / where we are."""
    crumbs = [Crumb(_("Référentiels"), reverse("web:admin_referentials"))]
    if referential is not None:
        crumbs.append(Crumb(str(referential), reverse("web:admin_referential", args=[referential.pk])))
    return [*crumbs, Crumb(here)]


def refreshed() -> HttpResponse:
    """What was watched has ended well: the script asks for the whole page again."""
    response = HttpResponse(status=204)
    response["HX-Refresh"] = "true"
    return response
