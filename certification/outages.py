"""What the database could not do in time is told as that: what happened, whether anything was lost, what to do.

PostgreSQL bounds how long a request may wait for a lock, run a statement or leave a transaction open
(`certification/settings/roles.py`). The answer is 503: a script that saves or sends by itself tries again.
"""

import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.views.defaults import server_error as unnamed_error

from certification import space
from certification.clients import wants_json

RETRY_AFTER = 5  # seconds

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outage:
    """`code` is stable; the title and the sentence are for the screen, lazily translated."""

    code: str
    title: Any
    sentence: Any


BUSY = Outage(
    "outage.busy",
    _("Quelqu’un d’autre agit au même endroit"),
    _("Une autre action est en cours au même endroit : la vôtre n’a pas abouti. Recommencez dans quelques secondes."),
)
TOO_SLOW = Outage(
    "outage.too_slow",
    _("La réponse prenait trop de temps"),
    _(
        "La demande a été interrompue pour ne pas retenir les autres. Recommencez ; si cela dure, prévenez "
        "l’administration de votre session."
    ),
)
OUT_OF_REACH = Outage(
    "outage.database",
    _("Le registre ne répond pas pour l’instant"),
    _(
        "Rien de ce qui était enregistré n’est perdu. Recommencez dans une minute, après avoir vérifié si votre "
        "dernière action a été prise en compte."
    ),
)

# SQLSTATE of PostgreSQL, appendix A. 53300: too many connections; 57P: it shuts down or starts; 25P03: see `idle`.
STATES = {
    "55P03": BUSY,
    "40P01": BUSY,
    "40001": BUSY,
    "57014": TOO_SLOW,
    "25P03": TOO_SLOW,
    "53300": OUT_OF_REACH,
    "57P01": OUT_OF_REACH,
    "57P02": OUT_OF_REACH,
    "57P03": OUT_OF_REACH,
}


class Held(Exception):
    """Another act holds for a moment what this one needs: what a part of ours says that does not wait for it."""


def outage_of(error: BaseException | None) -> Outage | None:
    """What `error` tells of the database; None when it is another fault, which stays loud."""
    if isinstance(error, Held):
        return BUSY
    if not isinstance(error, OperationalError | InterfaceError):
        return None
    state = getattr(error.__cause__, "sqlstate", None)
    if state is None:  # no answer of a server: the connection was refused, lost, or closed before
        return OUT_OF_REACH
    return STATES.get(state) or (OUT_OF_REACH if state.startswith("08") else None)


def answer(request: HttpRequest, outage: Outage) -> HttpResponse:
    """503 with the outage's words: JSON for machines, else a page that asks nothing of the database."""
    response: HttpResponse
    if wants_json(request):
        response = JsonResponse({"code": outage.code, "detail": str(outage.sentence)}, status=503)
    else:
        words = {}
        for language in ("fr", "en"):
            with translation.override(language):
                words[language] = {"title": str(outage.title), "sentence": str(outage.sentence)}
        again = request.get_full_path() if request.method in ("GET", "HEAD") else ""
        response = HttpResponse(render_to_string("503.html", {"words": words, "again": again}), status=503)
    response["Retry-After"] = str(RETRY_AFTER)
    response["Cache-Control"] = "no-store"
    return response


class Outages:
    """Middleware: names what the database could not do for a view."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        outage = outage_of(error)
        if outage is None:
            return None
        logger.warning("%s %s: %s", request.method, request.path, outage.code)
        return answer(request, outage)


def server_error(request: HttpRequest) -> HttpResponse:
    """The handler of unexpected errors: also for what fails around the view, where sessions are read and kept."""
    error = sys.exc_info()[1]
    if space.is_full(error):
        return space.refusal(request)
    outage = outage_of(error)
    return unnamed_error(request) if outage is None else answer(request, outage)
