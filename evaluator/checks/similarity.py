"""What a work shares with other works: facts for a reader, never a verdict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from evaluator.checks.base import Check
from evaluator.facts.base import Facts
from evaluator.results import Evidence, EvidenceKind, Finding, Message, Outcome

__all__ = ["CHECKS", "MESSAGES"]

_PASSAGES = 5  # shown of each work


def overlap(facts: Facts, params: Mapping[str, Any]) -> Finding:
    """How much of the work stands in other works too, and where; to be read by a person, always undecided."""
    similar = facts["similar"]
    if similar["missing"] is not None:
        return Finding(Outcome.UNDECIDED, Message(similar["missing"]["code"], similar["missing"]["params"]))
    works = [work for work in similar["works"] if _strength(work) * 100 >= params["least"]]
    told = {"people": similar["people"], "common": _percent(similar["common"])}
    if not works:
        code = "undecided_nothing" if _has_prints(facts["fingerprints"]) else "undecided_empty"
        return Finding(Outcome.UNDECIDED, Message(f"repository.similarity.{code}", told | {"least": params["least"]}))
    nearest = max(works, key=_strength)
    kind = "code" if (nearest["share"] or 0.0) >= (nearest["text"] or 0.0) else "text"
    told |= {"share": _percent(_strength(nearest)), "work": nearest["name"], "works": len(works)}
    message = Message(f"repository.similarity.undecided_{kind}", told)
    return Finding(Outcome.UNDECIDED, message, list(_evidence(facts["fingerprints"], works)))


def _strength(work: Mapping[str, Any]) -> float:
    return max(work["share"] or 0.0, work["text"] or 0.0)


def _percent(share: float) -> int:
    return round(share * 100)


def _has_prints(fingerprints: Mapping[str, Any]) -> bool:
    return bool(fingerprints["units"])


def _evidence(fingerprints: Mapping[str, Any], works: list[Mapping[str, Any]]) -> Iterator[Evidence]:
    """The longest passages of the nearest work first."""
    digests = {unit["path"]: unit["sha256"] for unit in fingerprints["units"]}
    for work in sorted(works, key=_strength, reverse=True):
        for passage in work["passages"][:_PASSAGES]:
            own, other = passage["own"], passage["other"]
            yield Evidence(
                _KINDS[own["kind"] == "code", own["page"] is not None],
                own["path"],
                cell=own["cell"],
                line=own["line"],
                end_line=own["end_line"],
                page=own["page"],
                excerpt=f"{work['name']} : {_named(other)}",
                sha256=digests.get(own["path"]),
                detail={"work": work["name"], "prints": passage["prints"], "other": dict(other)},
            )


_KINDS = {
    (True, False): EvidenceKind.CODE,
    (False, False): EvidenceKind.FILE,
    (False, True): EvidenceKind.PAGE,
}


def _named(place: Mapping[str, Any]) -> str:
    """A place in few signs, the same in every language: ``path [cell] (page) :line-end``."""
    cell = "" if place["cell"] is None else f" [{place['cell'] + 1}]"
    page = "" if place["page"] is None else f" ({place['page']})"
    return f"{place['path']}{cell}{page} :{place['line']}-{place['end_line']}"


_PARAMETERS = {
    "type": "object",
    "properties": {"least": {"type": "integer", "minimum": 1, "maximum": 100, "default": 10}},
    "additionalProperties": False,
}

CHECKS: tuple[Check, ...] = (
    Check(
        code="repository.similarity",
        version=1,
        family="repository",
        title={"fr": "Similitudes avec d’autres travaux", "en": "Similarities with other works"},
        facts=("fingerprints", "similar"),
        run=overlap,
        parameters=_PARAMETERS,
        advisory=True,
        confidential=True,
    ),
)

MESSAGES: dict[str, dict[str, str]] = {
    "similarity.offline": {
        "fr": "Aucun autre travail avec lequel comparer : sur la plateforme, ce sont ceux de la même session.",
        "en": "No other work to compare with: on the platform, these are the works of the same session.",
    },
    "similarity.waiting": {
        "fr": "Ce travail n’a pas encore été comparé à ceux de sa session.",
        "en": "This work has not been compared with those of its session yet.",
    },
    "repository.similarity.undecided_code": {
        "fr": "{share} % du code propre à ce travail se trouve aussi dans « {work} ». "
        "C’est un fait à lire, qui ne dit pas d’où il vient.",
        "en": "{share}% of this work’s own code is also found in “{work}”. "
        "This is a fact to read, which does not say where it comes from.",
    },
    "repository.similarity.undecided_text": {
        "fr": "{share} % du texte propre à ce travail se trouve aussi dans « {work} ». "
        "C’est un fait à lire, qui ne dit pas d’où il vient.",
        "en": "{share}% of this work’s own text is also found in “{work}”. "
        "This is a fact to read, which does not say where it comes from.",
    },
    "repository.similarity.undecided_nothing": {
        "fr": "Comparé aux travaux de {people:autre auteur|autres auteurs} : aucun n’a en commun {least} % "
        "du code ou du texte de ce travail.",
        "en": "Compared with the works of {people:other author|other authors}: none has {least}% "
        "of this work’s code or text in common.",
    },
    "repository.similarity.undecided_empty": {
        "fr": "Ce travail n’a ni code Python ni texte assez longs pour être comparés.",
        "en": "This work has no Python code or text long enough to be compared.",
    },
}
