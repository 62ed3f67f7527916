"""Issued documents: the PDF for those who see the decision, the check of a number and its code for anyone."""

from __future__ import annotations

from typing import Any

from assessments.models import Document, DocumentContent
from assessments.models.decisions import DocumentKind
from assessments.services import storage
from tests.web.permissions import Row, Scene


def issued(scene: Scene) -> Document:
    """A small document of the scene's work, the same each time it is asked for."""
    there = Document.objects.filter(decision__work=scene.world.work).first()
    if there is not None:
        return there
    decision = scene.decision()
    document = Document.objects.create(
        kind=DocumentKind.EVALUATION_REPORT,
        decision=decision,
        number=f"RE-2026-{decision.pk:06d}",
        sha256="a" * 64,
        content_hash="b" * 64,
    )
    DocumentContent.objects.create(document=document, content=b"{}")
    storage.keep_bytes(document.storage_key, b"%PDF-1.7 essai")
    return document


def key(scene: Scene) -> dict[str, Any]:
    return {"pk": issued(scene).pk}


def number(scene: Scene) -> dict[str, Any]:
    return {"number": issued(scene).number}


def number_and_code(scene: Scene) -> dict[str, Any]:
    document = issued(scene)
    return {"number": document.number, "code": document.code}


ROWS = [
    Row("web:document", {"anonymous": 302, "stranger": 404}, kwargs=key, otherwise=200),
    Row("web:verify_form", {}, otherwise=200),
    Row("web:document_content", {"anonymous": 302, "stranger": 404}, kwargs=key, otherwise=200),
    Row("web:verify", {}, kwargs=number, otherwise=404),
    Row("web:verify_code", {}, kwargs=number_and_code, otherwise=200),
    Row("web:anchor_keys", {}, otherwise=200),
]
