"""Explicit limits, all in one place. Sizes in bytes, times in seconds."""

from __future__ import annotations

from dataclasses import dataclass

KB = 1024
MB = 1024 * KB
GB = 1024 * MB


@dataclass(frozen=True, slots=True)
class BundleLimits:
    """What an archive may hold once unpacked."""

    archive_bytes: int = 1 * GB
    total_bytes: int = 4 * GB
    file_bytes: int = 2 * GB
    files: int = 20_000
    depth: int = 32
    name_bytes: int = 255
    path_bytes: int = 1024
    ratio: int = 200  # unpacked over packed, counted above ``ratio_floor``
    ratio_floor: int = 100 * MB


@dataclass(frozen=True, slots=True)
class JobLimits:
    """What one sandboxed job may use."""

    wall_seconds: float = 60.0
    cpu_seconds: int = 60
    memory_bytes: int = 2 * GB
    processes: int = 64
    open_files: int = 512
    file_bytes: int = 512 * MB
    tmp_bytes: int = 512 * MB
    output_bytes: int = 1 * MB  # standard output and error, each
    result_bytes: int = 64 * MB  # the JSON that comes back
    attachments: int = 2_000
    attachment_bytes: int = 256 * MB
