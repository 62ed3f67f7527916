"""What each assessment (épreuve) of an edition is judged on: its lines. Pure functions over normalised trees.

An assessment stands in a unit of award: its bloc, or the whole edition where there are no blocs. Where the edition has
blocs, one that is in none is of the whole certification. It is judged on the criteria it has of its own, and on the
criteria of the competencies it names, or on those competencies themselves where they have none. One that says nothing
is judged on its whole unit; one of the whole certification is then its own and only line.

`assessments.selectors.lines` reads the same from the database: a test holds the two together. A reference that names
nothing, which validation tells, is passed over here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from certification.referentials.references import bloc_name, competencies_of
from certification.referentials.structure import walk

Tree = Mapping[str, Any]
WHOLE = ""
"""The unit of an edition without blocs; a bloc is called by its code, or its key."""


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
    """The units of award of an edition, in its order."""
    return [bloc_name(bloc) or "" for bloc in tree["blocs"]] or [WHOLE]


def is_unmapped(tree: Tree, assessment: Tree) -> bool:
    """Whether nothing tells what an assessment judges: it names nothing, and shares its unit with another."""
    unit = unit_of(tree, assessment)
    if unit is None or assessment["competencies"] or assessment["criteria"]:
        return False
    return sum(unit_of(tree, each) == unit for each in tree["assessments"]) > 1


def unmapped(tree: Tree) -> list[int]:
    """The ranks, from 0, of the assessments that tell nobody what they judge."""
    return [rank for rank, each in enumerate(tree["assessments"]) if is_unmapped(tree, each)]


def judges_itself(tree: Tree, assessment: Tree) -> bool:
    """Whether an assessment is its own and only line: of the whole certification, naming nothing."""
    return unit_of(tree, assessment) is None and not (assessment["competencies"] or assessment["criteria"])


def lines_of(tree: Tree, rank: int) -> list[Line]:
    """The lines of the assessment of this rank, from 0, in the order of the edition."""
    assessment = tree["assessments"][rank]
    if judges_itself(tree, assessment):
        return [Line(f"assessments[{rank}]", "assessment", assessment["code"] or "", assessment["title"])]
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
    asked = {None, WHOLE, *(unit_of(tree, assessment) for assessment in tree["assessments"])}
    blocs = [f"blocs[{rank}]" for rank, unit in enumerate(units_of(tree)) if tree["blocs"] and unit not in asked]
    judged = {unit: set(edition.judged(unit)) for unit in asked}
    held = [*edition.competencies.items(), *edition.scattered.items()]
    return blocs + [
        path for path, unit in held if unit in asked and not judged[unit].intersection(edition.lines_for(path))
    ]


class _Edition:
    """The lines of one tree, as paths. `competencies` and `scattered`, criteria under none, have each their unit."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._names = competencies_of(tree)
        self._nodes = {path: node for path, _, node in walk(dict(tree))}
        named = {target.path for target in self._names.targets}
        self.competencies = {path: self._unit_at(path) for path in self._nodes if path in named}
        self.scattered: dict[str, str | None] = {}
        self._covering: dict[str, list[str]] = {}
        for path, node in self._nodes.items():
            if "covers" in node and not path.startswith("assessments["):
                for competency in self._resolved(node["covers"], self._unit_at(path) or None):
                    self._covering.setdefault(competency, []).append(path)
                if path.rpartition(".")[0] not in named:
                    self.scattered[path] = self._unit_at(path)

    def lines_for(self, path: str) -> list[str]:
        """The criteria under a competency, else those that say they cover it, else itself; a criterion is a line."""
        if path in self.scattered:
            return [path]
        under = [f"{path}.criteria[{place}]" for place in range(len(self._nodes[path]["criteria"]))]
        return under or self._covering.get(path) or [path]

    def paths(self, rank: int) -> list[str]:
        """The lines of the assessment of this rank that is not its own line, in the order of the tree."""
        assessment = self._tree["assessments"][rank]
        unit = unit_of(self._tree, assessment)
        found = {f"assessments[{rank}].criteria[{place}]" for place in range(len(assessment["criteria"]))}
        for competency in self._resolved(assessment["competencies"], unit or None):
            found.update(self.lines_for(competency))
        if unit is not None and not (assessment["competencies"] or assessment["criteria"]):
            held = (*self.competencies.items(), *self.scattered.items())
            found.update(line for path, within in held if within == unit for line in self.lines_for(path))
        return [path for path in self._nodes if path in found]

    def judged(self, unit: str | None) -> list[str]:
        """The lines of all the assessments of a unit, None for those of the whole certification, in their order."""
        ranks = [rank for rank, each in enumerate(self._tree["assessments"]) if unit_of(self._tree, each) == unit]
        return list(dict.fromkeys(path for rank in ranks for path in self.paths(rank)))

    def line(self, path: str) -> Line:
        node = self._nodes[path]
        kind = "criterion" if "covers" in node else "competency"
        text = " ".join(filter(None, (node.get("lead_in"), node["text"])))
        return Line(path, kind, node["code"] or "", text, node["weight"], node["eliminatory"])

    def _unit_at(self, path: str) -> str | None:
        head = path.partition(".")[0]
        if head.startswith("blocs["):
            return bloc_name(self._tree["blocs"][int(head[len("blocs[") : -1])])
        return None if self._tree["blocs"] else WHOLE

    def _resolved(self, references: list[str], bloc: str | None) -> Iterator[str]:
        for reference in references:
            try:
                yield self._names.resolve(reference, bloc).path
            except LookupError:
                continue
