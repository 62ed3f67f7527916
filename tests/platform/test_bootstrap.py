"""The set-up of a bare machine: what is missing is installed when permitted, else named at once."""

import importlib.util
import re
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
    requirements.write_text("uv==1 \\\n    --hash=sha256:aa\nother==1\n")

    bootstrap.install_requirements("run", requirements)
    first = len(commands)
    bootstrap.install_requirements("run", requirements)
    assert len(commands) == first > 0
    assert all("--require-hashes" in command for command in commands)

    requirements.write_text("uv==1 \\\n    --hash=sha256:aa\nother==2\n")
    bootstrap.install_requirements("run", requirements)
    assert len(commands) > first


def test_a_pin_comes_with_its_hashes(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    lines = ["uvicorn==9", "uv==1 \\", "    --hash=sha256:aa \\", "    --hash=sha256:bb", "    # via here", "vine==2"]
    (tmp_path / "requirements.txt").write_text("\n".join(lines))
    assert bootstrap.pin("uv") == "\n".join(lines[1:4]) + "\n"
    with pytest.raises(bootstrap.SetupError, match="does not pin pip"):
        bootstrap.pin("pip")


def test_everything_that_is_installed_is_pinned_with_hashes(bootstrap: ModuleType) -> None:
    """Of every package in every list: a version, and the sha256 of at least one file, as `make lock` writes them."""
    for name in bootstrap.LOCKS:
        text = (PROJECT / name).read_text().replace("\\\n", " ")
        lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
        loose = [
            line[:60] for line in lines if not re.match(r"[A-Za-z0-9._-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", line)
        ]
        assert (name, loose) == (name, [])


def test_every_list_that_is_installed_is_locked_and_checked(bootstrap: ModuleType) -> None:
    lists = {
        str(path.relative_to(PROJECT))
        for path in PROJECT.glob("[!.v]*/**/requirements.txt")
        if "corpus" not in path.parts
    }
    samples = {name for name in lists if name.startswith("assessments/samples/")}
    assert lists - samples <= set(bootstrap.LOCKS)
    image = (PROJECT / "docker" / "Dockerfile").read_text()
    assert all("--require-hashes" in line for line in image.splitlines() if "pip install" in line)


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
