"""The model passport: which files are models, whatever their name, and what stands inside. Never loaded."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Any, BinaryIO

from evaluator.errors import SubmissionFault
from evaluator.facts.access import fault, open_file, own, own_files, recorded
from evaluator.facts.base import Extractor, FileEntry, Workspace, decode
from evaluator.facts.models import containers
from evaluator.facts.models.folders import model_file
from evaluator.facts.models.onnx import of_onnx
from evaluator.facts.models.passport import blank, joined, of_reading
from evaluator.facts.models.pickles import read_pickle
from evaluator.facts.models.source import SourceError, compression_of, opened
from evaluator.limits import GB, MB

_FILES = 200
_HEAD = 64
_LARGEST = 2 * GB
_ONNX = 512 * MB
_PROTOCOLS = range(2, 6)
_PICKLE_SUFFIXES = frozenset({".pkl", ".pickle", ".pckl", ".joblib", ".sav", ".p", ".pk", ".model", ".mdl", ".dill"})
_OTHER_SUFFIXES = frozenset({".onnx", ".h5", ".hdf5", ".keras", ".skops", ".pt", ".pth", ".npz", ".safetensors"})
_OLD_START = re.compile(rb"\([ldi]|\][qp(]|\}[qp(]|c[A-Za-z_][\w.]*\n[A-Za-z_]")  # protocols 0 and 1
_ENOUGH = 3  # op-codes read without an error, for a compressed file or an old protocol to be called a pickle


def extract(workspace: Workspace) -> dict[str, Any]:
    """``{path: passport}`` of every model file, see ``models.passport.blank``; at most 200.

    An MLflow folder is one entry, under the path of its ``MLmodel``; the files it holds are its ``parts``.
    """
    found: dict[str, Any] = {}
    for entry in own_files(workspace):
        if len(found) >= _FILES:
            break
        try:
            passport = _passport(workspace, entry)
        except SubmissionFault as error:
            passport = blank("unknown") | {"error": recorded(error)} if _named_model(entry.path) else None
        if passport is not None:
            found[entry.path] = {"sha256": entry.sha256, "bytes": entry.size} | passport
    return _gathered(found)


def _named_model(path: str) -> bool:
    return PurePosixPath(path).suffix.lower() in _PICKLE_SUFFIXES


def _fragile(files: Iterable[FileEntry]) -> list[FileEntry]:
    """Op-codes, tables and graphs of any size, behind a compression; up to the last that may be read.

    Each file that is named as a model has a passport, whatever it is.
    """
    found: list[FileEntry] = []
    room = _FILES
    for entry in own(files):
        if room > 0 and PurePosixPath(entry.path).suffix.lower() in _PICKLE_SUFFIXES | _OTHER_SUFFIXES:
            found.append(entry)
            room -= _named_model(entry.path)
    return found


def _passport(workspace: Workspace, entry: FileEntry) -> dict[str, Any] | None:
    """None when the file is no model. Raises SubmissionFault."""
    if PurePosixPath(entry.path).name == "MLmodel":
        return containers.of_mlmodel(decode(workspace.read_bytes(entry.path, MB)))
    with open_file(workspace, entry.path) as stream:
        head = stream.read(_HEAD)
        stream.seek(0)
        if not head:
            return _not_a_pickle(entry.path)
        if entry.size > _LARGEST:
            return blank("unknown") | {"error": fault("model.too_large")} if _named_model(entry.path) else None
        return _of_stream(stream, head, entry)


def _of_stream(stream: BinaryIO, head: bytes, entry: FileEntry) -> dict[str, Any] | None:
    suffix = PurePosixPath(entry.path).suffix.lower()
    if head.startswith(containers.ZIP_MAGIC):
        return containers.of_zip(stream)
    if head.startswith(containers.HDF5_MAGIC):
        return containers.of_hdf5(stream)
    if suffix == ".safetensors" or head[8:9] == b"{":
        passport = containers.of_safetensors(stream, entry.size) if entry.size > 8 else None
        stream.seek(0)
        if passport:
            return passport
    if suffix == ".onnx":
        return of_onnx(stream.read(_ONNX)) or blank("onnx") | {"error": fault("model.corrupt")}
    return _pickled(stream, head, entry.path)


def _pickled(stream: BinaryIO, head: bytes, path: str) -> dict[str, Any] | None:
    """A pickle by its first bytes, or by its name when the first bytes could be one of the first protocols."""
    compression = compression_of(head)
    modern = head[:1] == b"\x80" and head[1:2] != b"" and head[1] in _PROTOCOLS
    if not modern and compression is None and not _OLD_START.match(head):
        return _not_a_pickle(path)
    try:
        reading = read_pickle(opened(stream, compression))
    except SourceError as error:
        return blank("unknown", compression) | {"error": fault(error.code)} if _named_model(path) else None
    certain = modern or _named_model(path)
    if not certain and (reading.error is not None or reading.opcodes < _ENOUGH or not reading.imports):
        return None
    return of_reading(reading, compression)


def _not_a_pickle(path: str) -> dict[str, Any] | None:
    """A file that calls itself a pickle and is none is worth telling: it may be a Git LFS pointer, or empty."""
    return blank("unknown") | {"error": fault("model.not_a_pickle")} if _named_model(path) else None


def _gathered(found: dict[str, Any]) -> dict[str, Any]:
    """Put the files of each MLflow folder into the passport of the folder."""
    for path in [path for path, passport in found.items() if passport["format"] == "mlflow"]:
        folder = path.removesuffix("MLmodel")
        for part in [other for other in found if other != path and other.startswith(folder)]:
            other = found.pop(part)
            joined(found[path], other, part)
            if found[path]["held"] is None and other["estimator"]:
                file = model_file(part, other)
                found[path]["held"] = {"path": file.path, "format": file.form, "sha256": file.sha256}
    return found


EXTRACTOR = Extractor("model_files", 3, extract, fragile=_fragile)
