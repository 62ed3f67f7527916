"""Issued documents: the one to hand over, and what anyone may know of a paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from secrets import compare_digest

from assessments.domain.codes import read_code
from assessments.models import Document, DocumentContent


@dataclass(frozen=True, slots=True)
class Trace:
    """What the number alone tells, of a paper from before there were codes: its fingerprints, and of nobody."""

    number: str
    issued_at: datetime
    content_hash: str
    sha256: str
    current: bool


@dataclass(frozen=True, slots=True)
class Verification:
    """What is told to whoever holds a number and its code: enough to compare with the paper.

    Everything is named as on the paper. ``initials`` are the candidate's; ``current`` is false when a later decision
    replaced the one documented.
    """

    number: str
    kind: str
    decided_at: datetime
    certification: str
    bloc: str
    acquired: bool
    initials: str
    content_hash: str
    sha256: str
    current: bool


def trace_of(number: str) -> Trace | None:
    """The document of that number, if its paper bears no code; None for every other number, issued or not."""
    before = Document.objects.filter(code_on_paper=False).select_related("decision__superseded_by")
    document = before.filter(number=number).first()
    if document is None:
        return None
    return Trace(
        number=document.number,
        issued_at=document.created_at,
        content_hash=document.content_hash,
        sha256=document.sha256,
        current=not hasattr(document.decision, "superseded_by"),
    )


def verification_of(number: str, code: str) -> Verification | None:
    """The document of that number and code as anyone may see it; None where the two do not belong together.

    It is looked for by the code, which nobody guesses: whether the number exists changes nothing of the work.
    """
    document = (
        Document.objects.filter(code=read_code(code))
        .select_related(
            "decision__names", "decision__superseded_by"
        )
        .first()
    )  # fmt: skip
    if document is None or not compare_digest(document.number.encode(), number.encode()):
        return None
    decision = document.decision
    names = decision.names
    return Verification(
        number=document.number,
        kind=str(document.get_kind_display()),
        decided_at=decision.decided_at,
        certification=names.certification,
        bloc=names.bloc or names.assessment,
        acquired=decision.passed,
        initials=initials(names.candidate),
        content_hash=document.content_hash,
        sha256=document.sha256,
        current=not hasattr(decision, "superseded_by"),
    )


def content_of(document: Document) -> bytes | None:
    """The bytes that ``content_hash`` was computed over; None for a document whose content was not stored."""
    stored = DocumentContent.objects.filter(document=document).first()
    return bytes(stored.content) if stored else None


def initials(name: str) -> str:
    """« Anne-Marie de La Tour » gives « A.-M. d. L. T. »; what stands in brackets is no name."""
    words = [word for word in name.split() if word[0].isalpha()]
    return " ".join("-".join(f"{part[0]}." for part in word.split("-") if part) for word in words)
