"""What checks over something that was run have in common."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from evaluator.facts.base import Facts
from evaluator.results import Cause, Evidence, EvidenceKind, Finding, Message, Outcome

_NO_MODULE = re.compile(r"No module named '([\w.]+)'")
# The last one is how Streamlit tells of a picture.
_NOT_DELIVERED = re.compile(r"FileNotFoundError|No such file or directory|MediaFileStorageError", re.IGNORECASE)
_NETWORK = re.compile(
    r"URLError|ConnectionError|gaierror|Network is unreachable|Temporary failure in name resolution|"
    r"Name or service not known|ConnectTimeout|MaxRetryError|Max retries exceeded|EndpointConnectionError",
    re.IGNORECASE,
)
_SERVICE = re.compile(
    r"ConnectError|ConnectionRefused|Connection refused|NewConnectionError|ServerSelectionTimeout|ClientConnectorError|"
    r"could not (?:translate host name|connect to server)|couldn't connect to|LocalEntryNotFound|offline mode|"
    r"HTTPS?ConnectionPool|Cannot connect to host|CredentialsError|HfHubHTTPError",
    re.IGNORECASE,
)
_NOT_SET = re.compile(
    r"StreamlitSecretNotFoundError|No secrets (?:files? )?found|st\.secrets has no|validation errors? for \w*Settings",
    re.IGNORECASE,
)
# What Python 3.12 and later read, and the one of the evaluation does not (PEP 701, PEP 695).
_LATER_PYTHON = re.compile(r"SyntaxError:.{0,400}?f-string|cannot import name '\w+' from 'typing'", re.DOTALL)
_NOT_WRITABLE = re.compile(r"Read-only file system|readonly database|read-only database", re.IGNORECASE)
_QUOTED = re.compile(r"['\"]([^'\"\n]{1,500})['\"]\s*$")


def missing(fact: Mapping[str, Any]) -> Finding:
    return Finding(Outcome.UNDECIDED, Message(fact["missing"]["code"], fact["missing"]["params"]))


def elsewhere(code: str, fact: Mapping[str, Any], params: Mapping[str, Any], evidence: list[Evidence]) -> Finding:
    """What failed in another environment than the one asked for, which could not be had, judges nobody."""
    return Finding(Outcome.UNDECIDED, Message(code, {**params, "why": fact["runtime"]["fault"]}), evidence)


def limit(error: Mapping[str, Any], evidence: list[Evidence]) -> Finding:
    return Finding(Outcome.ERROR, Message(error["code"], error["params"]), evidence, Cause.CANDIDATE)


def missing_library(facts: Facts, text: str) -> str | None:
    """The library that our runtime lacks; None for a module that the project itself should have brought."""
    top = absent_module(facts, text)
    declared = facts.get("dependencies", {}).get("files", [])
    names = {str(entry["name"]).lower().replace("-", "_") for item in declared for entry in item["entries"]}
    return top if top and top.lower() in names else None


def absent_module(facts: Facts, text: str) -> str | None:
    """The module that was not found, None for one that the submission holds somewhere."""
    found = _NO_MODULE.search(text)
    if found is None:
        return None
    top = found.group(1).partition(".")[0]
    parts = {part.removesuffix(".py") for row in facts["files"] for part in str(row["path"]).split("/")}
    return top if top not in parts else None


def asks_for_network(text: str) -> bool:
    return _NETWORK.search(text) is not None


def asks_for_data(text: str) -> bool:
    return _NOT_DELIVERED.search(text) is not None


def kept_from(failure: Mapping[str, Any], facts: Facts) -> str | None:
    """What kept an application that failed: ``network``, ``data``, ``setting``, ``writing`` or ``python``.

    None when nothing tells that it would do better elsewhere. A file that the submission holds at another place than
    the one named counts as delivered.
    """
    reason = str(failure.get("reason", ""))
    if _NETWORK.search(reason) or _SERVICE.search(reason):
        return "network"
    if _NOT_SET.search(reason) or (reason.startswith("KeyError") and failure.get("frame") == "<frozen os>"):
        return "setting"
    if _NOT_WRITABLE.search(reason):
        return "writing"
    if _LATER_PYTHON.search(reason):
        return "python"
    return "data" if _NOT_DELIVERED.search(reason) and not _holds(reason, facts) else None


def is_broken(failure: Mapping[str, Any]) -> bool:
    """Whether a file of the project itself is no Python, which no environment would mend."""
    written = ("SyntaxError", "IndentationError", "TabError")
    return bool(failure.get("path")) and str(failure.get("reason", "")).startswith(written)


def _holds(reason: str, facts: Facts) -> bool:
    """Whether the submission has the file that was not found, which was then looked for at a wrong place.

    One that ends with the path named, or the only one of that name: of several ``model.pkl`` none need be meant.
    """
    named = _QUOTED.search(reason.strip())
    parts = [part for part in re.split(r"[/\\]", named[1]) if part not in ("", ".", "..")] if named else []
    if not parts:
        return False
    paths = [f"/{row['path']}" for row in facts["files"]]
    whole = "/" + "/".join(parts)
    return any(path.endswith(whole) for path in paths) or sum(path.endswith(f"/{parts[-1]}") for path in paths) == 1


def code_or_file(fact: Mapping[str, Any], failure: Mapping[str, Any], facts: Facts) -> Evidence:
    """The line of the project that raised, with what was said, else the file that was started."""
    path, line = failure.get("path"), failure.get("line")
    digest = next((row["sha256"] for row in facts["files"] if row["path"] == path), None)
    if digest is None or not isinstance(line, int) or line < 1:
        return file(fact, str(failure.get("reason", "")))
    source = str(facts["code"]["sources"].get(path, "")).splitlines()[line - 1 : line]
    shown = "\n\n".join([*source, str(failure.get("reason", ""))])
    return Evidence(EvidenceKind.CODE, str(path), line=line, end_line=line, excerpt=shown[:1000], sha256=digest)


def http(fact: Mapping[str, Any], item: Mapping[str, Any]) -> Evidence:
    """An exchange with what was started."""
    request, response = item["request"], item["response"]
    detail = {"request": dict(request), "response": dict(response), "seconds": item["seconds"]}
    excerpt = f"{request['method']} {request['url']} → {response['status']}"
    return Evidence(EvidenceKind.HTTP, fact["path"], excerpt=excerpt, sha256=fact["sha256"], detail=detail)


def file(fact: Mapping[str, Any], excerpt: str) -> Evidence:
    return Evidence(EvidenceKind.FILE, fact["path"], excerpt=excerpt[:1000], sha256=fact.get("sha256"))
