"""What checks over something that was run have in common."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from evaluator.facts.base import Facts
from evaluator.results import Cause, Evidence, EvidenceKind, Finding, Message, Outcome

_NO_MODULE = re.compile(r"No module named '([\w.]+)'")


def missing(fact: Mapping[str, Any]) -> Finding:
    return Finding(Outcome.UNDECIDED, Message(fact["missing"]["code"], fact["missing"]["params"]))


def elsewhere(code: str, fact: Mapping[str, Any], params: Mapping[str, Any], evidence: list[Evidence]) -> Finding:
    """What failed in another environment than the one asked for, which could not be had, judges nobody."""
    return Finding(Outcome.UNDECIDED, Message(code, {**params, "why": fact["runtime"]["fault"]}), evidence)


def limit(error: Mapping[str, Any], evidence: list[Evidence]) -> Finding:
    return Finding(Outcome.ERROR, Message(error["code"], error["params"]), evidence, Cause.CANDIDATE)


def missing_library(facts: Facts, text: str) -> str | None:
    """The library that our runtime lacks; None for a module that the project itself should have brought."""
    found = _NO_MODULE.search(text)
    if found is None:
        return None
    top = found.group(1).partition(".")[0]
    parts = {part.removesuffix(".py") for row in facts["files"] for part in str(row["path"]).split("/")}
    declared = facts.get("dependencies", {}).get("files", [])
    names = {str(entry["name"]).lower().replace("-", "_") for item in declared for entry in item["entries"]}
    return top if top not in parts and top.lower() in names else None


def file(fact: Mapping[str, Any], excerpt: str) -> Evidence:
    return Evidence(EvidenceKind.FILE, fact["path"], excerpt=excerpt[:1000], sha256=fact.get("sha256"))
