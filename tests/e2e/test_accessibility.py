"""Every page of every role, with long names: nothing against WCAG 2.2 AA, no complaint, no sideways scroll."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse

from assessments.services import ballots
from tests import factories
from tests.e2e.visitors import Visitor
from tests.web.permissions import Row, Scene
from tests.web.test_permissions import ROLES, ROWS

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Visitor]
PARTS = {"web:submission_results", "web:upload_status", "web:probes"}
"""Parts of pages, that scripts ask for."""
DARK = {"web:candidate_home", "web:work", "web:submission", "web:review", "web:ballot", "web:admin_session"}


@pytest.fixture
def scene(transactional_db: None) -> Scene:
    world = factories.world()
    factories.lengthen(world)
    slot = factories.scheduled(world)
    ballots.open_ballot(actor=world.jurors[1], slot=slot)
    return Scene(world, slot.submission, slot)


AFTERWARDS = ("tests.web.permissions.documents", "tests.web.permissions.outcomes")
"""Their addresses are of what comes after a decision: they come last, so that the others are seen before it."""


def opens(row: Row, role: str) -> bool:
    return row.expected.get(role, row.otherwise) == 200


def pages(role: str) -> list[Row]:
    """What the role may open and is not looked at with another: what anyone may open once, and a juror's for the
    president. The API's page is left out: it is Swagger UI's, as it comes."""
    ours = [row for row in ROWS if row.method == "get" and row.name.startswith("web:") and row.name not in PARTS]
    ours.sort(key=lambda row: row.kwargs.__module__ in AFTERWARDS)
    before = {"anonymous": (), "president": ("anonymous", "juror")}.get(role, ("anonymous",))
    return [row for row in ours if opens(row, role) and not any(opens(row, other) for other in before)]


def is_page(visitor: Visitor, url: str) -> bool:
    """False for files: archives, pictures, tables, documents."""
    return visitor.context.request.get(url).headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("role", [role for role in ROLES if role != "stranger"])
def test_pages_reproach_nothing(role: str, scene: Scene, visit: Visit) -> None:
    world = scene.world
    people = {
        "candidate": world.candidate,
        "mentor": world.mentor,
        "juror": world.jurors[1],
        "president": world.president,
        "administrator": world.administrator,
    }
    light, dark = visit(), visit(dark=True)
    for visitor in (light, dark):
        if role in people:
            visitor.known_as(people[role])
    for row in pages(role):
        url = reverse(row.name, kwargs=row.kwargs(scene))
        if not is_page(light, url):
            continue
        for theme, visitor in {"light": light, "dark": dark}.items():
            if theme == "light" or row.name in DARK:
                visitor.page.goto(url)
                assert visitor.page.url.endswith(url)  # the page, not the door
                visitor.look(f"{role}-{row.name.removeprefix('web:')}-{theme}".replace(":", "-"))


def test_the_pages_of_accounts_reproach_nothing(scene: Scene, visit: Visit) -> None:
    visitor = visit()
    for name in ("account_login", "account_reset_password", "account_signup"):
        visitor.page.goto(reverse(name))
        visitor.look(name)
    visitor.known_as(scene.world.candidate)
    for name in ("account_change_password", "account_logout"):
        visitor.page.goto(reverse(name))
        visitor.look(name)
    visitor.page.goto(reverse("web:address"))
    visitor.look("account_reauthenticate")
    visitor.page.get_by_label("Mot de passe").fill(factories.PASSWORD)
    visitor.page.get_by_role("button", name="Confirmer").click()
    visitor.page.wait_for_url("**" + reverse("web:address"))
    visitor.look("profile-address")
