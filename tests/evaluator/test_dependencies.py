"""Dependencies in every form and encoding that candidates hand in."""

from __future__ import annotations

import codecs
import contextlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluator.facts import requirements as forms
from evaluator.facts.dependencies import extract

from .builders import workspace, write

TEXT = "# commentaire\nscikit_learn==1.4.2\npandas>=2\n"


def only(root: Path, files: dict[str, str | bytes]) -> dict[str, Any]:
    found = extract(workspace(write(root, files)))
    return next(item for item in found["files"] if item["path"] == found["main"])


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        codecs.BOM_UTF8 + TEXT.encode(),
        TEXT.encode("utf-16"),
        TEXT.encode("utf-16-le"),
        TEXT.replace("\n", "\r\n").encode("utf-16"),
        TEXT.encode("latin-1"),
    ],
    ids=["utf-8", "utf-8 with mark", "utf-16 with mark", "utf-16 without", "windows", "latin-1"],
)
def test_every_encoding(data: bytes, tmp_path: Path) -> None:
    entries = only(tmp_path, {"requirements.txt": data})["entries"]
    assert [(entry["name"], entry["spec"], entry["pinned"], entry["line"]) for entry in entries] == [
        ("scikit-learn", "==1.4.2", True, 2),
        ("pandas", ">=2", False, 3),
    ]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("requirements/prod.txt", "pandas==2.2.1\n"),
        ("requirement.txt", "pandas==2.2.1\n"),
        ("env_projet.yml", "dependencies:\n  - pandas=2.2.1\n"),
        ("my_environment.yaml", "dependencies:\n  - pip:\n    - pandas==2.2.1\n"),
    ],
)
def test_names_that_candidates_give_to_the_file(path: str, text: str, tmp_path: Path) -> None:
    main = only(tmp_path, {path: text, "notes.txt": "numpy==1.0\n"})
    assert (main["path"], [entry["name"] for entry in main["entries"]]) == (path, ["pandas"])


@pytest.mark.parametrize(
    ("line", "name", "pinned"),
    [
        ("numpy==1.26.4", "numpy", True),
        ("numpy === 1.26.4", "numpy", True),
        ("numpy=1.26.4=py311h64a7726_0", "numpy", True),
        ("numpy=1.26.4", "numpy", False),
        ("numpy==1.26.*", "numpy", False),
        ("numpy>=1.26,<2", "numpy", False),
        ("numpy~=1.26", "numpy", False),
        ("numpy", "numpy", False),
        ("uvicorn[standard]==0.30.1", "uvicorn", True),
        ('pywin32==306 ; sys_platform == "win32"', "pywin32", True),
        ("Flask_Cors==4.0.0  # pour le tableau", "flask-cors", True),
        ("numpy==1.26.4 --hash=sha256:abc", "numpy", True),
        ("git+https://host.test/a/outil.git@" + "a" * 40 + "#egg=outil", "outil", True),
        ("git+https://host.test/a/outil.git@main#egg=outil", "outil", False),
        ("wheel @ file:///tmp/build/wheel", "wheel", False),
        ("-e .", "local", False),
    ],
)
def test_lines(line: str, name: str, pinned: bool) -> None:
    (entry,) = forms.requirements(line)
    assert (entry.name, entry.pinned) == (name, pinned)


@pytest.mark.parametrize("line", ["", "# numpy==1", "--index-url https://host.test/simple", "-c limits.txt", "???"])
def test_lines_that_name_nothing(line: str) -> None:
    assert forms.requirements(line) == []


def test_continued_lines_keep_the_number_of_the_first() -> None:
    (first, second) = forms.requirements(
        "numpy==1.26.4 \\\n    --hash=sha256:abc \\\n    --hash=sha256:def\npandas==2.0.0"
    )
    assert [(first.name, first.line, first.pinned), (second.name, second.line)] == [("numpy", 1, True), ("pandas", 4)]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        (
            "environment.yml",
            "dependencies:\n  - python=3.11\n  - conda-forge::numpy=1.26.4=py311\n  - scipy\n"
            "  - pip:\n    - flask==3.0.0\n",
            [("python", True), ("numpy", True), ("scipy", False), ("flask", True)],
        ),
        (
            "pyproject.toml",
            '[project]\nname = "x"\ndependencies = ["numpy==1.26.4", "pandas>=2"]\n',
            [("numpy", True), ("pandas", False)],
        ),
        (
            "pyproject.toml",
            '[tool.poetry.dependencies]\npython = "^3.11"\nnumpy = "1.26.4"\npandas = {version = "^2.0"}\n',
            [("numpy", True), ("pandas", False)],
        ),
        ("Pipfile", '[packages]\nnumpy = "==1.26.4"\npandas = "*"\n', [("numpy", True), ("pandas", False)]),
        (
            "packages.txt",
            "Package      Version\n------------ -------\nnumpy        1.26.4\nscikit-learn 1.4.2\n",
            [("numpy", True), ("scikit-learn", True)],
        ),
    ],
)
def test_forms(name: str, text: str, expected: list[tuple[str, bool]], tmp_path: Path) -> None:
    entries = only(tmp_path, {name: text})["entries"]
    assert [(entry["name"], entry["pinned"]) for entry in entries] == expected


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("uv.lock", '[[package]]\nname = "numpy"\nversion = "1.26.4"\n'),
        ("poetry.lock", '[[package]]\nname = "numpy"\nversion = "1.26.4"\n'),
        ("Pipfile.lock", '{"default": {"numpy": {"version": "==1.26.4"}}}'),
    ],
)
def test_locks(name: str, text: str, tmp_path: Path) -> None:
    found = extract(workspace(write(tmp_path, {name: text})))
    assert found["main"] is None
    assert found["files"][0]["locked"]
    assert found["files"][0]["entries"][0]["pinned"]


@pytest.mark.parametrize("name", ["pyproject.toml", "environment.yml", "Pipfile", "uv.lock", "Pipfile.lock"])
@pytest.mark.parametrize("text", ["[[[", "a: [", "{", "&a [*a, *a]", "!!python/object/apply:os.system ['true']"])
def test_broken_files_are_recorded(name: str, text: str, tmp_path: Path) -> None:
    (item,) = extract(workspace(write(tmp_path, {name: text})))["files"]
    assert item["entries"] == []
    assert item["error"] is None or item["error"]["code"] == "dependencies.unreadable"


def test_main_is_the_nearest_that_declares_something(tmp_path: Path) -> None:
    files = {"pyproject.toml": "[tool.ruff]\n", "api/requirements.txt": "flask", "requirements-dev.txt": "pytest"}
    assert extract(workspace(write(tmp_path, files)))["main"] == "requirements-dev.txt"
    write(tmp_path, {"requirements.txt": "numpy"})
    assert extract(workspace(tmp_path))["main"] == "requirements.txt"


def test_included_files_are_followed_inside_the_bundle_only(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "-r base/common.txt\n-r ../secret.txt\n--requirement absent.txt",
        "base/common.txt": "a==1",
    }
    assert extract(workspace(write(tmp_path, files)))["files"][0]["includes"] == ["base/common.txt"]


@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    for entry in [*forms.requirements(text), *forms.pip_list(text)]:
        assert entry.name
        assert 1 <= entry.line <= len(text.splitlines())
    for form in (forms.conda, forms.pyproject, forms.pipfile, forms.pipfile_lock, forms.toml_lock):
        with contextlib.suppress(forms.Unreadable):
            form(text)
