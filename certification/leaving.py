"""Logging out, as the browser of a shared machine should take it."""

from allauth.account import views
from django.http import HttpRequest, HttpResponseBase

EMPTIED = '"cache"'
"""Not "storage": it would take along what was written without network and is not sent yet. Pages that a worker kept are
emptied by the page that comes next (``static/js/offline.js``)."""


def log_out(request: HttpRequest) -> HttpResponseBase:
    response: HttpResponseBase = views.logout(request)
    if request.method == "POST":
        response.headers["Clear-Site-Data"] = EMPTIED
    return response
