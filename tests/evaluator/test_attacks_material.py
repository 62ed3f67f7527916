"""Files made to break or to hold our readers: each is read or refused by name, soon, and never as a fault of ours."""

from __future__ import annotations

import base64
import hashlib
import json
import pickle
import struct
import zlib
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from evaluator.facts.base import Workspace
from evaluator.limits import MB, JobLimits
from evaluator.plain import plain
from evaluator.sandbox.job import Bind, Job
from tests.evaluator.builders import pdf, workspace, write
from tests.evaluator.sandboxed import honest_answer, sandbox

pytestmark = pytest.mark.usefixtures("start")

_LIMITS = JobLimits(wall_seconds=15.0, cpu_seconds=12, memory_bytes=1024 * MB, processes=24)


def read(folder: Path, files: dict[str, str | bytes], *names: str, limits: JobLimits = _LIMITS) -> Any:
    """The facts ``names`` of a bundle that holds ``files``, read as the platform does."""
    root = write(folder / "bundle", files)
    for path in (root, *root.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    rows = [asdict(entry) for entry in workspace(root).files]
    payload = {"names": list(names), "files": rows}
    job = Job(
        "evaluator.inside.reading:read_facts", payload, binds=(Bind(root, "/bundle"),), limits=limits, hostile=False
    )
    value = sandbox().run(job).value
    json.dumps(value, allow_nan=False).encode()  # what any store takes
    assert "\\u0000" not in json.dumps(value)
    return value


def notebook(*outputs: dict[str, Any], source: str = "x") -> str:
    cell = {"cell_type": "code", "source": source, "execution_count": 1, "outputs": list(outputs)}
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def display(**data: Any) -> dict[str, Any]:
    return {"output_type": "display_data", "data": {kind.replace("_", "/"): value for kind, value in data.items()}}


def nested(depth: int, opening: str = "[", closing: str = "]") -> str:
    return opening * depth + closing * depth


NOTEBOOKS = {
    "deep JSON": nested(100_000),
    "deep name of an error": notebook({"output_type": "error", "ename": json.loads(nested(800)), "evalue": "x"}),
    "types that are not hashed": notebook({"output_type": []}, display(image_png=5), display(text_html={})),
    "marked section": notebook(display(text_html="<![broken[markup]]>")),
    "number of a character": notebook(display(text_html="&#" + "9" * 5000 + ";")),
    "spaces": notebook(display(text_html="a" + " " * 1_000_000 + "b")),
    "open tags": notebook(display(text_html="<a b='" * 200_000)),
    "NUL and half a pair": notebook({"output_type": "stream", "text": "a\0b\ud800"}, source="x\0\ud800"),
    "hostile markup": notebook(display(text_html="<img src=x onerror=alert(1)><a href='javascript:x'>seen</a>")),
    "a drawing that runs": notebook(display(**{"image_svg+xml": "<svg onload=alert(1)>"})),
}


@pytest.mark.parametrize("text", NOTEBOOKS.values(), ids=NOTEBOOKS.keys())
def test_notebooks(tmp_path: Path, text: str) -> None:
    fact = read(tmp_path, {"n.ipynb": text}, "notebooks", "code")["notebooks"]["n.ipynb"]
    assert fact["cells"] or fact["error"]["code"] == "notebook.broken"
    for word in ("onerror", "javascript:", "<svg", "<img"):
        assert word not in json.dumps(fact)


SCRIPTS = {
    "parentheses": "x=" + nested(5000, "(", ")"),
    "signs": "x=" + "-" * 100_000 + "1",
    "sums": "x=" + "+".join(["1"] * 30_000),
    "attributes": "x=a" + ".b" * 30_000,
    "calls": "import pandas as pd\nx=pd" + ".a()" * 10_000,
    "recursion": "def f(x): return g(f(x))\ndef g(x): return f(g(x))\nf(1)\nclass A(A): pass\nA()\n",
    "doublings": "".join(f"def h{n}(x): return h{n + 1}(h{n + 1}(x))\n" for n in range(40)) + "h0(1)",
    "numbers": "import matplotlib.pyplot as plt\nplt.hist([1], bins=1e999)\nplt.hist([1], bins=0x" + "f" * 9999 + ")",
    "powers": "import matplotlib.pyplot as plt\nplt.pie(9**9**9**9)\nplt.pie('a'*10**12)\nplt.pie(1<<10**12)",
    "spaces before nothing": "def x(:\n" + " " * 100_000 + "x\n",
    "broken in every line": "x = (\n" + "y = 1\n" * 20_000,
    "NUL": "x = 1\0\nimport os\n",
}


@pytest.mark.parametrize("text", SCRIPTS.values(), ids=SCRIPTS.keys())
def test_scripts(tmp_path: Path, text: str) -> None:
    assert "a.py" in read(tmp_path, {"a.py": text}, "code")["code"]["modules"]


def test_a_statement_after_a_broken_one_keeps_its_line(tmp_path: Path) -> None:
    text = "import matplotlib.pyplot as plt\nx = = 1\n\n\nplt.pie([1])\n"
    calls = read(tmp_path, {"a.py": text}, "code")["code"]["calls"]
    assert [call["at"][2] for call in calls if call["name"].endswith("pie")] == [5]


DECLARATIONS = {
    "not a number": "[metric]\nclaimed = nan",
    "infinite": "[metric]\nclaimed = inf",
    "beyond any float": "[metric]\nclaimed = " + "9" * 400,
    "beyond any text": "[metric]\nclaimed = " + "9" * 5000,
    "deep": "a = " + nested(5000),
    "dotted": "a" + ".a" * 5000 + " = 1",
    "NUL": '[api]\napp = "a\\u0000b:c"',
    "types": "model = 1\nmetric = [1]\n[api]\napp = 5\nroute = [1]\nidentifier = 1.5",
}


@pytest.mark.parametrize("text", DECLARATIONS.values(), ids=DECLARATIONS.keys())
def test_declarations(tmp_path: Path, text: str) -> None:
    fact = read(tmp_path, {"jalon.toml": text, "a.txt": "x"}, "declaration")["declaration"]
    assert fact["metric"] == {}
    assert fact["error"] is None or fact["error"]["code"] == "declaration.invalid"


_MERGES = "".join(f"k{n}: &k{n} {{<<: [{', '.join([f'*k{n - 1}' if n else '*a'] * 9)}]}}\n" for n in range(9))
DEPENDENCIES = {
    "a date that is none": ("environment.yml", "dependencies:\n - !!timestamp foo\n"),
    "a truth that is none": ("environment.yml", "dependencies:\n - !!bool foo\n"),
    "an empty number": ("environment.yml", "dependencies:\n - !!int ''\n"),
    "merged keys without end": ("environment.yml", f"a: &a {{x: 1}}\n{_MERGES}dependencies: []\n"),
    "itself": ("environment.yml", "dependencies: &a [*a]\n"),
    "deep lists": ("environment.yml", nested(5000)),
    "packages in thousands": ("environment.yml", "dependencies:\n" + "".join(f" - b{n}\n" for n in range(9000))),
    "spaces": ("requirements.txt", "a" + " " * 1_000_000 + "b"),
    "fifty megabytes": ("requirements.txt", "a==1\n" * 10_000_000),
    "a version that is a number": ("pyproject.toml", "[project]\nversion = " + "9" * 5000),
    "tables in thousands": (
        "pyproject.toml", "[tool.poetry.dependencies]\n" + "".join(f"p{n}='1'\n" for n in range(20_000))
    ),
    "a model's packages": ("model/MLmodel", "flavors: !!bool foo\n"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "text"), DEPENDENCIES.values(), ids=DEPENDENCIES.keys())
def test_dependencies(tmp_path: Path, name: str, text: str) -> None:
    facts = read(tmp_path, {name: text}, "dependencies", "model_files")
    errors = {item["error"]["code"] for item in facts["dependencies"]["files"] if item["error"]}
    assert errors <= {"dependencies.unreadable", "file.too_large"}


def test_titles_that_hold_a_slow_pattern(tmp_path: Path) -> None:
    texts = {"README.md": "# a" + " " * 90_000 + "x", "b.md": "# a" + " #" * 50_000 + "x", "c.md": "# Titre ##  \n# C#"}
    facts = read(tmp_path, dict(texts), "texts")["texts"]
    assert [title["text"] for title in facts["c.md"]["headings"]] == ["Titre", "C"]


def _pickled(opcodes: bytes) -> bytes:
    return b"\x80\x04" + opcodes + b"."


MODELS = {
    "an endless text": ("m.pkl", _pickled(b"\x8d" + b"\xff" * 8)),
    "endless bytes": ("m.pkl", _pickled(b"\x8e" + struct.pack("<Q", 1 << 40))),
    "a long number": ("m.pkl", _pickled(b"\x8b" + struct.pack("<i", 5_000_000) + b"\x7f" * 5_000_000)),
    "a number as text": ("m.pkl", b"I" + b"9" * 100_000 + b"\n."),
    "nested tuples": ("m.pkl", _pickled(b"]" + b"\x85" * 100_000)),
    "doubled tuples": ("m.pkl", _pickled(b")" + b"2\x86" * 60)),
    "a list in itself": ("m.pkl", _pickled(b"]\x94h\x00a")),
    "marks": ("m.pkl", _pickled(b"(" * 200_000)),
    "a name with NUL": ("m.pkl", _pickled(b"ca\0b\n\xff\n)R")),
    "compressed without end": ("m.joblib", zlib.compress(b"\x80\x04" + b"N0" * 1_000_000, 9)),
    "a header of lists": ("m.safetensors", struct.pack("<Q", 100_000) + nested(50_000).encode() + b" "),
    "a protobuf in itself": ("m.onnx", b"\x08\x03\x3a\xff\xff\x03" * 5000),
}


@pytest.mark.parametrize(("name", "data"), MODELS.values(), ids=MODELS.keys())
def test_models(tmp_path: Path, name: str, data: bytes) -> None:
    passports = read(tmp_path, {name: data}, "model_files")["model_files"]
    assert all(item["error"] is None or item["error"]["code"].startswith("model.") for item in passports.values())


def test_an_opened_pickle_runs_nothing_of_the_passport(tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> tuple[Any, ...]:
            return exec, ("raise SystemExit",)

    fact = read(tmp_path, {"m.pkl": pickle.dumps(Evil())}, "model_files")["model_files"]["m.pkl"]
    assert fact["dangerous"] == ["builtins.exec"]


def _repository(head: str, *objects: bytes) -> dict[str, str | bytes]:
    files: dict[str, str | bytes] = {".git/HEAD": head}
    for raw in objects:
        name = hashlib.sha1(raw).hexdigest()  # noqa: S324 (git's own)
        files[f".git/objects/{name[:2]}/{name[2:]}"] = zlib.compress(raw, 9)
    return files


def _in_a_pack(entry: bytes) -> dict[str, str | bytes]:
    """A pack of one object, named ``1111…``."""
    pack = b"PACK" + struct.pack(">II", 2, 1) + entry
    pack += hashlib.sha1(pack).digest()  # noqa: S324 (as above)
    fanout = b"".join(struct.pack(">I", int(first >= 0x11)) for first in range(256))
    index = b"\xfftOc\0\0\0\2" + fanout + b"\x11" * 20 + struct.pack(">II", 0, 12) + pack[-20:]
    index += hashlib.sha1(index).digest()  # noqa: S324 (as above)
    return {".git/HEAD": "1" * 40, ".git/objects/pack/pack-a.pack": pack, ".git/objects/pack/pack-a.idx": index}


_BOMB = b"commit 60000000\0" + b"\0" * 60_000_000
REPOSITORIES = {
    "an object that swells": _repository(hashlib.sha1(_BOMB).hexdigest(), _BOMB),  # noqa: S324 (git's own)
    "a difference from itself": _in_a_pack(b"\x7a" + b"\x11" * 20 + zlib.compress(b"\x05\x05\x90\x05")),
    "a difference from nowhere": _in_a_pack(b"\x6a\x00" + zlib.compress(b"\x05\x05\x90\x05")),
    "a head that is its own": {".git/HEAD": "ref: refs/heads/m", ".git/refs/heads/m": "ref: refs/heads/m"},
    "a head outside": {".git/HEAD": "ref: refs/../../../etc/passwd"},
    "a head of bytes": {".git/HEAD": b"\xff\0"},
}


@pytest.mark.parametrize("files", REPOSITORIES.values(), ids=REPOSITORIES.keys())
def test_repositories(tmp_path: Path, files: dict[str, str | bytes]) -> None:
    assert read(tmp_path, files, "git")["git"]["error"]["code"].startswith("git.")


def _page(box: bytes) -> bytes:
    return pdf([["x"]]).replace(b"[0 0 595 842]", box.ljust(13))


@pytest.mark.parametrize("box", [b"[0 0 1e6 1e6]", b"[0 0 1 1e6]", b"[0 0 1e6 1]", b"[0 0 0 0]", b"[9 9 -5 -5]"])
def test_pages_of_absurd_sizes(tmp_path: Path, box: bytes) -> None:
    assert read(tmp_path, {"r.pdf": _page(box)}, "documents")["documents"]["r.pdf"]["count"] == 1


def _picture_bomb(side: int) -> bytes:
    """A picture of ``side`` × ``side`` black points, in a few kilobytes."""
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * ((side // 8 + 1) * side), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


@pytest.mark.parametrize("side", [12_000, 60_000])
def test_a_picture_that_swells_is_dropped(tmp_path: Path, side: int) -> None:
    data = _picture_bomb(side) if side < 20_000 else _picture_bomb(80).replace(b"\0\0\0\x50", struct.pack(">I", side))
    text = notebook(display(image_png=base64.b64encode(data).decode()))
    (output,) = read(tmp_path, {"n.ipynb": text}, "notebooks")["notebooks"]["n.ipynb"]["cells"][0]["outputs"]
    assert output["attachment"] is None


def test_pictures_have_a_total(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evaluator.facts.base._PIXELS_IN_ALL", 100)
    space = Workspace(tmp_path, (), tmp_path)
    data = []
    for colour in ("red", "blue"):
        Image.new("RGB", (9, 9), colour).save(tmp_path / "x.png")
        data.append((tmp_path / "x.png").read_bytes())
    assert [space.attach(item) is not None for item in data] == [True, False]


def test_names_of_our_modules_in_the_bundle_are_not_ours(tmp_path: Path) -> None:
    """Modules by the names of those that our readers import: none of them is."""
    names = ("json", "numpy", "pandas", "yaml", "PIL/__init__", "sitecustomize", "usercustomize", "evaluator/__init__")
    files: dict[str, str | bytes] = {f"{name}.py": "raise SystemExit('shadowed')" for name in names}
    read(tmp_path, files | {"environment.yml": "dependencies: [python=3.11]"}, "code", "dependencies", "notebooks")


def test_a_reader_out_of_memory_says_so(tmp_path: Path) -> None:
    limits = replace(_LIMITS, memory_bytes=160 * MB, wall_seconds=60.0, cpu_seconds=60)
    with pytest.raises(Exception, match=r"sandbox\.memory"):
        read(tmp_path, {"pyproject.toml": "a" + ".a" * 60_000 + " = 1"}, "dependencies", limits=limits)


def test_plain_values_are_what_a_database_keeps() -> None:
    value = {"a\0": ["\ud800", float("inf"), float("nan"), 10**400, -(10**400), 1, 1.5, True, None, "é😀"]}
    assert plain(value) == {"a�": ["�", None, None, None, None, 1, 1.5, True, None, "é😀"]}


def test_the_next_job_is_unharmed() -> None:
    assert honest_answer() == "[1, 2]"
