"""Private files are shown to a job all the same; what is open is not copied."""

import os
from pathlib import Path

import pytest

from evaluator import runner
from evaluator.shown import shown
from tests.evaluator import archives


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "projet"
    (folder / "notebooks").mkdir(parents=True)
    (folder / "notebooks" / "eda.ipynb").write_text("{}")
    return folder


def test_what_is_open_is_shown_as_it_stands(project: Path, tmp_path: Path) -> None:
    for path in (project, *project.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    assert shown(project, tmp_path) == project


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o400])
def test_a_private_archive_is_inspected(project: Path, tmp_path: Path, mode: int) -> None:
    archive = tmp_path / "projet.zip"
    archive.write_bytes(archives.zip_bytes({"analyse.py": b"# Projet"}))
    archive.chmod(mode)
    assert runner.inspect(archive).files == 1
    assert archive.stat().st_mode & 0o777 == mode


def test_a_private_folder_is_inspected_and_its_links_are_not_followed(project: Path) -> None:
    secret = project.parent / "secret.txt"
    secret.write_text("secret")
    (project / "lien.txt").symlink_to(secret)
    os.mkfifo(project / "tube")
    for path in (project / "notebooks" / "eda.ipynb", project / "notebooks", project):
        path.chmod(0o700 if path.is_dir() else 0o600)
    inspection = runner.inspect(project)
    assert inspection.files == 1
    assert "lien.txt" in inspection.left_out
