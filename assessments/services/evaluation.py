"""One evaluation from claim to end: calls the engine, stores what comes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded

from assessments.domain.digests import digest
from assessments.domain.durations import EVALUATION
from assessments.models import CheckResult, EvaluationRun, EvidenceFile
from assessments.services import leases, probes, probing, references, runs, similarity, storage, turns
from assessments.services.facts import StoredFacts
from assessments.services.results import row_of
from evaluator import runner
from evaluator.errors import EngineFault, SubmissionFault
from evaluator.parameters import completed
from evaluator.references import PARAMETER, References
from evaluator.results import Cause, Result


def serve() -> None:
    """Carry out the run whose turn it is among the candidates. Safe to deliver twice: what is taken is not found."""
    turns.serve(runs.KIND, _evaluate)


def _evaluate(run: EvaluationRun) -> None:
    with leases.hold(runs.KIND, run):
        try:
            _carry_out(run)
        except SubmissionFault as fault:
            runs.refuse(run=run, code=fault.code, params=fault.params)


def _carry_out(run: EvaluationRun) -> None:
    names = {item["params"][PARAMETER] for item in run.requested if item["params"].get(PARAMETER)}
    with references.held_for(run.submission.work.enrolment.session_id, names) as (held, versions):
        _measure(run, held, versions)


def _measure(run: EvaluationRun, held: References, versions: Mapping[str, int]) -> None:
    """``held`` are the certifier's tables by name, ``versions`` the rows that results on them rest on."""
    bundle = run.submission.bundle
    runtime_digest = runner.runtime_digest()
    wanted = _missing(run, runtime_digest, versions)
    rows = _Rows(run, runtime_digest, versions)

    def on_result(result: Result) -> None:
        # A fault of ours is stored only at the end: until then another attempt may do better.
        if result.finding.cause is not Cause.PLATFORM:
            runs.record(run=run, results=[rows.of(result)])

    with storage.local_path(bundle.storage_key) as path:
        report = runner.evaluate(
            path,
            [runner.CheckRequest(item["check"], item["params"]) for item in wanted],
            limits=runner.Limits(reading_seconds=EVALUATION.reading),
            fact_store=StoredFacts(),
            outside={"probes": probes.facts_of(run.submission)},
            references=held,
            also=[similarity.FACT],
            interrupts=(SoftTimeLimitExceeded,),
            on_result=on_result,
            on_phase=lambda phase: runs.announce(run=run, phase=phase),
            on_pictures=_Pictures(run).keep,
        )
    report.remove()
    if "declaration" in report.facts:
        declaration = report.facts["declaration"]
        probes.watch(submission=run.submission, declaration=declaration, kinds=probing.kinds_wanted(run))
    if similarity.FACT in report.facts:
        similarity.keep(submission=run.submission, fingerprints=report.facts[similarity.FACT])
    faults = [result for result in report.results if result.finding.cause is Cause.PLATFORM]
    if faults and runs.KIND.policy.may_retry(run.attempts):
        message = faults[0].finding.message
        raise EngineFault(message.code, **message.params)
    runs.finish(
        run=run,
        results=[rows.of(result) for result in report.results],
        engine_version=report.engine,
        runtime_digest=runtime_digest,
        facts_key=report.bundle_sha256,
    )


def _missing(run: EvaluationRun, runtime_digest: str, tables: Mapping[str, int]) -> list[dict[str, Any]]:
    """What was asked and has no result yet for these versions, runtime and tables (an earlier attempt's stay)."""
    versions = runner.check_versions()
    there = set(
        CheckResult.objects.filter(submission=run.submission, runtime_digest=runtime_digest)
        .exclude(cause=Cause.PLATFORM.value)
        .values_list("check_code", "check_version", "params_digest", "reference")
    )
    return [
        item
        for item in run.requested
        if (item["check"], versions.get(item["check"]), item["params_digest"], _table(item["params"], tables))
        not in there
    ]


def _table(params: Mapping[str, Any], tables: Mapping[str, int]) -> int | None:
    """The table that a result under ``params`` rests on; None for delivered data, and while there is none."""
    return tables.get(params.get(PARAMETER) or "")


class _Rows:
    """Turns the engine's results into rows, under the parameters as the référentiel states them.

    The engine completes parameters with their defaults; a result is found again by what was asked.
    """

    def __init__(self, run: EvaluationRun, runtime_digest: str, tables: Mapping[str, int]) -> None:
        self._run = run
        self._tables = tables
        self._runtime_digest = runtime_digest
        self._asked = {
            (item["check"], digest(completed(item["check"], item["params"]))): item["params_digest"]
            for item in run.requested
        }

    def of(self, result: Result) -> CheckResult:
        row = row_of(self._run, result, runtime_digest=self._runtime_digest)
        completed = digest(row.params)
        row.params_digest = self._asked.get((result.check, completed), completed)
        row.reference_id = _table(row.params, self._tables)
        return row


class _Pictures:
    """Keeps the pictures that evidence names, each once for a submission."""

    def __init__(self, run: EvaluationRun) -> None:
        self._run = run
        kept = EvidenceFile.objects.filter(submission=run.submission).values_list("sha256", flat=True)
        self._kept: set[str] = set(kept)

    def keep(self, pictures: Mapping[str, Path]) -> None:
        """``pictures`` are PNG or JPEG files by sha256, as the sandbox wrote them."""
        rows = []
        for sha256 in pictures.keys() - self._kept:
            content = pictures[sha256].read_bytes()
            media_type = "image/png" if content.startswith(b"\x89PNG") else "image/jpeg"
            row = EvidenceFile(submission=self._run.submission, sha256=sha256, media_type=media_type)
            storage.keep_bytes(row.storage_key, content)
            rows.append(row)
        EvidenceFile.objects.bulk_create(rows, ignore_conflicts=True)
        self._kept |= pictures.keys()
