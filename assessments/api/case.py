"""The REST binding of CASE 1.1 (1EdTech), read only and public: published editions, for Moodle, Canvas and others."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.urls import path, reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from assessments.api.case_queries import InvalidQuery, Page, page_of
from certification.referentials import case_library

app_name = "case"
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@require_safe
def documents(request: HttpRequest) -> JsonResponse:
    """The published editions: limit, offset, sort, orderBy, filter, fields; X-Total-Count and Link tell the rest."""
    every = [shelf.document for shelf in case_library.shelves(settings.JALON_BASE_URL)]
    try:
        page = page_of(every, request.GET.dict())
    except InvalidQuery as error:
        return _failure(400, error.minor, str(error))
    response = _answer({"CFDocuments": page.documents})
    response["X-Total-Count"] = str(page.total)
    response["Link"] = _links(request, page)
    return response


@require_safe
def one(request: HttpRequest, collection: str, identifier: str) -> JsonResponse:
    """One object of a collection, by its identifier."""
    return _found(case_library.found(settings.JALON_BASE_URL, collection, identifier), identifier)


@require_safe
def item_associations(request: HttpRequest, identifier: str) -> JsonResponse:
    """An item and every association from or to it."""
    return _found(case_library.associations_of(settings.JALON_BASE_URL, identifier), identifier)


def _found(answer: dict[str, Any] | None, identifier: str) -> JsonResponse:
    if not _UUID.fullmatch(identifier):
        return _failure(404, "invalid_uuid", "Invalid UUID")
    return _failure(404, "unknownobject", "Unknown Object") if answer is None else _answer(answer)


def _answer(content: dict[str, Any], status: int = 200) -> JsonResponse:
    return JsonResponse(content, status=status, json_dumps_params={"ensure_ascii": False})


def _failure(status: int, minor: str, description: str) -> JsonResponse:
    """An imsx_StatusInfo."""
    field = {"imsx_codeMinorFieldName": "sourcedId", "imsx_codeMinorFieldValue": minor}
    return _answer(
        {
            "imsx_codeMajor": "failure",
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
    asked = request.GET.dict()
    return ", ".join(
        f'<{start}?{urlencode(asked | {"limit": page.limit, "offset": offset})}>; rel="{name}"'
        for name, offset in offsets.items()
    )


urlpatterns = [
    path("CFDocuments", documents, name="documents"),
    path("CFItemAssociations/<identifier>", item_associations, name="item_associations"),
    *(
        path(f"{name}/<identifier>", one, {"collection": name}, name=name)
        for name in (
            "CFDocuments",
            "CFPackages",
            "CFItems",
            "CFAssociations",
            "CFRubrics",
            "CFItemTypes",
            # None of ours has any: they answer that the object is unknown, as the binding asks.
            "CFConcepts",
            "CFSubjects",
            "CFLicenses",
            "CFAssociationGroupings",
        )
    ),
]
