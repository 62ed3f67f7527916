"""What the templates of the editor are given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assessments.selectors.administration import editor as reads
from assessments.web.administration.editor_edition_forms import PartForm
from assessments.web.administration.editor_forms import OF_THE_EDITION, form_of
from assessments.web.administration.editor_words import KINDS, Kind
from assessments.web.administration.frame import language
from certification.referentials import editing, history
from certification.referentials.catalogue import known_checks
from certification.referentials.models import Referential
from certification.referentials.places import ROOT, UnknownPlace, place_at
from certification.referentials.spec import PLACEHOLDER
from certification.referentials.structure import content_hash

Tree = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the editor: the part looked at, the version of the draft that was seen, the words sought."""

    path: str
    version: str
    query: str

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Asked:
        query = " ".join(str(data.get("q", "")).split())[:200]
        return cls(str(data.get("element", ""))[:300], str(data.get("version", ""))[:64], query)


@dataclass(frozen=True, slots=True)
class Adding:
    """A button that adds a part to the list `kind` of the part at `parent`, at `rank` if not at the end."""

    kind: str
    words: Any
    icon: str
    parent: str
    rank: str = ""


def editor_context(referential: Referential, tree: Tree, asked: Asked, form: PartForm | None = None) -> dict[str, Any]:
    """The tree beside the panel of the part looked at."""
    problems = reads.problems_by_path(tree, known_checks())
    rows = reads.rows_of(tree, problems, language(), asked.query)
    context = panel_context(referential, tree, asked, form, problems)
    return context | {
        "rows": [(row, KINDS[row.kind]) for row in rows],
        "can_undo": history.can_undo(referential.pk, context["version"]),
        "problem_count": sum(len(each) for each in problems.values()),
        "adding_bloc": Adding("blocs", KINDS["blocs"].adding, "add", ROOT),
    }


def panel_context(
    referential: Referential,
    tree: Tree,
    asked: Asked,
    form: PartForm | None = None,
    problems: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The form of the part looked at, the edition itself if there is no such part, and what can be done with it."""
    known = known_checks()
    found = problems if problems is not None else reads.problems_by_path(tree, known)
    at = asked.path
    try:
        form = form or form_of(tree, at, known)
    except UnknownPlace:
        at, form = ROOT, form_of(tree, ROOT, known)
    described = reads.descriptions(tree, language())
    return {
        "referential": referential,
        "version": content_hash(tree),
        "element": at,
        "query": asked.query,
        "form": form,
        "kind": _kind(tree, at),
        "described": described.get(at, ""),
        "problems": [each for each in found.get(at, ()) if reads.keeps_from_publishing(each)],
        "advice": [each for each in found.get(at, ()) if not reads.keeps_from_publishing(each)],
        "adding": _adding(tree, at),
        "checks": reads.check_titles(language()),
        "can_move": at not in OF_THE_EDITION,
        "parents": _parents(tree, at, described),
        "placeholder": PLACEHOLDER,
    }


def _kind(tree: Tree, at: str) -> Kind:
    special = {ROOT: "edition", "scale": "scale", "award_rule": "award_rule"}
    return KINDS[special[at] if at in special else place_at(tree, at).name]


def _adding(tree: Tree, at: str) -> list[Adding]:
    """What may be added below the part looked at, then another of its kind after it."""
    if at == ROOT:
        return [Adding(name, KINDS[name].adding, KINDS[name].icon, ROOT) for name in reads.SECTIONS]
    if at in OF_THE_EDITION:
        return []
    place = place_at(tree, at)
    below = [Adding(name, KINDS[name].adding, KINDS[name].icon, at) for name in place.part.children]
    if place.name != "checks":
        below.append(
            Adding(place.name, KINDS[place.name].adding, KINDS[place.name].icon, place.parent, str(place.rank + 1))
        )
    return below


def _parents(tree: Tree, at: str, described: Mapping[str, str]) -> list[tuple[str, str]]:
    """Where else the part could stand: (path, words)."""
    if at in OF_THE_EDITION:
        return []
    return [(path, _cut(described[path])) for path in editing.parents_for(tree, at)]


def _cut(text: str, most: int = 90) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
