"""The engine's facts, kept in the platform's storage by content and extractor version."""

from __future__ import annotations

import json
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage


class StoredFacts:
    """A ``FactStore`` of the engine over Django's storage. Keys name content, so that nothing is rewritten."""

    def get(self, key: str) -> dict[str, Any] | None:
        name = self._name(key)
        if not default_storage.exists(name):
            return None
        with default_storage.open(name, "rb") as stream:
            facts: dict[str, Any] = json.loads(stream.read())
        return facts

    def put(self, key: str, facts: dict[str, Any]) -> None:
        name = self._name(key)
        if not default_storage.exists(name):
            default_storage.save(name, ContentFile(json.dumps(facts).encode()))

    @staticmethod
    def _name(key: str) -> str:
        return f"facts/{key[:2]}/{key}.json"
