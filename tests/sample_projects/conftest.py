"""The samples built once for all the tests of the folder, and the candidates' Python."""

from __future__ import annotations

from pathlib import Path

import pytest

from assessments.samples import build as samples

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The two repositories, by name."""
    folder = tmp_path_factory.mktemp("samples")
    return {name: samples.build(name, folder / name) for name in samples.NAMES}


@pytest.fixture(scope="session")
def runtime_python() -> Path:
    """The interpreter in which candidates' code runs."""
    python = PROJECT / "var" / "runtimes" / "default" / "bin" / "python"
    assert python.is_file(), f"make the candidates' runtime first: {python} does not exist"
    return python
