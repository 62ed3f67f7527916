"""An edition's life on screen, with a référentiel as it is: started from another, compared, carried over, published."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from assessments.models import Role
from certification.referentials.models import Referential
from certification.referentials.services import load_edition, new_edition, publish
from certification.referentials.shipped import shipped_codes, shipped_tree
from certification.referentials.tree import edition_tree
from tests import factories

MOST_QUERIES = 15
FEW_QUERIES = 9
PAGES = ("admin_difference", "admin_carry_over", "admin_referential", "admin_publish", "admin_archive")
REPORT = "Le rapport présente les limites de la démarche."


@pytest.fixture
def desk(db: None) -> Client:
    client = Client()
    person = factories.person(Role.ADMINISTRATOR, "Administratrice (démo)")
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def first(db: None) -> Referential:
    return publish(referential=load_edition(tree=shipped_tree("oc-data-scientist")).referential)


@pytest.fixture
def second(first: Referential) -> Referential:
    """The next edition, still a draft: a criterion reworded, one removed, one added."""
    tree = edition_tree(new_edition(from_referential=first, edition="2"))
    reworded, shortened, lengthened = [
        competency
        for activity in tree["blocs"][0]["activities"]
        for competency in activity["competencies"]
        if competency["criteria"]
    ][:3]
    reworded["criteria"][0]["text"] += " Le résultat est daté."
    del shortened["criteria"][0]
    lengthened["criteria"].append(
        {**lengthened["criteria"][0], "code": None, "text": REPORT, "items": [], "checks": []}
    )
    return load_edition(tree=tree).referential


def url(name: str, *args: Any) -> str:
    return reverse(f"web:{name}", args=args)


def read(desk: Client, name: str, *args: Any, **query: str) -> str:
    response = desk.get(url(name, *args), query)
    assert response.status_code == 200
    return response.content.decode()


def fields_of(page: str) -> dict[str, list[str]]:
    """What the carry-over form sends when nothing is touched."""
    sent: dict[str, list[str]] = {}
    for name, options in re.findall(r'<select name="([^"]+-verdict)".*?>(.*?)</select>', page, re.DOTALL):
        sent[name] = re.findall(r'value="(\w+)" selected', options)
    for name, value in re.findall(r'<input type="text"[^>]*? name="([^"]+-new)" value="([^"]*)"', page):
        sent.setdefault(name, []).append(value.replace("&#x27;", "'").replace("&quot;", '"').replace("&amp;", "&"))
    return sent


def test_an_edition_is_started_from_a_published_one(desk: Client, first: Referential) -> None:
    response = desk.post(url("admin_edition_new", first.pk), {"edition": "2"})

    draft = Referential.objects.get(edition="2")
    assert response.headers["Location"] == url("admin_referential", draft.pk)
    assert draft.metadata["predecessor"] == "1"
    assert "Publier" in read(desk, "admin_referential", draft.pk)
    again = desk.post(url("admin_edition_new", first.pk), {"edition": "2"}).content.decode()
    assert "existe déjà" in again
    assert 'value="2"' in again
    assert "corrigez-la directement" in desk.post(url("admin_edition_new", draft.pk), {"edition": "3"}).content.decode()


def test_the_difference_is_shown_criterion_by_criterion(desk: Client, second: Referential) -> None:
    page = read(desk, "admin_difference", second.pk)

    assert "<ins> Le résultat est daté.</ins>" in page or "Le résultat est daté" in page
    assert REPORT in page
    for label in ("Ajouté", "Retiré", "Reformulé", "éléments inchangés"):
        assert label in page
    added = read(desk, "admin_difference", second.pk, changement="added")
    assert REPORT in added
    assert "Le résultat est daté" not in added
    assert "Aucun élément" in read(desk, "admin_difference", second.pk, changement="moved")
    assert "Aucun élément" in read(desk, "admin_difference", second.pk, changement="added", genre="bloc")


def test_an_edition_alone_has_nothing_to_be_compared_with(desk: Client, first: Referential) -> None:
    assert "Une seule édition" in read(desk, "admin_difference", first.pk)
    assert "Pas d’édition précédente" in read(desk, "admin_carry_over", first.pk)


def test_the_carry_over_is_proposed_corrected_and_kept(desk: Client, second: Referential) -> None:
    page = read(desk, "admin_carry_over", second.pk)
    assert "Proposition, à relire" in page
    sent = fields_of(page)
    assert sent["competencies-0-verdict"] == ["reworded"]

    wrong = desk.post(url("admin_carry_over", second.pk), {**sent, "competencies-0-new": ["Ailleurs"]}).content.decode()
    assert "choisissez dans la liste" in wrong
    assert 'value="Ailleurs"' in wrong
    assert "carry_over" not in Referential.objects.get(pk=second.pk).metadata

    sent = {**sent, "competencies-0-verdict": ["none"], "competencies-0-new": []}
    response = desk.post(url("admin_carry_over", second.pk), sent)
    assert response.status_code == 302
    kept = Referential.objects.get(pk=second.pk).metadata["carry_over"]
    assert kept["from"] == "1"
    assert kept["competencies"][0]["verdict"] == "none"
    assert len(kept["competencies"]) == 27
    page = read(desk, "admin_carry_over", second.pk)
    assert "Proposition, à relire" not in page
    assert "À évaluer dans la nouvelle édition" in page


def test_publishing_is_confirmed_and_final(desk: Client, second: Referential) -> None:
    assert "Publier est définitif" in read(desk, "admin_publish", second.pk)

    desk.post(url("admin_publish", second.pk))

    assert Referential.objects.get(pk=second.pk).status == "published"
    assert "n’est plus un brouillon" in read(desk, "admin_publish", second.pk)
    assert "n’est pas un brouillon" in desk.post(url("admin_publish", second.pk), follow=True).content.decode()
    assert "<select name=" not in read(desk, "admin_carry_over", second.pk)


def test_what_keeps_from_publishing_is_listed(desk: Client, second: Referential) -> None:
    desk.post(url("admin_carry_over", second.pk), fields_of(read(desk, "admin_carry_over", second.pk)))
    tree = edition_tree(second)
    del tree["blocs"][5]
    tree["assessments"] = [each for each in tree["assessments"] if each["bloc"] != "6"]
    load_edition(tree=tree)

    for page in (read(desk, "admin_publish", second.pk), desk.post(url("admin_publish", second.pk)).content.decode()):
        assert "ne peut pas encore être publiée" in page
        assert "n’est plus dans cette édition" in page
    assert Referential.objects.get(pk=second.pk).status == "draft"


def test_an_edition_in_force_is_archived(desk: Client, first: Referential) -> None:
    assert "Archiver est définitif" in read(desk, "admin_archive", first.pk)

    desk.post(url("admin_archive", first.pk))

    assert Referential.objects.get(pk=first.pk).status == "archived"
    assert "Seule une édition publiée" in read(desk, "admin_archive", first.pk)


def test_the_coverage_lists_the_criteria_by_who_answers_them(desk: Client, first: Referential) -> None:
    load_edition(tree=shipped_tree("jedha-rncp35288"))
    page = read(desk, "admin_coverage")

    assert "26 compétences y sont appréciées par les personnes seules" in page
    decided = read(desk, "admin_coverage", edition=str(first.pk), reponse="decided")
    assert "<code>repository.versions</code>" in decided
    assert "laissé aux personnes" not in decided
    assert "Aucun référentiel" in read(desk, "admin_coverage", edition="0")


def test_the_queries_do_not_grow(
    desk: Client, second: Referential, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for code in shipped_codes():
        load_edition(tree=shipped_tree(code))
    cache.clear()  # the first read of a frozen edition is no dearer
    with django_assert_max_num_queries(MOST_QUERIES):
        read(desk, "admin_coverage")
    for name in PAGES:
        with django_assert_max_num_queries(FEW_QUERIES):
            read(desk, name, second.pk)
    publish(referential=second)
    for name in (*PAGES, "admin_edition_new"):
        cache.clear()
        with django_assert_max_num_queries(FEW_QUERIES):
            read(desk, name, second.pk)
    with django_assert_max_num_queries(FEW_QUERIES):
        desk.get(url("admin_referential_export", second.pk), {"format": "case"})


def test_the_texts_of_editions_are_said_to_be_french(desk: Client, second: Referential) -> None:
    desk.cookies["django_language"] = "en"
    difference = read(desk, "admin_difference", second.pk)
    assert '<html lang="en"' in difference
    assert f'<p class="change-text" lang="fr">{REPORT}</p>' in difference
    assert re.search(r'<span class="change-under" lang="fr">\w', difference)
    table = read(desk, "admin_carry_over", second.pk)
    assert len(re.findall(r'<th scope="row" class="carried" lang="fr">', table)) == 6 + 27
    assert re.search(r'<input type="text" lang="fr"[^>]* value="1 Prétraiter', table)
    assert '<p class="change-text" lang="fr">' in read(desk, "admin_coverage")
    assert ' lang="fr">Data scientist</a>' in read(desk, "admin_referentials")
