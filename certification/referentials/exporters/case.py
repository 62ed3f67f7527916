"""CASE 1.1 (1EdTech): an edition as a CFPackage. Pure: a tree in, a package out.

An identifier is derived from the certification, the edition and the identity of the part (`identity`): two exports of
one edition bear the same identifiers, a part that moves keeps its own, and the same part of two editions has two, since
an item stands in one document. Its identity, which the two share, is in its extension.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import UTC
from typing import Any

from certification.referentials import spec
from certification.referentials.case_form import EXTENSION, FRAMEWORK_TYPE, KINDS, ROOT, Kind
from certification.referentials.exporters.base import Origin, Tree
from certification.referentials.exporters.case_definitions import Definitions, link_to
from certification.referentials.exporters.case_rubrics import Grids
from certification.referentials.identity import NAMESPACE, stable_uid
from certification.referentials.references import activities_of, bloc_name, competencies_of
from certification.referentials.spec import Part

_ADOPTION = {"draft": "Draft", "published": "Adopted", "archived": "Deprecated"}
_ASSOCIATED = {
    "option_group": "isPartOf",
    "deliverable": "isPartOf",
    "bloc": "isRelatedTo",
    "competencies": "isRelatedTo",
    "activities": "isRelatedTo",
}
"""The association that a field of reference becomes, by the kind of the field."""
Package = dict[str, Any]


def write(tree: Tree, origin: Origin) -> bytes:
    """The JSON text of the CFPackage."""
    return (json.dumps(package(tree, origin), ensure_ascii=False, indent=2) + "\n").encode()


def package(tree: Tree, origin: Origin) -> Package:
    """The CFPackage of a normalised tree: document, items, associations, item types, rubrics."""
    return _Package(tree, origin).whole()


class _Package:
    """One package under construction: items by their path in the tree."""

    def __init__(self, tree: Tree, origin: Origin) -> None:
        self._tree = tree
        self._origin = origin
        self._changed = origin.changed_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        self._items: dict[str, dict[str, Any]] = {}
        self._nodes: dict[str, tuple[str, Any]] = {}
        self._associations: list[dict[str, Any]] = []
        self._links: dict[str, dict[str, str]] = {}
        self._named: dict[tuple[str, str], str] = {}
        self._competencies = competencies_of(tree)
        self._activities = activities_of(tree)
        self._definitions = Definitions(tree, self._address, self._changed)

    def whole(self) -> Package:
        document = self._document()
        self._links[""] = _link(document["title"], document["identifier"], document["uri"])
        self._children("", spec.EDITION, self._tree)
        for path, (name, node) in self._nodes.items():
            self._refer(path, name, node)
        found: Package = {
            "CFDocument": document,
            "CFItems": list(self._items.values()),
            "CFAssociations": self._associations,
            "CFDefinitions": {
                "CFItemTypes": [self._item_type(kind) for kind in KINDS.values()],
                **self._definitions.whole(),
            },
        }
        graded = Grids(self._tree, self._links, self._identity, self._identify, self._changed).rubrics()
        return found | ({"CFRubrics": graded} if graded else {})

    def _identify(self, collection: str, what: str) -> dict[str, str]:
        """The two fields that every object begins with; `what` tells it from all others of the edition."""
        identifier = str(stable_uid(self._tree["code"], self._tree["edition"], what))
        return {"identifier": identifier, "uri": self._address(collection, identifier)}

    def _identity(self, path: str) -> str:
        """Who the part at a path is; the edition itself has nothing to be told from."""
        return self._origin.identities.get(path, path)

    def _address(self, collection: str, identifier: str) -> str:
        return f"{self._origin.base_url.rstrip('/')}{ROOT}/{collection}/{identifier}"

    def _document(self) -> dict[str, Any]:
        tree, certifier = self._tree, self._tree["metadata"].get("certifier")
        return {
            **self._identify("CFDocuments", "CFDocument"),
            "frameworkType": FRAMEWORK_TYPE,
            "caseVersion": "1.1",
            "creator": certifier if isinstance(certifier, str) and certifier else tree["code"],
            "title": tree["title"],
            "lastChangeDateTime": self._changed,
            "language": "fr",
            "version": tree["edition"],
            "adoptionStatus": _ADOPTION[self._origin.status],
            **self._described(),
            "extensions": {EXTENSION: _own(spec.EDITION, tree, "edition", "title")},
        }

    def _described(self) -> dict[str, Any]:
        """The subjects and the licence of the document, where there are any."""
        subjects, licence = self._definitions.subjects(), self._definitions.licence()
        found: dict[str, Any] = {}
        if subjects:
            found["subject"] = [each["title"] for each in subjects]
            found["subjectURI"] = [link_to(each) for each in subjects]
        return found | ({"licenseURI": link_to(licence)} if licence else {})

    def _children(self, path: str, part: Part, node: Mapping[str, Any]) -> None:
        """Items of the children of a part, and where they stand under it; checks stay with their criterion."""
        rank = 0
        for name, child in part.children.items():
            for place, each in enumerate(node[name] if name in KINDS else ()):
                rank += 1
                below = f"{path}.{name}[{place}]" if path else f"{name}[{place}]"
                self._item(below, KINDS[name], each)
                self._associate("isChildOf", below, path, rank)
                if not child.plain:
                    self._nodes[below] = (name, each)
                    self._name(below, name, each)
                    self._children(below, child, each)

    def _item(self, path: str, kind: Kind, node: Any) -> None:
        statement = node if kind.part.plain else node[kind.statement]
        item: dict[str, Any] = {
            **self._identify("CFItems", f"CFItem:{self._identity(path)}"),
            "fullStatement": statement,
            "CFItemType": kind.title,
            "CFItemTypeURI": _link(kind.title, *self._type_identity(kind)),
            "language": "fr",
            "lastChangeDateTime": self._changed,
        }
        kept: dict[str, Any] = {"part": kind.name}
        if path in self._origin.identities:
            kept["uid"] = self._origin.identities[path]
        concept = None if kind.part.plain else self._definitions.concept(kind.name, node)
        if concept is not None:
            item |= {"conceptKeywords": [concept["title"]], "conceptKeywordsURI": link_to(concept)}
        code = None if kind.part.plain else node.get("code")
        if code is not None:
            item["humanCodingScheme"] = code
        if not kind.part.plain:
            kept |= _own(kind.part, node, "code", kind.statement)
        if kind.part is spec.CRITERION and node["checks"]:
            kept["checks"] = node["checks"]
        self._items[path] = item | {"extensions": {EXTENSION: kept}}
        self._links[path] = _link(code or statement, item["identifier"], item["uri"])

    def _associate(
        self, kind: str, origin: str, destination: str, rank: int, grouping: dict[str, Any] | None = None
    ) -> None:
        what = f"CFAssociation:{kind}:{self._identity(origin)}:{self._identity(destination)}"
        self._associations.append(
            {
                **self._identify("CFAssociations", what),
                "associationType": kind,
                "sequenceNumber": rank,
                "originNodeURI": {**self._links[origin], "targetType": "CASE"},
                "destinationNodeURI": {**self._links[destination], "targetType": "CASE"},
                **({"CFAssociationGroupingURI": link_to(grouping)} if grouping else {}),
                "lastChangeDateTime": self._changed,
            }
        )

    def _refer(self, path: str, name: str, node: Mapping[str, Any]) -> None:
        """Associations for what a part says of others: the form's own words stay in the extensions."""
        bloc = node["bloc"] if name == "assessments" else self._bloc_of(path)
        for field_name, field in KINDS[name].part.fields.items():
            kind = _ASSOCIATED.get(field.kind)
            given = node[field_name]
            if kind is None or given is None:
                continue
            for rank, reference in enumerate(given if isinstance(given, list) else [given]):
                target = self._target(field.kind, reference, bloc)
                self._associate(kind, path, target, rank + 1, self._definitions.grouping(name, field_name))

    def _bloc_of(self, path: str) -> str | None:
        step = path.partition(".")[0]
        return bloc_name(self._tree["blocs"][int(step[len("blocs[") : -1])]) if step.startswith("blocs[") else None

    def _target(self, kind: str, reference: str, bloc: str | None) -> str:
        """The path of the part that a field of `kind` names."""
        if kind == "competencies":
            return self._competencies.resolve(reference, bloc).path
        if kind == "activities":
            return self._activities.resolve(reference, bloc).path
        return self._named[kind, reference]

    def _name(self, path: str, name: str, node: Mapping[str, Any]) -> None:
        called = {"option_groups": "code", "deliverables": "key"}.get(name)
        reference = bloc_name(node) if name == "blocs" else node[called] if called else None
        kind = {"blocs": "bloc", "option_groups": "option_group", "deliverables": "deliverable"}.get(name)
        if kind is not None and reference is not None:
            self._named[kind, reference] = path

    def _item_type(self, kind: Kind) -> dict[str, Any]:
        identifier, uri = self._type_identity(kind)
        return {
            "identifier": identifier,
            "uri": uri,
            "title": kind.title,
            "description": kind.description,
            "hierarchyCode": str(list(KINDS).index(kind.name) + 1),
            "typeCode": kind.name,
            "lastChangeDateTime": self._changed,
        }

    def _type_identity(self, kind: Kind) -> tuple[str, str]:
        """Item types are those of the form: the same for every edition."""
        identifier = str(uuid.uuid5(NAMESPACE, f"CFItemType:{kind.name}"))
        return identifier, self._address("CFItemTypes", identifier)


def _link(title: str, identifier: str, uri: str) -> dict[str, str]:
    return {"title": title, "identifier": identifier, "uri": uri}


def _own(part: Part, node: Mapping[str, Any], *without: str) -> dict[str, Any]:
    """The fields that say something, less those that CASE has a place for."""
    return {
        name: node[name]
        for name, field in part.fields.items()
        if name not in without and (field.required or node[name] != field.default)
    }
