"""Model files that are not a bare pickle: zip archives, protobuf, safetensors, HDF5, MLflow folders."""

from __future__ import annotations

import json
import re
import struct
import zipfile
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from evaluator.facts.models.passport import add_versions, blank, joined, of_reading
from evaluator.facts.models.pickles import read_pickle
from evaluator.facts.models.source import Source
from evaluator.facts.requirements import Unreadable, yaml_texts
from evaluator.limits import GB, MB

HDF5_MAGIC = b"\x89HDF\r\n\x1a\n"
ZIP_MAGIC = b"PK\x03\x04"
_HEADER = 16 * MB
_JSON = 32 * MB
_MEMBERS = 5_000
_VERSION = re.compile(rb"keras_version.{0,400}?(\d+\.\d+\.\d+[a-z0-9.-]*)", re.DOTALL)
_ENTRY_ERRORS = (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, RuntimeError, MemoryError)


def of_zip(stream: BinaryIO) -> dict[str, Any] | None:
    """The passport of a zip that is a model (PyTorch, Keras, skops), None when it is another zip."""
    try:
        with zipfile.ZipFile(stream) as archive:
            names = [info.filename for info in archive.infolist()[:_MEMBERS]]
            return next((reader(archive, name) for name in names if (reader := _reader(name, names))), None)
    except _ENTRY_ERRORS:  # zipfile raises any of these on a malformed archive
        return None


def of_safetensors(stream: BinaryIO, size: int) -> dict[str, Any] | None:
    """A header of JSON after its length on eight bytes; None when it is not."""
    (length,) = struct.unpack("<Q", stream.read(8))
    if not 2 <= length <= min(_HEADER, size - 8):
        return None
    header = _parsed(stream.read(length))
    if not isinstance(header, dict):
        return None
    tensors = [name for name, value in header.items() if isinstance(value, dict) and "data_offsets" in value]
    if not tensors:
        return None
    passport = blank("safetensors")
    passport["estimator"] = True
    return passport


def of_hdf5(stream: BinaryIO) -> dict[str, Any] | None:
    """A Keras model in HDF5, None for another HDF5 file. The version is the one written near the root."""
    data = stream.read(_HEADER)
    if b"keras_version" not in data and b"model_config" not in data and b"layer_names" not in data:
        return None
    passport = blank("keras")
    passport["estimator"] = True
    passport["packages"] = ["keras"]
    match = _VERSION.search(data)
    add_versions(passport, [("keras", match[1].decode("ascii", "replace"))] if match else [])
    return passport


def of_mlmodel(text: str) -> dict[str, Any] | None:
    """The ``MLmodel`` file of a folder that MLflow wrote. The model itself stands beside it."""
    try:
        loaded = yaml_texts(text)
    except Unreadable:
        return None
    flavors = loaded.get("flavors") if isinstance(loaded, dict) else None
    if not isinstance(flavors, dict):
        return None
    passport = blank("mlflow")
    add_versions(passport, [*_versions(loaded, ("mlflow_version",)), *_flavor_versions(flavors)])
    return passport


def _versions(table: dict[str, Any], keys: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for key in keys:
        if isinstance(table.get(key), str):
            yield key.removesuffix("_version"), table[key][:40]


_FLAVORS = {
    "sklearn_version": "scikit-learn",
    "xgb_version": "xgboost",
    "lgb_version": "lightgbm",
    "catboost_version": "catboost",
    "pytorch_version": "torch",
    "keras_version": "keras",
    "statsmodels_version": "statsmodels",
    "prophet_version": "prophet",
    "transformers_version": "transformers",
}


def _flavor_versions(flavors: dict[Any, Any]) -> Iterator[tuple[str, str]]:
    for flavor in flavors.values():
        for key, value in flavor.items() if isinstance(flavor, dict) else ():
            if key in _FLAVORS and isinstance(value, str):
                yield _FLAVORS[key], value[:40]


_Reader = Callable[[zipfile.ZipFile, str], dict[str, Any]]


def _reader(name: str, names: list[str]) -> _Reader | None:
    """How to read the zip, from the name of one member."""
    base = name.rpartition("/")[2]
    if base == "data.pkl":
        return _torch
    if name == "schema.json":
        return _skops
    return _keras if name == "config.json" and "model.weights.h5" in names else None


def _torch(archive: zipfile.ZipFile, name: str) -> dict[str, Any]:
    passport = blank("torch")
    with archive.open(name) as member:
        joined(passport, of_reading(read_pickle(Source(member, GB), many=False), None), name)
    return passport


def _keras(archive: zipfile.ZipFile, name: str) -> dict[str, Any]:
    passport = blank("keras")
    passport["estimator"] = True
    passport["packages"] = ["keras"]
    config = _parsed(_member(archive, name))
    if isinstance(config, dict) and isinstance(config.get("class_name"), str):
        passport["classes"] = [f"{config.get('module') or 'keras'}.{config['class_name']}"[:200]]
        passport["estimators"] = list(passport["classes"])
    if "metadata.json" in archive.namelist():
        metadata = _parsed(_member(archive, "metadata.json"))
        add_versions(passport, _versions(metadata, ("keras_version",)) if isinstance(metadata, dict) else [])
    return passport


def _skops(archive: zipfile.ZipFile, name: str) -> dict[str, Any]:
    from evaluator.facts.models.skops import of_schema

    return of_schema(_parsed(_member(archive, name)))


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as member:
        return member.read(_JSON)


def _parsed(data: bytes) -> Any:
    """JSON, or None when it is not."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None
