"""The engine's facts, kept in the platform's storage by content and extractor version."""

from __future__ import annotations

import json
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from assessments.models import CheckResult, Submission
from evaluator import facts as extractors
from evaluator import runner
from evaluator.errors import EngineFault
from evaluator.opened import MANIFEST_VERSION
from evaluator.store import fact_key


class StoredFacts:
    """A ``FactStore`` of the engine over Django's storage. Keys name content, so that nothing is rewritten."""

    def get(self, key: str) -> dict[str, Any] | None:
        name = self._name(key)
        if not default_storage.exists(name):
            return None
        with default_storage.open(name, "rb") as stream:
            facts: dict[str, Any] = json.loads(stream.read())
        return facts

    def has(self, key: str) -> bool:
        return default_storage.exists(self._name(key))

    def put(self, key: str, facts: dict[str, Any]) -> None:
        name = self._name(key)
        if not default_storage.exists(name):
            default_storage.save(name, ContentFile(json.dumps(facts).encode()))

    @staticmethod
    def _name(key: str) -> str:
        return f"facts/{key[:2]}/{key}.json"


def read(*, submission: Submission, name: str) -> dict[str, Any] | None:
    """The static fact ``name`` of a submission, as its evaluation read it; None while there is none.

    The latest version of the extractor that has read the bundle is taken, in the runtime of the latest results.
    """
    extractor = extractors.BY_NAME.get(name)
    if extractor is None:
        return None
    runtime = _runtime_of(submission)
    for version in range(extractor.version, 0, -1):
        stored = StoredFacts().get(fact_key(submission.bundle_id, name, version, runtime))
        if stored is not None:
            facts: dict[str, Any] = stored["facts"]
            return facts
    return None


def manifest(*, submission: Submission) -> list[dict[str, Any]]:
    """The files of the bundle, ``[{"path", "size", "sha256"}]``; empty until it has been unpacked for evaluation."""
    stored = StoredFacts().get(fact_key(submission.bundle_id, "manifest", MANIFEST_VERSION))
    files: list[dict[str, Any]] = stored["files"] if stored else []
    return files


def _runtime_of(submission: Submission) -> str:
    latest = CheckResult.objects.filter(submission=submission).order_by("-pk").values_list("runtime_digest", flat=True)
    digest = latest.first()
    if digest:
        return digest
    try:
        return runner.runtime_digest()
    except EngineFault:  # nothing can have been evaluated here without a runtime
        return ""
