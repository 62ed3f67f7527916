"""Whether a model is saved, and whether what stands inside agrees with what the project declares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from evaluator.checks.base import Check, unreadable
from evaluator.checks.model_files_messages import MESSAGES
from evaluator.facts.base import Facts
from evaluator.facts.models.folders import model_file
from evaluator.results import Evidence, EvidenceKind, Finding, Message, Outcome
from evaluator.versions import agrees

__all__ = ["CHECKS", "MESSAGES"]

_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Comparison:
    """A library inside the model ``path`` against the line that declares it; ``agreed`` None when nothing is said."""

    path: str
    library: str
    inside: str
    spec: str | None
    agreed: bool | None
    file: str | None = None
    line: int | None = None


def serialized(facts: Facts, params: Mapping[str, Any]) -> Finding:
    """A saved estimator; a scaler, an encoder or an explainer alone is not one."""
    passports = facts["model_files"]
    models = [path for path in _ordered(passports) if passports[path]["estimator"]]
    if models:
        first = passports[models[0]]
        path = model_file(models[0], first).path
        params = {"path": path, "classes": _shown_classes(first), "format": first["format"], "count": len(models)}
        code = "met" if first["estimators"] else "met_network"
        evidence = [_file(path, passports[path]) for path in models[:_SHOWN]]
        return Finding(Outcome.MET, Message(f"model.serialized.{code}", params), evidence)
    unread = [path for path in passports if passports[path]["error"]]
    opaque = [path for path in passports if passports[path]["unknown"] and not passports[path]["error"]]
    evidence = [_file(path, passports[path]) for path in list(passports)[:_SHOWN]]
    if opaque:
        params = {"path": opaque[0], "classes": passports[opaque[0]]["unknown"][:_SHOWN]}
        return Finding(Outcome.UNDECIDED, Message("model.serialized.undecided_unknown", params), evidence)
    if unread:
        error = passports[unread[0]]["error"]
        told = {"code": error["code"], "params": {"path": unread[0], **error["params"]}}
        return unreadable(told, [_file(unread[0], passports[unread[0]])])
    if not passports:
        return Finding(Outcome.NOT_MET, Message("model.serialized.not_met"))
    others = list(dict.fromkeys(name for path in passports for name in _shown_classes(passports[path])))
    message = Message("model.serialized.not_met_other", {"paths": list(passports)[:_SHOWN], "classes": others[:_SHOWN]})
    return Finding(Outcome.NOT_MET, message, evidence)


def passport(facts: Facts, params: Mapping[str, Any]) -> Finding:
    """Versions inside the model files agree with the declared ones, and no import is dangerous."""
    passports = facts["model_files"]
    if not passports:
        return Finding(Outcome.UNDECIDED, Message("model.passport.undecided_none"))
    feared = [path for path in _ordered(passports) if passports[path]["dangerous"]]
    if feared:
        names = list(dict.fromkeys(name for path in feared for name in passports[path]["dangerous"]))
        message = Message("model.passport.not_met_dangerous", {"paths": feared[:_SHOWN], "names": names[:_SHOWN]})
        return Finding(Outcome.NOT_MET, message, [_file(path, passports[path]) for path in feared[:_SHOWN]])
    return _compared(passports, facts["dependencies"])


def _compared(passports: Mapping[str, Any], dependencies: Mapping[str, Any]) -> Finding:
    found = [item for path in _ordered(passports) for item in _comparisons(path, passports[path], dependencies)]
    refuted = [item for item in found if item.agreed is False]
    agreed = [item for item in found if item.agreed]
    chosen = refuted or agreed or found
    evidence = list(_both_places(chosen, passports, dependencies))
    if not found:
        path = _ordered(passports)[0]
        message = Message("model.passport.undecided_versions", {"path": path, "packages": passports[path]["packages"]})
        return Finding(Outcome.UNDECIDED, message, [_file(path, passports[path])])
    item = chosen[0]
    path = model_file(item.path, passports[item.path]).path
    params = {"path": path, "library": item.library, "inside": item.inside, "spec": item.spec, "file": item.file}
    if refuted:
        return Finding(Outcome.NOT_MET, Message("model.passport.not_met", params), evidence)
    if agreed:
        return Finding(Outcome.MET, Message("model.passport.met", params), evidence)
    code = "undecided_not_declared" if item.spec is None else "undecided_not_pinned"
    return Finding(Outcome.UNDECIDED, Message(f"model.passport.{code}", params), evidence)


def _comparisons(path: str, fact: Mapping[str, Any], dependencies: Mapping[str, Any]) -> Iterator[Comparison]:
    for library, versions in fact["versions"].items():
        declared = _declared(library, path, dependencies)
        for version in versions:
            if declared is None:
                yield Comparison(path, library, version, None, None)
                continue
            file, entry = declared
            spec = entry["spec"]
            yield Comparison(path, library, version, spec, agrees(library, version, spec), file["path"], entry["line"])


def _declared(library: str, path: str, dependencies: Mapping[str, Any]) -> tuple[Any, Any] | None:
    """Where the library is declared: in the nearest folder above the model, else the main file, else any other."""
    above = {str(parent) for parent in PurePosixPath(path).parents}

    def rank(item: Mapping[str, Any]) -> tuple[bool, int, bool, bool]:
        folder = str(PurePosixPath(item["path"]).parent)
        near = folder in above
        depth = len(PurePosixPath(folder).parts)
        return not near, -depth if near else depth, item["path"] != dependencies["main"], item["locked"]

    for item in sorted((item for item in dependencies["files"] if not item["model"]), key=rank):
        for entry in item["entries"]:
            if entry["name"] == library or (library, entry["name"]) == ("scikit-learn", "sklearn"):
                return item, entry
    return None


def _both_places(
    found: list[Comparison], passports: Mapping[str, Any], dependencies: Mapping[str, Any]
) -> Iterator[Evidence]:
    """The model file, then the line that declares the library."""
    digests = {item["path"]: item["sha256"] for item in dependencies["files"]}
    for item in found[:_SHOWN]:
        yield _file(item.path, passports[item.path])
        if item.file:
            excerpt = f"{item.library}{item.spec}"
            digest = digests.get(item.file)
            yield Evidence(EvidenceKind.FILE, item.file, line=item.line, excerpt=excerpt, sha256=digest)


def _ordered(passports: Mapping[str, Any]) -> list[str]:
    """Estimators first, then by depth and name."""
    return sorted(passports, key=lambda path: (not passports[path]["estimator"], path.count("/"), path))


def _shown_classes(fact: Mapping[str, Any]) -> list[str]:
    names = fact["estimators"] or [name for name in fact["classes"] if name.rpartition(".")[2][:1].isupper()]
    return [name.rpartition(".")[2] for name in names if not name.endswith("NumpyArrayWrapper")][:_SHOWN]


def _file(path: str, fact: Mapping[str, Any]) -> Evidence:
    libraries = ", ".join(f"{name} {version}" for name, version in fact["libraries"].items())
    excerpt = " ; ".join(part for part in (", ".join(_shown_classes(fact)), libraries) if part)
    detail = {key: fact[key] for key in ("format", "compression", "protocol", "dangerous", "unknown")}
    file = model_file(path, fact)
    return Evidence(EvidenceKind.FILE, file.path, excerpt=excerpt, sha256=file.sha256, detail=detail)


CHECKS: tuple[Check, ...] = (
    Check(
        "model.serialized",
        3,
        "model",
        {"fr": "Modèle enregistré", "en": "Saved model"},
        ("model_files",),
        serialized,
    ),
    Check(
        "model.passport",
        4,
        "model",
        {"fr": "Passeport du modèle", "en": "Passport of the model"},
        ("model_files", "dependencies"),
        passport,
    ),
)
