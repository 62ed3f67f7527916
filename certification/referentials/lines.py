"""What each assessment (épreuve) of an edition is judged on, and what nothing judges. Pure functions over trees.

The rule stands in `judged`. A reference that names nothing, which validation tells, is passed over here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from certification.referentials import judged
from certification.referentials.judged import WHOLE, Content, Covering, Unit
from certification.referentials.references import bloc_name, competencies_of
from certification.referentials.structure import walk

Tree = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an assessment's grid: the path of a criterion, a competency, or the assessment itself."""

    path: str
    kind: str
    code: str
    text: str
    weight: int = 1
    eliminatory: bool = False


def unit_of(tree: Tree, assessment: Tree) -> str | None:
    """The unit that an assessment counts in; None for one of the whole certification."""
    named = assessment["bloc"]
    if named is not None:
        return next((bloc_name(bloc) for bloc in tree["blocs"] if named in (bloc["key"], bloc["code"])), str(named))
    return None if tree["blocs"] else WHOLE


def units_of(tree: Tree) -> list[str]:
    """The units of award of an edition, in its order; a bloc is called by its code, or its key."""
    return [bloc_name(bloc) or "" for bloc in tree["blocs"]] or [WHOLE]


def says_nothing(assessment: Tree) -> bool:
    """Whether an assessment names neither competencies nor criteria of its own."""
    return not (assessment["competencies"] or assessment["criteria"])


def is_unmapped(tree: Tree, assessment: Tree) -> bool:
    """Whether nothing tells what an assessment judges: it names nothing, and shares its unit with another."""
    unit = unit_of(tree, assessment)
    if unit is None or not says_nothing(assessment):
        return False
    return sum(unit_of(tree, each) == unit for each in tree["assessments"]) > 1


def unmapped(tree: Tree) -> list[int]:
    """The ranks, from 0, of the assessments that tell nobody what they judge."""
    return [rank for rank, each in enumerate(tree["assessments"]) if is_unmapped(tree, each)]


def judges_itself(tree: Tree, assessment: Tree) -> bool:
    """Whether an assessment is its own and only line: of the whole certification, naming nothing."""
    return unit_of(tree, assessment) is None and says_nothing(assessment)


def lines_of(tree: Tree, rank: int) -> list[Line]:
    """The lines of the assessment of this rank, from 0, in the order of the edition."""
    edition = _Edition(tree)
    return [edition.line(path) for path in edition.paths(rank)]


def lines_of_units(tree: Tree) -> dict[str, list[Line]]:
    """The lines of each unit: those of all its assessments, each once."""
    edition = _Edition(tree)
    return {unit: [edition.line(path) for path in edition.judged(unit)] for unit in units_of(tree)}


def unjudged(tree: Tree) -> list[str]:
    """The paths of the competencies, and of the criteria under none, that no assessment of their unit judges.

    The bloc itself stands for what it holds where it has no assessment at all.
    """
    edition = _Edition(tree)
    asked: set[Unit] = {None, WHOLE, *(unit_of(tree, assessment) for assessment in tree["assessments"])}
    blocs = [f"blocs[{rank}]" for rank, unit in enumerate(units_of(tree)) if tree["blocs"] and unit not in asked]
    found = {unit: set(edition.judged(unit)) for unit in asked}
    held = {path: edition.content.of_competency(path) for path in edition.content.competencies}
    held |= {path: [path] for path in edition.content.scattered}
    units = {**edition.content.competencies, **edition.content.scattered}
    unmet = [path for path, by in held.items() if units[path] in asked and found[units[path]].isdisjoint(by)]
    return blocs + unmet


class _Edition:
    """The lines of one tree, as paths."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._names = competencies_of(tree)
        self._nodes = {path: node for path, _, node in walk(dict(tree))}
        self.content = self._content()

    def paths(self, rank: int) -> list[str]:
        """The lines of the assessment of this rank, in the order of the tree."""
        return judged.lines_of(self._covering(rank), self.content)

    def judged(self, unit: Unit) -> list[str]:
        """The lines of all the assessments of a unit, None for those of the whole certification, in their order."""
        ranks = [rank for rank, each in enumerate(self._tree["assessments"]) if unit_of(self._tree, each) == unit]
        return list(dict.fromkeys(path for rank in ranks for path in self.paths(rank)))

    def line(self, path: str) -> Line:
        node = self._nodes[path]
        if "kind" in node:
            return Line(path, "assessment", node["code"] or "", node["title"])
        kind = "criterion" if "covers" in node else "competency"
        text = " ".join(filter(None, (node.get("lead_in"), node["text"])))
        return Line(path, kind, node["code"] or "", text, node["weight"], node["eliminatory"])

    def _content(self) -> Content[str]:
        named = {target.path for target in self._names.targets}
        criteria = [path for path in self._nodes if "covers" in self._nodes[path]]
        general = [path for path in criteria if not path.startswith("assessments[")]
        covering: dict[str, list[str]] = {}
        under: dict[str, list[str]] = {}
        for path in general:
            under.setdefault(path.rpartition(".")[0], []).append(path)
            for competency in self._resolved(self._nodes[path]["covers"], self._unit_at(path)):
                covering.setdefault(competency, []).append(path)
        return Content(
            competencies={path: self._unit_at(path) for path in self._nodes if path in named},
            scattered={path: self._unit_at(path) for path in general if path.rpartition(".")[0] not in named},
            under=under,
            covering=covering,
            place={path: rank for rank, path in enumerate(self._nodes)},
        )

    def _covering(self, rank: int) -> Covering[str]:
        assessment, path = self._tree["assessments"][rank], f"assessments[{rank}]"
        unit = unit_of(self._tree, assessment)
        named = list(self._resolved(assessment["competencies"], unit))
        own = [f"{path}.criteria[{place}]" for place in range(len(assessment["criteria"]))]
        return Covering(path, unit, named, own)

    def _unit_at(self, path: str) -> str | None:
        head = path.partition(".")[0]
        if head.startswith("blocs["):
            return bloc_name(self._tree["blocs"][int(head[len("blocs[") : -1])])
        return None if self._tree["blocs"] else WHOLE

    def _resolved(self, references: list[str], unit: str | None) -> Iterator[str]:
        for reference in references:
            try:
                yield self._names.resolve(reference, unit or None).path
            except LookupError:
                continue
