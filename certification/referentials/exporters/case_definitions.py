"""What the objects of a CASE 1.1 package refer to: subjects, concepts, licence, groups of associations. Pure.

These are the same for every edition, and bear the same identifiers: codes of the nomenclatures in which a
certification is registered, kinds of assessments and deliverables, what associations are for.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django.utils.translation import override

from certification.referentials.exporters.base import Tree
from certification.referentials.identity import NAMESPACE
from certification.referentials.models import AssessmentKind, DeliverableKind
from certification.referentials.structure import walk

Object = dict[str, Any]
NOMENCLATURES: Mapping[str, str] = MappingProxyType({"nsf": "NSF", "formacodes": "Formacode", "rome": "ROME"})
"""Metadata that name the subjects of a certification: lists of codes, or of {code, title}."""
_KINDS: Mapping[str, Any] = MappingProxyType({"assessments": AssessmentKind, "parts": AssessmentKind})
_GROUPS: Mapping[tuple[str, str], tuple[str, str]] = MappingProxyType(
    {
        ("criteria", "covers"): ("Compétences couvertes", "Les compétences qu'un critère dit couvrir"),
        ("assessments", "bloc"): ("Épreuve d'un bloc", "Le bloc dans lequel une épreuve est passée"),
        ("assessments", "activities"): ("Activités couvertes", "Les activités qu'une épreuve met en jeu"),
        ("assessments", "competencies"): ("Compétences évaluées", "Les compétences qu'une épreuve évalue"),
        ("blocs", "option_group"): ("Options", "Les blocs entre lesquels le candidat choisit"),
        ("deliverables", "container"): ("Livrables réunis", "Les livrables remis dans un même document"),
    }
)
"""What each field of reference is for: (title, description), by the list of the part and the field."""


@dataclass(frozen=True, slots=True)
class Definitions:
    """What definitions are made from: `address(collection, identifier)`, and when the edition changed."""

    tree: Tree
    address: Callable[[str, str], str]
    changed: str

    def subjects(self) -> list[Object]:
        """The codes under which the certification is registered, once each."""
        found = {}
        for name, scheme in NOMENCLATURES.items():
            for code, title in _codes(self.tree["metadata"].get(name)):
                found[scheme, code] = self._object(
                    "CFSubjects", f"{scheme}:{code}", title=title, hierarchyCode=code, description=scheme
                )
        return list(found.values())

    def concept(self, name: str, node: Mapping[str, Any]) -> Object | None:
        """The kind of an assessment, of one of its parts, or of a deliverable; None for other parts."""
        kinds = DeliverableKind if name == "deliverables" else _KINDS.get(name)
        if kinds is None:
            return None
        with override("fr"):
            title = str(kinds(node["kind"]).label)
        scheme = "deliverable" if name == "deliverables" else "assessment"
        code = f"{scheme}.{node['kind']}"
        return self._object("CFConcepts", code, title=title, keywords=title, hierarchyCode=code)

    def licence(self) -> Object | None:
        """The licence under which the référentiel is given, if its metadata say so."""
        stated = self.tree["metadata"].get("license")
        if stated is None:
            return None
        what = f"{stated['title']}\n{stated['text']}"
        return self._object("CFLicenses", what, title=stated["title"], licenseText=stated["text"])

    def grouping(self, name: str, field: str) -> Object:
        """What the associations are for that come from a field of reference of the parts of a list."""
        title, description = _GROUPS[name, field]
        return self._object("CFAssociationGroupings", f"{name}.{field}", title=title, description=description)

    def whole(self) -> dict[str, list[Object]]:
        """Every subject, concept, licence and grouping that the objects of the edition refer to; no empty list."""
        concepts, groupings = {}, {}
        for path, _, node in walk(self.tree):
            name = path.rpartition(".")[2].partition("[")[0]
            concept = self.concept(name, node)
            if concept is not None:
                concepts[concept["identifier"]] = concept
            for each, field in _GROUPS:
                if each == name and node[field]:
                    grouping = self.grouping(name, field)
                    groupings[grouping["identifier"]] = grouping
        licence = self.licence()
        found = {
            "CFConcepts": list(concepts.values()),
            "CFSubjects": self.subjects(),
            "CFLicenses": [licence] if licence else [],
            "CFAssociationGroupings": list(groupings.values()),
        }
        return {name: objects for name, objects in found.items() if objects}

    def _object(self, collection: str, what: str, **fields: str) -> Object:
        identifier = str(uuid.uuid5(NAMESPACE, f"{collection}:{what}"))
        address = self.address(collection, identifier)
        return {"identifier": identifier, "uri": address, **fields, "lastChangeDateTime": self.changed}


def link_to(found: Mapping[str, Any]) -> dict[str, str]:
    """The LinkURI of an object."""
    return {name: found[name] for name in ("title", "identifier", "uri")}


def _codes(listed: Any) -> Iterator[tuple[str, str]]:
    """(code, title) of a list of codes, whatever form its entries have; what is no code is passed over."""
    for each in listed if isinstance(listed, list) else ():
        code, title = (each.get("code"), each.get("title")) if isinstance(each, Mapping) else (each, None)
        if isinstance(code, str) and code:
            yield code, title if isinstance(title, str) and title else code
