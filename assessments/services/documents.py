"""Issued documents: stored by content, numbered once."""

from __future__ import annotations

import hashlib

from django.db import transaction

from assessments.models import Decision, Document
from assessments.models.decisions import DocumentKind
from assessments.services import journal, storage


@transaction.atomic
def issue(*, kind: DocumentKind, decision: Decision, number: str, content_hash: str, pdf: bytes) -> Document:
    """Store the PDF of a decision and its row; a second delivery returns the document already issued."""
    existing = Document.objects.filter(kind=kind, decision=decision).first()
    if existing is not None:
        return existing
    document = Document(
        kind=kind,
        decision=decision,
        number=number,
        sha256=hashlib.sha256(pdf).hexdigest(),
        content_hash=content_hash,
    )
    storage.keep_bytes(document.storage_key, pdf)
    document.save(force_insert=True)
    journal.record(None, "document.issued", document, number=number, sha256=document.sha256)
    return document
