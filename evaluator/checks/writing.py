"""What a written document holds: the topics that a criterion lists, and the passages that speak of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evaluator.checks import _documents, _words
from evaluator.checks.base import Check
from evaluator.facts.base import Facts
from evaluator.results import Evidence, Finding, Message, Outcome

_EVIDENCE = 20
_EXCERPT = 600


def topics(facts: Facts, params: Mapping[str, Any]) -> Finding:
    """Each topic, one of its wordings, stands in a heading or in the text of the documents."""
    documents = _written(facts, params.get("document"))
    if not documents:
        return Finding(Outcome.NOT_MET, Message("document.sections.not_met_none"))
    read = _documents.readable(documents)
    if not read:
        return _nothing_to_read("document.sections", documents)
    seen = {topic: _place(read, topic) for topic in params["topics"]}
    evidence = [place for place in seen.values() if place]
    missing = [_label(topic) for topic, place in seen.items() if not place]
    wanted = min(params.get("at_least") or len(seen), len(seen))
    told = {"found": len(evidence), "count": len(seen), "missing": missing, "wanted": wanted}
    if len(evidence) >= wanted:
        code = "met_some" if missing else "met"
        return Finding(Outcome.MET, Message(f"document.sections.{code}", told), evidence[:_EVIDENCE])
    if unopened := _documents.unopened(documents):
        evidence = [*_documents.files(unopened, documents), *evidence]
        message = Message("document.sections.undecided_unread", told | {"paths": unopened[:10]})
        return Finding(Outcome.UNDECIDED, message, evidence[:_EVIDENCE])
    return Finding(Outcome.NOT_MET, Message("document.sections.not_met", told), evidence[:_EVIDENCE])


def nearest(facts: Facts, params: Mapping[str, Any]) -> Finding:
    """The passages nearest to the words given, always for a person to judge."""
    documents = _written(facts, params.get("document"))
    if not documents:
        return Finding(Outcome.UNDECIDED, Message("document.evidence.undecided_none"))
    read = _documents.readable(documents)
    if not read:
        return _nothing_to_read("document.evidence", documents)
    found = _words.ranked(read, params["words"], params["passages"])
    if not found:
        message = Message("document.evidence.undecided_nothing", {"words": list(params["words"])})
        return Finding(Outcome.UNDECIDED, message, _documents.files(documents, documents))
    evidence = [
        _documents.page(item.path, read[item.path], item.page, item.text[:_EXCERPT], score=round(item.score, 3))
        for item in found
    ]
    unopened = _documents.unopened(documents)
    code = "undecided_unread" if unopened else "undecided"
    told = {"count": len(found), "paths": unopened[:10]}
    return Finding(Outcome.UNDECIDED, Message(f"document.evidence.{code}", told), evidence)


def _written(facts: Facts, pattern: str | None) -> dict[str, Any]:
    """The documents asked for; without a pattern all that are not slides, and slides when nothing else is there."""
    documents = facts["documents"]
    if pattern:
        return {path: documents[path] for path in _documents.matching(documents, pattern)}
    written = {path: fact for path, fact in documents.items() if fact["kind"] != "pptx"}
    return written or dict(documents)


def _nothing_to_read(check: str, documents: Mapping[str, Any]) -> Finding:
    """Broken files are the candidate's error; pages that are pictures only are for a person."""
    path, fact = next(iter(documents.items()))
    if fact["error"]:
        return _documents.unreadable(path, fact)
    files = [_documents.file(each, documents[each]) for each in list(documents)[:5]]
    return Finding(Outcome.UNDECIDED, Message(f"{check}.undecided_pictures", {"path": path}), files)


def _place(documents: Mapping[str, Any], topic: str) -> Evidence | None:
    """Where a topic stands: a heading first, then the text."""
    wordings = [stemmed for wording in topic.split("|") if (stemmed := _words.stems(wording))]
    in_text: Evidence | None = None
    for path, fact in documents.items():
        for page in fact["pages"]:
            for heading in page["headings"]:
                if any(_words.holds(_words.stems(heading["text"]), wanted) for wanted in wordings):
                    return _documents.page(path, fact, page, heading["text"], topic=_label(topic))
            if in_text is None and (excerpt := _passage(path, page, wordings)):
                in_text = _documents.page(path, fact, page, excerpt, topic=_label(topic))
    return in_text


def _passage(path: str, page: Mapping[str, Any], wordings: list[list[str]]) -> str:
    stemmed = _words.stems(page["text"])
    if not any(_words.holds(stemmed, wanted) for wanted in wordings):
        return ""
    texts = list(_words.passages(path, page))
    near = (text for text in texts if any(_words.holds(_words.stems(text), wanted) for wanted in wordings))
    return next(near, texts[0])[:_EXCERPT]


def _label(topic: str) -> str:
    return topic.split("|")[0].strip()


CHECKS: tuple[Check, ...] = (
    Check(
        "document.sections",
        2,
        "document",
        {"fr": "Parties et thèmes attendus", "en": "Expected sections and topics"},
        ("documents",),
        topics,
        {
            "type": "object",
            "properties": {
                "topics": {
                    "type": "array",
                    "items": {"type": "string", "minLength": 2, "maxLength": 300},
                    "minItems": 1,
                    "maxItems": 40,
                },
                "at_least": {"type": "integer", "minimum": 1, "maximum": 40},
                "document": _documents.DOCUMENT_PARAMETER,
            },
            "required": ["topics"],
            "additionalProperties": False,
        },
    ),
    Check(
        "document.evidence",
        2,
        "document",
        {"fr": "Passages du dossier", "en": "Passages of the written document"},
        ("documents",),
        nearest,
        {
            "type": "object",
            "properties": {
                "words": {
                    "type": "array",
                    "items": {"type": "string", "minLength": 2, "maxLength": 300},
                    "minItems": 1,
                    "maxItems": 40,
                },
                "passages": {"type": "integer", "minimum": 1, "maximum": 20, "default": 5},
                "document": _documents.DOCUMENT_PARAMETER,
            },
            "required": ["words"],
            "additionalProperties": False,
        },
        advisory=True,
    ),
)

_PICTURES = {
    "fr": "{path} ne contient que des images de pages : son texte est à lire par une personne.",
    "en": "{path} holds pictures of pages only: its text is to be read by a person.",
}
MESSAGES: dict[str, dict[str, str]] = {
    "document.sections.met": {
        "fr": "Les {count:thème attendu|thèmes attendus} sont dans les documents remis.",
        "en": "The {count:expected topic|expected topics} are in the documents delivered.",
    },
    "document.sections.met_some": {
        "fr": "{found:thème|thèmes} sur {count} dans les documents remis, pour {wanted} au moins. "
        "Non trouvés : {missing}.",
        "en": "{found:topic|topics} out of {count} in the documents delivered, {wanted} at least are expected. "
        "Not found: {missing}.",
    },
    "document.sections.not_met": {
        "fr": "{found:thème|thèmes} sur {count} dans les documents remis. Non trouvés : {missing}.",
        "en": "{found:topic|topics} out of {count} in the documents delivered. Not found: {missing}.",
    },
    "document.sections.undecided_unread": {
        "fr": "{found:thème|thèmes} sur {count} dans les documents lus. Non trouvés : {missing}. Ils sont peut-être "
        "dans ce qui n’a pas pu être lu : {paths}.",
        "en": "{found:topic|topics} out of {count} in the documents that were read. Not found: {missing}. They may "
        "stand in what could not be read: {paths}.",
    },
    "document.sections.not_met_none": {
        "fr": "Aucun document PDF, Word ou PowerPoint correspondant n’a été trouvé dans le dépôt.",
        "en": "No matching PDF, Word or PowerPoint document was found in the submission.",
    },
    "document.sections.undecided_pictures": _PICTURES,
    "document.evidence.undecided": {
        "fr": "{count:passage|passages} à lire, les plus proches du critère en premier.",
        "en": "{count:passage|passages} to read, the nearest to the criterion first.",
    },
    "document.evidence.undecided_unread": {
        "fr": "{count:passage|passages} à lire, les plus proches du critère en premier. "
        "N’ont pas pu être lus : {paths}.",
        "en": "{count:passage|passages} to read, the nearest to the criterion first. Could not be read: {paths}.",
    },
    "document.evidence.undecided_none": {
        "fr": "Aucun document PDF, Word ou PowerPoint correspondant n’a été trouvé dans le dépôt : rien à montrer.",
        "en": "No matching PDF, Word or PowerPoint document was found in the submission: nothing to show.",
    },
    "document.evidence.undecided_nothing": {
        "fr": "Aucun passage des documents ne contient ces mots : {words}.",
        "en": "No passage of the documents holds these words: {words}.",
    },
    "document.evidence.undecided_pictures": _PICTURES,
}
