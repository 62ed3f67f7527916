"""Every page in English: no French word of ours is left. What the référentiel and people wrote stays theirs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from html.parser import HTMLParser
from typing import Any

import pytest
from django.apps import apps
from django.db.models import CharField, TextField
from django.test import Client
from django.urls import reverse

from tests import factories
from tests.web.permissions import ROLES, Row, Scene
from tests.web.test_permissions import ROWS, client_for, in_pieces

pytestmark = pytest.mark.django_db
SPOKEN = {"title", "alt", "placeholder", "aria-label", "aria-description", "content", "data-label"}
UNSPOKEN = {"script", "style", "code", "pre"}
VOID = {"meta", "link", "input", "img", "br", "hr", "wbr", "source"}
FRENCH = re.compile(
    r"\b(?:le|les?|des|du|une?|est|sont|et|où|aux?|pour|avec|dans|sur|sans|cette|ces|vous|vos|votre|nous|notre|pas|ici"
    r"|aucune?|être|été|dépôts?|déposer|déposé|épreuves?|critères?|blocs?|jurés?|bulletin|scellé|décision|séances?"
    r"|référentiels?|travail|travaux|envois?|envoyer|avis|relire|évaluations?|preuves?|fichiers?|enregistrer|fermer"
    r"|annuler|profil|acquis|atteint|délibération|rapport)\b",
    re.IGNORECASE,
)


class Spoken(HTMLParser):
    """What a page says, aloud or in a tooltip, outside code and outside what is marked as French."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._silent: list[bool] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        silent = tag in UNSPOKEN or ("lang", "fr") in attrs or any(self._silent[-1:])
        if not silent:
            self.said += [value or "" for name, value in attrs if name in SPOKEN or name.startswith("data-word")]
        if tag not in VOID:
            self._silent.append(silent)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and self._silent:
            self._silent.pop()

    def handle_data(self, data: str) -> None:
        if not any(self._silent[-1:]):
            self.said.append(data)


def stored_texts() -> Iterator[str]:
    for model in apps.get_models():
        names = [field.name for field in model._meta.fields if isinstance(field, CharField | TextField)]
        for row in model._default_manager.values_list(*names) if names else ():
            yield from (text for text in row if isinstance(text, str) and " " in text)


def french_left(html: str) -> list[str]:
    page = Spoken()
    page.feed(html)
    theirs = sorted(set(stored_texts()), key=len, reverse=True)
    left = []
    for said in page.said:
        ours = said
        for text in theirs:
            ours = ours.replace(text, " ")
        if FRENCH.search(ours):
            left.append(" ".join(said.split()))
    return left


def is_page(row: Row) -> bool:
    ours = row.name.startswith("web:") and row.name != "web:styleguide"
    return ours and row.method == "get" and 200 in row.expected.values()


PAGES = in_pieces([row for row in ROWS if is_page(row)])


@pytest.fixture(params=["before the defence", "after it"])
def scene(request: pytest.FixtureRequest, db: None) -> Scene:
    world = factories.world()
    after = request.param == "after it"
    slot = factories.marked(world, "acquired", "not_acquired", "acquired") if after else factories.scheduled(world)
    return Scene(world, slot.submission, slot)


@pytest.mark.parametrize("piece", PAGES)
def test_no_french_is_left(scene: Scene, piece: str, subtests: pytest.Subtests) -> None:
    for row in PAGES[piece]:
        with subtests.test(row.name), scene.tried() as tried:
            role = next(role for role in ROLES if row.expected.get(role, row.otherwise) == 200)
            url = reverse(row.name, kwargs=row.kwargs(tried))
            answer: Any = client_for(tried, role).get(url, row.data(tried), headers={"Accept-Language": "en"})
            if not answer.headers["Content-Type"].startswith("text/html"):
                continue
            html = answer.content.decode()
            assert answer.status_code != 200 or "<html" not in html or '<html lang="en"' in html
            assert french_left(html) == []


@pytest.mark.parametrize("name", ["account_login", "account_reset_password", "account_signup"])
def test_the_pages_before_logging_in(client: Client, name: str) -> None:
    html = client.get(reverse(name), headers={"Accept-Language": "en"}).content.decode()
    assert french_left(html) == []


def test_the_switch_is_remembered(scene: Scene) -> None:
    client = client_for(scene, "candidate")
    home = reverse("web:candidate_home")
    assert "Où en sont vos blocs" in client.get(home).content.decode()
    client.post(reverse("set_language"), {"language": "en", "next": home})
    assert "Where do your skills blocks stand?" in client.get(home).content.decode()
    client.post(reverse("set_language"), {"language": "fr", "next": home})
    assert '<html lang="fr"' in client.get(home).content.decode()


def test_dates_are_written_in_letters(scene: Scene) -> None:
    session = scene.world.session
    session.starts_on = date(2026, 11, 2)
    session.save()
    url = reverse("web:admin_session", kwargs={"pk": session.pk})
    page = client_for(scene, "administrator").get(url, headers={"Accept-Language": "en"}).content.decode()
    assert "2 November 2026" in page


def test_what_is_looked_for_would_be_found() -> None:
    assert french_left('<p lang="fr">Le dépôt</p><p title="Votre dépôt">Say <code>le dépôt</code></p>') == [
        "Votre dépôt"
    ]
