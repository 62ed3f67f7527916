"""One function a reader: bytes in, nothing out, and no exception but those that the reader may raise.

A reader of facts raises nothing at all, whatever one file holds; what it found must be JSON and must give every check
that reads it a result with a sentence in both languages.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from evaluator import bundle, facts, messages
from evaluator.checks import REGISTRY
from evaluator.errors import SubmissionFault
from evaluator.facts.base import FileEntry, Workspace
from evaluator.limits import MB, BundleLimits
from evaluator.masking import masked
from evaluator.parameters import completed
from evaluator.plain import plain
from evaluator.results import Outcome
from evaluator.runner import CheckRequest, judge

_MEMORY = Path("/dev/shm")
_LIMITS = BundleLimits(total_bytes=8 * MB, file_bytes=4 * MB, files=2000, ratio_floor=MB)
_PARAMETERS: Mapping[str, Mapping[str, Any]] = {
    "document.sections": {"topics": ["coût|cost"]},
    "document.evidence": {"words": ["modèle"]},
}
Target = Callable[[bytes], None]


def archive(data: bytes) -> None:
    """An archive is unpacked, or refused by a name that has a sentence."""
    with _folder() as folder:
        source = folder / "work"
        source.write_bytes(data)
        try:
            manifest = bundle.unpack(source, folder / "bundle", _LIMITS)
        except SubmissionFault as fault:
            _worded(fault)
            assert not (folder / "bundle").exists()
            return
        _contained(folder / "bundle", manifest)


def _contained(root: Path, manifest: bundle.Manifest) -> None:
    found = {path.relative_to(root).as_posix() for path in root.rglob("*") if not path.is_dir()}
    assert found == {entry.path for entry in manifest.files}
    assert not any(path.is_symlink() for path in root.rglob("*"))


def reader(extractors: tuple[str, ...], *names: str) -> Target:
    """A target that reads the bytes under each of ``names`` at once, as one project."""

    def read(data: bytes) -> None:
        with _folder() as folder:
            for name in names:
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_bytes(data)
            digest = hashlib.sha256(data).hexdigest()
            files = tuple(FileEntry(name, len(data), digest) for name in names)
            workspace = Workspace(folder, files)
            found = {name: masked(plain(facts.BY_NAME[name].extract(workspace))) for name in extractors}
            found["files"] = [{"path": entry.path, "size": entry.size, "sha256": entry.sha256} for entry in files]
            _judged(json.loads(json.dumps(found, allow_nan=False)))

    return read


def _judged(found: Mapping[str, Any]) -> None:
    for code, check in REGISTRY.items():
        if set(check.facts) <= set(found):
            result = judge(CheckRequest(code, completed(code, _PARAMETERS.get(code, {}))), found)
            message = result.finding.message
            assert message.code != "engine.check_crashed", (code, message.params)
            assert message.code in messages.CATALOGUE, message.code
            assert result.finding.outcome in Outcome
            json.dumps(result.to_json(messages.render(message, "fr")), allow_nan=False)
            messages.render(message, "en")


def _worded(fault: SubmissionFault) -> None:
    assert fault.code in messages.CATALOGUE, fault.code
    for lang in messages.LANGUAGES:
        assert messages.render(fault.message, lang)


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="fuzz-", dir=_MEMORY if _MEMORY.is_dir() else None))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


_CODE = ("notebooks", "code", "quality", "secrets", "delivery", "fingerprints")
TARGETS: Mapping[str, Target] = {
    "archive": archive,
    "notebook": reader(_CODE, "analyse.ipynb"),
    "code": reader(_CODE, "analyse.py"),
    "model": reader(
        ("model_files", "dependencies"), "model.pkl", "model.joblib", "model.skops", "model.onnx", "MLmodel"
    ),
    "dependencies": reader(
        ("model_files", "dependencies"), "requirements.txt", "environment.yml", "pyproject.toml", "Pipfile", "uv.lock"
    ),
    "document": reader(("documents",), "note.pdf", "note.docx", "note.pptx"),
    "text": reader(("texts", "declaration", "git"), "README.md", "jalon.toml", ".git/HEAD", ".git/packed-refs"),
}
