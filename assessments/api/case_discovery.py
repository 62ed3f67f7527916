"""The discovery document of the CASE 1.1 binding: what is served here, as an OpenAPI 3 description."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assessments.api.case_queries import DEFAULT_LIMIT, FIELDS, SORTABLE
from certification.referentials.case_form import ROOT

Object = dict[str, Any]
ONE: Mapping[str, tuple[str, str]] = {
    "CFDocuments": ("getCFDocument", "A published edition."),
    "CFPackages": ("getCFPackage", "A published edition with everything in it."),
    "CFItems": ("getCFItem", "A bloc, an activity, a competency, a criterion, an assessment, a deliverable…"),
    "CFItemAssociations": ("getCFItemAssociations", "An item with every association from or to it."),
    "CFAssociations": ("getCFAssociation", "A link between two items, or an item and its document."),
    "CFRubrics": ("getCFRubric", "The grid of a bloc: its criteria and the levels of the marking scale."),
    "CFItemTypes": ("getCFItemType", "A kind of item."),
    "CFConcepts": ("getCFConcept", "A kind of assessment or of deliverable."),
    "CFSubjects": ("getCFSubject", "A code of the nomenclatures under which a certification is registered."),
    "CFLicenses": ("getCFLicense", "The licence under which a référentiel is given."),
    "CFAssociationGroupings": ("getCFAssociationGrouping", "What a group of associations is for."),
}
"""The collections read one object at a time: (name of the operation in the standard, what is read)."""


def description(base_url: str) -> Object:
    """The document itself; `base_url` is the platform's address, without path."""
    paths = {f"/{name}/{{sourcedId}}": {"get": _one(*words)} for name, words in ONE.items()}
    return {
        "openapi": "3.0.3",
        "info": {
            "title": "Jalon: CASE 1.1",
            "version": "1.1",
            "description": "The published editions of the référentiels, read only, without an account.",
        },
        "servers": [{"url": f"{base_url.rstrip('/')}{ROOT}"}],
        "paths": {"/CFDocuments": {"get": _documents()}, **paths},
        "components": {"schemas": {"StatusInfo": _STATUS_INFO}},
    }


def _documents() -> Object:
    parameters = [
        _asked("limit", {"type": "integer", "minimum": 1, "default": DEFAULT_LIMIT}, "How many documents at most."),
        _asked("offset", {"type": "integer", "minimum": 0, "default": 0}, "How many documents to pass over."),
        _asked("sort", {"type": "string", "enum": list(SORTABLE)}, "The field that gives the order."),
        _asked("orderBy", {"type": "string", "enum": ["asc", "desc"], "default": "asc"}, "Upwards or downwards."),
        _asked("filter", {"type": "string"}, "title='…' AND language='fr'; =, !=, >, >=, <, <=, ~; all AND or all OR."),
        {
            **_asked("fields", {"type": "array", "items": {"type": "string", "enum": list(FIELDS)}}, "Fields to give."),
            "style": "form",
            "explode": False,
        },
    ]
    count = {"description": "Documents that the filter leaves.", "schema": {"type": "integer"}}
    links = {"description": "The other pages: first, prev, next, last.", "schema": {"type": "string"}}
    answer = {**_answer("The published editions."), "headers": {"X-Total-Count": count, "Link": links}}
    responses = {"200": answer, "400": _failure("What is asked cannot be.")}
    return {"operationId": "getAllCFDocuments", "parameters": parameters, "responses": responses}


def _one(operation: str, what: str) -> Object:
    identifier = {
        "name": "sourcedId",
        "in": "path",
        "required": True,
        "description": "The identifier of the object.",
        "schema": {"type": "string", "format": "uuid"},
    }
    responses = {"200": _answer(what), "404": _failure("No object in force has this identifier, or it is no UUID.")}
    return {"operationId": operation, "parameters": [identifier], "responses": responses}


def _asked(name: str, schema: Object, what: str) -> Object:
    return {"name": name, "in": "query", "required": False, "description": what, "schema": schema}


def _answer(what: str) -> Object:
    return {"description": what, "content": {"application/json": {"schema": {"type": "object"}}}}


def _failure(what: str) -> Object:
    schema = {"$ref": "#/components/schemas/StatusInfo"}
    return {"description": what, "content": {"application/json": {"schema": schema}}}


_MINOR = {
    "type": "object",
    "required": ["imsx_codeMinorFieldName", "imsx_codeMinorFieldValue"],
    "properties": {"imsx_codeMinorFieldName": {"type": "string"}, "imsx_codeMinorFieldValue": {"type": "string"}},
}
_STATUS_INFO = {
    "type": "object",
    "required": ["imsx_codeMajor", "imsx_severity"],
    "properties": {
        "imsx_codeMajor": {"type": "string", "enum": ["failure", "unsupported"]},
        "imsx_severity": {"type": "string", "enum": ["error"]},
        "imsx_description": {"type": "string"},
        "imsx_codeMinor": {
            "type": "object",
            "required": ["imsx_codeMinorField"],
            "properties": {"imsx_codeMinorField": {"type": "array", "items": _MINOR}},
        },
    },
}
