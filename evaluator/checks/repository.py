"""What the deposit says of itself: versions, dependencies, README."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from evaluator.checks import _readme
from evaluator.checks.base import Check
from evaluator.checks.repository_messages import MESSAGES
from evaluator.facts.base import Facts
from evaluator.results import Cause, Evidence, EvidenceKind, Finding, Message, Outcome

__all__ = ["CHECKS", "MESSAGES"]

_PINNED_SHARE = 0.8
_SHOWN = 8
_COMMITS_SHOWN = 10
_README_WORDS = 12
_REAL_NAMES = 2


def _history(path: str) -> str:
    """How the history is named: it is no file that could be opened, as ``.git`` would say."""
    return str(PurePosixPath(path).with_name("(git)")) if PurePosixPath(path).name == ".git" else path


def versions(facts: Facts, params: Mapping[str, Any]) -> Finding:
    """At least ``minimum`` commits reachable from HEAD."""
    git, minimum = facts["git"], params["minimum"]
    evidence = [
        Evidence(EvidenceKind.COMMIT, _history(git["path"]), excerpt=commit["subject"], detail=commit)
        for commit in git["commits"][:_COMMITS_SHOWN]
    ]
    counted = {"count": git["count"], "minimum": minimum}
    if git["count"] >= minimum:
        return Finding(Outcome.MET, Message("repository.versions.met", counted), evidence)
    error = git["error"]
    if error and error["code"] != "git.gitfile":
        return Finding(Outcome.ERROR, Message(error["code"], error["params"]), evidence, Cause.CANDIDATE)
    if error:
        return Finding(Outcome.UNDECIDED, Message(error["code"], error["params"]))
    if not git["present"]:
        return Finding(Outcome.UNDECIDED, Message("repository.versions.undecided_absent"))
    if git["shallow"]:
        return Finding(Outcome.UNDECIDED, Message("repository.versions.undecided_shallow", counted), evidence)
    return Finding(Outcome.NOT_MET, Message("repository.versions.not_met", counted), evidence)


def requirements_pinned(facts: Facts, params: Mapping[str, Any]) -> Finding:
    """A lock file beside the main dependency file, or four fifths of its lines pinned."""
    dependencies = facts["dependencies"]
    main = next((item for item in dependencies["files"] if item["path"] == dependencies["main"]), None)
    lock = _lock(dependencies["files"], main)
    if lock is not None:
        message = Message("repository.requirements_pinned.met_lock", {"path": lock["path"]})
        evidence = [Evidence(EvidenceKind.FILE, lock["path"], sha256=lock["sha256"])]
        return Finding(Outcome.MET, message, evidence)
    if main is None:
        return Finding(Outcome.NOT_MET, Message("repository.requirements_pinned.not_met_none"))
    if main["error"]:
        evidence = [Evidence(EvidenceKind.FILE, main["path"], sha256=main["sha256"])]
        message = Message(main["error"]["code"], main["error"]["params"])
        return Finding(Outcome.ERROR, message, evidence, Cause.CANDIDATE)
    return _share_pinned(main, dependencies["files"])


def _lock(files: list[dict[str, Any]], main: dict[str, Any] | None) -> dict[str, Any] | None:
    """The lock file in the folder of the main file; the nearest to the root when there is no main file."""
    locks = [item for item in files if item["locked"] and item["entries"] and not item["error"]]
    if main is None:
        return locks[0] if locks else None
    folder = PurePosixPath(main["path"]).parent
    return next((item for item in locks if PurePosixPath(item["path"]).parent == folder), None)


def _share_pinned(main: dict[str, Any], files: list[dict[str, Any]]) -> Finding:
    lines = list(_with_includes(main, {item["path"]: item for item in files}))
    loose = [(item, entry) for item, entry in lines if not entry["pinned"]]
    params = {
        "path": main["path"],
        "total": len(lines),
        "pinned": len(lines) - len(loose),
        "names": [entry["name"] for _, entry in loose[:_SHOWN]],
    }
    if not lines:
        evidence = [Evidence(EvidenceKind.FILE, main["path"], sha256=main["sha256"])]
        return Finding(Outcome.NOT_MET, Message("repository.requirements_pinned.not_met_empty", params), evidence)
    met = params["pinned"] >= _PINNED_SHARE * len(lines)
    if met:
        code = "met_all" if not loose else "met"
        message = Message(f"repository.requirements_pinned.{code}", params)
        return Finding(Outcome.MET, message, [_line(item, entry) for item, entry in lines[:_SHOWN]])
    message = Message("repository.requirements_pinned.not_met", params)
    return Finding(Outcome.NOT_MET, message, [_line(item, entry) for item, entry in loose[:_SHOWN]])


def _with_includes(
    main: dict[str, Any], by_path: Mapping[str, dict[str, Any]]
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """The entries of the main file and of the files that it includes, each file once."""
    queue, seen = [main], {main["path"]}
    for item in queue:
        yield from ((item, entry) for entry in item["entries"])
        for path in item["includes"]:
            if path in by_path and path not in seen:
                seen.add(path)
                queue.append(by_path[path])


def _line(item: dict[str, Any], entry: dict[str, Any]) -> Evidence:
    excerpt = f"{entry['name']} {entry['spec']}".strip()
    return Evidence(EvidenceKind.FILE, item["path"], line=entry["line"], excerpt=excerpt, sha256=item["sha256"])


def readme(facts: Facts, params: Mapping[str, Any]) -> Finding:
    """A README with the goal, and the files or folders as they really are."""
    path, text = _main_readme(facts["texts"])
    if path is None:
        return Finding(Outcome.NOT_MET, Message("repository.readme.not_met_none"))
    if text["error"]:
        evidence = [Evidence(EvidenceKind.FILE, path, sha256=text["sha256"])]
        message = Message(text["error"]["code"], text["error"]["params"])
        return Finding(Outcome.ERROR, message, evidence, Cause.CANDIDATE)
    words = len(text["text"].split())
    if words < _README_WORDS:
        message = Message("repository.readme.not_met_short", {"path": path, "words": words})
        return Finding(Outcome.NOT_MET, message, [Evidence(EvidenceKind.FILE, path, sha256=text["sha256"])])
    return _judged_readme(path, text, [item["path"] for item in facts["files"]])


def _main_readme(texts: Mapping[str, Any]) -> tuple[str | None, Any]:
    """The README nearest to the root; among neighbours, the longest."""
    readmes = [path for path in texts if PurePosixPath(path).name.lower().startswith(("readme", "lisez"))]
    if not readmes:
        return None, None
    path = min(readmes, key=lambda name: (name.count("/"), -len(texts[name]["text"]), name))
    return path, texts[path]


def _judged_readme(path: str, text: Mapping[str, Any], files: list[str]) -> Finding:
    folder = str(PurePosixPath(path).parent)
    goal = _readme.goal_line(text["text"])
    found = _readme.structure(text["text"], "" if folder == "." else folder, _own(files, path))
    lines = [goal, *(mention.line for mention in (*found.missing[:3], *found.found[:3]))]
    evidence = list(_readme_evidence(path, text, lines))
    params = {
        "path": path,
        "found": [mention.name for mention in found.found[:_SHOWN]],
        "missing": [mention.name for mention in found.missing[:_SHOWN]],
        "count": len(found.found) + len(found.missing),
    }
    outcome, code = _verdict(goal is not None, len(found.found), len(found.missing))
    return Finding(outcome, Message(f"repository.readme.{code}", params), evidence)


def _own(files: list[str], readme_path: str) -> list[str]:
    return [path for path in files if path != readme_path and ".git" not in PurePosixPath(path).parts[:-1]]


def _verdict(goal: bool, found: int, missing: int) -> tuple[Outcome, str]:
    if missing >= _REAL_NAMES and missing > found:
        return Outcome.NOT_MET, "not_met_missing"
    if found < _REAL_NAMES:
        return (Outcome.UNDECIDED, "undecided_structure") if found + missing else (Outcome.NOT_MET, "not_met_structure")
    if not goal:
        return Outcome.UNDECIDED, "undecided_goal"
    return (Outcome.MET, "met_but") if missing else (Outcome.MET, "met")


def _readme_evidence(path: str, text: Mapping[str, Any], lines: list[int | None]) -> Iterator[Evidence]:
    content = text["text"].splitlines()
    for line in dict.fromkeys(lines):
        if line is not None and line <= len(content):
            excerpt = content[line - 1].strip()[:300]
            yield Evidence(EvidenceKind.FILE, path, line=line, excerpt=excerpt, sha256=text["sha256"])
    if not any(lines):
        yield Evidence(EvidenceKind.FILE, path, sha256=text["sha256"])


_MINIMUM = {
    "type": "object",
    "properties": {"minimum": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 3}},
    "additionalProperties": False,
}

CHECKS: tuple[Check, ...] = (
    Check(
        "repository.versions",
        2,
        "repository",
        {"fr": "Historique des versions", "en": "History of versions"},
        ("git",),
        versions,
        _MINIMUM,
    ),
    Check(
        "repository.requirements_pinned",
        2,
        "repository",
        {"fr": "Dépendances et leurs versions", "en": "Dependencies and their versions"},
        ("dependencies",),
        requirements_pinned,
    ),
    Check(
        "repository.readme",
        2,
        "repository",
        {"fr": "Fichier introductif (README)", "en": "Introductory file (README)"},
        ("texts", "files"),
        readme,
    ),
)
