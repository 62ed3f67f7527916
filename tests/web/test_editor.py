"""The editor without script and as fragments: what it shows, changes, refuses, and gives back."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from assessments.selectors.administration.editor import check_titles
from assessments.web.administration.editor_forms import form_of
from assessments.web.administration.editor_parameters import parameter_fields, required_parameters
from certification.check_catalogue import parameter_schemas
from certification.referentials import editing
from certification.referentials.models import Referential
from certification.referentials.places import holders_of, joined, place_at
from certification.referentials.services import load_edition, publish
from certification.referentials.shipped import shipped_codes, shipped_tree
from certification.referentials.spec import PLACEHOLDER
from certification.referentials.validation import normalised, parameter_problems
from tests.web.desk import CRITERION, REAL, Desk

MOST_QUERIES = 8


@pytest.fixture
def draft(db: None) -> Referential:
    return load_edition(tree=copy.deepcopy(REAL)).referential


@pytest.fixture
def desk(draft: Referential) -> Desk:
    return Desk(draft)


def test_the_tree_and_the_form_of_the_part_chosen(desk: Desk) -> None:
    page = desk.read(element=CRITERION)
    for words in ("Tronc commun", "il est argumenté", "Historique des versions", "Dossier écrit", "Étude"):
        assert words in page
    assert 'value="E1"' in page
    assert "Le choix est juste :</textarea>" in page
    found = desk.read(q="argumenté")
    assert "Collecter" in found
    assert "Interroger les sources" not in found
    assert "Aucun élément" in desk.read(q="introuvable")
    assert "Soudure des données" in desk.read(element="blocs[9]")


def test_a_fragment_holds_the_form_alone(desk: Desk) -> None:
    url = reverse("web:admin_editor_node", args=[desk.draft.pk])
    answer = desk.client.get(url, {"element": "blocs[0]"}, headers={"HX-Request": "true"})
    page = answer.content.decode()
    assert page.strip().startswith('<section class="editor-panel"')
    assert "element=blocs" in answer["HX-Push-Url"]
    assert "<html" in desk.read("admin_editor_node", element="blocs[0]")


def test_a_part_is_corrected(desk: Desk) -> None:
    typed = {"code": "E1", "text": "Le choix\r\nest bon", "weight": "3", "covers": ["5A/A1-C1", "A1-C2"]}
    answer = desk.post("save", CRITERION, **typed)
    assert answer.status_code == 302
    node = place_at(desk.tree, CRITERION).node
    assert (node["text"], node["weight"], node["covers"]) == ("Le choix\nest bon", 3, ["A1-C2", "5A/A1-C1"])
    assert (node["lead_in"], node["items"]) == (None, ["il est argumenté", "il est daté"])


def test_what_was_typed_comes_back_with_what_is_wrong(desk: Desk) -> None:
    before = desk.tree
    answer = desk.post("save", "blocs[0]", code="5A", title="Un titre tapé")
    page = answer.content.decode()
    assert "code répété\u00a0: 5A." in page
    assert "Un titre tapé</textarea>" in page
    assert desk.tree == before
    page = desk.post("save", "blocs[0]", htmx=True, code="1", title="").content.decode()
    assert "Ce champ est obligatoire" in page
    assert 'id="editor"' in page
    assert "<html" not in page
    page = desk.post("save", "blocs[0]", version="ancienne", code="1", title="Perdu ?").content.decode()
    assert "a changé entre-temps" in page
    assert "Perdu ?</textarea>" in page
    assert desk.tree == before


def test_parts_are_added_moved_deleted_and_put_back(desk: Desk, django_capture_on_commit_callbacks: Any) -> None:
    before = desk.tree
    answer = desk.post("add", CRITERION, kind="items")
    assert answer.status_code == 302
    assert "items%5B2%5D" in answer["Location"]
    desk.post("move", f"{CRITERION}.items[2]", to="up")
    desk.post("move", f"{CRITERION}.items[0]", to="after", other=f"{CRITERION}.items[2]")
    assert place_at(desk.tree, CRITERION).node["items"] == [PLACEHOLDER, "il est daté", "il est argumenté"]
    desk.post("move", CRITERION, to="into", other="blocs[1].competencies[0]")
    assert place_at(desk.tree, "blocs[1].competencies[0].criteria[0]").node["code"] == "E1"
    desk.post("delete", "blocs[1]")
    assert [bloc["code"] for bloc in desk.tree["blocs"]] == ["1", "5B"]
    for _ in range(5):
        with django_capture_on_commit_callbacks(execute=True):
            assert desk.post("undo", "").status_code == 302
    assert desk.tree == before
    assert "plus rien à annuler" in desk.post("undo", "", htmx=True)["HX-Trigger"].encode().decode("unicode_escape")


def test_a_refused_change_is_told(desk: Desk) -> None:
    before = desk.tree
    page = desk.client.get(desk.post("move", "blocs[0]", to="up")["Location"]).content.decode()
    assert "déjà le premier" in page
    assert "toast" in desk.post("delete", "blocs[9]", htmx=True)["HX-Trigger"]
    for name, element, data in (
        ("add", "blocs[0]", {"kind": "nothing"}),
        ("add", CRITERION, {"kind": "checks", "check": "no.such"}),
        ("move", "", {"to": "down"}),
        ("move", "blocs[0]", {}),
        ("delete", "", {}),
    ):
        assert desk.post(name, element, **data).status_code == 302
    assert desk.tree == before


def test_checks_are_chosen_from_the_registry_with_their_parameters(desk: Desk) -> None:
    desk.post("add", CRITERION, kind="checks", check="document.page_limit")
    check = f"{CRITERION}.checks[1]"
    assert place_at(desk.tree, check).node["params"] == {"max_pages": 2}
    desk.post("save", check, role="decided", param_max_pages="4", param_section="note\nmémoire", param_document="")
    assert place_at(desk.tree, check).node == {
        "code": "document.page_limit", "role": "decided", "params": {"max_pages": 4, "section": ["note", "mémoire"]},
    }  # fmt: skip
    page = desk.post("save", check, role="decided", param_max_pages="4", param_section="a").content.decode()
    assert "paramètre refusé" in page


def test_every_check_has_a_form_that_gives_back_what_it_was_given() -> None:
    tree = normalised(copy.deepcopy(REAL))
    for code, schema in parameter_schemas().items():
        assert set(parameter_fields(schema)) == {f"param_{name}" for name in schema["properties"]}
        params = required_parameters(schema)
        assert list(parameter_problems("params", params, schema)) == []
        place_at(tree, CRITERION).node["checks"] = [{"code": code, "role": "informed", "params": params}]
        assert values_unchanged(tree, f"{CRITERION}.checks[0]") == {"role": "informed", "params": params}


def values_unchanged(tree: dict[str, Any], path: str) -> dict[str, Any]:
    """What the form of a part gives when it is sent as it is shown."""
    form = form_of(tree, path, parameter_schemas())
    data = {}
    for bound in form:
        value = bound.field.prepare_value(bound.initial)
        if value not in (None, False):
            data[bound.html_name] = value
    sent = form_of(tree, path, parameter_schemas(), data)
    assert sent.is_valid(), (path, sent.errors)
    return sent.values()


def test_what_tells_of_other_peoples_works_is_no_criterions() -> None:
    assert "repository.similarity" not in parameter_schemas()
    assert "repository.similarity" not in dict(check_titles("fr"))


@pytest.mark.parametrize("code", shipped_codes())
def test_saving_a_part_as_it_is_shown_changes_nothing(code: str) -> None:
    """One part of each kind of the shipped référentiels, and the edition itself."""
    tree = normalised(shipped_tree(code))
    paths = ["", "scale", "award_rule"]
    for name in ("option_groups", "blocs", "activities", "tasks", "competencies", "criteria", "items", "checks",
                 "assessments", "parts", "deliverables"):  # fmt: skip
        listed = [joined(each.path, name, 0) for each in holders_of(tree, name) if each.node[name]]
        paths.extend(listed[:2])
    for path in paths:
        values = values_unchanged(tree, path)
        section = "" if path in ("scale", "award_rule") else path
        assert editing.edit(section, values)(tree, None).tree == tree, path


def test_the_edition_its_scale_and_its_rule(desk: Desk) -> None:
    desk.post("save", "", title="Soudure", certifier="Demo", rncp_code="", level="7", notes="Une.\nDeux.")
    assert (desk.tree["title"], desk.tree["notes"]) == ("Soudure", ["Une.", "Deux."])
    assert desk.tree["metadata"] == {"certifier": "Demo", "level": 7, "nsf": ["326"]}
    desk.post("save", "award_rule", bloc="share", threshold="0.75", certification="jury")
    assert desk.tree["award_rule"] == {
        "bloc": {"rule": "share", "threshold": 0.75}, "certification": {"rule": "jury"},
    }  # fmt: skip
    assert "Donnez la part" in desk.post("save", "award_rule", bloc="share").content.decode()
    assert "Dites comment" in desk.post("save", "award_rule", exempt="VAE").content.decode()
    words = {"text": "Hors VAE, tout est à valider.", "stated": "hors VAE\ntout est à valider"}
    desk.post("save", "award_rule", certification="all_blocs", assessments="thesis", exempt=["CL", "VAE"], **words)
    assert desk.tree["award_rule"] == {
        "certification": {"rule": "all_blocs", "assessments": ["thesis"], "exempt": ["CL", "VAE"]},
        "text": "Hors VAE, tout est à valider.", "stated": ["hors VAE", "tout est à valider"], "implied": [],
    }  # fmt: skip
    level = {"code_0": "ok", "fr_0": "vu", "en_0": "seen", "acquired_0": "on", "assessed_0": "on"}
    other = {"code_1": "ko", "fr_1": "non vu", "en_1": "not seen"}
    assert "trop court" in desk.post("save", "scale", **level).content.decode() or len(desk.tree["scale"]) == 2
    desk.post("save", "scale", **level, **other)
    assert [each["code"] for each in desk.tree["scale"]] == ["ok", "ko"]
    assert desk.tree["scale"][1]["assessed"] is False


def test_a_published_edition_is_refused_with_what_to_do_instead(desk: Desk) -> None:
    publish(referential=desk.draft)
    answer = desk.client.get(reverse("web:admin_editor", args=[desk.draft.pk]))
    assert answer.status_code == 409
    assert "Une édition publiée ne change plus" in answer.content.decode()
    assert desk.post("delete", "blocs[0]").status_code == 302
    assert desk.post("save", "blocs[0]", title="Autre").status_code == 302
    assert "HX-Redirect" in desk.post("delete", "blocs[0]", htmx=True)
    assert desk.tree["blocs"][0]["title"] == "Tronc commun"


def test_a_new_referential_starts_empty(desk: Desk) -> None:
    url = reverse("web:admin_editor_new")
    page = desk.client.post(url, {"title": "Neuf", "code": "Pas Un Code", "edition": "2026"}).content.decode()
    assert "minuscules, chiffres et tirets" in page
    assert 'value="Pas Un Code"' in page
    answer = desk.client.post(url, {"title": "Neuf", "code": "neuf", "edition": "2026"})
    made = Referential.objects.of("neuf").get()
    assert answer["Location"] == reverse("web:admin_editor", args=[made.pk])
    assert "existe déjà" in desk.client.post(url, {"title": "N", "code": "neuf", "edition": "2026"}).content.decode()


def test_the_queries_do_not_grow_with_the_tree(
    desk: Desk, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    large = Desk(load_edition(tree=shipped_tree(shipped_codes()[0])).referential)
    url = reverse("web:admin_editor_node", args=[large.draft.pk])
    for each in (desk, large):
        with django_assert_max_num_queries(MOST_QUERIES):
            each.read(element=CRITERION)
    with django_assert_max_num_queries(MOST_QUERIES):
        large.client.get(url, {"element": "blocs[0]"}, headers={"HX-Request": "true"})
    with django_assert_max_num_queries(15):
        large.post("save", "blocs[0]", version="ancienne", title="Autre")
    with django_assert_max_num_queries(MOST_QUERIES):
        large.client.get(reverse("web:admin_editor_new"))


def test_a_rule_by_points_and_what_contradicts_it(desk: Desk) -> None:
    desk.post("save", "award_rule", bloc="points", threshold="1", repeated="best")
    rule = {"bloc": {"rule": "points", "threshold": 1.0, "repeated": "best"}}
    assert desk.tree["award_rule"] == rule
    refused = {
        "Donnez les points": {"bloc": "points"},
        "Une part ne dépasse pas 1": {"bloc": "share", "threshold": "1.5"},
        "qui n’existe pas (soutenance)": {"certification": "all_blocs", "assessments": "defence"},
        "dispensées d’épreuves que la règle ne demande pas": {"certification": "jury", "exempt": "VAE"},
    }
    for sentence, typed in refused.items():
        assert sentence in desk.post("save", "award_rule", **typed).content.decode()
        assert desk.tree["award_rule"] == rule
