"""Reads what came back on the result channel: a report by process 1, and a claim by the job. Nothing is trusted."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from evaluator.errors import EngineFault, EvaluatorError, SubmissionFault
from evaluator.limits import JobLimits
from evaluator.plain import is_suspect, plain
from evaluator.results import Cause

_LINE = 1 << 20
_DIGEST = re.compile(r"[0-9a-f]{64}")
_CODE = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+){1,5}")
_MAGIC = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
_PARAMETERS = 20
_TEXT = 500
_CONTAINERS = 200_000  # lists and objects, each some sixty bytes of our memory for two of the job's
# The faults that our own code may tell of from beside the bundle's. Any other is for us alone to state.
_TOLD_BESIDE = {
    "candidate.exception",
    *(f"sandbox.{limit}" for limit in ("memory", "processes", "disk", "cpu", "network", "forbidden")),
    *(f"app.{failure}" for failure in ("start_failed", "start_timeout")),
}


@dataclass(frozen=True, slots=True)
class Report:
    """What process 1 saw of the job's end. Sizes in bytes, times in seconds.

    ``failure`` tells why the job could not be confined before its start; empty when it was.
    """

    failure: str
    signal: int | None
    exit: int | None
    overflow: bool
    claim: int
    pictures: tuple[tuple[str, int], ...]
    wall: float
    cpu: float
    memory: int


def was_ready(channel: IO[bytes]) -> bool:
    """Whether process 1 started at all."""
    return channel.readline(_LINE) == b'{"ready": true}\n'


def read_report(channel: IO[bytes]) -> Report | None:
    """The report, or None when process 1 was killed before it could write one."""
    line = channel.readline(_LINE)
    if not line.endswith(b"\n"):
        return None
    try:
        raw = json.loads(line)
        pictures = tuple((str(item["name"]), int(item["size"])) for item in raw.pop("pictures"))
        return Report(pictures=pictures, **raw)
    except (ValueError, KeyError, TypeError) as error:
        raise EngineFault("sandbox.crashed", reason="report") from error


def read_claim(channel: IO[bytes], report: Report, *, hostile: bool) -> Any:
    """The value that the job claims, plain (see ``evaluator.plain``).

    Raises:
        SubmissionFault: the fault that the job told of, or ``sandbox.result_invalid`` when it is no JSON.
        EngineFault: the fault of the engine's own code in a job that runs nothing of the bundle.
    """
    data = channel.read(report.claim)
    if hostile and data.count(b"[") + data.count(b"{") > _CONTAINERS:
        raise SubmissionFault("sandbox.result_invalid")
    try:
        claim = json.loads(data.decode("utf-8"), parse_constant=_refuse_constant)
        claim = plain(claim) if is_suspect(data) else claim
    except (ValueError, RecursionError) as error:
        raise SubmissionFault("sandbox.result_invalid") from error
    if not isinstance(claim, dict) or len(claim) != 1:
        raise SubmissionFault("sandbox.result_invalid")
    kind, content = next(iter(claim.items()))
    if kind == "value":
        return content
    raise _told_fault(kind, content, hostile=hostile)


# What these say of a candidate's code says, of our own reading, that we are broken.
_NEVER_OURS = {"candidate.exception", "sandbox.forbidden", "sandbox.network"}


def read_pictures(channel: IO[bytes], report: Report, limits: JobLimits, folder: Path | None) -> dict[str, Path]:
    """Keep in ``folder`` what is a PNG or JPEG named by its own sha256; drop the rest."""
    kept: dict[str, Path] = {}
    room = limits.attachment_bytes
    for name, size in report.pictures[: limits.attachments]:
        room -= size
        if size < 0 or room < 0:
            break
        data = channel.read(size)
        if folder is not None and _is_sane(name, data):
            target = folder / name
            target.write_bytes(data)
            kept[name] = target
    return kept


def _is_sane(name: str, data: bytes) -> bool:
    return bool(_DIGEST.fullmatch(name)) and data.startswith(_MAGIC) and hashlib.sha256(data).hexdigest() == name


def _told_fault(kind: str, content: Any, *, hostile: bool) -> EvaluatorError:
    if not isinstance(content, dict) or not isinstance(content.get("params"), dict):
        return SubmissionFault("sandbox.result_invalid")
    code = content.get("code")
    if not isinstance(code, str) or not _CODE.fullmatch(code):
        return SubmissionFault("sandbox.result_invalid")
    params = _plain(content["params"])
    if hostile:
        return SubmissionFault(code if code in _TOLD_BESIDE else "sandbox.result_invalid", **params)
    if kind == "exception" and code in _NEVER_OURS:
        return EngineFault("sandbox.crashed", **params | {"reason": f"{params.get('type')}: {params.get('message')}"})
    if content.get("cause") == Cause.PLATFORM.value:
        return EngineFault(code, **params)
    return SubmissionFault(code, **params)


def _plain(params: dict[Any, Any]) -> dict[str, Any]:
    """Few parameters, short texts and numbers only."""
    kept: dict[str, Any] = {}
    for key, value in list(params.items())[:_PARAMETERS]:
        if not str(key).isidentifier() or key == "code":
            continue
        if isinstance(value, bool | int | float) or value is None:
            kept[str(key)] = value
        else:
            kept[str(key)] = str(value)[:_TEXT]
    return kept


def _refuse_constant(name: str) -> None:
    raise ValueError(name)
