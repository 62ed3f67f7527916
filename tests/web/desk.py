"""An administrator before the editor of a draft, as the tests of its pages need one."""

from __future__ import annotations

import copy
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from assessments.models import Role
from certification.referentials.models import Referential
from certification.referentials.structure import content_hash
from certification.referentials.tree import edition_tree
from tests import factories
from tests.referentials.conftest import TREE

CRITERION = "blocs[0].activities[0].competencies[0].criteria[0]"
REAL = copy.deepcopy(TREE)
REAL["blocs"][0]["activities"][0]["competencies"][0]["criteria"][0]["checks"] = [
    {"code": "repository.versions", "role": "decided", "params": {"minimum": 2}}
]
"""The small référentiel, with a check of the engine."""


class Desk:
    """An administrator before the editor of one draft."""

    def __init__(self, draft: Referential) -> None:
        self.draft, self.client = draft, Client()
        administrator = factories.person(Role.ADMINISTRATOR)
        self.client.force_login(administrator, backend="django.contrib.auth.backends.ModelBackend")

    @property
    def tree(self) -> dict[str, Any]:
        return edition_tree(self.draft)

    def read(self, name: str = "admin_editor", **query: str) -> str:
        response = self.client.get(reverse(f"web:{name}", args=[self.draft.pk]), query)
        assert response.status_code == 200
        return response.content.decode()

    def post(self, name: str, element: str, htmx: Any = False, **data: Any) -> HttpResponse:
        data = {"version": content_hash(self.tree), "element": element} | data
        headers = {"HX-Request": "true"} if htmx else {}
        url = reverse(f"web:admin_editor_{name}", args=[self.draft.pk])
        return self.client.post(url, data, headers=headers)  # type: ignore[return-value]  # the client's own class
