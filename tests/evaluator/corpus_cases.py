"""The corpus: small projects of our own with what each check must answer.

A case is a folder with ``expected.json`` and ``project/``. What cannot be committed as text (a history, a PDF, a
model file) is made by ``build.py``, whose ``build(project: Path)`` completes a copy of ``project/``. A case with
``references.json`` has tables of the certifier beside its project, and is evaluated by the whole engine.
"""

from __future__ import annotations

import atexit
import hashlib
import json
import runpy
import shutil
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from evaluator import runner
from evaluator.checks import REGISTRY
from evaluator.facts import EXTRACTORS
from evaluator.facts.base import FileEntry, Workspace
from evaluator.references import PARAMETER, Reference
from evaluator.results import Finding

CORPUS = Path(__file__).parent / "corpus"
STATIC_FACTS = {"files", *(extractor.name for extractor in EXTRACTORS)}


@dataclass(frozen=True, slots=True)
class Case:
    """One project of the corpus. ``expected`` maps a check to an outcome, or to an outcome and a first evidence."""

    folder: Path
    expected: dict[str, Any]

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def is_built(self) -> bool:
        return (self.folder / "build.py").is_file()

    @property
    def project(self) -> Path:
        return _built(self.folder) if self.is_built else self.folder / "project"

    @property
    def references(self) -> dict[str, Reference]:
        """The certifier's tables by name; none for the cases that are extracted in the tests' own process."""
        listed = self.folder / "references.json"
        named = json.loads(listed.read_text()) if listed.is_file() else {}
        return {name: _reference(self.folder, name, **fields) for name, fields in named.items()}

    def outcome(self, check: str) -> str:
        answer = self.expected[check]
        return answer if isinstance(answer, str) else answer["outcome"]

    def first(self, check: str) -> dict[str, Any]:
        answer = self.expected[check]
        return {} if isinstance(answer, str) else answer.get("first", {})

    def parameters(self, check: str) -> dict[str, Any]:
        answer = self.expected[check]
        return {} if isinstance(answer, str) else answer.get("parameters", {})


def cases() -> list[Case]:
    return [
        Case(folder, json.loads((folder / "expected.json").read_text()))
        for folder in sorted(CORPUS.iterdir())
        if (folder / "expected.json").is_file()
    ]


def _reference(folder: Path, name: str, *, file: str, target: str, identifier: str = "") -> Reference:
    path = folder / file
    return Reference(name, path, hashlib.sha256(path.read_bytes()).hexdigest(), target, identifier)


@cache
def _built(folder: Path) -> Path:
    """A copy of the case's project completed by its ``build.py``, removed when the tests end."""
    target = Path(tempfile.mkdtemp(prefix="corpus-"))
    atexit.register(shutil.rmtree, target, ignore_errors=True)
    if (folder / "project").is_dir():
        shutil.copytree(folder / "project", target, dirs_exist_ok=True)
    runpy.run_path(str(folder / "build.py"))["build"](target)
    return target


def static_checks() -> list[str]:
    """Codes of the registered checks that need nothing to be run."""
    return [code for code, check in REGISTRY.items() if set(check.facts) <= STATIC_FACTS]


def measured_checks() -> list[str]:
    """Codes of the registered checks that nothing but a table of the certifier can decide."""
    return [code for code, check in REGISTRY.items() if PARAMETER in check.parameters.get("required", ())]


def findings_of(case: Case) -> dict[str, Finding]:
    """What the engine finds in a case with tables of the certifier, in the sandbox."""
    requests = [runner.CheckRequest(code, case.parameters(code)) for code in case.expected]
    with runner.evaluate(case.project, requests, references=case.references) as report:
        return {result.check: result.finding for result in report.results}


def facts_of(project: Path, attachments: Path | None = None) -> dict[str, Any]:
    """All static facts of a project, extracted in this process: the corpus is ours."""
    files = sorted(path for path in project.rglob("*") if path.is_file())
    entries = tuple(_entry(project, path) for path in files)
    workspace = Workspace(project, entries, attachments)
    facts: dict[str, Any] = {
        "files": [{"path": entry.path, "size": entry.size, "sha256": entry.sha256} for entry in entries]
    }
    for extractor in EXTRACTORS:
        facts[extractor.name] = extractor.extract(workspace)
    return json.loads(json.dumps(facts))


@cache
def cached_facts(project: Path) -> dict[str, Any]:
    return facts_of(project)


def run_check(code: str, facts: dict[str, Any], given: dict[str, Any] | None = None) -> Finding:
    check = REGISTRY[code]
    defaults = {
        name: schema["default"] for name, schema in check.parameters["properties"].items() if "default" in schema
    }
    return check.run(facts, {**defaults, **(given or {})})


def _entry(project: Path, path: Path) -> FileEntry:
    data = path.read_bytes()
    return FileEntry(path.relative_to(project).as_posix(), len(data), hashlib.sha256(data).hexdigest())
