"""The REST binding of CASE 1.1 (1EdTech), read only and public: published editions, for Moodle, Canvas and others."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.urls import path, re_path, reverse
from django.utils.http import urlencode
from django.views.decorators.csrf import csrf_exempt

from assessments.api import case_discovery
from assessments.api.case_queries import InvalidQuery, Page, page_of
from certification.referentials import case_library

app_name = "case"
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def read_only(view: Callable[..., JsonResponse]) -> Callable[..., JsonResponse]:
    """Answers to GET and HEAD, which pages of any origin may read: what is served is public."""

    @functools.wraps(view)
    def answer(request: HttpRequest, **kwargs: Any) -> JsonResponse:
        if request.method not in ("GET", "HEAD"):
            response = _failure(405, "forbidden", "Read only", major="unsupported")
            response["Allow"] = "GET, HEAD"
        else:
            response = view(request, **kwargs)
        response["Access-Control-Allow-Origin"] = "*"
        response["Access-Control-Expose-Headers"] = "X-Total-Count, Link"
        return response

    return csrf_exempt(answer)


@read_only
def documents(request: HttpRequest) -> JsonResponse:
    """The published editions: limit, offset, sort, orderBy, filter, fields; X-Total-Count and Link tell the rest."""
    every = [shelf.document for shelf in case_library.shelves(settings.JALON_BASE_URL)]
    try:
        page = page_of(every, _asked(request))
    except InvalidQuery as error:
        return _failure(400, error.minor, str(error))
    response = _answer({"CFDocuments": page.documents})
    response["X-Total-Count"] = str(page.total)
    response["Link"] = _links(request, page)
    return response


@read_only
def one(request: HttpRequest, collection: str, identifier: str) -> JsonResponse:
    """One object of a collection, by its identifier."""
    return _found(case_library.found(settings.JALON_BASE_URL, collection, identifier), identifier)


@read_only
def item_associations(request: HttpRequest, identifier: str) -> JsonResponse:
    """An item and every association from or to it."""
    return _found(case_library.associations_of(settings.JALON_BASE_URL, identifier), identifier)


@read_only
def discovery(request: HttpRequest) -> JsonResponse:
    """What the binding serves here."""
    return _answer(case_discovery.description(settings.JALON_BASE_URL))


@read_only
def nothing(request: HttpRequest) -> JsonResponse:
    """Any other address below the root."""
    return _failure(404, "unknownobject", "Unknown address")


def _asked(request: HttpRequest) -> dict[str, str]:
    """The query string; fields may be given one by one, or separated by commas."""
    return request.GET.dict() | {"fields": ",".join(request.GET.getlist("fields"))}


def _found(answer: dict[str, Any] | None, identifier: str) -> JsonResponse:
    if not _UUID.fullmatch(identifier):
        return _failure(404, "invalid_uuid", "Invalid UUID")
    return _failure(404, "unknownobject", "Unknown Object") if answer is None else _answer(answer)


def _answer(content: dict[str, Any], status: int = 200) -> JsonResponse:
    return JsonResponse(content, status=status, json_dumps_params={"ensure_ascii": False})


def _failure(status: int, minor: str, description: str, major: str = "failure") -> JsonResponse:
    """An imsx_StatusInfo."""
    field = {"imsx_codeMinorFieldName": "sourcedId", "imsx_codeMinorFieldValue": minor}
    return _answer(
        {
            "imsx_codeMajor": major,
            "imsx_severity": "error",
            "imsx_description": description,
            "imsx_codeMinor": {"imsx_codeMinorField": [field]},
        },
        status,
    )


def _links(request: HttpRequest, page: Page) -> str:
    """Where the other pages are."""
    last = max(0, (page.total - 1) // page.limit * page.limit)
    offsets = {"first": 0, "last": last}
    if page.offset + page.limit < page.total:
        offsets["next"] = page.offset + page.limit
    if page.offset > 0:
        offsets["prev"] = max(0, page.offset - page.limit)
    start = settings.JALON_BASE_URL + reverse("case:documents")
    asked = _asked(request)
    return ", ".join(
        f'<{start}?{urlencode(asked | {"limit": page.limit, "offset": offset})}>; rel="{name}"'
        for name, offset in offsets.items()
    )


urlpatterns = [
    path("CFDocuments", documents, name="documents"),
    path("CFItemAssociations/<identifier>", item_associations, name="item_associations"),
    *(
        path(f"{name}/<identifier>", one, {"collection": name}, name=name)
        for name in case_discovery.ONE
        if name != "CFItemAssociations"
    ),
    path("discovery/imscasev1p1_openapi3_v1p0.json", discovery, name="discovery"),
    re_path("", nothing, name="nothing"),
]
