"""The rail shows each role its places, and every place exists."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from django.urls import reverse

from assessments.models import User
from assessments.web.navigation import DESTINATIONS, items_for, navigation


@pytest.mark.parametrize("destination", DESTINATIONS, ids=lambda item: item.url_name)
def test_every_destination_exists(destination: object) -> None:
    assert reverse(destination.url_name)  # type: ignore[attr-defined]


def test_roles_add_up_in_the_order_of_the_rail() -> None:
    assert [str(item.label) for item in items_for(["juror", "mentor"], "/")] == ["À relire", "Aujourd’hui", "Profil"]


def test_one_place_is_current() -> None:
    url = reverse("web:mentor_home")
    items = items_for(["mentor", "candidate"], f"{url}12/")
    assert [item.url for item in items if item.current] == [url]


def test_strangers_see_no_rail_and_an_unknown_theme_is_ignored() -> None:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    request.COOKIES["theme"] = '"><script>'
    assert navigation(request) == {"navigation": [], "theme": ""}
    request.user = User(email="m@demo.jalon.test", roles=["mentor"])
    request.COOKIES["theme"] = "dark"
    context = navigation(request)
    assert context["theme"] == "dark"
    assert len(context["navigation"]) == 2
