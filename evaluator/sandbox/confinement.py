"""The command lines of bubblewrap, for one job and for a warm interpreter: what each sees and may do."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from evaluator.limits import JobLimits
from evaluator.runtimes import Runtime
from evaluator.sandbox.job import ATTACHMENTS, ENGINE, Job

_HOST_ETC = ("/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime")
_SYSTEM_LINKS = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_UNREADABLE = ("passwd", "group")
_USER_ID = 1000  # as the job sees itself when the platform is an ordinary user
_CHANGE_USER = ("CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP")
_HIGH_IDS = range(200_000, 2_000_000_000)
_RUNTIME = "/runtime"
# The first folders of whatever a job may be shown by a warm interpreter, which has to have them beforehand.
SHOWN_UNDER = ("/bundle", "/shared", "/source", "/unpacked")
_WARM_PLACE_BYTES = 1 << 20
_ENVIRONMENT = {
    "PATH": f"{_RUNTIME}/bin:/usr/bin:/bin",
    "HOME": "/tmp",  # noqa: S108 (the sandbox's own)
    "TMPDIR": "/tmp",  # noqa: S108
    "USER": "job",
    "LOGNAME": "job",
    "LANG": "C.UTF-8",
    "PYTHONUTF8": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "MPLBACKEND": "Agg",
    "MPLCONFIGDIR": "/tmp",  # noqa: S108
    "NUMBA_CACHE_DIR": "/tmp",  # noqa: S108
    "OMP_NUM_THREADS": "2",
    "OPENBLAS_NUM_THREADS": "2",
    "LOKY_MAX_CPU_COUNT": "2",
    "MALLOC_ARENA_MAX": "4",
    "ARROW_DEFAULT_MEMORY_POOL": "system",  # its own reserves a gigabyte, which the limit of memory would count
}


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the job is. ``uid`` is the unprivileged user it becomes, or None when the platform is not root."""

    uid: int | None


def new_identity() -> Identity:
    """A user of its own for each job, so that the kernel counts and separates jobs from one another."""
    if os.geteuid() != 0:
        return Identity(None)
    start, length = _widest_mapping()
    low = max(start, min(_HIGH_IDS.start, start + length // 2))
    high = min(start + length, _HIGH_IDS.stop)
    return Identity(low + secrets.randbelow(high - low))


def _widest_mapping() -> tuple[int, int]:
    """The range of user numbers that this user namespace knows (``/proc/self/uid_map``)."""
    rows = [line.split() for line in Path("/proc/self/uid_map").read_text().splitlines()]
    return max(((int(row[0]), int(row[2])) for row in rows), key=lambda row: row[1])


def write_etc(folder: Path) -> None:
    """The few files of ``/etc`` that libraries ask for, telling nothing of the host.

    The list of users is there to be refused: whoever reads it is stopped by name rather than fed an invention.
    """
    texts = {
        "passwd": "",
        "group": "",
        "hosts": "127.0.0.1 localhost\n::1 localhost\n",
        "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
        "resolv.conf": "",
    }
    folder.mkdir(mode=0o755)
    for name, text in texts.items():
        (folder / name).write_text(text)
        (folder / name).chmod(0o000 if name in _UNREADABLE else 0o644)
    for path in _present_etc():
        place = folder / path.name
        place.mkdir() if path.is_dir() else place.touch()


def command(job: Job, runtime: Runtime, identity: Identity, etc: Path, *, filter_fd: int, channel_fd: int) -> list[str]:
    """Arguments of ``bwrap``; the two descriptors are inherited by it."""
    # Process 1 of a privileged platform keeps what making the job another user takes.
    capabilities = () if identity.uid is None else _CHANGE_USER
    return [
        *_start(identity, capabilities),
        *_tree(places(job.limits), (Path(bind.target) for bind in job.binds), runtime, etc),
        *_binds(job),
        *("--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/"),
        *("--seccomp", str(filter_fd)),
        *_python("harness", channel_fd),
    ]


def warm_command(runtime: Runtime, etc: Path, *, control_fd: int) -> list[str]:
    """Arguments of ``bwrap`` for a warm interpreter: the view of a job without anything of a job.

    It may make namespaces and mounts, which each job loses before its first line.
    """
    room = dict.fromkeys(places(JobLimits()), _WARM_PLACE_BYTES)
    empty = (argument for top in SHOWN_UNDER for argument in ("--perms", "0755", "--dir", top))
    return [
        *_start(new_identity(), (*_CHANGE_USER, "CAP_KILL", "CAP_SYS_ADMIN", "CAP_NET_ADMIN")),
        *_tree(room, (), runtime, etc),
        *empty,
        *("--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/"),
        *_python("zygote", control_fd),
    ]


def places(limits: JobLimits) -> dict[str, int]:
    """Where a job may write, and how many bytes: memory, each place by itself."""
    return {
        "/tmp": limits.tmp_bytes,  # noqa: S108 (the sandbox's own)
        ATTACHMENTS: limits.attachment_bytes,
        "/dev/shm": min(limits.tmp_bytes, limits.memory_bytes // 4),  # noqa: S108
    }


def _start(identity: Identity, capabilities: Iterable[str]) -> Iterator[str]:
    yield from ("bwrap", "--unshare-ipc", "--unshare-pid", "--unshare-uts", "--unshare-net", "--unshare-cgroup-try")
    yield from ("--die-with-parent", "--new-session", "--as-pid-1", "--hostname", "job")
    yield from ("--cap-drop", "ALL")
    for capability in capabilities:
        yield from ("--cap-add", capability)
    if identity.uid is None:
        yield from ("--unshare-user", "--uid", str(_USER_ID), "--gid", str(_USER_ID))
    yield from _environment()


def _python(script: str, descriptor: int) -> Iterator[str]:
    yield from ("--", f"{_RUNTIME}/bin/python", "-I", "-B", "-X", "utf8")
    yield from (f"{ENGINE}/evaluator/sandbox/{script}.py", str(descriptor))


def _tree(rooms: Mapping[str, int], targets: Iterable[Path], runtime: Runtime, etc: Path) -> Iterator[str]:
    yield from ("--proc", "/proc", "--dev", "/dev")
    for path, size in rooms.items():
        yield from ("--perms", "1777", "--size", str(size), "--tmpfs", path)
    yield from _folders(targets, runtime)
    yield from _system(runtime, etc)


def _environment() -> Iterator[str]:
    yield "--clearenv"
    for name, value in _ENVIRONMENT.items():
        yield from ("--setenv", name, value)


def _folders(binds: Iterable[Path], runtime: Runtime) -> Iterator[str]:
    """The folders above each mount, open to everyone: bubblewrap would make them for their owner only.

    A mount inside another finds its folders there.
    """
    binds = set(binds)
    outer = {target for target in binds if binds.isdisjoint(target.parents)}
    targets = [*runtime.base_prefixes(), Path(ENGINE, "evaluator"), *outer]
    parents = {parent for target in targets for parent in target.parents if parent != Path("/")}
    for parent in sorted(parents):
        yield from ("--perms", "0755", "--dir", str(parent))


def _system(runtime: Runtime, etc: Path) -> Iterator[str]:
    yield from ("--ro-bind", "/usr", "/usr")
    for link in _SYSTEM_LINKS:
        if Path(link).is_symlink():
            yield from ("--symlink", str(Path(link).readlink()), link)
        elif Path(link).is_dir():
            yield from ("--ro-bind", link, link)
    yield from ("--ro-bind", str(etc), "/etc")
    for path in _present_etc():
        yield from ("--ro-bind", str(path), str(path))
    for prefix in runtime.base_prefixes():
        yield from ("--ro-bind", str(prefix), str(prefix))
    yield from ("--ro-bind", str(runtime.folder), _RUNTIME)
    yield from ("--ro-bind", str(Path(__file__).parents[1]), f"{ENGINE}/evaluator")


def _present_etc() -> list[Path]:
    return [Path(path) for path in _HOST_ETC if Path(path).exists()]


def _binds(job: Job) -> Iterator[str]:
    for bind in job.binds:
        yield from ("--bind" if bind.writable else "--ro-bind", str(bind.source), bind.target)
