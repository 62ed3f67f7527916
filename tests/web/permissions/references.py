"""Reference data sets: administrators alone, whatever one has to do with the session."""

from __future__ import annotations

from typing import Any

from tests.assessments.services.test_references import ready
from tests.web.permissions import Row, Scene
from tests.web.permissions.administration import only, session


def version(scene: Scene) -> dict[str, Any]:
    return {"pk": ready(scene.world).pk}


ROWS: list[Row] = [
    only("web:admin_references", session),
    only("web:admin_reference_new", session),
    only("web:admin_reference_new", session, method="post"),
    only("web:admin_reference", version),
    only("web:admin_reference", version, method="post"),
    only("web:admin_reference_file", version),
]
