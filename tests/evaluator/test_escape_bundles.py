"""What a bundle itself may try: pickles of every make, links, and numbers that the whole suite must reach."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import pickle
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evaluator.errors import SubmissionFault
from evaluator.sandbox.job import Bind, Job
from tests.evaluator import sandboxed, test_attacks_jobs, test_attacks_material, test_escape
from tests.evaluator.sandboxed import LIMITS, Payload, fault_of, honest_answer

pytestmark = pytest.mark.usefixtures("start")

_CODE = b"open('/etc/passwd').read()"
_REDUCE = pickle.dumps(Payload(_CODE.decode()), 2)
_TEXT = b"X" + len(_CODE).to_bytes(4, "little") + _CODE
PICKLES = {
    "reduce": _REDUCE,
    "reduce in text": pickle.dumps(Payload(_CODE.decode()), 0),
    "framed": pickle.dumps(Payload(_CODE.decode()), 5),
    "inst": b"(S" + repr(_CODE.decode()).encode() + b"\nibuiltins\nexec\n.",
    "obj": b"(cbuiltins\nexec\n" + _TEXT + b"o.",
    "stack_global": b"\x80\x04\x8c\x08builtins\x8c\x04exec\x93" + _TEXT + b"\x85R.",
    "build": b"\x80\x02ccollections\nUserDict\n)\x81}X\x04\x00\x00\x00dataccollections\nUserDict\n)\x81sb"
    b"0cbuiltins\nexec\n" + _TEXT + b"\x85R.",
    "nested": b"\x80\x02cpickle\nloads\nB" + len(_REDUCE).to_bytes(4, "little") + _REDUCE + b"\x85R.",
    "by another name": b"\x80\x04\x8c\x0fevaluator.inside\x8c\x04exec\x93" + _TEXT + b"\x85R.",
    "by an attribute": b"\x80\x04\x8c\x04json\x8c\x1adecoder.scanner.re.builtins\x93" + _TEXT + b"\x85R.",
    "a polyglot": _REDUCE + b"PK\x03\x04" + b"\0" * 64,
    "after a first stop": pickle.dumps(1)[:-1] + b"0" + _REDUCE[2:],
}
PACKED: dict[str, Callable[[bytes], bytes]] = {
    "zlib": zlib.compress,
    "gzip": gzip.compress,
    "bz2": bz2.compress,
    "lzma": lambda data: lzma.compress(data, format=lzma.FORMAT_ALONE),
    "xz": lzma.compress,
}
_CAUSES = {"sandbox.forbidden", "candidate.exception"}


def _load(folder: Path, data: bytes, kind: str) -> SubmissionFault:
    bundle = folder / "bundle"
    bundle.mkdir()
    (bundle / "model").write_bytes(data)
    payload = {"base": "", "path": "model", "format": kind, "tables": []}
    job = Job("evaluator.inside.models:load", payload, binds=(Bind(bundle, "/bundle"),), limits=LIMITS)
    with pytest.raises(SubmissionFault) as caught:
        sandboxed.sandbox().run(job)
    return caught.value


@pytest.mark.parametrize("data", PICKLES.values(), ids=PICKLES.keys())
def test_pickles_of_every_make(tmp_path: Path, data: bytes) -> None:
    assert _load(tmp_path, data, "pickle").code in _CAUSES
    assert honest_answer() == "[1, 2]"


@pytest.mark.parametrize("pack", PACKED.values(), ids=PACKED.keys())
def test_pickles_compressed(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    assert _load(tmp_path, pack(_REDUCE), "joblib").code == "sandbox.forbidden"
    assert honest_answer() == "[1, 2]"


def test_a_pickle_in_a_skops_archive(tmp_path: Path) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as packed:
        packed.writestr("schema.json", '{"__class__": "exec", "__module__": "builtins", "__loader__": "FunctionNode"}')
    assert _load(tmp_path, target.getvalue(), "skops").code in _CAUSES


LINKS = {
    "to the host": "/etc/shadow",
    "to process 1": "/proc/1/environ",
    "to its own parent": "../../../../../../../../etc/shadow",
    "to itself": "model.pkl",
    "to a device": "/dev/mem",
    "to the interpreter's folder": "/proc/1/root/etc/shadow",
}


@pytest.mark.parametrize("target", LINKS.values(), ids=LINKS.keys())
def test_a_model_that_is_a_link(tmp_path: Path, target: str) -> None:
    bundle = tmp_path / "bundle"
    bundle.mkdir()
    (bundle / "model.pkl").symlink_to(target)
    with pytest.raises(SubmissionFault) as caught:
        sandboxed.open_model(bundle)
    assert caught.value.code in _CAUSES
    assert honest_answer() == "[1, 2]"


def test_a_hard_link_out_of_the_bundle_is_refused(tmp_path: Path) -> None:
    code = "import os\nos.link('/bundle/model.pkl', '/tmp/out')"
    assert fault_of(tmp_path, code).code in _CAUSES
    code = "import os\nos.link('/etc/hosts', '/bundle/hosts')"
    (tmp_path / "second").mkdir()
    assert fault_of(tmp_path / "second", code).code in _CAUSES


ESCAPES = {
    "a terminal of another": "import os\nos.open('/dev/pts/0', os.O_RDWR)",
    "the terminal of the machine": "open('/dev/tty', 'r+')",
    "a device of its own": "import os\nos.mknod('/tmp/sda', 0o60666, os.makedev(254, 0))\nopen('/tmp/sda', 'rb')",
    "memory of the machine": "open('/dev/mem', 'rb')",
    "the log of the kernel": "open('/dev/kmsg', 'rb').read(1)",
    "the keys of others": "open('/proc/kcore', 'rb').read(1)",
    "a setting of the kernel": "open('/proc/sys/kernel/core_pattern', 'w').write('|/tmp/x')",
    "a request to the kernel": "open('/proc/sysrq-trigger', 'w').write('b')",
    "its own limit raised": "import resource\nresource.setrlimit(resource.RLIMIT_NPROC, (4096, 4096))",
    "another priority": "import os\nos.setpriority(os.PRIO_PROCESS, 0, -20)",
    "another user": "import os\nos.setuid(0)",
    "another group": "import os\nos.setgroups([0])",
    "a program of another user": (
        "import os, shutil\nshutil.copy('/usr/bin/env', '/tmp/e')\nos.chmod('/tmp/e', 0o6755)\nos.chown('/tmp/e', 0, 0)"
    ),
    "a control group of its own": "import os\nos.mkdir('/sys/fs/cgroup/x')",
    "the process 1 of others": "import os\nos.listdir('/proc/1/fd')",
    "the memory of the interpreter": "open('/proc/1/mem', 'r+b').read(1)",
    "the victim it is": "import os\nos.write(os.open('/proc/self/oom_score_adj', os.O_WRONLY), b'-1000')",
}


@pytest.mark.parametrize("code", ESCAPES.values(), ids=ESCAPES.keys())
def test_what_is_not_the_jobs_is_refused(tmp_path: Path, code: str) -> None:
    assert fault_of(tmp_path, code).code in _CAUSES
    assert honest_answer() == "[1, 2]"


def test_the_suite_is_as_large_as_promised(start: str) -> None:
    """Attacks on the sandbox by code, by pickles, by links, by material: each way in which jobs start sees them all."""
    groups: tuple[Any, ...] = (
        *(test_escape.STOPPED, test_escape.REFUSED_CALLS, test_escape.FORGERIES, PICKLES, PACKED, LINKS, ESCAPES),
        *(test_attacks_jobs.SOCKETS, test_attacks_jobs.ENDINGS, test_attacks_jobs.CLAIMS),
        *(test_attacks_material.NOTEBOOKS, test_attacks_material.MODELS, test_attacks_material.REPOSITORIES),
    )
    count = sum(len(group) for group in groups)
    print(f"{count} attacks, {start}, {os.cpu_count()} processors")
    assert count >= 120
