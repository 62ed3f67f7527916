"""The grids of an edition as CFRubrics of CASE 1.1: one per bloc, one for the lines outside any bloc.

The lines that an assessment has of its own stand in the grid of its bloc, or outside any, under its title.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from certification.referentials.exporters.base import Tree
from certification.referentials.lines import judges_itself
from certification.referentials.references import bloc_name


@dataclass(frozen=True, slots=True)
class Grids:
    """What rubrics are made from.

    `links`: the CFItem of each path of the tree; `identity(path)`: who the part there is; `identify(collection, what)`:
    the identifier and the address of an object; `changed`: when the edition changed.
    """

    tree: Tree
    links: Mapping[str, Mapping[str, str]]
    identity: Callable[[str], str]
    identify: Callable[[str, str], dict[str, str]]
    changed: str

    def rubrics(self) -> list[dict[str, Any]]:
        """A rubric for every scope with lines to mark: its criteria, and the levels of the marking scale."""
        blocs = [(f"blocs[{rank}]", bloc) for rank, bloc in enumerate(self.tree["blocs"])]
        found = [self._rubric(path, scope) for path, scope in [*blocs, ("", self.tree)]]
        return [rubric for rubric in found if rubric["CFRubricCriteria"]]

    def _rubric(self, path: str, scope: Mapping[str, Any]) -> dict[str, Any]:
        identity = self.identify("CFRubrics", f"CFRubric:{self.identity(path)}")
        criteria = [
            self._criterion(identity, rank + 1, *line)
            for rank, line in enumerate([*_lines(f"{path}." if path else "", scope), *self._own_lines(path, scope)])
        ]
        return {
            **identity,
            "title": scope["title"],
            "lastChangeDateTime": self.changed,
            "CFRubricCriteria": criteria,
        }

    def _own_lines(self, path: str, scope: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
        """The criteria of the assessments of a bloc, and those assessments that are judged as a whole."""
        name = bloc_name(scope) if path else None
        for rank, assessment in enumerate(self.tree["assessments"]):
            if assessment["bloc"] != name:
                continue
            for place, criterion in enumerate(assessment["criteria"]):
                yield f"assessments[{rank}].criteria[{place}]", assessment["title"], criterion
            if judges_itself(self.tree, assessment):
                yield f"assessments[{rank}]", "", {"text": assessment["title"], "weight": 1}

    def _criterion(
        self, rubric: Mapping[str, str], position: int, path: str, category: str, node: Mapping[str, Any]
    ) -> dict[str, Any]:
        identity = self._within(rubric, f"CFRubricCriterion:{self.identity(path)}")
        return {
            **identity,
            **({"category": category} if category else {}),
            "description": " ".join(filter(None, (node.get("lead_in"), node["text"]))),
            "CFItemURI": dict(self.links[path]),
            "weight": float(node["weight"]),
            "position": position,
            "rubricId": rubric["identifier"],
            "lastChangeDateTime": self.changed,
            "CFRubricCriterionLevels": [
                {
                    **self._within(rubric, f"CFRubricCriterionLevel:{self.identity(path)}:{level['code']}"),
                    "quality": level["label"]["fr"],
                    "description": level["label"]["en"],
                    "score": 1.0 if level["acquired"] else 0.0,
                    "position": rank + 1,
                    "rubricCriterionId": identity["identifier"],
                    "lastChangeDateTime": self.changed,
                }
                for rank, level in enumerate(self.tree["scale"])
            ],
        }

    def _within(self, rubric: Mapping[str, str], place: str) -> dict[str, str]:
        """Criteria and levels are read with their rubric: their address is a fragment of its own."""
        identifier = self.identify("CFRubrics", place)["identifier"]
        return {"identifier": identifier, "uri": f"{rubric['uri']}#{identifier}"}


def _lines(prefix: str, scope: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """The lines to mark: (path, category, part); a competency without criteria is a line itself."""
    for rank, activity in enumerate(scope.get("activities", ())):
        yield from _lines(f"{prefix}activities[{rank}].", activity)
    for rank, competency in enumerate(scope["competencies"]):
        path = f"{prefix}competencies[{rank}]"
        if not competency["criteria"]:
            yield path, "", competency
        for place, criterion in enumerate(competency["criteria"]):
            yield f"{path}.criteria[{place}]", competency["text"], criterion
    for rank, criterion in enumerate(scope["criteria"]):
        yield f"{prefix}criteria[{rank}]", "", criterion
