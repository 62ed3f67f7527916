"""From a bundle and a list of checks to results: the engine's front door.

The bundle is unpacked and read in the sandbox, static checks come first, then each dynamic one with its own job.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any

from evaluator import ENGINE_VERSION, leftovers
from evaluator.checks import REGISTRY
from evaluator.errors import SubmissionFault
from evaluator.facts.dynamic import DYNAMIC
from evaluator.facts.outside import OUTSIDE
from evaluator.judging import CheckRequest, judge, result_of
from evaluator.limits import BundleLimits, JobLimits
from evaluator.opened import OpenedBundle, remove
from evaluator.recognise import RECOGNISED_FROM, recognise
from evaluator.references import References
from evaluator.results import Result
from evaluator.runtimes import default_runtime
from evaluator.runtimes.builder import build_seconds
from evaluator.sandbox import warm
from evaluator.sandbox.level import configured_level
from evaluator.sandbox.runner import Sandbox
from evaluator.shown import shown
from evaluator.store import FactStore, FolderStore, NoStore
from evaluator.worth import holds_work

__all__ = [
    "CheckRequest",
    "FactStore",
    "FolderStore",
    "Inspection",
    "Report",
    "check_versions",
    "evaluate",
    "inspect",
    "judge",
]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a bundle and each job may use.

    ``reading_seconds`` is how long unpacking the bundle and reading it may take, all jobs together; ``runtime_seconds``
    how long a Python environment for it may be built, 0 for not at all.
    """

    bundle: BundleLimits = field(default_factory=BundleLimits)
    job: JobLimits = field(default_factory=JobLimits)
    reading_seconds: float = 480.0
    runtime_seconds: float = field(default_factory=build_seconds)


@dataclass(frozen=True, slots=True)
class Report:
    """What one evaluation answers. ``results`` stand in the order of the requests.

    ``attachments`` are files of the working folder, by sha256: used as a context manager, the report removes a
    folder that it made itself.
    """

    engine: str
    bundle_sha256: str
    files: int
    bytes: int
    results: tuple[Result, ...]
    facts: Mapping[str, Any]
    attachments: Mapping[str, Path]
    runtime: str
    own_folder: Path | None

    def __enter__(self) -> Report:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.remove()

    def remove(self) -> None:
        """Remove the working folder that the evaluation made, and the attachments with it."""
        if self.own_folder is not None:
            remove(self.own_folder)


@dataclass(frozen=True, slots=True)
class Inspection:
    """``recognised`` is ``{kind: {"count", "paths"}}``, at most fifty paths each; ``bytes`` is the unpacked size."""

    sha256: str
    files: int
    bytes: int
    left_out: tuple[str, ...]
    recognised: Mapping[str, Any]


def check_versions() -> dict[str, int]:
    """The version of each registered check, by code."""
    return {code: check.version for code, check in REGISTRY.items()}


def runtime_digest() -> str:
    """Identifies the runtime that evaluations use now.

    Raises:
        EngineFault: ``runtime.missing``.
    """
    return default_runtime().digest


def evaluate(
    source: Path,
    requests: Sequence[CheckRequest],
    *,
    workdir: Path | None = None,
    on_result: Callable[[Result], None] | None = None,
    on_phase: Callable[[str], None] | None = None,
    on_pictures: Callable[[Mapping[str, Path]], None] | None = None,
    fact_store: FactStore | None = None,
    outside: Mapping[str, Any] = OUTSIDE,
    references: References | None = None,
    also: Sequence[str] = (),
    interrupts: tuple[type[Exception], ...] = (),
    limits: Limits | None = None,
) -> Report:
    """Run ``requests`` over ``source`` (an archive, or a folder which may be a git repository).

    ``on_result`` hears each result as it comes, ``on_pictures`` before it the files, by sha256, that its evidence may
    name, ``on_phase`` the name of each step; without ``workdir`` (an existing folder) a temporary one is made, that the
    report removes. ``outside`` are the facts that no bundle holds (see ``evaluator.facts.outside``), ``references`` the
    certifier's data sets by the names that checks give them. The static facts ``also`` are read for the report, whether
    a check asks for them or not, and are absent where a limit stops them. A check that fails is a result with its
    cause, and never stops the others; only ``interrupts`` do, raised into it by who runs it.

    Raises:
        SubmissionFault: the bundle itself cannot be unpacked.
        EngineFault: no sandbox, no runtime.
    """
    own = None if workdir is not None else _new_folder()
    try:
        bundle = _open(source, workdir or own, fact_store, limits or Limits(), on_phase, references)
        bundle.require({*also, *_facts_of(requests)})
        judged = partial(_run_one, bundle, outside, interrupts)
        results = _run_all(requests, judged, bundle.attachments, on_result or _ignore, on_pictures or _ignore)
    except BaseException:
        if own is not None:
            remove(own)
        raise
    return Report(
        engine=ENGINE_VERSION,
        bundle_sha256=bundle.manifest.sha256,
        files=len(bundle.manifest.files),
        bytes=bundle.manifest.bytes,
        results=results,
        facts=bundle.facts,
        attachments=bundle.attachments,
        runtime=runtime_digest(),
        own_folder=own,
    )


def inspect(source: Path, *, workdir: Path | None = None, limits: Limits | None = None) -> Inspection:
    """Unpack ``source`` and tell what is recognised in it, without running anything of it.

    Raises:
        SubmissionFault: the bundle cannot be unpacked, or holds nothing to evaluate.
        EngineFault: no sandbox, no runtime.
    """
    own = None if workdir is not None else _new_folder()
    try:
        bundle = _open(source, workdir or own, None, limits or Limits(), None)
        manifest = bundle.manifest
        if not holds_work(bundle.facts["files"]):
            raise SubmissionFault("bundle.no_work")
        bundle.require(RECOGNISED_FROM)
        found = recognise(bundle.facts)
        return Inspection(manifest.sha256, len(manifest.files), manifest.bytes, manifest.left_out, found)
    finally:
        if own is not None:
            remove(own)


def _open(
    source: Path,
    folder: Path | None,
    store: FactStore | None,
    limits: Limits,
    on_phase: Callable[[str], None] | None,
    references: References | None = None,
) -> OpenedBundle:
    if folder is None:
        raise ValueError("a working folder is needed")
    sandbox = Sandbox(default_runtime(), configured_level(), warm.configured())
    return OpenedBundle(
        source,
        folder,
        sandbox,
        store or NoStore(),
        job_limits=limits.job,
        bundle_limits=limits.bundle,
        reading_seconds=limits.reading_seconds,
        runtime_seconds=limits.runtime_seconds,
        held=_shown(references or {}, folder),
        on_phase=on_phase or _ignore,
    )


def _shown(references: References, folder: Path) -> References:
    """The same, readable by the user that jobs run as."""
    places = {name: folder / "references" / str(number) for number, name in enumerate(references)}
    for place in places.values():
        place.mkdir(parents=True)
    return {name: replace(item, path=shown(item.path.resolve(), places[name])) for name, item in references.items()}


def _run_all(
    requests: Sequence[CheckRequest],
    judged: Callable[[CheckRequest], Result],
    pictures: Mapping[str, Path],
    on_result: Callable[[Result], None],
    on_pictures: Callable[[Mapping[str, Path]], None],
) -> tuple[Result, ...]:
    """Static checks first, since they answer at once; results in the order of the requests."""
    results: dict[int, Result] = {}
    for number in sorted(range(len(requests)), key=lambda number: (_is_dynamic(requests[number]), number)):
        results[number] = judged(requests[number])
        on_pictures(pictures)
        on_result(results[number])
    return tuple(results[number] for number in range(len(requests)))


def _facts_of(requests: Sequence[CheckRequest]) -> set[str]:
    """The facts that the checks read, and those from which dynamic ones are made."""
    known = [REGISTRY[request.code] for request in requests if request.code in REGISTRY]
    named = {name for check in known for name in check.facts}
    return named | {need for name in named if name in DYNAMIC for need in DYNAMIC[name].needs}


def _is_dynamic(request: CheckRequest) -> bool:
    check = REGISTRY.get(request.code)
    return check is not None and any(name in DYNAMIC for name in check.facts)


def _run_one(
    bundle: OpenedBundle,
    outside: Mapping[str, Any],
    interrupts: tuple[type[Exception], ...],
    request: CheckRequest,
) -> Result:
    return result_of(
        request, lambda name, params: outside[name] if name in outside else bundle.fact(name, params), interrupts
    )


def _new_folder() -> Path:
    leftovers.sweep()
    return Path(tempfile.mkdtemp(prefix=leftovers.EVALUATION))


def _ignore(_: Any) -> None:
    """Nobody listens."""
