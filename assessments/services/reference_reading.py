"""The reading of reference data sets by a worker, in the sandbox. Safe to deliver twice."""

from __future__ import annotations

from pathlib import Path

from assessments.dispatch import READ_REFERENCE
from assessments.domain.leases import AWAITED
from assessments.models import ReferenceVersion
from assessments.models.references import ReadingState
from assessments.services import leases, storage
from assessments.services.leases import Kind
from evaluator import profile
from evaluator.errors import SubmissionFault

KIND = Kind(
    model=ReferenceVersion,
    task=READ_REFERENCE,
    policy=AWAITED,
    waiting={"state": ReadingState.READING},
    held={},
    dead=lambda row: {"state": ReadingState.STUCK},
)


def read(*, version_id: int) -> None:
    """Read a received table, and keep what is in it, or why it cannot serve."""
    row = leases.claim(KIND, version_id)
    if row is None:
        return
    with leases.hold(KIND, row):
        try:
            with storage.local_path(row.storage_key) as path:
                _require_whole(path, row.sha256)
                found = profile.profile(path, row.form)
        except SubmissionFault as fault:
            leases.settle(KIND, row, state=ReadingState.REFUSED, fault_code=fault.code, fault_params=fault.params)
        else:
            leases.settle(KIND, row, state=ReadingState.READY, profile=found)


def _require_whole(path: Path, sha256: str) -> None:
    """Raises OSError: what storage has lost, or kept half of, is our fault."""
    with path.open("rb") as stream:
        if storage.sha256_of(stream) != sha256:
            raise OSError("not the file that was received")
