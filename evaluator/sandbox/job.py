"""What the caller of the sandbox says and hears. The same whether a job starts cold or from a warm interpreter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from evaluator.limits import JobLimits


class Network(StrEnum):
    """A job never reaches outside. ``LOOPBACK`` gives it a loopback of its own, shared with nobody."""

    NONE = "none"
    LOOPBACK = "loopback"


class Level(StrEnum):
    """The isolation in force, weakest first.

    ``full``: namespaces, system call filter, and the kernel counts the memory and processes of a job as a whole.
    ``degraded``: the same, but memory is limited for each process of a job, for want of a writable control group.
    ``none``: no sandbox; nothing runs.
    """

    NONE = "none"
    DEGRADED = "degraded"
    FULL = "full"

    @property
    def rank(self) -> int:
        return list(Level).index(self)


@dataclass(frozen=True, slots=True)
class Bind:
    """A host file or folder seen at ``target`` (absolute) in the sandbox."""

    source: Path
    target: str
    writable: bool = False


@dataclass(frozen=True, slots=True)
class Job:
    """One function call in the sandbox.

    ``entry`` is ``"package.module:function"`` of the engine: it takes the payload and returns a JSON value. It may
    raise a ``SubmissionFault``. ``hostile`` tells that code of the bundle runs in the job: then nothing it says of
    the platform is believed. Pictures that the job leaves in ``ATTACHMENTS`` come back.
    """

    entry: str
    payload: Any = None
    binds: tuple[Bind, ...] = ()
    limits: JobLimits = field(default_factory=JobLimits)
    network: Network = Network.NONE
    hostile: bool = True
    cwd: str = "/tmp"  # noqa: S108 (the sandbox's own)


@dataclass(frozen=True, slots=True)
class Usage:
    """``cpu_seconds`` of the job's main process and its children; ``memory_bytes`` at its peak."""

    wall_seconds: float
    cpu_seconds: float
    memory_bytes: int


@dataclass(frozen=True, slots=True)
class JobResult:
    """``value`` is what the job claims, of JSON types only: callers check its shape before use.

    ``attachments`` maps the sha256 of each accepted picture to its file on the host. ``warm`` tells whether a warm
    interpreter started it.
    """

    value: Any
    attachments: Mapping[str, Path]
    stdout: str
    stderr: str
    usage: Usage
    warm: bool = False


ATTACHMENTS = "/attachments"
ENGINE = "/engine"
