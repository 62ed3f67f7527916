"""The prober's world, and certificates of an authority of the tests' own."""

from __future__ import annotations

import ssl
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from .scene import NAME, Scene, standing

EC = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    with standing(monkeypatch) as made:
        yield made
        made.assert_nobody_was_reached()


@dataclass(frozen=True)
class Authority:
    """``client`` trusts the authority alone; ``server(name, days)`` proves ``name`` for so many days from now."""

    client: ssl.SSLContext
    server: Callable[[str, int], ssl.SSLContext]


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    folder = tmp_path_factory.mktemp("authority")
    _openssl(folder, "req", "-x509", *EC, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/O=Essai/CN=Racine")
    _openssl(folder, "req", *EC, "-keyout", "server.key", "-out", "server.csr", "-subj", f"/CN={NAME}")

    def server(name: str, days: int) -> ssl.SSLContext:
        (folder / "extension").write_text(f"subjectAltName=DNS:{name}")
        signing = ["-CA", "ca.pem", "-CAkey", "ca.key", "-days", str(days), "-extfile", "extension"]
        _openssl(folder, "x509", "-req", "-in", "server.csr", *signing, "-out", "server.pem")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "server.pem", folder / "server.key")
        return context

    return Authority(ssl.create_default_context(cafile=folder / "ca.pem"), server)


def _openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)
