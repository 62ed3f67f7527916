"""The worker that keeps a juror's pages on the device for minutes without network (``static/js/workers/jury.js``).

It is served from ``/jury/``, which is all that it may look after: no header widens its scope.
"""

from __future__ import annotations

import json

from django.conf import settings
from django.http import HttpResponse
from django.templatetags.static import static
from django.urls import path
from django.views.decorators.http import require_GET

from assessments.models import Role, User
from assessments.web.access import Request, role_required

KEPT_FOR = "Jalon-Kept-For"
"""The header by which a page says that the worker may keep it, and for whom. Without it nothing is kept."""


def keepable(response: HttpResponse, user: User) -> HttpResponse:
    """Let the worker keep this page for this person; the browser's own memory still keeps nothing of it."""
    response.headers[KEPT_FOR] = str(user.pk)
    return response


@require_GET
@role_required(Role.JUROR)
def jury_worker(request: Request) -> HttpResponse:
    """A line that names the script of this release, and how long a page is kept: as long as a session lasts."""
    script = json.dumps(static("js/workers/jury.js"))
    body = f"self.HOURS = {settings.SESSION_HOURS};\nimportScripts({script});\n"
    response = HttpResponse(body, content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = "private, no-cache"
    return response


urlpatterns = [path("jury/hors-ligne.js", jury_worker, name="jury_worker")]
