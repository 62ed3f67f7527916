"""Archives that hold nothing but what goes with a project are told apart, whatever the folder and the case."""

from __future__ import annotations

from pathlib import Path

import pytest

from evaluator import runner
from evaluator.errors import SubmissionFault
from evaluator.worth import holds_work
from tests.evaluator import archives

AROUND = {
    "README.md": b"# Projet",
    "projet/readme.TXT": b"Projet",
    "lisez-moi.md": b"# Projet",
    "LISEZMOI": b"Projet",
    "LICENSE": b"MIT",
    "docs/COPYING": b"GPL",
    ".gitignore": b"*.pyc",
    ".git/HEAD": b"ref: refs/heads/main",
    "notebooks/vide.ipynb": b"",
}


@pytest.mark.parametrize("name", AROUND)
def test_what_goes_with_a_project_is_none(name: str) -> None:
    assert not holds_work([{"path": name, "size": len(AROUND[name])}])


@pytest.mark.parametrize("name", ["analyse.py", "README.pdf", "jalon.toml", "readme/notes.md", "rapport.docx"])
def test_one_file_of_its_own_is_enough(name: str) -> None:
    rows = [{"path": path, "size": len(content)} for path, content in AROUND.items()]
    assert holds_work([*rows, {"path": name, "size": 1}])


def test_an_archive_without_work_is_refused_at_inspection(tmp_path: Path) -> None:
    archive = tmp_path / "projet.zip"
    archive.write_bytes(archives.zip_bytes({"README.md": b"# Projet", "LICENSE": b"MIT", "vide.py": b""}))
    with pytest.raises(SubmissionFault) as refused:
        runner.inspect(archive)
    assert refused.value.code == "bundle.no_work"
