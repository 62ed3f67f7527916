"""One evaluation from claim to end: calls the engine, keeps the lease alive, stores what comes."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Any

from django.db import connection

from assessments.domain.digests import digest
from assessments.domain.runs import HEARTBEAT_SECONDS
from assessments.models import CheckResult, EvaluationRun, EvidenceFile
from assessments.services import runs, storage
from assessments.services.facts import StoredFacts
from evaluator import runner
from evaluator.errors import EngineFault, SubmissionFault
from evaluator.results import Cause, Result


class Heartbeat:
    """Renews the lease every few seconds from its own thread, with its own database connection."""

    def __init__(self, run: EvaluationRun) -> None:
        self._run = run
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"heartbeat-{run.pk}", daemon=True)

    def __enter__(self) -> Heartbeat:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _beat(self) -> None:
        try:
            while not self._stop.wait(HEARTBEAT_SECONDS):
                if not runs.renew(run=self._run):
                    return
        finally:
            connection.close()


def evaluate(*, run_id: int) -> None:
    """Carry out a queued run. Safe to deliver twice: the second delivery finds the run taken, and leaves."""
    run = runs.claim(run_id=run_id)
    if run is None:
        return
    try:
        with Heartbeat(run):
            _carry_out(run)
    except runs.LeaseLost:
        return
    except SubmissionFault as fault:
        runs.fail(run=run, code=fault.code, params=fault.params, platform=False)
    except EngineFault as fault:
        runs.fail(run=run, code=fault.code, params=fault.params, platform=True)
    except OSError as fault:
        runs.fail(run=run, code="engine.storage", params={"kind": type(fault).__name__}, platform=True)


def _carry_out(run: EvaluationRun) -> None:
    bundle = run.submission.bundle
    runtime_digest = runner.runtime_digest()
    wanted = _missing(run, runtime_digest)

    def on_result(result: Result) -> None:
        # A fault of ours is stored only at the end: until then another attempt may do better.
        if result.finding.cause is not Cause.PLATFORM:
            runs.record(run=run, results=[_row(run, result, runtime_digest)])

    with storage.local_path(bundle.storage_key) as path:
        report = runner.evaluate(
            path,
            [runner.CheckRequest(item["check"], item["params"]) for item in wanted],
            fact_store=StoredFacts(),
            on_result=on_result,
            on_phase=lambda phase: runs.announce(run=run, phase=phase),
        )
    with report:
        _keep_pictures(run, report)
    faults = [result for result in report.results if result.finding.cause is Cause.PLATFORM]
    if faults and run.attempts < 3:
        message = faults[0].finding.message
        raise EngineFault(message.code, **message.params)
    runs.finish(
        run=run,
        results=[_row(run, result, runtime_digest) for result in report.results],
        engine_version=report.engine,
        runtime_digest=runtime_digest,
        facts_key=report.bundle_sha256,
    )


def _missing(run: EvaluationRun, runtime_digest: str) -> list[dict[str, Any]]:
    """What was asked and has no result yet for these versions and this runtime (an earlier attempt's stay)."""
    versions = runner.check_versions()
    there = set(
        CheckResult.objects.filter(submission=run.submission, runtime_digest=runtime_digest)
        .exclude(cause=Cause.PLATFORM.value)
        .values_list("check_code", "check_version", "params_digest")
    )
    return [
        item
        for item in run.requested
        if (item["check"], versions.get(item["check"]), item["params_digest"]) not in there
    ]


def _row(run: EvaluationRun, result: Result, runtime_digest: str) -> CheckResult:
    public = result.to_json(summary="")
    return CheckResult(
        submission=run.submission,
        run=run,
        check_code=result.check,
        check_version=result.version,
        params=dict(result.params),
        params_digest=digest(dict(result.params)),
        runtime_digest=runtime_digest,
        outcome=public["outcome"],
        cause=public["cause"] or "",
        message_code=public["message"]["code"],
        message_params=public["message"]["params"],
        evidence=public["evidence"],
        seconds=result.seconds,
    )


def _keep_pictures(run: EvaluationRun, report: runner.Report) -> None:
    rows = []
    for sha256, path in report.attachments.items():
        content = path.read_bytes()
        media_type = "image/png" if content.startswith(b"\x89PNG") else "image/jpeg"
        row = EvidenceFile(submission=run.submission, sha256=sha256, media_type=media_type)
        storage.keep_bytes(row.storage_key, content)
        rows.append(row)
    EvidenceFile.objects.bulk_create(rows, ignore_conflicts=True)
