"""The editor of référentiels: administrators alone; what is not said well is told on the page it came from."""

from __future__ import annotations

from typing import Any

from tests.web.permissions import Row, Scene
from tests.web.permissions.administration import only


def draft(scene: Scene) -> dict[str, Any]:
    return {"pk": scene.world.edition.referential.pk}


ROWS: list[Row] = [
    only("web:admin_editor", draft),
    only("web:admin_editor_node", draft),
    *(only(f"web:admin_editor_{name}", draft, code=302, method="post") for name in ("add", "move", "delete", "undo")),
    only("web:admin_editor_save", draft, method="post"),
    only("web:admin_award_trial", draft),
    only("web:admin_award_trial", draft, method="post"),
    only("web:admin_editor_new"),
    only("web:admin_editor_new", method="post"),
]
