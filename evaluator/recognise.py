"""What is recognised in a bundle at first sight, from static facts: shown to the candidate before submitting."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any

from evaluator.checks import REGISTRY
from evaluator.results import Outcome

RECOGNISED_FROM = ("notebooks", "code", "model_files", "dependencies", "git")
_PATHS = 50
_DATA = (".csv", ".parquet", ".xlsx", ".json", ".tsv")


def recognise(facts: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """``{kind: {"count", "paths"}}`` for ``notebooks models api dashboard pdf data requirements readme git``.

    A fact that could not be read counts for nothing. ``git`` counts commits, and has no path.
    """
    paths = [str(row["path"]) for row in facts["files"]]
    code = facts.get("code", {})
    git = facts.get("git", {})
    models = facts.get("model_files", {})
    return {
        "notebooks": _kind(path for path in paths if path.lower().endswith(".ipynb")),
        "models": _kind(path for path, passport in models.items() if passport.get("estimator")),
        "api": _kind(str(app["path"]) for app in code.get("apps", [])),
        "dashboard": _kind(_dashboards(facts)),
        "pdf": _kind(path for path in paths if path.lower().endswith(".pdf")),
        "data": _kind(path for path in paths if path.lower().endswith(_DATA)),
        "requirements": _kind(str(item["path"]) for item in facts.get("dependencies", {}).get("files", [])),
        "readme": _kind(path for path in paths if PurePosixPath(path).name.lower().startswith("readme")),
        "git": {"count": len(git.get("commits", [])), "paths": []},
    }


def _dashboards(facts: Mapping[str, Any]) -> list[str]:
    """Where the check of a dashboard finds one."""
    check = REGISTRY["dashboard.code"]
    if any(name not in facts for name in check.facts):
        return []
    finding = check.run(facts, {})
    return [item.path for item in finding.evidence] if finding.outcome is Outcome.MET else []


def _kind(paths: Iterable[str]) -> dict[str, Any]:
    found = sorted(set(paths))
    return {"count": len(found), "paths": found[:_PATHS]}
