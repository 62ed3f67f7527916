"""The slides of a talk: delivered, and in a number that its duration can bear."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from evaluator.checks import _documents
from evaluator.checks.base import Check
from evaluator.facts.base import Facts
from evaluator.results import Evidence, EvidenceKind, Finding, Message, Outcome

_NAMED = re.compile(r"presentation|soutenance|slides?|diapo|support|defen[cs]e|pitch|keynote")
_OTHER_FORMATS = frozenset({".ppt", ".odp", ".key", ".pps", ".ppsx"})
_LANDSCAPE = 0.8  # share of the pages of a PDF that is a set of slides
_SHOWN = 12
# A talk at two minutes a slide and one at thirty seconds a slide are both heard; beyond, a person judges.
_FEWEST, _MOST = 0.5, 2.0


def present(facts: Facts, params: Mapping[str, Any]) -> Finding:
    """Slides are there (PowerPoint, or a PDF of landscape pages) and their number fits the duration of the talk."""
    documents = facts["documents"]
    paths = _slides(documents, params.get("document"))
    if not paths:
        return _not_found(facts, params.get("document"))
    path = paths[0]
    fact = documents[path]
    if fact["error"]:
        return _documents.unreadable(path, fact)
    return _counted(path, fact, params)


def _counted(path: str, fact: Mapping[str, Any], params: Mapping[str, Any]) -> Finding:
    count, minutes, most = fact["count"], params.get("minutes"), params.get("max_slides")
    told = {"path": path, "slides": count, "minutes": minutes, "limit": most}
    evidence = [_documents.page(path, fact, page) for page in fact["pages"]][:_SHOWN]
    if most is not None and count > most:
        return Finding(Outcome.NOT_MET, Message("slides.present.not_met_more", told), evidence)
    if minutes is not None and not minutes * _FEWEST <= count <= minutes * _MOST:
        return Finding(Outcome.UNDECIDED, Message("slides.present.undecided_count", told), evidence)
    code = "met" if minutes is None else "met_minutes"
    return Finding(Outcome.MET, Message(f"slides.present.{code}", told), evidence)


def _slides(documents: Mapping[str, Any], pattern: str | None) -> list[str]:
    """What looks like slides, the most likely first: named as such, PowerPoint before PDF."""
    if pattern:
        return _documents.matching(documents, pattern)
    found = [path for path, fact in documents.items() if _looks_like_slides(fact)]
    return sorted(found, key=lambda path: _likelihood(path, documents[path]))


def _likelihood(path: str, fact: Mapping[str, Any]) -> tuple[bool, bool, bool]:
    """Sorts what could be read first, then what is named as slides, then PowerPoint."""
    return bool(fact["error"]), not _documents.is_named(path, _NAMED), fact["kind"] != "pptx"


def _looks_like_slides(fact: Mapping[str, Any]) -> bool:
    if fact["kind"] == "pptx":
        return True
    pages = fact["pages"]
    return len(pages) > 1 and sum(page["landscape"] for page in pages) >= _LANDSCAPE * len(pages)


def _not_found(facts: Facts, pattern: str | None) -> Finding:
    """A format that is not read, a PDF that could not be, or one of another shape named as slides is for a person."""
    others = [item for item in facts["files"] if PurePosixPath(item["path"]).suffix.lower() in _OTHER_FORMATS]
    if others and not pattern:
        files = [Evidence(EvidenceKind.FILE, item["path"], sha256=item["sha256"]) for item in others[:5]]
        return Finding(Outcome.UNDECIDED, Message("slides.present.undecided_format", {"path": files[0].path}), files)
    unopened = _documents.unopened(facts["documents"]) if not pattern else []
    if unopened:
        message = Message("slides.present.undecided_unread", {"paths": unopened[:10]})
        return Finding(Outcome.UNDECIDED, message, _documents.files(unopened, facts["documents"]))
    named = [path for path in facts["documents"] if _documents.is_named(path, _NAMED)] if not pattern else []
    if named:
        files = [_documents.file(path, facts["documents"][path]) for path in named[:5]]
        return Finding(Outcome.UNDECIDED, Message("slides.present.undecided_shape", {"path": named[0]}), files)
    return Finding(Outcome.NOT_MET, Message("slides.present.not_met"))


CHECKS: tuple[Check, ...] = (
    Check(
        "slides.present",
        2,
        "document",
        {"fr": "Support de présentation", "en": "Slides of the talk"},
        ("documents", "files"),
        present,
        {
            "type": "object",
            "properties": {
                "minutes": {"type": "integer", "minimum": 1, "maximum": 240},
                "max_slides": {"type": "integer", "minimum": 1, "maximum": 500},
                "document": _documents.DOCUMENT_PARAMETER,
            },
            "additionalProperties": False,
        },
    ),
)

MESSAGES: dict[str, dict[str, str]] = {
    "slides.present.met": {
        "fr": "{path} est un support de {slides:diapositive|diapositives}.",
        "en": "{path} is a set of {slides:slide|slides}.",
    },
    "slides.present.met_minutes": {
        "fr": "{path} est un support de {slides:diapositive|diapositives}, pour {minutes:minute|minutes} de parole.",
        "en": "{path} is a set of {slides:slide|slides}, for a talk of {minutes:minute|minutes}.",
    },
    "slides.present.undecided_count": {
        "fr": "{path} est un support de {slides:diapositive|diapositives} pour {minutes:minute|minutes} de parole : "
        "à une personne de juger si cela convient.",
        "en": "{path} is a set of {slides:slide|slides} for a talk of {minutes:minute|minutes}: whether that suits is "
        "for a person to judge.",
    },
    "slides.present.not_met_more": {
        "fr": "{path} est un support de {slides:diapositive|diapositives}, pour {limit} au plus.",
        "en": "{path} is a set of {slides:slide|slides}, {limit} at most are allowed.",
    },
    "slides.present.undecided_format": {
        "fr": "{path} est peut-être le support, dans un format qui n’est pas lu. Un PDF ou un .pptx permettrait de "
        "trancher.",
        "en": "{path} may be the slides, in a format that is not read. A PDF or a .pptx would settle it.",
    },
    "slides.present.undecided_unread": {
        "fr": "Aucun support de présentation n’a été trouvé parmi les documents lus. Il est peut-être dans ce qui n’a "
        "pas pu être lu : {paths}.",
        "en": "No slides were found among the documents that were read. They may be what could not be read: {paths}.",
    },
    "slides.present.undecided_shape": {
        "fr": "{path} porte le nom d’un support de présentation, mais ses pages ne sont pas au format paysage.",
        "en": "{path} is named as slides, but its pages are not in landscape.",
    },
    "slides.present.not_met": {
        "fr": "Aucun support de présentation (PowerPoint, ou PDF au format paysage) n’a été trouvé dans le dépôt.",
        "en": "No slides (PowerPoint, or a PDF in landscape) were found in the submission.",
    },
}
