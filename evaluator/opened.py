"""A bundle opened for evaluation: unpacked once, its facts read when asked for and remembered."""

from __future__ import annotations

import hashlib
import math
import re
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from evaluator import facts as static
from evaluator import references
from evaluator.apart import TIME, Reading
from evaluator.bundle.manifest import Manifest
from evaluator.clock import Clock
from evaluator.errors import EngineFault, EvaluatorError, SubmissionFault
from evaluator.facts.base import Fault, FileEntry
from evaluator.facts.dynamic import DYNAMIC, Context, DynamicExtractor
from evaluator.inside.reading import BUNDLE, SOURCE, UNPACKED
from evaluator.limits import GB, MB, BundleLimits, JobLimits
from evaluator.references import References
from evaluator.runtimes.choice import Choice, choose
from evaluator.runtimes.wishes import Wish
from evaluator.sandbox.job import Bind, Job, JobResult
from evaluator.sandbox.runner import Sandbox
from evaluator.shown import shown
from evaluator.store import FactStore, Pictures, fact_key, keep_with_pictures, restore

MANIFEST_VERSION = 1
_DIGEST = re.compile(r"[0-9a-f]{64}")

Phase = Callable[[str], None]


class OpenedBundle:
    """What was handed in, seen through the sandbox. ``folder`` is an empty working folder, the caller's to remove.

    Unpacking it and reading its static facts take ``reading_seconds`` in all, but for seconds; what that leaves unread
    is named.
    """

    def __init__(
        self,
        source: Path,
        folder: Path,
        sandbox: Sandbox,
        store: FactStore,
        *,
        job_limits: JobLimits,
        bundle_limits: BundleLimits,
        reading_seconds: float,
        runtime_seconds: float,
        held: References,
        on_phase: Phase,
    ) -> None:
        self._source = source
        self._folder = folder
        self._sandbox = sandbox
        self._store = store
        self._job_limits = job_limits
        self._bundle_limits = bundle_limits
        self._reading_seconds = reading_seconds
        self._runtime_seconds = runtime_seconds
        self._references = held
        self._on_phase = on_phase
        self._unpacked = False
        self._facts: dict[str, dict[str, Any] | list[dict[str, Any]]] = {}
        self._faults: dict[str, EvaluatorError] = {}
        self._dynamic: dict[str, dict[str, Any]] = {}
        self._choices: dict[tuple[Wish, ...], Choice] = {}
        self._pictures = folder / "attachments"
        self._pictures.mkdir()
        self.attachments = Pictures(store, self._pictures)
        clock = Clock(reading_seconds)
        self.manifest = self._open()
        self._reading = Reading(self.manifest.files, self._read, self._try, clock)

    @property
    def facts(self) -> Mapping[str, Any]:
        return self._facts

    def require(self, names: Iterable[str]) -> None:
        """Read the static facts ``names`` that are not known yet, together when possible.

        One extractor that a limit stops does not take the others with it, nor one file the other files: see
        ``evaluator.apart``. A fault that no file explains is kept for whoever asks.

        Raises:
            SubmissionFault, EngineFault: the bundle cannot be unpacked.
        """
        wanted = [name for name in static.BY_NAME if name in set(names) and not self._is_known(name)]
        absent = [name for name in wanted if not self._restore(name)]
        if not absent:
            return
        self._ensure_unpacked()
        self._on_phase("facts")
        self._faults |= self._reading.read(absent)

    def fact(self, name: str, params: Mapping[str, Any]) -> Any:
        """A fact by name, static or dynamic.

        Raises:
            SubmissionFault, EngineFault: why it cannot be had; Unread when only the time was missing.
        """
        if name in DYNAMIC:
            return self._dynamic_fact(name, params)
        self.require([name])
        if name in self._faults:
            raise self._faults[name]
        return self._facts[name]

    def _is_known(self, name: str) -> bool:
        return name in self._facts or name in self._faults

    def _open(self) -> Manifest:
        known = _digest_of_file(self._source) if self._source.is_file() else None
        stored = self._store.get(fact_key(known, "manifest", MANIFEST_VERSION)) if known else None
        manifest = _manifest(stored) if stored else self._unpack()
        if known and not stored:
            self._store.put(fact_key(known, "manifest", MANIFEST_VERSION), manifest.to_json())
        self._facts["files"] = [asdict(entry) for entry in manifest.files]
        return manifest

    def _unpack(self) -> Manifest:
        """Bring the bundle in, in a job that may write one folder. Raises SubmissionFault, EngineFault."""
        self._on_phase("unpack")
        room = self._folder / "unpacked"
        room.mkdir(exist_ok=True)
        name = _safe_name(self._source)
        source = shown(self._source.resolve(), self._folder)
        limits = replace(
            self._job_limits,
            wall_seconds=self._reading_seconds,
            cpu_seconds=math.ceil(self._reading_seconds),
            memory_bytes=1 * GB,
            file_bytes=self._bundle_limits.file_bytes + MB,
        )
        job = Job(
            entry="evaluator.inside.reading:unpack",
            payload={"name": name, "limits": asdict(self._bundle_limits)},
            binds=(Bind(source, f"{SOURCE}/{name}"), Bind(room, UNPACKED, writable=True)),
            limits=limits,
            hostile=False,
        )
        try:
            value = self._sandbox.run(job).value
        except SubmissionFault as fault:
            if fault.code in TIME:
                raise SubmissionFault("bundle.too_slow", path=name, **fault.params) from fault
            raise
        self._unpacked = True
        return _manifest(value)

    def _ensure_unpacked(self) -> Path:
        if not self._unpacked:
            manifest = self._unpack()
            if manifest.sha256 != self.manifest.sha256:
                raise EngineFault("engine.facts_invalid", name="manifest")
        return self._folder / "unpacked" / "bundle"

    def _run(
        self, names: Sequence[str], files: Sequence[FileEntry], lost: Mapping[str, Fault], seconds: float
    ) -> JobResult:
        """One job that reads ``names`` of ``files``. Raises SubmissionFault, EngineFault."""
        job = Job(
            entry="evaluator.inside.reading:read_facts",
            payload={"names": list(names), "files": [asdict(entry) for entry in files], "lost": dict(lost)},
            binds=(Bind(self._ensure_unpacked(), BUNDLE),),
            limits=replace(self._job_limits, wall_seconds=seconds, cpu_seconds=math.ceil(seconds)),
            hostile=False,
        )
        return self._sandbox.run(job, self._pictures)

    def _try(self, name: str, entry: FileEntry, seconds: float) -> None:
        self._run([name], [entry], {}, seconds)

    def _read(self, names: Sequence[str], lost: Mapping[str, Fault], seconds: float) -> None:
        """Read and remember ``names``; not stored when a file was lost, to a limit that is not met every day."""
        result = self._run(names, self.manifest.files, lost, seconds)
        if not isinstance(result.value, dict) or set(result.value) != set(names):
            raise EngineFault("engine.facts_invalid", name=", ".join(names))
        self.attachments.add(result.attachments)
        for name in names:
            self._facts[name] = result.value[name]
            if lost:
                continue
            named = {digest: path for digest, path in result.attachments.items() if _names(result.value[name], digest)}
            keep_with_pictures(self._store, self._static_key(name), result.value[name], named)

    def _restore(self, name: str) -> bool:
        restored = restore(self._store, self._static_key(name))
        if restored is None:
            return False
        self._facts[name], pictures = restored
        self.attachments.promise(pictures)
        return True

    def _static_key(self, name: str) -> str:
        version = static.BY_NAME[name].version
        return fact_key(self.manifest.sha256, name, version, self._sandbox.runtime.digest)

    def _dynamic_fact(self, name: str, params: Mapping[str, Any]) -> dict[str, Any]:
        extractor = DYNAMIC[name]
        asked = references.wanted(extractor.parameters, params)
        reference = self._references.get(asked) if asked else None
        if asked and reference is None:
            return references.absent(asked)
        kept = references.kept(extractor.parameters, params, reference)
        needed = {need: self.fact(need, params) for need in extractor.needs if need in static.BY_NAME}
        needed["files"] = self._facts["files"]
        choice = self._choice(extractor, needed)
        key = fact_key(self.manifest.sha256, name, extractor.version, choice.runtime.digest, kept)
        found = self._dynamic.get(key) or self._store.get(key)
        if found is None:
            self._on_phase(name)
            context = Context(
                bundle=self._ensure_unpacked(),
                facts=needed,
                sandbox=self._sandbox.within(choice.runtime),
                limits=self._job_limits,
                fact=lambda other: self._dynamic_fact(other, params),
                reference=reference,
            )
            found = extractor.extract(context, kept)
            if not _is_passing(found):
                self._store.put(key, found)
        self._dynamic[key] = found
        return found | {"runtime": choice.to_json(), references.PARAMETER: references.said(reference)}

    def _choice(self, extractor: DynamicExtractor, facts: Mapping[str, Any]) -> Choice:
        """The environment for a dynamic fact, chosen once for all that wish the same."""
        wishes = tuple(extractor.wishes(facts))
        if wishes not in self._choices:
            self._choices[wishes] = choose(
                wishes, seconds=self._runtime_seconds, on_build=lambda: self._on_phase("runtime")
            )
        return self._choices[wishes]


def _is_passing(fact: Mapping[str, Any]) -> bool:
    """Whether a fact tells of a limit: on a less busy day the same code might have kept within it."""
    error = fact.get("error")
    return error is not None and str(error["code"]).startswith("sandbox.")


def remove(folder: Path) -> None:
    """Remove a working folder, whatever the modes and names of what was unpacked there."""
    with suppress(FileNotFoundError):
        shutil.rmtree(folder)


def _manifest(value: Any) -> Manifest:
    try:
        return Manifest.from_json(value)
    except (KeyError, TypeError, ValueError) as error:
        raise EngineFault("engine.facts_invalid", name="manifest") from error


def _safe_name(source: Path) -> str:
    """The name under which the source is seen: its own when it is a plain file name."""
    return source.name if source.name not in ("", ".", "..") else "source"


def _digest_of_file(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _names(value: Any, digest: str) -> bool:
    """Whether a picture is named somewhere in a fact."""
    if isinstance(value, dict):
        return any(_names(item, digest) for item in value.values())
    if isinstance(value, list):
        return any(_names(item, digest) for item in value)
    return bool(value == digest)
