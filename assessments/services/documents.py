"""Issued documents: stored by content, numbered once, with what their hash was computed over."""

from __future__ import annotations

import hashlib

from django.db import transaction

from assessments.models import Decision, Document, DocumentContent
from assessments.models.decisions import DocumentKind
from assessments.services import journal, storage
from assessments.services.seals import seal_of


@transaction.atomic
def issue(*, kind: DocumentKind, decision: Decision, number: str, code: str, content: bytes, pdf: bytes) -> Document:
    """Store the PDF of a decision, its row and ``content``, the bytes that it was printed from.

    ``code`` is the verification code on the paper. A second delivery returns the document already issued.
    """
    existing = Document.objects.filter(kind=kind, decision=decision).first()
    if existing is not None:
        return existing
    document = Document(
        kind=kind,
        decision=decision,
        number=number,
        code=code,
        sha256=hashlib.sha256(pdf).hexdigest(),
        content_hash=hashlib.sha256(content).hexdigest(),
    )
    storage.keep_bytes(document.storage_key, pdf)
    document.save(force_insert=True)
    DocumentContent.objects.create(document=document, content=content)
    journal.record(None, "document.issued", document, number=number, sha256=document.sha256, seal=seal_of(document))
    return document
