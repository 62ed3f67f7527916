"""A draft as its editor reads it: the rows of the tree, what is wrong with each, and the part chosen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from certification.referentials.errors import Problem
from certification.referentials.places import joined
from certification.referentials.services import BLOCKING
from certification.referentials.spec import CHECK, EDITION, Part
from certification.referentials.validation import UNWRITTEN, Catalogue, problems_of
from evaluator.checks import REGISTRY

Tree = dict[str, Any]
SECTIONS = ("option_groups", "blocs", "activities", "competencies", "criteria", "assessments", "deliverables")
"""The lists of an edition in the order in which they are read."""
_OF_THE_EDITION = ("scale", "award_rule")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the tree. `kind` is the list it stands in; `accepts` the lists it may hold; `level` is from 1.

    `to_write` when a text of the part still holds the place of another; `problems` are the other ones.
    """

    path: str
    kind: str
    level: int
    code: str
    text: str
    accepts: Sequence[str]
    branches: bool
    problems: Sequence[Problem]
    to_write: bool

    @property
    def anchor(self) -> str:
        """A name for the row in the page."""
        return "tree-" + self.path.replace("[", "-").replace("].", "-").replace("]", "")


def rows_of(tree: Tree, problems: Mapping[str, Sequence[Problem]], lang: str, query: str = "") -> list[Row]:
    """The tree from top to bottom; with a query, the rows that hold its words, and those above them.

    `lang` is that of the titles of checks; everything else is said as the référentiel says it.
    """
    rows = list(_rows(tree, problems, lang))
    if not query:
        return rows
    wanted = query.casefold().split()
    kept: set[str] = set()
    for row in rows:
        if all(word in f"{row.code} {row.text}".casefold() for word in wanted):
            kept.update(_lineage(row.path))
    return [row for row in rows if row.path in kept]


def problems_by_path(tree: Tree, catalogue: Catalogue) -> dict[str, list[Problem]]:
    """What validation says, under the path of the part concerned; what is of the edition itself under the empty."""
    paths = descriptions(tree)
    found: dict[str, list[Problem]] = defaultdict(list)
    for problem in problems_of(tree, catalogue):
        found[element_of(paths, problem.path)].append(problem)
    return dict(found)


def keeps_from_publishing(problem: Problem) -> bool:
    """Whether an edition cannot be published with it; what merely deserves a look does not."""
    return problem.level == "error" or problem.code in BLOCKING


def element_of(paths: Container[str], path: str) -> str:
    """The part of `paths` that a path in the tree stands in; the edition itself, the empty path, for want of any."""
    return next((each for each in reversed(list(_lineage(path))) if each in paths), "")


def descriptions(tree: Tree, lang: str = "fr") -> dict[str, str]:
    """Every part in a few words, by its path."""
    return {row.path: f"{row.code} {row.text}".strip() for row in _rows(tree, {}, lang)}


def check_titles(lang: str) -> list[tuple[str, str]]:
    """The checks that a criterion may ask for: (code, title)."""
    named = (code for code, check in REGISTRY.items() if not check.confidential)
    return sorted(((code, _title(code, lang)) for code in named), key=lambda each: each[1].casefold())


def _rows(tree: Tree, problems: Mapping[str, Sequence[Problem]], lang: str) -> Iterator[Row]:
    yield Row("", "edition", 1, "", tree["title"], SECTIONS, False, problems.get("", ()), False)
    for name in _OF_THE_EDITION:
        yield Row(name, name, 1, "", "", (), False, problems.get(name, ()), False)
    for name in SECTIONS:
        yield from _listed("", name, EDITION.children[name], tree, problems, lang, 1)


def _listed(
    parent: str, name: str, part: Part, node: Tree, problems: Mapping[str, Sequence[Problem]], lang: str, level: int
) -> Iterator[Row]:
    for rank, child in enumerate(node[name]):
        path = joined(parent, name, rank)
        accepts = tuple(part.children)
        code, text = _words(part, child, lang)
        branches = not part.plain and any(child[each] for each in accepts)
        here = problems.get(path, ())
        wrong = [problem for problem in here if problem.code != UNWRITTEN]
        yield Row(path, name, level, code, text, accepts, branches, wrong, len(wrong) < len(here))
        if not part.plain:
            for each, below in part.children.items():
                yield from _listed(path, each, below, child, problems, lang, level + 1)


def _words(part: Part, node: Any, lang: str) -> tuple[str, str]:
    """The code of a part, and its text."""
    if part.plain:
        return "", node
    if part is CHECK:
        return "", _title(node["code"], lang)
    return node.get("code") or "", node.get("title") or node.get("text") or ""


def _title(code: str, lang: str) -> str:
    known = REGISTRY.get(code)
    return (known.title.get(lang) or known.title["fr"]) if known else code


def _lineage(path: str) -> Iterator[str]:
    """A path and those above it, the longest last."""
    steps = path.split(".")
    if steps[0].partition("[")[0] in _OF_THE_EDITION:  # a level of the scale has no row of its own
        steps = [steps[0].partition("[")[0]]
    for length in range(1, len(steps) + 1):
        yield ".".join(steps[:length])
