"""JSON and YAML: the tree itself."""

from __future__ import annotations

import json

from certification.referentials.exporters.base import Origin, Tree
from certification.referentials.yaml_form import write_form


def write_json(tree: Tree, origin: Origin) -> bytes:
    """The tree as indented JSON, in UTF-8."""
    return (json.dumps(tree, ensure_ascii=False, indent=2) + "\n").encode()


def write_yaml(tree: Tree, origin: Origin) -> bytes:
    """The tree in the YAML form that `referentials load --file` reads."""
    return write_form(tree).encode()
