"""The published editions as CASE 1.1 serves them: documents, items, associations, rubrics, by identifier."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from certification.referentials.case_form import ROOT
from certification.referentials.exporters import source_of
from certification.referentials.exporters.case import package
from certification.referentials.models import Referential

Object = dict[str, Any]
_KEPT: dict[tuple[int, str, str], Shelf] = {}
"""Packages already made, by edition, content and address: nothing of a published edition changes, and certifiers
publish tens of them, not thousands. Editions no longer in force are dropped."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """One edition: its package, and its objects by collection and identifier, as they are read alone."""

    package: Object
    objects: Mapping[str, Mapping[str, Object]] = field(repr=False)

    @property
    def document(self) -> Object:
        """The CFDocument as it is read alone: with the address of its package."""
        return next(iter(self.objects["CFDocuments"].values()))


def shelves(base_url: str) -> list[Shelf]:
    """Every published edition, by certification and edition; one query once they have been read.

    At first one query more per table, whatever the number of editions.
    """
    published = Referential.objects.published().order_by("certification__code", "pk")
    keys = {pk: (pk, digest, base_url) for pk, digest in published.values_list("pk", "content_hash")}
    shown = {pk: _KEPT[key] for pk, key in keys.items() if key in _KEPT}
    missing = keys.keys() - shown.keys()
    if missing:
        for edition in Referential.objects.with_content().filter(pk__in=missing):
            shown[edition.pk] = _KEPT[keys[edition.pk]] = _shelf(edition, base_url)
    for stale in [key for key in list(_KEPT) if key not in keys.values()]:
        _KEPT.pop(stale, None)
    return [shown[pk] for pk in keys if pk in shown]


def found(base_url: str, collection: str, identifier: str) -> Object | None:
    """The object of a published edition, as CASE reads it alone; None when there is none."""
    for shelf in shelves(base_url):
        answer = shelf.objects.get(collection, {}).get(identifier)
        if answer is not None:
            return answer
    return None


def associations_of(base_url: str, identifier: str) -> Object | None:
    """The CFAssociationSet of an item: the item and every association from or to it."""
    for shelf in shelves(base_url):
        item = shelf.objects["CFItems"].get(identifier)
        if item is not None:
            linked = [each for each in shelf.package["CFAssociations"] if identifier in _ends(each)]
            return {"CFItem": item, "CFAssociations": linked}
    return None


def _ends(association: Object) -> tuple[str, str]:
    return association["originNodeURI"]["identifier"], association["destinationNodeURI"]["identifier"]


def _shelf(edition: Referential, base_url: str) -> Shelf:
    whole = package(*source_of(edition, base_url))
    document = whole["CFDocument"]
    link = {name: document[name] for name in ("title", "identifier", "uri")}
    address = f"{base_url.rstrip('/')}{ROOT}/CFPackages/{document['identifier']}"
    of_document = {"CFDocumentURI": link}
    return Shelf(
        whole,
        {
            "CFDocuments": {document["identifier"]: document | {"CFPackageURI": link | {"uri": address}}},
            "CFPackages": {document["identifier"]: whole},
            "CFItems": _by_identifier(whole["CFItems"], of_document),
            "CFAssociations": _by_identifier(whole["CFAssociations"], of_document),
            "CFRubrics": _by_identifier(whole.get("CFRubrics", []), {}),
            **{
                name: {identifier: {name: [each]} for identifier, each in _defined(whole, name).items()}
                for name in ("CFItemTypes", "CFConcepts", "CFSubjects")
            },
            **{name: _defined(whole, name) for name in ("CFLicenses", "CFAssociationGroupings")},
        },
    )


def _defined(whole: Object, name: str) -> dict[str, Object]:
    return _by_identifier(whole["CFDefinitions"].get(name, []), {})


def _by_identifier(objects: list[Object], more: Object) -> dict[str, Object]:
    return {each["identifier"]: each | more for each in objects}
