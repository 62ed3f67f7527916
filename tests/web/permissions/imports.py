"""Bringing in a référentiel: administrators alone, each their own imports."""

from __future__ import annotations

from typing import Any

from assessments.services import imports
from certification.referentials.importers.base import Imported
from certification.referentials.importers.parts import new_tree
from tests.web.permissions import Row, Scene
from tests.web.permissions.administration import only


def pending(scene: Scene) -> dict[str, Any]:
    row = imports.keep(actor=scene.world.administrator, file_name="essai.xlsx", imported=Imported(new_tree()))
    return {"key": row.key}


ROWS: list[Row] = [
    only("web:admin_import_new"),
    only("web:admin_import_new", method="post"),
    only("web:admin_import_template"),
    only("web:admin_import", pending),
    only("web:admin_import", pending, 302, "post"),
]
