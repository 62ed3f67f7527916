"""The REST binding of CASE 1.1: public, read only, published editions only."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from certification.referentials import case_library, services
from certification.referentials.models import Referential
from certification.referentials.shipped import shipped_tree
from tests import factories

pytestmark = pytest.mark.django_db
ROOT = "/ims/case/v1p1"
SETS = ("CFItemTypes", "CFConcepts", "CFSubjects")
"""Collections whose objects are read with those below them."""
UNKNOWN = "00000000-0000-4000-8000-000000000000"
SCHEMA = json.loads(
    (Path(__file__).parents[1] / "referentials" / "schemas" / "case-v1p1-cfpackage.json").read_text(encoding="utf-8")
)


def alone(definition: str, more: str | None = None) -> dict[str, Any]:
    """The schema of an object read alone: that of the package, with the address that the binding adds."""
    whole = SCHEMA["$defs"][definition]
    added = {more: {"$ref": "#/$defs/LinkURI"}} if more else {}
    required = [*whole["required"], *added]
    return {**whole, "properties": whole["properties"] | added, "required": required, "$defs": SCHEMA["$defs"]}


LINK_SET = {
    "type": "object",
    "required": ["CFItem", "CFAssociations"],
    "additionalProperties": False,
    "properties": {
        "CFItem": {k: v for k, v in alone("CFPckgItem", "CFDocumentURI").items() if k != "$defs"},
        "CFAssociations": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/CFPckgAssociation"}},
    },
    "$defs": SCHEMA["$defs"],
}
STATUS_INFO = {
    "type": "object",
    "required": ["imsx_codeMajor", "imsx_severity", "imsx_description", "imsx_codeMinor"],
    "additionalProperties": False,
    "properties": {
        "imsx_codeMajor": {"const": "failure"},
        "imsx_severity": {"const": "error"},
        "imsx_description": {"type": "string"},
        "imsx_codeMinor": {"type": "object", "required": ["imsx_codeMinorField"]},
    },
}


@pytest.fixture(autouse=True)
def published() -> None:
    for code in ("oc-data-scientist", "jedha-rncp35288"):
        edition = services.load_edition(tree=shipped_tree(code)).referential
        services.publish(referential=edition)
    services.load_edition(tree=shipped_tree("sd-deep-learning-ia"))  # a draft


def read(address: str, status: int = 200, **asked: str) -> Any:
    response = Client().get(f"{ROOT}/{address}", asked)
    assert response.status_code == status, response.content[:300]
    return response.json()


def conforms(found: Any, schema: dict[str, Any]) -> bool:
    return [error.message for error in jsonschema.Draft201909Validator(schema).iter_errors(found)] == []


def test_the_documents_are_the_published_editions() -> None:
    documents = read("CFDocuments")["CFDocuments"]

    assert len(documents) == 2
    assert all(conforms(each, alone("CFPckgDocument", "CFPackageURI")) for each in documents)


def test_every_address_given_answers_with_its_object() -> None:
    document = read("CFDocuments")["CFDocuments"][0]
    assert conforms(read(f"CFDocuments/{document['identifier']}"), alone("CFPckgDocument", "CFPackageURI"))
    package = read("CFPackages/" + document["CFPackageURI"]["uri"].rpartition("/")[2])
    assert conforms(package, SCHEMA)
    for name, schema in (
        ("CFItems", alone("CFPckgItem", "CFDocumentURI")),
        ("CFAssociations", alone("CFPckgAssociation", "CFDocumentURI")),
        ("CFRubrics", alone("CFRubric")),
    ):
        found = read(package[name][-1]["uri"].partition(f"{ROOT}/")[2])
        assert conforms(found, schema), name
        assert found["identifier"] == package[name][-1]["identifier"]
    for name, objects in package["CFDefinitions"].items():
        found = read(objects[-1]["uri"].partition(f"{ROOT}/")[2])
        assert found == ({name: [objects[-1]]} if name in SETS else objects[-1])


def test_every_link_of_a_package_leads_to_its_object() -> None:
    """Subjects, concepts, item types, groupings: what is referred to is served."""
    for document in read("CFDocuments")["CFDocuments"]:
        package = read(f"CFPackages/{document['identifier']}")
        links = package["CFDocument"].get("subjectURI", [])
        links += [item["CFItemTypeURI"] for item in package["CFItems"][:3]]
        links += [item["conceptKeywordsURI"] for item in package["CFItems"] if "conceptKeywordsURI" in item][:2]
        links += [
            each["CFAssociationGroupingURI"] for each in package["CFAssociations"] if "CFAssociationGroupingURI" in each
        ][:2]
        assert len({link["uri"].rpartition("/")[0] for link in links}) > 1
        for link in links:
            collection = link["uri"].partition(f"{ROOT}/")[2]
            found = read(collection)
            [shown] = found[collection.partition("/")[0]] if collection.partition("/")[0] in SETS else [found]
            assert (shown["identifier"], shown["title"]) == (link["identifier"], link["title"])


def test_subjects_are_the_codes_of_the_nomenclatures() -> None:
    documents = read("CFDocuments", filter="title~'Concepteur'")["CFDocuments"]
    assert [len(each["subject"]) for each in documents] == [6]
    subject = read(documents[0]["subjectURI"][0]["uri"].partition(f"{ROOT}/")[2])["CFSubjects"][0]
    assert (subject["hierarchyCode"], subject["description"]) == ("326", "NSF")


def test_the_licence_of_an_edition_is_read() -> None:
    tree = shipped_tree("oc-data-scientist") | {"edition": "sous licence"}
    tree["metadata"] = {"license": {"title": "Licence ouverte 2.0", "text": "Réutilisation libre, avec mention."}}
    services.publish(referential=services.load_edition(tree=tree).referential)
    [document] = read("CFDocuments", filter="version='sous licence'")["CFDocuments"]
    assert conforms(document, alone("CFPckgDocument", "CFPackageURI"))
    licence = read(f"CFLicenses/{document['licenseURI']['identifier']}")
    assert (licence["title"], licence["licenseText"]) == tuple(tree["metadata"]["license"].values())
    assert conforms(read(f"CFPackages/{document['identifier']}"), SCHEMA)


def test_the_discovery_document_tells_every_address() -> None:
    found = read("discovery/imscasev1p1_openapi3_v1p0.json")
    assert found["servers"][0]["url"].endswith(ROOT)
    for address in found["paths"]:
        read(address.strip("/").replace("{sourcedId}", UNKNOWN), 404 if "{" in address else 200)
    asked = {each["name"] for each in found["paths"]["/CFDocuments"]["get"]["parameters"]}
    assert asked == {"limit", "offset", "sort", "orderBy", "filter", "fields"}


def test_what_is_not_served_is_told_as_the_binding_says() -> None:
    assert conforms(read("CFFrameworks/1", 404), STATUS_INFO)
    assert conforms(read("", 404), STATUS_INFO)
    response = Client(enforce_csrf_checks=True).post(f"{ROOT}/CFDocuments")
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")
    assert response.json()["imsx_codeMajor"] == "unsupported"


def test_pages_of_any_origin_may_read() -> None:
    response = Client().get(f"{ROOT}/CFDocuments", headers={"Origin": "https://cours.example"})
    assert response["Access-Control-Allow-Origin"] == "*"
    assert "X-Total-Count" in response["Access-Control-Expose-Headers"]


def test_an_item_is_read_with_its_associations() -> None:
    document = read("CFDocuments")["CFDocuments"][0]
    item = read(f"CFPackages/{document['identifier']}")["CFItems"][0]

    found = read(f"CFItemAssociations/{item['identifier']}")

    assert conforms(found, LINK_SET)
    assert "isChildOf" in {each["associationType"] for each in found["CFAssociations"]}


@pytest.mark.parametrize(
    "address",
    [
        f"{name}/{UNKNOWN}"
        for name in ("CFDocuments", "CFItems", "CFItemAssociations", "CFPackages", "CFConcepts", "CFLicenses")
    ],
)
def test_an_unknown_object_is_told_so(address: str) -> None:
    found = read(address, 404)
    assert conforms(found, STATUS_INFO)
    assert found["imsx_codeMinor"]["imsx_codeMinorField"][0]["imsx_codeMinorFieldValue"] == "unknownobject"


def test_what_is_no_uuid_is_told_so() -> None:
    found = read("CFItems/abc", 404)
    assert found["imsx_description"] == "Invalid UUID"


def test_documents_come_by_pages_in_order() -> None:
    response = Client().get(f"{ROOT}/CFDocuments", {"limit": "1", "offset": "1", "sort": "title", "orderBy": "desc"})
    titles = sorted((each["title"] for each in read("CFDocuments")["CFDocuments"]), reverse=True)

    assert [each["title"] for each in response.json()["CFDocuments"]] == titles[1:]
    assert response["X-Total-Count"] == "2"
    assert 'rel="prev"' in response["Link"]
    assert 'rel="next"' not in response["Link"]


def test_documents_are_filtered_and_cut_to_some_fields() -> None:
    title = read("CFDocuments")["CFDocuments"][0]["title"]
    found = read("CFDocuments", filter=f"title='{title}' AND language='fr'", fields="title,version")["CFDocuments"]
    assert [sorted(each) for each in found] == [["title", "version"]]
    one_by_one = Client().get(f"{ROOT}/CFDocuments", {"fields": ["title", "version"], "limit": "1"})
    assert sorted(one_by_one.json()["CFDocuments"][0]) == ["title", "version"]
    assert "fields=title%2Cversion" in one_by_one["Link"]
    assert len(read("CFDocuments", filter="version='zz' OR language~'F'")["CFDocuments"]) == 2


@pytest.mark.parametrize(
    ("asked", "minor"),
    [
        ({"limit": "0"}, "invalid_selection_field"),
        ({"offset": "-1"}, "invalid_selection_field"),
        ({"fields": "secret"}, "invalid_selection_field"),
        ({"filter": "title"}, "invalid_selection_field"),
        ({"filter": "title='a' AND title='b' OR title='c'"}, "invalid_selection_field"),
        ({"sort": "secret"}, "invalid_sort_field"),
        ({"orderBy": "up"}, "invalid_sort_field"),
    ],
)
def test_what_cannot_be_asked_is_refused(asked: dict[str, str], minor: str) -> None:
    found = read("CFDocuments", 400, **asked)
    assert conforms(found, STATUS_INFO)
    assert found["imsx_codeMinor"]["imsx_codeMinorField"][0]["imsx_codeMinorFieldValue"] == minor


def test_queries_do_not_grow_with_editions(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    case_library._KEPT.clear()
    with django_assert_max_num_queries(2):  # which editions, and the content of them all
        document = read("CFDocuments")["CFDocuments"][0]
    with django_assert_max_num_queries(1):
        read(f"CFPackages/{document['identifier']}")


def test_an_archived_edition_is_no_longer_served() -> None:
    document = read("CFDocuments")["CFDocuments"][0]
    for edition in Referential.objects.published():
        services.archive(referential=edition)

    assert read("CFDocuments")["CFDocuments"] == []
    read(f"CFPackages/{document['identifier']}", 404)


def test_tools_read_published_editions_over_the_api(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    client = Client()
    client.force_login(factories.person(), backend="django.contrib.auth.backends.ModelBackend")

    with django_assert_max_num_queries(6):
        rows = client.get("/api/v1/referentials/").json()["results"]
    assert [row["code"] for row in rows] == ["jedha-rncp35288", "oc-data-scientist"]
    with django_assert_max_num_queries(6):
        whole = client.get(f"/api/v1/referentials/{rows[0]['id']}/").json()
    assert whole["tree"]["code"] == "jedha-rncp35288"
