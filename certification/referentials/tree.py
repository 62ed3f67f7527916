"""From rows of the database to the tree of an edition: the reverse of the loader."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from certification.referentials import spec
from certification.referentials.identity import Content
from certification.referentials.models import Referential
from certification.referentials.references import References, activities_of, competencies_of

Tree = dict[str, Any]
Row = Any
"""A row of one of the tables of an edition, by its columns (`Referential.rows_of`)."""


def edition_tree(referential: Referential) -> Tree:
    """The whole normalised tree of an edition: see `edition_content`."""
    return edition_content(referential).tree


def edition_content(referential: Referential) -> Content:
    """The tree and the identities of an edition, in one query, or none if it comes from `with_content`."""
    if not referential.is_whole:
        referential = Referential.objects.with_content().get(pk=referential.pk)
    content = _Content(referential)
    return Content(content.tree(), content.identities)


class _Content:
    """The rows of one edition, by parent."""

    def __init__(self, referential: Referential) -> None:
        self._referential = referential
        self._blocs = _ranked(referential.rows_of("bloc_rows"))
        self._activities = _by(referential.rows_of("activity_rows"), lambda row: row.bloc_id)
        self._tasks = _by(referential.rows_of("task_rows"), lambda row: row.activity_id)
        self._competencies = _by(referential.rows_of("competency_rows"), lambda row: (row.bloc_id, row.activity_id))
        self._criteria = _by(
            referential.rows_of("criterion_rows"),
            lambda row: (row.bloc_id, row.activity_id, row.competency_id, row.assessment_id),
        )
        self._items = _by(referential.rows_of("criterionitem_rows"), lambda row: row.criterion_id)
        self._checks = _by(referential.rows_of("criterioncheck_rows"), lambda row: row.criterion_id)
        self._covers = _by(referential.rows_of("criterioncover_rows"), lambda row: row.criterion_id)
        self._deliverables = _by(
            referential.rows_of("deliverable_rows"), lambda row: (row.bloc_id, row.competency_id, row.assessment_id)
        )
        self._parts = _by(referential.rows_of("assessmentpart_rows"), lambda row: row.assessment_id)
        self._assessed = _by(referential.rows_of("assessmentcompetency_rows"), lambda row: row.assessment_id)
        self._exercised = _by(referential.rows_of("assessmentactivity_rows"), lambda row: row.assessment_id)
        self._names: dict[int | None, str | None] = {row.id: row.code or row.key or None for row in self._blocs}
        self._groups: dict[int | None, str] = {row.id: row.code for row in referential.rows_of("optiongroup_rows")}
        self._keys: dict[int | None, str] = {row.id: row.key for row in referential.rows_of("deliverable_rows")}
        self.identities: dict[str, str] = {}
        # Where each part stands in the tree, to write the references once the tree is complete.
        self._competency_paths: dict[int, str] = {}
        self._activity_paths: dict[int, str] = {}
        self._references: list[tuple[Tree, str, str | None, list[int]]] = []

    def tree(self) -> Tree:
        edition = self._referential
        tree: Tree = {
            "format": spec.FORMAT,
            "code": edition.certification.code,
            "edition": edition.edition,
            "title": edition.title,
            "metadata": edition.metadata,
            "scale": edition.scale,
            "award_rule": edition.award_rule,
            "notes": edition.notes,
        }
        groups = _ranked(edition.rows_of("optiongroup_rows"))
        tree["option_groups"] = [_own(spec.OPTION_GROUP, row) for _, row in self._placed("option_groups", groups)]
        tree["blocs"] = [self._bloc(path, row) for path, row in self._placed("blocs", self._blocs)]
        tree.update(self._scope("", None))
        assessments = _ranked(edition.rows_of("assessment_rows"))
        tree["assessments"] = [self._assessment(path, row) for path, row in self._placed("assessments", assessments)]
        tree["deliverables"] = self._delivered("", None, None, None)
        self._write_references(tree)
        return _ordered(spec.EDITION, tree)

    def _placed(self, name: str, rows: Iterable[Row]) -> Iterator[tuple[str, Row]]:
        """Rows with the path at which each stands, noting who stands there; `name` is the path of their list."""
        for rank, row in enumerate(rows):
            path = f"{name}[{rank}]"
            self.identities[path] = row.uid
            yield path, row

    def _bloc(self, path: str, row: Row) -> Tree:
        return {
            **_own(spec.BLOC, row, "option_group"),
            "option_group": self._groups.get(row.option_group_id),
            **self._scope(f"{path}.", row.id),
            "deliverables": self._delivered(f"{path}.", row.id, None, None),
        }

    def _scope(self, prefix: str, bloc: int | None) -> Tree:
        placed = self._placed(f"{prefix}activities", self._activities[bloc])
        return {
            "activities": [self._activity(path, row) for path, row in placed],
            **self._lines(prefix, bloc, None),
        }

    def _activity(self, path: str, row: Row) -> Tree:
        self._activity_paths[row.id] = path
        return {
            **_own(spec.ACTIVITY, row),
            "tasks": [task.text for _, task in self._placed(f"{path}.tasks", self._tasks[row.id])],
            **self._lines(f"{path}.", row.bloc_id, row.id),
        }

    def _lines(self, prefix: str, bloc: int | None, activity: int | None) -> Tree:
        placed = self._placed(f"{prefix}competencies", self._competencies[bloc, activity])
        return {
            "competencies": [self._competency(path, row) for path, row in placed],
            "criteria": self._judging(prefix, bloc, activity, None, None),
        }

    def _competency(self, path: str, row: Row) -> Tree:
        self._competency_paths[row.id] = path
        return {
            **_own(spec.COMPETENCY, row),
            "criteria": self._judging(f"{path}.", row.bloc_id, row.activity_id, row.id, None),
            "deliverables": self._delivered(f"{path}.", row.bloc_id, row.id, None),
        }

    def _judging(self, prefix: str, *parents: int | None) -> list[Tree]:
        """The criteria under a bloc, an activity and a competency, or under an assessment."""
        placed = self._placed(f"{prefix}criteria", self._criteria[parents])
        return [self._criterion(path, row) for path, row in placed]

    def _criterion(self, path: str, row: Row) -> Tree:
        node = {
            **_own(spec.CRITERION, row, "covers"),
            "items": [item.text for _, item in self._placed(f"{path}.items", self._items[row.id])],
            "checks": [
                {"code": check.check_code, "role": check.role, "params": check.params} for check in self._checks[row.id]
            ],
        }
        covered = [cover.competency_id for cover in self._covers[row.id]]
        self._references.append((node, "covers", self._names.get(row.bloc_id), covered))
        return node

    def _delivered(self, prefix: str, *parents: int | None) -> list[Tree]:
        """The deliverables of a bloc, a competency and an assessment."""
        placed = self._placed(f"{prefix}deliverables", self._deliverables[parents])
        return [
            {**_own(spec.DELIVERABLE, row, "container"), "container": self._keys.get(row.container_id)}
            for _, row in placed
        ]

    def _assessment(self, path: str, row: Row) -> Tree:
        bloc = self._names.get(row.bloc_id)
        node = {
            **_own(spec.ASSESSMENT, row, "bloc", "activities", "competencies"),
            "bloc": bloc,
            "parts": [
                _own(spec.ASSESSMENT_PART, part) for _, part in self._placed(f"{path}.parts", self._parts[row.id])
            ],
            "criteria": self._judging(f"{path}.", None, None, None, row.id),
            "deliverables": self._delivered(f"{path}.", row.bloc_id, None, row.id),
        }
        assessed = [each.competency_id for each in self._assessed[row.id]]
        exercised = [each.activity_id for each in self._exercised[row.id]]
        self._references.append((node, "competencies", bloc, assessed))
        self._references.append((node, "activities", bloc, exercised))
        return node

    def _write_references(self, tree: Tree) -> None:
        competencies = _names(competencies_of(tree), self._competency_paths)
        activities = _names(activities_of(tree), self._activity_paths)
        for node, name, bloc, ids in self._references:
            named = activities if name == "activities" else competencies
            node[name] = [named(each, bloc) for each in ids]


def _names(references: References, paths: dict[int, str]) -> Callable[[int, str | None], str]:
    targets = {target.path: target for target in references.targets}
    return lambda pk, bloc: references.canonical(targets[paths[pk]], bloc)


def _own(part: spec.Part, row: Row, *without: str) -> Tree:
    """The fields that bear the same name in the tree and in the table; an empty text is a missing one."""
    return {name: None if (value := getattr(row, name)) == "" else value for name in part.fields if name not in without}


def _ordered(part: spec.Part, node: Tree) -> Tree:
    """The same part with its fields in the order of the form."""
    whole = {name: node[name] for name in part.fields}
    for name, child in part.children.items():
        whole[name] = node[name] if child.plain else [_ordered(child, each) for each in node[name]]
    return whole


def _ranked(rows: Iterable[Any]) -> list[Any]:
    return sorted(rows, key=lambda row: row.position)


def _by(rows: Iterable[Any], parent: Callable[[Any], Any]) -> defaultdict[Any, list[Any]]:
    """Rows by parent, in their rank."""
    found: defaultdict[Any, list[Any]] = defaultdict(list)
    for row in _ranked(rows):
        found[parent(row)].append(row)
    return found
