"""Small real things for the tests: repositories, PDF documents, pickles.

``python -m tests.evaluator.builders`` writes the binary files of the corpus again (``repository_*``).
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import pickle
import shutil
import subprocess
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import joblib
from PIL import Image
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from evaluator.facts.base import FileEntry, Workspace
from evaluator.limits import MB

CORPUS = Path(__file__).parent / "corpus"
_SIZES = {"#": 20, "##": 15}
_BODY = 10


def workspace(root: Path, attachments: Path | None = None) -> Workspace:
    """The workspace of a folder, every regular file in its manifest."""
    files = sorted(path for path in root.rglob("*") if path.is_file() and not path.is_symlink())
    entries = [
        FileEntry(path.relative_to(root).as_posix(), path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest())
        for path in files
    ]
    return Workspace(root, tuple(entries), attachments)


def write(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write ``files`` by relative path under ``root`` and return it."""
    for name, content in files.items():
        target = root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def git(folder: Path, *arguments: str) -> str:
    """Run git with nothing of this machine's configuration, on fixed dates; its output."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        **{f"GIT_{who}_NAME": "Candidate Démo" for who in ("AUTHOR", "COMMITTER")},
        **{f"GIT_{who}_EMAIL": "candidate@demo.jalon.test" for who in ("AUTHOR", "COMMITTER")},
        **{f"GIT_{who}_DATE": "2026-02-01T10:00:00+0100" for who in ("AUTHOR", "COMMITTER")},
    }
    done = subprocess.run(
        ["git", *arguments], cwd=folder, env=environment, check=True, capture_output=True, text=True, timeout=60
    )
    return done.stdout.strip()


def repository(folder: Path, commits: int, *, packed: bool = False) -> Path:
    """A repository of ``commits`` commits, each changing the long file ``notes.txt`` and adding one of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "--quiet", "--template=", "--initial-branch=main")
    text = [f"line {number} of a text long enough for git to store its versions as deltas" for number in range(200)]
    for number in range(commits):
        text[number] = f"version {number}"
        write(folder, {"notes.txt": "\n".join(text), f"src/file_{number}.txt": str(number)})
        git(folder, "add", ".")
        git(folder, "commit", "--quiet", "--message", f"Étape {number + 1}")
    if packed:
        git(folder, "gc", "--quiet", "--aggressive", "--prune=now")
    return folder


def pdf(pages: Sequence[Sequence[str]]) -> bytes:
    """A PDF with one text line per string; ``# `` and ``## `` make larger lines, an empty string leaves a gap."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    kids = []
    for lines in pages:
        stream = _drawn(lines)
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
        content = len(objects)
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R"
            b" /Resources << /Font << /F 3 0 R >> >> >>" % content
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(kids), b" ".join(kids))
    return _assembled(objects)


def pdf_of(*objects: bytes, trailer: bytes = b"") -> bytes:
    """A PDF of objects as they are, numbered from 1, the first one being the catalogue."""
    return _assembled(objects, trailer)


def pdf_drawn(stream: bytes, filters: bytes = b"") -> bytes:
    """A PDF of one page that ``stream`` draws, as it is, behind ``filters``."""
    return pdf_of(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count 1 /Kids [4 0 R] >>",
        b"<< /Length %d /Filter [%s] >>\nstream\n%s\nendstream" % (len(stream), filters, stream),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 3 0 R /Resources << >> >>",
    )


def pdf_slow() -> bytes:
    """A few kilobytes that keep their reader busy for minutes: one page of many curves, five hundred times over."""
    curves = b"0 0 m 595 842 0 842 595 0 c S " * 40_000
    stream = zlib.compress(curves, 9)
    return pdf_of(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count 500 /Kids [%s] >>" % (b"4 0 R " * 500),
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 3 0 R /Resources << >> >>",
    )


def notebook_slow() -> str:
    """A notebook of a few megabytes whose figures hold three thousand million pixels."""
    drawn = io.BytesIO()
    Image.new("L", (9000, 9000)).save(drawn, "PNG")
    figure = {"image/png": base64.b64encode(drawn.getvalue()).decode()}
    outputs = [{"output_type": "display_data", "metadata": {}, "data": figure}] * 36
    cell = {"cell_type": "code", "execution_count": 1, "metadata": {}, "source": "plt.show()", "outputs": outputs}
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]})


def twice_compressed(piece: bytes, megabytes: int) -> bytes:
    """``piece`` over and over, as a few kilobytes that unfold to ``megabytes``."""
    packer = zlib.compressobj(9)
    block = piece * (MB // len(piece))
    inner = b"".join(packer.compress(block) for _ in range(megabytes)) + packer.flush()
    return zlib.compress(inner, 9)


def _drawn(lines: Sequence[str]) -> bytes:
    commands, top = [], 780
    for line in lines:
        mark, _, rest = line.partition(" ")
        size, text = (_SIZES[mark], rest) if mark in _SIZES else (_BODY, line)
        escaped = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
        commands.append(f"BT /F {size} Tf 60 {top} Td ({escaped}) Tj ET")
        top -= size * 2
    return "\n".join(commands).encode("latin-1")


def _assembled(objects: Sequence[bytes], trailer: bytes = b"") -> bytes:
    document, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(document))
        document += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    start = len(document)
    size = len(objects) + 1
    document += b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
    return document + b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (size, trailer, start)


def fitted() -> LogisticRegression:
    return LogisticRegression().fit([[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1])


class ProjectModel:
    """A class of the project's own: nobody else knows what it is."""

    def __init__(self) -> None:
        self.threshold = 0.5


def _bare(source: Path, target: Path) -> None:
    """The files of a packed repository that reading needs, as a bare one, so that it can stand in the corpus."""
    shutil.rmtree(target, ignore_errors=True)
    for name in ("HEAD", "packed-refs"):
        write(target, {name: (source / ".git" / name).read_bytes()})
    for path in sorted((source / ".git/objects/pack").iterdir()):
        if path.suffix in {".pack", ".idx"}:
            write(target, {f"objects/pack/{path.name}": path.read_bytes()})


def write_corpus(scratch: Path) -> None:
    """Write the binary files of the ``repository_*`` cases."""
    good, flawed, unclear = (CORPUS / f"repository_{name}" / "project" for name in ("good", "flawed", "unclear"))
    _bare(repository(scratch / "three", 3, packed=True), good / "projet.git")
    _bare(repository(scratch / "one", 1, packed=True), flawed / "projet.git")
    body = [f"Ligne {number} du texte de la note." for number in range(20)]
    write(good, {"note_methodologique.pdf": pdf([["# Note", "## 1. Démarche", *body], ["## 2. Limites", *body]])})
    write(flawed, {"rapport.pdf": pdf([["# Rapport", "## 1. Démarche", *body], body, body, ["## 2. Limites", *body]])})
    write(unclear, {"note_1.pdf": pdf([body]), "note_2.pdf": pdf([body])})
    write(good, {"requirements.txt": "scikit-learn==1.9.1\npandas==3.1.1\n".encode("utf-16")})
    for target in (good / "model", flawed / "model", unclear):
        target.mkdir(parents=True, exist_ok=True)
    joblib.dump({"modele": fitted(), "seuil": 0.4}, good / "model/modele.txt")
    joblib.dump(StandardScaler().fit([[0.0], [1.0]]), flawed / "model/scaler.pkl")
    write(unclear, {"modele": pickle.dumps(ProjectModel(), 4)})


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        write_corpus(Path(folder))
