"""From a normalised tree to rows of the database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from certification.referentials.identity import Identities, stable_uid
from certification.referentials.models import (
    Activity,
    Assessment,
    AssessmentActivity,
    AssessmentCompetency,
    AssessmentPart,
    Bloc,
    Competency,
    Criterion,
    CriterionCheck,
    CriterionCover,
    CriterionItem,
    Deliverable,
    Node,
    OptionGroup,
    Referential,
    Task,
)
from certification.referentials.references import activities_of, bloc_name, competencies_of
from certification.referentials.spec import ASSESSMENT, ASSESSMENT_PART, BLOC, COMPETENCY, CRITERION, Part

TABLES: tuple[type[Node], ...] = (
    OptionGroup,
    Bloc,
    Activity,
    Task,
    Competency,
    Assessment,
    AssessmentPart,
    AssessmentCompetency,
    AssessmentActivity,
    Criterion,
    CriterionItem,
    CriterionCheck,
    CriterionCover,
    Deliverable,
)
"""Every table of an edition's content, each after those it refers to."""


def insert_content(referential: Referential, tree: Mapping[str, Any], identities: Identities | None = None) -> None:
    """Insert everything the normalised `tree` holds under `referential`: one INSERT per table and batch.

    `identities` are those of every part; without them each is given one after its place. Runs inside the caller's
    transaction.
    """
    rows = _Rows(referential, tree, identities or {})
    rows.collect()
    for model in TABLES:
        instances = rows.of(model)
        if model is Deliverable:  # a deliverable's container is inserted before it
            _insert(model, [each for each in instances if each.container is None])
            instances = [each for each in instances if each.container is not None]
        _insert(model, instances)


def delete_content(referential: Referential) -> None:
    """Delete every row under `referential`; raises ProtectedError when one is referred to from elsewhere."""
    Deliverable.objects.filter(referential=referential, container__isnull=False).delete()
    for model in reversed(TABLES):
        model._default_manager.filter(referential=referential).delete()


def _insert(model: type[Node], instances: list[Any]) -> None:
    model._default_manager.bulk_create(instances, batch_size=1000)


class _Rows:
    """The unsaved rows of one tree; parents are known by reference and get their ids on insertion."""

    def __init__(self, referential: Referential, tree: Mapping[str, Any], identities: Identities) -> None:
        self._referential = referential
        self._identities = identities
        self._tree = tree
        self._rows: dict[type[Node], list[Any]] = {model: [] for model in TABLES}
        self._competencies: dict[str, Competency] = {}
        self._activities: dict[str, Activity] = {}
        self._blocs: dict[str | None, Bloc] = {}
        self._deliverables: dict[str, Deliverable] = {}
        self._containers: list[tuple[Deliverable, str]] = []
        self._covering: list[tuple[Criterion, list[str]]] = []
        self._competency_names = competencies_of(tree)
        self._activity_names = activities_of(tree)

    def of(self, model: type[Node]) -> list[Any]:
        return self._rows[model]

    def collect(self) -> None:
        tree = self._tree
        groups = {}
        for path, rank, node in _ranked("", tree, "option_groups"):
            groups[node["code"]] = self._add(
                OptionGroup, path, rank, code=node["code"], title=node["title"], choose=node["choose"]
            )
        for path, rank, node in _ranked("", tree, "blocs"):
            group = groups.get(node["option_group"])
            bloc = self._add(Bloc, path, rank, option_group=group, **_own(BLOC, node, "option_group"))
            self._blocs[bloc_name(node)] = bloc
            self._scope(path, node, bloc)
        self._scope("", tree, None)
        for path, rank, node in _ranked("", tree, "assessments"):
            self._assessment(path, rank, node)
        for deliverable, key in self._containers:
            deliverable.container = self._deliverables[key]
        self._covers()

    def _add(self, model: type[Any], path: str, rank: int, **values: Any) -> Any:
        """One more row; a missing text becomes the empty text of its column.

        `path` is that of the part, or begins with the uid of the part without which the row says nothing.
        """
        edition = self._referential
        uid = self._identities.get(path) or stable_uid(
            edition.certification.code, edition.edition, f"{model.__name__}:{path}"
        )
        texts = {name: "" if value is None and _is_text(model, name) else value for name, value in values.items()}
        row = model(referential=edition, uid=uid, position=rank, **texts)
        self._rows[model].append(row)
        return row

    def _scope(self, prefix: str, node: Mapping[str, Any], bloc: Bloc | None) -> None:
        """What an edition and a bloc both may hold."""
        for path, rank, each in _ranked(prefix, node, "activities"):
            activity = self._add(
                Activity, path, rank, bloc=bloc, key=each["key"], code=each["code"], title=each["title"]
            )
            self._activities[path] = activity
            for place, position, text in _ranked(path, each, "tasks"):
                self._add(Task, place, position, activity=activity, text=text)
            self._lines(path, each, bloc, activity)
        self._lines(prefix, node, bloc, None)
        self._deliver(prefix, node, bloc=bloc)

    def _lines(self, prefix: str, node: Mapping[str, Any], bloc: Bloc | None, activity: Activity | None) -> None:
        """Competencies, and criteria that stand under none."""
        for path, rank, each in _ranked(prefix, node, "competencies"):
            competency = self._add(Competency, path, rank, bloc=bloc, activity=activity, **_own(COMPETENCY, each))
            self._competencies[path] = competency
            self._criteria(path, each, bloc=bloc, activity=activity, competency=competency)
            self._deliver(path, each, bloc=bloc, competency=competency)
        self._criteria(prefix, node, bloc=bloc, activity=activity)

    def _criteria(self, prefix: str, node: Mapping[str, Any], **parents: Any) -> None:
        for path, rank, each in _ranked(prefix, node, "criteria"):
            criterion = self._add(Criterion, path, rank, **parents, **_own(CRITERION, each, "covers"))
            self._covering.append((criterion, each["covers"]))
            for place, position, text in _ranked(path, each, "items"):
                self._add(CriterionItem, place, position, criterion=criterion, text=text)
            for place, position, check in _ranked(str(criterion.uid), each, "checks"):
                self._add(
                    CriterionCheck,
                    place,
                    position,
                    criterion=criterion,
                    check_code=check["code"],
                    role=check["role"],
                    params=check["params"],
                )

    def _deliver(self, prefix: str, node: Mapping[str, Any], **parents: Any) -> None:
        for path, rank, each in _ranked(prefix, node, "deliverables"):
            values = {name: each[name] for name in ("key", "kind", "text", "required", "implied")}
            deliverable = self._add(Deliverable, path, rank, **parents, **values)
            if each["key"] is not None:
                self._deliverables[each["key"]] = deliverable
            if each["container"] is not None:
                self._containers.append((deliverable, each["container"]))

    def _assessment(self, path: str, rank: int, node: Mapping[str, Any]) -> None:
        bloc = self._blocs[node["bloc"]] if node["bloc"] is not None else None
        values = _own(ASSESSMENT, node, "bloc", "activities", "competencies")
        assessment = self._add(Assessment, path, rank, bloc=bloc, **values)
        for place, position, part in _ranked(path, node, "parts"):
            self._add(AssessmentPart, place, position, assessment=assessment, **_own(ASSESSMENT_PART, part))
        self._criteria(path, node, assessment=assessment)
        self._deliver(path, node, bloc=bloc, assessment=assessment)
        for place, position, reference in _ranked(str(assessment.uid), node, "competencies"):
            competency = self._competencies[self._competency_names.resolve(reference, node["bloc"]).path]
            self._add(AssessmentCompetency, place, position, assessment=assessment, competency=competency)
        for place, position, reference in _ranked(str(assessment.uid), node, "activities"):
            activity = self._activities[self._activity_names.resolve(reference, node["bloc"]).path]
            self._add(AssessmentActivity, place, position, assessment=assessment, activity=activity)

    def _covers(self) -> None:
        """Once every competency is known: a criterion may cover one that stands further down."""
        for criterion, covered in self._covering:
            bloc = criterion.bloc.code or criterion.bloc.key or None if criterion.bloc is not None else None
            for rank, reference in enumerate(covered):
                competency = self._competencies[self._competency_names.resolve(reference, bloc).path]
                self._add(
                    CriterionCover,
                    f"{criterion.uid}.covers[{rank}]",
                    rank + 1,
                    criterion=criterion,
                    competency=competency,
                )


def _own(part: Part, node: Mapping[str, Any], *without: str) -> dict[str, Any]:
    """The fields that bear the same name in the tree and in the table."""
    return {name: node[name] for name in part.fields if name not in without}


def _is_text(model: type[Node], name: str) -> bool:
    return model._meta.get_field(name).get_internal_type() in ("CharField", "TextField")


def _ranked(prefix: str, node: Mapping[str, Any], name: str) -> Iterable[tuple[str, int, Any]]:
    """The children `name` of a part: (path, rank from 1, child)."""
    start = f"{prefix}.{name}" if prefix else name
    for rank, each in enumerate(node[name]):
        yield f"{start}[{rank}]", rank + 1, each
