"""The fact ``similar`` of a work, from its fingerprints and those of the works it was compared with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from evaluator.similarity.overlap import Compared, Work, compare, sketch_of
from evaluator.similarity.passages import Passage, passages_of

PASSAGES = 20


@dataclass(frozen=True, slots=True)
class Project:
    """A project to compare with: its name, and its fact ``fingerprints``."""

    name: str
    fingerprints: Mapping[str, Any]


def similar_to(
    own: Mapping[str, Any], projects: Sequence[Project], given: Sequence[Mapping[str, Any]] = ()
) -> dict[str, Any]:
    """The fact ``similar`` (see ``evaluator.facts.outside``) of a project beside others, each of another person.

    ``given`` are the fingerprints of the material that everybody was given.
    """
    works = [Work(number, number, number, sketch_of(each.fingerprints)) for number, each in enumerate(projects)]
    everybodys = {row[0] for fact in given for unit in fact["units"] for row in unit["prints"]}
    compared = compare(sketch_of(own), works, given=everybodys)
    rows = []
    for found in compared.nearest:
        project = projects[found.key]
        passages = passages_of(own, project.fingerprints, ignored=compared.ignored, limit=PASSAGES)
        told = {"share": found.share, "text": found.text, "shared": found.shared}
        rows.append({"name": project.name, **told, "passages": passages_json(passages)})
    return summary_of(compared) | {"works": rows}


def summary_of(compared: Compared) -> dict[str, Any]:
    return {"missing": None, "people": compared.people, "common": compared.common}


def passages_json(passages: Sequence[Passage]) -> list[dict[str, Any]]:
    """``[{"own", "other", "prints"}]``, both places ``{"path", "kind", "cell", "page", "line", "end_line"}``."""
    return [asdict(passage) for passage in passages]
