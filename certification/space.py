"""A full disk is said to be one, as ours and nobody else's fault."""

from __future__ import annotations

import errno
import logging
import os
import shutil
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from psycopg.errors import DiskFull

from certification.clients import wants_json

logger = logging.getLogger(__name__)

NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT})
INSUFFICIENT_STORAGE = 507
CODE = "storage.full"


def free_bytes() -> int:
    """What may still be written in the data folder."""
    return shutil.disk_usage(settings.DATA_DIR).free


def require_space(size: int = 0) -> None:
    """``size`` bytes may come and leave the floor untouched. Raises OSError(ENOSPC), as the disk itself would later."""
    if free_bytes() - size < settings.DISK_FLOOR_BYTES:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def is_full(error: BaseException | None) -> bool:
    """Whether the error, or what it came of, is a disk or a quota of ours without space left, PostgreSQL's included."""
    while error is not None:
        if isinstance(error, DiskFull) or (isinstance(error, OSError) and error.errno in NO_SPACE):
            return True
        error = error.__cause__ or error.__context__
    return False


class NamedWhenFull:
    """Answers 507 with a sentence wherever writing failed for want of space: in a view, or while a form was read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        return refusal(request) if getattr(request, "found_no_space", False) else response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return refusal(request) if is_full(error) else None


def refusal(request: HttpRequest) -> HttpResponse:
    """For a script JSON with its code, for a person a page; the reason goes to whoever runs the platform."""
    logger.error("no space left for %s: %d bytes are free", settings.DATA_DIR, free_bytes())
    sentence = _("La plateforme manque de place pour recevoir des fichiers. Vous n’y êtes pour rien et ne perdez rien.")
    if wants_json(request):
        return JsonResponse({"code": CODE, "detail": sentence}, status=INSUFFICIENT_STORAGE)
    return render(request, "507.html", {"sentence": sentence}, status=INSUFFICIENT_STORAGE)
