"""Environments built by uv from wheels of a folder: nothing of the network."""

from __future__ import annotations

import base64
import hashlib
import os
import zipfile
from pathlib import Path

import pytest

from evaluator.errors import EngineFault
from evaluator.runtimes import builder, choice, uv
from evaluator.runtimes.choice import choose
from evaluator.runtimes.wishes import Wish
from evaluator.sandbox.job import Job
from evaluator.sandbox.runner import Sandbox


def wheel(folder: Path, name: str, version: str, files: dict[str, str], requires: str = "") -> None:
    """A pure wheel, as PEP 427 describes it."""
    info = f"{name}-{version}.dist-info"
    needed = f"Requires-Dist: {requires}\n" if requires else ""
    parts = files | {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needed}",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},{_hash(text)},{len(text.encode())}\n" for path, text in parts.items())
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as archive:
        for path, text in {**parts, f"{info}/RECORD": f"{record}{info}/RECORD,,\n"}.items():
            archive.writestr(path, text)


def _hash(text: str) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")
    return f"sha256={digest}"


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of wheels as the only source, and runtimes of our own beside the default one."""
    default = choice.default_runtime()
    folder, runtimes = tmp_path / "wheels", tmp_path / "runtimes"
    folder.mkdir()
    runtimes.mkdir()
    (runtimes / "default").symlink_to(default.folder)
    monkeypatch.setenv("JALON_RUNTIMES_DIR", str(runtimes))
    empty = tmp_path / "simple"
    empty.mkdir()
    sources = {"UV_DEFAULT_INDEX": empty.as_uri(), "UV_FIND_LINKS": str(folder)}
    only = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)} | sources
    monkeypatch.setattr(uv, "environment", lambda: only)
    return folder


def test_an_environment_is_built_once_and_used_in_the_sandbox(wheels: Path) -> None:
    wheel(wheels, "tellme", "1.5", {"tellme.py": "def main(payload):\n    return 'quinze'\n"})
    wheel(wheels, "tellme", "2.0", {"tellme.py": "def main(payload):\n    return 'vingt'\n"})
    wish = Wish(("tellme<2",), "pins")
    build = builder.build(wish)
    assert (build.state, build.code) == ("built", "")
    assert "tellme==1.5" in build.log
    assert builder.build(wish) == build
    assert [found.requirements for found in builder.builds()] == [("tellme<2",)]
    runtime = builder.built(wish)
    assert runtime is not None
    assert Sandbox(runtime).run(Job(entry="tellme:main", payload={})).value == "quinze"


def test_two_wishes_that_resolve_alike_share_one_environment(wheels: Path) -> None:
    wheel(wheels, "tellme", "1.5", {"tellme.py": ""})
    first, second = builder.build(Wish(("tellme",), "pins")), builder.build(Wish(("tellme==1.5",), "model"))
    assert first.runtime == second.runtime


def test_nothing_of_a_package_is_run_while_it_is_installed(wheels: Path, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    line = f"import pathlib; pathlib.Path({str(trace)!r}).write_text('run')\n"
    wheel(wheels, "sly", "1.0", {"sly.pth": line, "sitecustomize.py": line, "sly.py": line})
    assert builder.build(Wish(("sly",), "pins")).state == "built"
    assert not trace.exists()


def test_what_cannot_be_resolved_is_told_and_remembered(wheels: Path) -> None:
    wheel(wheels, "tellme", "1.5", {"tellme.py": ""})
    build = builder.build(Wish(("tellme==9",), "pins"))
    assert (build.state, build.code) == ("failed", "runtime.unresolved")
    assert "tellme" in build.reason
    assert builder.state(Wish(("tellme==9",), "pins")) == build


def test_limits_of_time_and_of_size_are_named(wheels: Path) -> None:
    wheel(wheels, "heavy", "1.0", {"heavy.py": "#" * 400_000})
    assert builder.build(Wish(("heavy",), "pins"), size=1000).code == "runtime.too_large"
    assert builder.build(Wish(("heavy==1.0",), "pins"), seconds=0.0).code == "runtime.too_slow"


def test_source_packages_are_refused(wheels: Path, tmp_path: Path) -> None:
    """Building one would run its set-up with our rights."""
    source = tmp_path / "evil-1.0"
    source.mkdir()
    trace = tmp_path / "trace"
    (source / "setup.py").write_text(f"open({str(trace)!r}, 'w').write('run')\nfrom setuptools import setup\nsetup()\n")
    with zipfile.ZipFile(wheels / "evil-1.0.zip", "w") as archive:
        archive.write(source / "setup.py", "evil-1.0/setup.py")
    assert builder.build(Wish(("evil",), "pins")).code == "runtime.unresolved"
    assert not trace.exists()


def test_the_first_wish_that_can_be_had_is_chosen_and_says_what_was_missed(wheels: Path) -> None:
    wheel(wheels, "tellme", "1.5", {"tellme.py": ""})
    asked: list[str] = []
    wishes = [Wish(("tellme==9",), "pins"), Wish(("tellme==1.5",), "nearest")]
    found = choose(wishes, seconds=60, on_build=lambda: asked.append("build"))
    assert found.origin == "nearest"
    assert found.fault is not None
    assert (found.fault.code, asked) == ("runtime.unresolved", ["build", "build"])


def test_only_what_stands_in_the_way_is_given_up(wheels: Path) -> None:
    wheel(wheels, "tellme", "1.5", {"tellme.py": ""})
    wheel(wheels, "tellme", "2.0", {"tellme.py": ""})
    wheel(wheels, "other", "3.1", {"other.py": ""})
    wishes = [Wish(("absent", "other==2.0.1", "tellme==1.5"), "pins"), Wish(("other", "tellme"), "nearest")]
    found = choose(wishes, seconds=60, on_build=lambda: None)
    assert found.origin == "nearest"
    assert found.fault is not None
    assert found.fault.params["requirements"] == ["other==2.0.1", "tellme==1.5"]
    lock = (found.runtime.folder / "requirements.txt").read_text().split()
    assert lock == ["other==3.1", "tellme==1.5"]


def test_what_comes_along_is_of_the_time_of_what_is_asked(wheels: Path) -> None:
    wheel(wheels, "flask", "2.2.3", {"flask.py": ""}, requires="werkzeug>=2.2")
    wheel(wheels, "werkzeug", "2.3.8", {"werkzeug.py": ""})
    wheel(wheels, "werkzeug", "3.1.0", {"werkzeug.py": ""})
    assert "werkzeug==2.3.8" in builder.build(Wish(("flask==2.2.3",), "pins")).log


def test_a_folder_that_goes_while_it_is_measured_is_no_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """uv moves what it installs."""
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "c").write_bytes(b"123")
    scandir = os.scandir

    def gone(path: str | os.PathLike[str]) -> object:
        if str(path).endswith("b"):
            raise FileNotFoundError(path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", gone)
    assert builder._size(tmp_path) == 0


def test_nothing_is_built_where_that_is_not_allowed(wheels: Path) -> None:
    wheel(wheels, "tellme", "1.5", {"tellme.py": ""})
    found = choose([Wish(("tellme",), "pins")], seconds=0, on_build=lambda: None)
    assert found.origin == "default"
    assert found.fault is not None
    assert found.fault.code == "runtime.not_built"


def test_what_the_default_runtime_has_is_not_built_again(wheels: Path) -> None:
    found = choose([Wish(("numpy",), "pins")], seconds=60, on_build=lambda: pytest.fail("nothing to build"))
    assert (found.origin, found.fault) == ("default", None)


def test_environments_that_nobody_uses_are_removed(wheels: Path) -> None:
    wheel(wheels, "tellme", "1.5", {"tellme.py": ""})
    wish = Wish(("tellme",), "pins")
    build = builder.build(wish)
    assert builder.prune(3600) == []
    assert builder.prune(-1) == [build.runtime]
    assert builder.state(wish) is None


@pytest.mark.parametrize(("value", "seconds"), [("0", 0.0), ("120", 120.0)])
def test_the_time_of_a_build_is_a_setting(value: str, seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JALON_RUNTIME_BUILD_SECONDS", value)
    assert builder.build_seconds() == seconds


def test_a_setting_that_is_no_number_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JALON_RUNTIME_BUILD_SECONDS", "cinq")
    with pytest.raises(EngineFault, match=r"runtime\.setting_invalid"):
        builder.build_seconds()
