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
    labels = [str(item.label) for item in items_for(["juror", "mentor"], "/")]
    assert labels == ["À relire", "Aujourd’hui", "Disponibilités", "Profil"]


def test_one_place_is_current() -> None:
    url = reverse("web:mentor_home")
    items = items_for(["mentor", "candidate"], f"{url}12/")
    assert [item.url for item in items if item.current] == [url]


@pytest.mark.parametrize("page", ["work", "submission"])
@pytest.mark.parametrize(
    ("roles", "home"),
    [
        (["candidate"], "candidate_home"),
        (["mentor"], "mentor_home"),
        (["juror"], "juror_home"),
        (["administrator"], "admin_sessions"),
        (["candidate", "mentor"], None),
    ],
)
def test_a_page_that_roles_share_is_under_the_readers_line(roles: list[str], home: str | None, page: str) -> None:
    items = items_for(roles, reverse(f"web:{page}", kwargs={"pk": 7}))
    assert [item.url for item in items if item.current] == ([reverse(f"web:{home}")] if home else [])


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
