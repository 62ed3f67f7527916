"""The facts of a check as a store holds them: nothing is unpacked, read, run or built to answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evaluator import facts as static
from evaluator import references
from evaluator.checks import REGISTRY
from evaluator.errors import EngineFault
from evaluator.facts.dynamic import DYNAMIC, DynamicExtractor
from evaluator.opened import MANIFEST_VERSION
from evaluator.parameters import completed
from evaluator.references import References
from evaluator.results import Message
from evaluator.runtimes.builder import build_seconds
from evaluator.runtimes.choice import Choice, choose
from evaluator.store import FactStore, fact_key


class NotStored(Exception):
    """A fact that the check reads is not in the store, as the extractors of now would read it; ``args`` name it."""


class Recall:
    """The facts of one bundle, by the sha256 of its archive, that evaluations under ``runtime`` left in ``store``.

    ``runtime`` is the digest under which static facts were read. Each static one is taken from the store once.
    """

    def __init__(self, store: FactStore, bundle: str, runtime: str) -> None:
        self._store, self._bundle, self._runtime = store, bundle, runtime
        self._known: dict[str, Any] = {}

    def facts_for(
        self, code: str, params: Mapping[str, Any], outside: Mapping[str, Any], held: References | None = None
    ) -> dict[str, Any]:
        """What the check ``code`` of the catalogue reads under ``params``, for ``evaluator.runner.judge``.

        ``held`` are the certifier's data sets of now, by name.

        Raises:
            NotStored: a fact was never read, or by another version of its extractor, or under a limit of that day.
        """
        known = completed(code, params)
        return {name: self._fact(name, known, outside, held or {}) for name in REGISTRY[code].facts}

    def _fact(self, name: str, params: Mapping[str, Any], outside: Mapping[str, Any], held: References) -> Any:
        if name in outside:
            return outside[name]
        return self._dynamic(DYNAMIC[name], params, held) if name in DYNAMIC else self._static(name)

    def _static(self, name: str) -> Any:
        if name not in self._known:
            self._known[name] = self._files() if name == "files" else self._extracted(name)
        return self._known[name]

    def _files(self) -> Any:
        return self._stored("files", fact_key(self._bundle, "manifest", MANIFEST_VERSION), "files")

    def _extracted(self, name: str) -> Any:
        key = fact_key(self._bundle, name, static.BY_NAME[name].version, self._runtime)
        return self._stored(name, key, "facts")

    def _stored(self, name: str, key: str, part: str) -> Any:
        stored = self._store.get(key)
        if stored is None or part not in stored:
            raise NotStored(name)
        return stored[part]

    def _dynamic(self, extractor: DynamicExtractor, params: Mapping[str, Any], held: References) -> dict[str, Any]:
        asked = references.wanted(extractor.parameters, params)
        reference = held.get(asked) if asked else None
        if asked and reference is None:
            return references.absent(asked)
        kept = references.kept(extractor.parameters, params, reference)
        choice = self._choice(extractor)
        key = fact_key(self._bundle, extractor.name, extractor.version, choice.runtime.digest, kept)
        found = self._store.get(key)
        if found is None:
            raise NotStored(extractor.name)
        return found | {"runtime": choice.to_json(), references.PARAMETER: references.said(reference)}

    def _choice(self, extractor: DynamicExtractor) -> Choice:
        """The environment that an evaluation would choose now, unless it would have to build one first."""
        needed = {need: self._static(need) for need in extractor.needs if need in static.BY_NAME}
        needed["files"] = self._static("files")
        try:
            choice = choose(extractor.wishes(needed), seconds=0, on_build=_never)
        except EngineFault as fault:
            raise NotStored(extractor.name) from fault
        if build_seconds() > 0 and _would_build(choice.fault):
            raise NotStored(extractor.name)
        return choice


def _would_build(fault: Message | None) -> bool:
    return fault is not None and fault.code == "runtime.not_built"


def _never() -> None:
    """Nothing is built within no seconds."""
