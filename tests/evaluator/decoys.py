"""Projects with the work taken out of their code: commented, kept as strings, moved to markdown, imports only."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

_IMPORT = re.compile(r"(from\s+\S+\s+)?import\s+[^(]+$")


def commented(code: str) -> str:
    return "\n".join("# " + line for line in code.splitlines())


def literal(code: str) -> str:
    return "text = " + json.dumps(code) if code.strip() else ""


def imports_only(code: str) -> str:
    return "\n".join(line for line in code.splitlines() if _IMPORT.match(line))


def nothing(code: str) -> str:
    return ""


KINDS: dict[str, Callable[[str], str]] = {
    "commented": commented,
    "literal": literal,
    "imports": imports_only,
    "markdown": nothing,
}


def make_decoy(project: Path, target: Path, kind: str) -> None:
    """Copy ``project`` to ``target`` without its work."""
    take_out = KINDS[kind]
    for source in project.rglob("*"):
        if source.is_file():
            copy = target / source.relative_to(project)
            copy.parent.mkdir(parents=True, exist_ok=True)
            if source.suffix in {".py", ".ipynb"}:
                copy.write_text(_without_work(source, take_out, kind))
            else:
                copy.write_bytes(source.read_bytes())


def _without_work(source: Path, take_out: Callable[[str], str], kind: str) -> str:
    text = source.read_text()
    if source.suffix == ".py":
        return take_out(text)
    try:
        notebook = json.loads(text)
    except ValueError:
        return text
    sheets = notebook.get("worksheets", [notebook])
    for cell in (cell for sheet in sheets for cell in sheet["cells"] if cell["cell_type"] == "code"):
        code = "".join(cell.pop("input", cell.get("source", "")))
        cell.update(outputs=[], source=take_out(code))
        if kind == "markdown":
            cell.update(cell_type="markdown", source=f"```python\n{code}\n```")
    return json.dumps(notebook)
