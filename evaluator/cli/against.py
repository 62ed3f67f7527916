"""``check --against``: other projects to compare with, read as the project itself is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from evaluator.facts.outside import OUTSIDE
from evaluator.runner import CheckRequest, FactStore, evaluate
from evaluator.similarity.facts import Project, similar_to

_NONE: Mapping[str, Any] = {"units": [], "every": {"code": 1, "text": 1}}


def beside(path: Path, others: Sequence[Path], given: Sequence[Path], store: FactStore | None) -> Mapping[str, Any]:
    """The facts from outside of ``path``, compared with ``others``; what stands in ``given`` does not count.

    Raises:
        SubmissionFault: one of them cannot be unpacked.
        EngineFault: no sandbox, no runtime.
    """
    projects = [Project(each.resolve().name, _fingerprints(each, store)) for each in others]
    material = [_fingerprints(each, store) for each in given]
    return {**OUTSIDE, "similar": similar_to(_fingerprints(path, store), projects, material)}


def _fingerprints(path: Path, store: FactStore | None) -> Mapping[str, Any]:
    with evaluate(path, [CheckRequest("repository.similarity")], fact_store=store) as report:
        found: Mapping[str, Any] = report.facts.get("fingerprints") or _NONE
        return found
