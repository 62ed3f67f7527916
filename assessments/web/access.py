"""Who gets in, and how a refusal is told. Views stay thin: parse, fetch, call one service or selector, render."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from assessments.models import Role, User
from assessments.services.errors import Busy, Denied, Refused, conflicts_refused
from certification.clients import wants_json

View = Callable[..., HttpResponseBase]
AnyModel = TypeVar("AnyModel", bound=Model)


class Request(HttpRequest):
    """A request that has passed ``member`` or ``role_required``: its user is a person of ours."""

    user: User  # never anonymous behind the decorators
    htmx: Any  # django_htmx.middleware.HtmxDetails


def member(view: View) -> View:
    """Anyone logged in; others are led to the door, a script is told (401).

    Refusals of the services become a message where the person was (see ``_explain``).
    """

    @wraps(view)
    def inner(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            with conflicts_refused():
                return view(request, *args, **kwargs)
        except Denied as denied:
            raise PermissionDenied(str(denied)) from denied
        except Refused as refused:
            return _explain(request, refused)

    entered = login_required(inner)

    @wraps(view)
    def outer(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if wants_json(request) and not request.user.is_authenticated:
            sentence = _("Votre session est terminée : connectez-vous de nouveau. Rien n’est perdu, tout reste ici.")
            return JsonResponse({"code": "login", "detail": sentence}, status=401)
        return entered(request, *args, **kwargs)

    return outer


def role_required(*roles: Role) -> Callable[[View], View]:
    """People who hold one of ``roles``; others get 403."""

    def decorate(view: View) -> View:
        @wraps(view)
        def inner(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not any(request.user.has_role(role) for role in roles):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return member(inner)

    return decorate


def get_visible(visible: QuerySet[AnyModel], **lookup: Any) -> AnyModel:
    """The object among those visible to the user, else 404: out of sight does not exist."""
    return get_object_or_404(visible, **lookup)


def back(request: HttpRequest, default: str = "web:home") -> HttpResponse:
    """Redirect to where the form said it came from, if that is one of our pages."""
    target = request.POST.get("next") or request.headers.get("referer") or ""
    if url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        return HttpResponseRedirect(target)  # an address, whatever the names of our pages
    return redirect(default)


def _explain(request: Request, refused: Refused) -> HttpResponse:
    """A script gets 409 with the sentence; a person gets the sentence as a message on the page they came from.

    What is held for a moment is an outage (503) to a script, and to whoever only asked for a page.
    """
    if isinstance(refused, Busy) and (wants_json(request) or request.method in ("GET", "HEAD")):
        raise refused
    if wants_json(request):
        return JsonResponse({"code": refused.code, "detail": str(refused), **refused.params}, status=409)
    messages.error(request, str(refused))
    if request.htmx:
        response = HttpResponse(status=204)
        response["HX-Refresh"] = "true"
        return response
    return back(request)
