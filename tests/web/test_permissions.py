"""Every address × role × code; a route without a row fails."""

from __future__ import annotations

import copy
import importlib
import pkgutil
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from assessments.models import Role
from tests import factories
from tests.web import permissions
from tests.web.permissions import ROLES, Row, Scene

OURS = ("web:", "api:", "case:")
ROWS: list[Row] = [
    row
    for module in pkgutil.iter_modules(permissions.__path__)
    for row in importlib.import_module(f"tests.web.permissions.{module.name}").ROWS
]


def in_pieces(rows: list[Row], size: int = 16) -> dict[str, list[Row]]:
    """What shares one scene, by the first of it: few enough rows for the test processes to deal them out."""
    starts = range(0, len(rows), size)
    return {f"{rows[start].name}-{rows[start].method}": rows[start : start + size] for start in starts}


PIECES = in_pieces(ROWS)


def routes(patterns: list[Any], prefix: str = "") -> set[str]:
    found: set[str] = set()
    for item in patterns:
        if isinstance(item, URLResolver):
            found |= routes(item.url_patterns, f"{prefix}{item.namespace}:" if item.namespace else prefix)
        elif isinstance(item, URLPattern) and item.name:
            found.add(prefix + item.name)
    return found


def test_every_route_has_a_row() -> None:
    ours = {name for name in routes(get_resolver().url_patterns) if name.startswith(OURS)}
    assert ours - {row.name for row in ROWS} == set()


@pytest.fixture
def scene(db: None) -> Scene:
    world = factories.world()
    slot = factories.scheduled(world)
    return Scene(world, slot.submission, slot)


def client_for(scene: Scene, role: str) -> Client:
    world = scene.world
    people = {
        "candidate": world.candidate,
        "mentor": world.mentor,
        "juror": world.jurors[1],
        "president": world.president,
        "administrator": world.administrator,
    }
    client = Client()
    if role == "stranger":
        stranger = factories.person()
        stranger.roles = [Role.CANDIDATE, Role.MENTOR, Role.JUROR]
        stranger.save()
        client.force_login(stranger, backend="django.contrib.auth.backends.ModelBackend")
    elif role != "anonymous":
        client.force_login(people[role], backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize("piece", PIECES)
def test_permission_matrix(scene: Scene, piece: str, subtests: pytest.Subtests) -> None:
    logged_in = {role: client_for(scene, role).cookies for role in ROLES}
    for row in PIECES[piece]:
        with subtests.test(f"{row.name}-{row.method}"), scene.tried() as tried:
            url = reverse(row.name, kwargs=row.kwargs(tried))
            seen = {}
            for role in ROLES:
                client = Client()
                client.cookies = copy.copy(logged_in[role])
                seen[role] = getattr(client, row.method)(url, row.data(tried)).status_code
            assert seen == {role: row.expected.get(role, row.otherwise) for role in ROLES}
