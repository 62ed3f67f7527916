"""The set-up of a bare machine: what is missing is installed when permitted, else named at once."""

import importlib.util
import subprocess
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import pytest

from certification.embedded import PROJECT


@pytest.fixture
def bootstrap() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bootstrap", PROJECT / ".ci" / "bootstrap.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def commands(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The commands that would have been run."""
    said: list[str] = []

    def run(command: Sequence[object], **options: object) -> None:
        said.append(" ".join(str(part) for part in command))

    monkeypatch.setattr(bootstrap, "run", run)
    return said


def test_every_missing_package_is_in_one_message(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "administrator_prefix", lambda: None)
    wanted = {"first": lambda: False, "present": lambda: True, "second": lambda: False}
    with pytest.raises(bootstrap.SetupError, match=r"apt-get install first second$"):
        bootstrap.install_system_packages(wanted)


def test_missing_packages_are_installed_when_permitted(
    bootstrap: ModuleType, commands: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "administrator_prefix", lambda: ["sudo", "-n"])
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: f"/usr/bin/{name}")
    bootstrap.install_system_packages({"wanted": lambda: len(commands) == 2, "present": lambda: True})
    assert [command.split("apt-get -qq ")[1] for command in commands] == [
        "update",
        "install --yes --no-install-recommends wanted",
    ]
    assert all(command.startswith("sudo -n env DEBIAN_FRONTEND=noninteractive") for command in commands)


def test_an_installer_that_fails_leaves_the_names(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(command: Sequence[object], **options: object) -> None:
        raise subprocess.CalledProcessError(100, [str(part) for part in command])

    monkeypatch.setattr(bootstrap, "run", run)
    monkeypatch.setattr(bootstrap, "administrator_prefix", list)
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: f"/usr/bin/{name}")
    with pytest.raises(bootstrap.SetupError, match=r"apt-get install wanted$"):
        bootstrap.install_system_packages({"wanted": lambda: False})


def test_nothing_is_asked_when_nothing_is_missing(bootstrap: ModuleType, commands: list[str]) -> None:
    bootstrap.install_system_packages({"present": lambda: True})
    assert commands == []


def test_the_same_requirements_are_installed_once(
    bootstrap: ModuleType, commands: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "VENV", tmp_path)
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("uv==1\nother==1\n")

    bootstrap.install_requirements("run", requirements)
    first = len(commands)
    bootstrap.install_requirements("run", requirements)
    assert len(commands) == first > 0

    requirements.write_text("uv==1\nother==2\n")
    bootstrap.install_requirements("run", requirements)
    assert len(commands) > first


def test_sources_pip_is_set_up_for_are_those_of_uv(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    listing = "global.index-url='https://packages.example/simple'\n:env:.find-links='/wheels /more'\nglobal.cert='/c'\n"
    for name in ("UV_DEFAULT_INDEX", "UV_INDEX", "UV_FIND_LINKS", "UV_INDEX_STRATEGY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(
        bootstrap.subprocess, "run", lambda *args, **options: subprocess.CompletedProcess([], 0, listing)
    )
    environment = bootstrap.uv_environment()
    assert environment["UV_DEFAULT_INDEX"] == "https://packages.example/simple"
    assert environment["UV_FIND_LINKS"] == "/wheels,/more"
    assert environment["UV_INDEX_STRATEGY"] == "unsafe-best-match"


def test_what_this_machine_has_is_recognised(bootstrap: ModuleType) -> None:
    wanted = bootstrap.RUN_PACKAGES | bootstrap.TEST_PACKAGES
    assert [name for name, present in wanted.items() if not present()] == []
