"""From rows of the database to the tree of an edition: the reverse of the loader."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from certification.referentials import spec
from certification.referentials.models import (
    Activity,
    Assessment,
    Bloc,
    Competency,
    Criterion,
    Deliverable,
    Node,
    Referential,
)
from certification.referentials.references import References, activities_of, competencies_of

Tree = dict[str, Any]


def edition_tree(referential: Referential) -> Tree:
    """The whole normalised tree of an edition, in the form of the YAML files.

    Queries: one for the edition and one per table, whatever the number of rows; none when `referential`
    comes from `Referential.objects.with_content()`.
    """
    if not _is_whole(referential):
        referential = Referential.objects.with_content().get(pk=referential.pk)
    return _Content(referential).tree()


def _is_whole(referential: Referential) -> bool:
    loaded = getattr(referential, "_prefetched_objects_cache", {})
    return all(name in loaded for name in Referential.CONTENT)


class _Content:
    """The rows of one edition, by parent."""

    def __init__(self, referential: Referential) -> None:
        self._referential = referential
        self._blocs = _ranked(referential.bloc_rows.all())
        self._activities = _by(referential.activity_rows.all(), lambda row: row.bloc_id)
        self._tasks = _by(referential.task_rows.all(), lambda row: row.activity_id)
        self._competencies = _by(referential.competency_rows.all(), lambda row: (row.bloc_id, row.activity_id))
        self._criteria = _by(
            referential.criterion_rows.all(), lambda row: (row.bloc_id, row.activity_id, row.competency_id)
        )
        self._items = _by(referential.criterionitem_rows.all(), lambda row: row.criterion_id)
        self._checks = _by(referential.criterioncheck_rows.all(), lambda row: row.criterion_id)
        self._covers = _by(referential.criterioncover_rows.all(), lambda row: row.criterion_id)
        self._deliverables = _by(
            referential.deliverable_rows.all(), lambda row: (row.bloc_id, row.competency_id, row.assessment_id)
        )
        self._parts = _by(referential.assessmentpart_rows.all(), lambda row: row.assessment_id)
        self._assessed = _by(referential.assessmentcompetency_rows.all(), lambda row: row.assessment_id)
        self._exercised = _by(referential.assessmentactivity_rows.all(), lambda row: row.assessment_id)
        self._names = {row.pk: row.code or row.key or None for row in self._blocs}
        self._groups = {row.pk: row.code for row in referential.optiongroup_rows.all()}
        self._keys = {row.pk: row.key for row in referential.deliverable_rows.all()}
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
        groups = _ranked(edition.optiongroup_rows.all())
        tree["option_groups"] = [_own(spec.OPTION_GROUP, row) for row in groups]
        tree["blocs"] = [self._bloc(f"blocs[{rank}].", row) for rank, row in enumerate(self._blocs)]
        tree.update(self._scope("", None))
        assessments = _ranked(edition.assessment_rows.all())
        tree["assessments"] = [self._assessment(row) for row in assessments]
        tree["deliverables"] = self._delivered(None, None, None)
        self._write_references(tree)
        return _ordered(spec.EDITION, tree)

    def _bloc(self, prefix: str, row: Bloc) -> Tree:
        return {
            **_own(spec.BLOC, row, "option_group"),
            "option_group": self._groups.get(row.option_group_id or 0),
            **self._scope(prefix, row.pk),
            "deliverables": self._delivered(row.pk, None, None),
        }

    def _scope(self, prefix: str, bloc: int | None) -> Tree:
        return {
            "activities": [
                self._activity(f"{prefix}activities[{rank}]", row) for rank, row in enumerate(self._activities[bloc])
            ],
            **self._lines(prefix, bloc, None),
        }

    def _activity(self, path: str, row: Activity) -> Tree:
        self._activity_paths[row.pk] = path
        return {
            **_own(spec.ACTIVITY, row),
            "tasks": [task.text for task in self._tasks[row.pk]],
            **self._lines(f"{path}.", row.bloc_id, row.pk),
        }

    def _lines(self, prefix: str, bloc: int | None, activity: int | None) -> Tree:
        return {
            "competencies": [
                self._competency(f"{prefix}competencies[{rank}]", row)
                for rank, row in enumerate(self._competencies[bloc, activity])
            ],
            "criteria": [self._criterion(row) for row in self._criteria[bloc, activity, None]],
        }

    def _competency(self, path: str, row: Competency) -> Tree:
        self._competency_paths[row.pk] = path
        criteria = self._criteria[row.bloc_id, row.activity_id, row.pk]
        return {
            **_own(spec.COMPETENCY, row),
            "criteria": [self._criterion(each) for each in criteria],
            "deliverables": self._delivered(row.bloc_id, row.pk, None),
        }

    def _criterion(self, row: Criterion) -> Tree:
        node = {
            **_own(spec.CRITERION, row, "covers"),
            "items": [item.text for item in self._items[row.pk]],
            "checks": [
                {"code": check.check_code, "role": check.role, "params": check.params} for check in self._checks[row.pk]
            ],
        }
        covered = [cover.competency_id for cover in self._covers[row.pk]]
        self._references.append((node, "covers", self._names.get(row.bloc_id or 0), covered))
        return node

    def _delivered(self, bloc: int | None, competency: int | None, assessment: int | None) -> list[Tree]:
        return [self._deliverable(row) for row in self._deliverables[bloc, competency, assessment]]

    def _deliverable(self, row: Deliverable) -> Tree:
        return {
            **_own(spec.DELIVERABLE, row, "container"),
            "container": self._keys.get(row.container_id or 0),
        }

    def _assessment(self, row: Assessment) -> Tree:
        bloc = self._names.get(row.bloc_id or 0)
        node = {
            **_own(spec.ASSESSMENT, row, "bloc", "activities", "competencies"),
            "bloc": bloc,
            "parts": [_own(spec.ASSESSMENT_PART, part) for part in self._parts[row.pk]],
            "deliverables": self._delivered(row.bloc_id, None, row.pk),
        }
        assessed = [each.competency_id for each in self._assessed[row.pk]]
        exercised = [each.activity_id for each in self._exercised[row.pk]]
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


def _own(part: spec.Part, row: Node, *without: str) -> Tree:
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
