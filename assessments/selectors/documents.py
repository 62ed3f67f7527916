"""Issued documents: the one to hand over, and what anyone may know of a number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from assessments.models import Document


@dataclass(frozen=True, slots=True)
class Verification:
    """What is told to whoever holds a number: enough to compare with the paper, nothing to find a person by.

    ``initials`` are the candidate's; ``current`` is false when a later decision replaced the one documented.
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


def verification_of(number: str) -> Verification | None:
    """The document of that number as anyone may see it; None when there is none."""
    document = (
        Document.objects.filter(number=number)
        .select_related(
            "decision__bloc", "decision__superseded_by", "decision__work__enrolment__candidate",
            "decision__work__enrolment__session__referential__certification",
        )
        .first()
    )  # fmt: skip
    if document is None:
        return None
    decision = document.decision
    enrolment = decision.work.enrolment
    return Verification(
        number=document.number,
        kind=str(document.get_kind_display()),
        decided_at=decision.decided_at,
        certification=enrolment.session.referential.certification.title,
        bloc=str(decision.bloc or decision.work.assessment),
        acquired=decision.outcome == "acquired",
        initials=initials(enrolment.candidate.full_name),
        content_hash=document.content_hash,
        sha256=document.sha256,
        current=not hasattr(decision, "superseded_by"),
    )


def initials(name: str) -> str:
    """« Anne-Marie de La Tour » gives « A.-M. d. L. T. »; what stands in brackets is no name."""
    words = [word for word in name.split() if word[0].isalpha()]
    return " ".join("-".join(f"{part[0]}." for part in word.split("-") if part) for word in words)
