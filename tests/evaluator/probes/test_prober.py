"""What a probe tells of an ordinary server, of its certificate, and of whose fault a silence is."""

from __future__ import annotations

import gzip
import json
import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluator.probes import addresses
from evaluator.probes.__main__ import main as command
from evaluator.probes.connection import public_tls
from evaluator.probes.failure import ProbeFailure
from evaluator.probes.policy import ProbePolicy, intranet_networks
from evaluator.probes.prober import Prober
from evaluator.probes.resolving import system_resolve

from .conftest import Authority
from .scene import HOME, NAME, Scene, page, says, sends_to


def request_of(scene: Scene) -> list[str]:
    return scene.servers[-1].received[0].decode().split("\r\n")


def test_an_ordinary_page(scene: Scene) -> None:
    began = datetime.now(UTC)
    server = scene.serve(page("<html>météo</html>".encode(), headers=b"Server: essai\r\n"))
    told = scene.probe(scene.at(server, "/tableau?jour=1"), contact="https://jalon.exemple.test")
    assert json.loads(json.dumps(told)) == told
    assert began <= datetime.fromisoformat(told["at"]) <= datetime.now(UTC)
    assert told["response"]["status"] == 200
    assert told["response"]["body"] == "<html>météo</html>"
    assert told["response"]["media_type"] == "text/html"
    assert ["server", "essai"] in told["response"]["headers"]
    assert (told["failure"], told["cause"], told["tls"], told["hops"]) == (None, None, None, [])
    assert 0 < told["seconds"] < 1
    first, *lines = request_of(scene)
    assert first == "GET /tableau?jour=1 HTTP/1.1"
    assert f"Host: {NAME}:{server.port}" in lines
    assert "User-Agent: Jalon-probe/1 (+https://jalon.exemple.test)" in lines


def test_nothing_of_ours_is_sent(scene: Scene, monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    """Neither cookies nor credentials, not even those that this machine keeps for a host."""
    (tmp_path / ".netrc").write_text(f"machine {NAME} login moi password secret\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    end = scene.serve(page())
    start = scene.serve(says(
        b"HTTP/1.1 302 X\r\nSet-Cookie: jeton=abc\r\nContent-Length: 0\r\n",
        f"Location: {scene.at(end)}\r\n\r\n".encode(),
    ))  # fmt: skip
    told = scene.probe(scene.at(start))
    assert told["response"]["status"] == 200
    names = {line.partition(":")[0] for line in end.received[0].decode().split("\r\n")[1:] if line}
    assert names == {"Host", "User-Agent", "Accept", "Accept-Encoding", "Connection"}
    assert told["cookies"]


def test_a_cookie_is_never_kept_nor_a_challenge(scene: Scene) -> None:
    server = scene.serve(page(headers=b"Set-Cookie: jeton=abc\r\nWWW-Authenticate: Basic realm=secret\r\n"))
    told = scene.probe(scene.at(server))
    assert ["set-cookie", "…"] in told["response"]["headers"]
    assert "abc" not in str(told)
    assert "secret" not in str(told)


def test_many_headers_are_trimmed(scene: Scene) -> None:
    server = scene.serve(page(headers=b"".join(b"X-%d: %s\r\n" % (n, b"v" * 500) for n in range(12))))
    scene.limits = scene.limits.__class__()
    headers = scene.probe(scene.at(server))["response"]["headers"]
    assert max(len(value) for _, value in headers) == 300


def test_redirections_are_told_and_accented_ones_followed(scene: Scene) -> None:
    server = scene.serve(page())
    server.script = lambda talking: (page() if b"%C3%A9t" in server.received[-1] else sends_to("/été"))(talking)
    told = scene.probe(scene.at(server))
    assert told["response"]["status"] == 200
    assert told["final"].endswith("/%C3%A9t%C3%A9")
    assert [hop["status"] for hop in told["hops"]] == [302]


def test_a_compressed_page_is_read_all_the_same(scene: Scene) -> None:
    server = scene.serve(page(gzip.compress(b"bonjour"), headers=b"Content-Encoding: gzip\r\n"))
    assert scene.probe(scene.at(server))["response"]["body"] == "bonjour"


def test_the_next_address_is_tried_when_one_takes_no_connection(scene: Scene) -> None:
    server = scene.serve(page())
    scene.names.answers[NAME] = [[HOME, HOME]]
    dialled = iter([ConnectionRefusedError(111, "refused")])
    connect = socket.socket.connect

    def once(self: socket.socket, address: object) -> None:
        for error in dialled:
            raise error
        connect(self, address)

    socket.socket.connect = once  # type: ignore[method-assign]
    try:
        assert scene.probe(scene.at(server))["response"]["status"] == 200
    finally:
        socket.socket.connect = connect  # type: ignore[method-assign]


# TLS


def test_a_certificate_that_proves_the_name(scene: Scene, authority: Authority) -> None:
    server = scene.serve(page(), tls=authority.server(NAME, 30))
    told = scene.probe(scene.at(server, scheme="https"), tls=authority.client)
    assert told["response"]["status"] == 200
    assert told["tls"]["verified"]
    assert told["tls"]["version"] in ("TLSv1.2", "TLSv1.3")
    assert told["tls"]["issuer"] == "Essai"
    left = datetime.fromisoformat(told["tls"]["expires"]) - datetime.now(UTC)
    assert timedelta(days=29) < left < timedelta(days=31)


@pytest.mark.parametrize(
    ("name", "days", "why"), [("autre.exemple.test", 30, "ostname mismatch"), (NAME, -1, "expired")]
)
def test_a_certificate_that_does_not(scene: Scene, authority: Authority, name: str, days: int, why: str) -> None:
    server = scene.serve(page(), tls=authority.server(name, days))
    told = scene.probe(scene.at(server, scheme="https"), tls=authority.client)
    assert (told["failure"]["code"], told["cause"]) == ("probe.certificate", "candidate")
    assert why in told["tls"]["reason"]
    assert not told["tls"]["verified"]
    assert server.received == []


def test_a_certificate_of_nobody(scene: Scene, authority: Authority) -> None:
    server = scene.serve(page(), tls=authority.server(NAME, 30))
    told = scene.probe(scene.at(server, scheme="https"))
    assert told["failure"]["code"] == "probe.certificate"
    assert server.received == []


def test_tls_asked_of_a_server_that_has_none(scene: Scene) -> None:
    told = scene.probe(scene.at(scene.serve(page()), scheme="https"))
    assert told["failure"]["code"] == "probe.tls"


def test_a_handshake_that_never_ends(scene: Scene) -> None:
    server = scene.serve(lambda talking: talking.recv(1))
    assert scene.probe(scene.at(server, scheme="https"))["failure"]["code"] == "probe.time"


# Whose fault


def test_without_any_network_the_fault_is_ours(scene: Scene) -> None:
    told = scene.probe(f"http://{NAME}/", witnesses=("temoin.exemple.test",))
    assert (told["failure"]["code"], told["cause"]) == ("probe.dns_unknown", "platform")


def test_with_a_witness_that_answers_the_fault_is_not_ours(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(Prober, "reaches", lambda self, host: asked.append(host) or True)
    prober = scene.prober(witnesses=("temoin.exemple.test",))
    for _ in range(2):
        told = prober.probe(f"http://{NAME}/")
        assert (told["failure"]["code"], told["cause"]) == ("probe.dns_unknown", "candidate")
    assert asked == ["temoin.exemple.test"]  # believed for a minute


@pytest.mark.parametrize(("days", "reached"), [(30, True), (-1, False)])
def test_a_witness_must_prove_its_name(
    scene: Scene, authority: Authority, monkeypatch: pytest.MonkeyPatch, days: int, reached: bool
) -> None:
    """On its own port, to which the tests lead the one of the server."""
    server = scene.serve(page(), tls=authority.server(NAME, days))
    connect = socket.socket.connect
    monkeypatch.setattr(socket.socket, "connect", lambda self, to: connect(self, (to[0], server.port)))
    scene.names.answers[NAME] = [[HOME]]
    assert scene.prober(tls=authority.client).reaches(NAME) is reached


def test_a_machine_without_a_way_out_is_ours(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(self: socket.socket, address: object) -> None:
        raise OSError(101, "Network is unreachable")

    monkeypatch.setattr(socket.socket, "connect", nowhere)
    told = scene.probe(scene.at(scene.serve(page())))
    assert (told["failure"]["code"], told["cause"]) == ("probe.connect", "platform")


def test_a_forbidden_address_is_never_our_fault(scene: Scene) -> None:
    told = scene.probe("http://127.0.0.1/", witnesses=("temoin.exemple.test",))
    assert told["cause"] == "candidate"
    assert scene.names.asked == []


def test_a_resolver_of_ours_that_leads_every_name_inside_is_our_fault(scene: Scene) -> None:
    scene.names.answers[NAME] = scene.names.answers["temoin.exemple.test"] = [["127.0.0.1"]]
    told = scene.probe(f"http://{NAME}/", witnesses=("temoin.exemple.test",))
    assert (told["failure"]["code"], told["cause"]) == ("probe.forbidden", "platform")


def test_the_resolver_of_the_system_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    hold = threading.Event()

    def slow(*_: object, **__: object) -> list[object]:
        hold.wait(5)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    with pytest.raises(ProbeFailure) as caught:
        system_resolve("lent.exemple.test", 0.05)
    hold.set()
    assert caught.value.code == "probe.dns"


def test_the_resolver_of_the_system_asks_for_the_whole_name(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def answer(name: str, *_: object, **__: object) -> list[object]:
        asked.append(name)
        row = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.1", 0))
        return [row, row, (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("fe80::1%lo", 0, 0, 1))]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    assert system_resolve(NAME, 1.0) == [ip_address("192.0.2.1"), ip_address("fe80::1")]
    assert asked == [f"{NAME}."]


# Addresses and networks


@pytest.mark.parametrize(
    ("written", "understood", "host"),
    [
        ("https://Projet.Exemple.TEST", "https://projet.exemple.test/", "projet.exemple.test"),
        (
            "  http://projet.exemple.test:80/a b".replace(" b", "b"),
            "http://projet.exemple.test/ab",
            "projet.exemple.test",
        ),
        ("https://projet.exemple.test:/a", "https://projet.exemple.test/a", "projet.exemple.test"),
        ("https://projet.exemple.test./a", "https://projet.exemple.test/a", "projet.exemple.test"),
        ("https://projet.exemple.test?a=é|b#c", "https://projet.exemple.test/?a=%C3%A9%7Cb", "projet.exemple.test"),
        ("https://café.exemple.test/", "https://xn--caf-dma.exemple.test/", "xn--caf-dma.exemple.test"),
        ("http://93.184.216.34/", "http://93.184.216.34/", "93.184.216.34"),
        ("http://[2606:2800:0220::1]:443/", "http://[2606:2800:220::1]:443/", "2606:2800:220::1"),
    ],
)
def test_an_address_is_understood_in_one_way(written: str, understood: str, host: str) -> None:
    target = addresses.read(written, ProbePolicy())
    assert (target.url, target.host) == (understood, host)


@pytest.mark.parametrize(
    "text", ["8.8.8.8", "93.184.216.34", "172.32.0.1", "100.128.0.1", "2606:2800:220::1", "2a01:e0a::1"]
)
def test_public_addresses_are_allowed(text: str) -> None:
    assert ProbePolicy().refusal(ip_address(text)) is None


def test_a_certifiers_own_network_can_be_opened_and_nothing_else_with_it() -> None:
    policy = ProbePolicy(intranet=intranet_networks(["10.20.0.0/16", "fd12:3456:789a::/48"]))
    assert policy.refusal(ip_address("10.20.3.4")) is None
    assert policy.refusal(ip_address("fd12:3456:789a::5")) is None
    assert policy.refusal(ip_address("10.21.0.1")) == "private"
    assert policy.refusal(ip_address("::ffff:10.20.3.4")) == "translated"
    assert policy.refusal(ip_address("127.0.0.1")) == "loopback"


@pytest.mark.parametrize(
    "text",
    ["127.0.0.0/8", "169.254.0.0/16", "0.0.0.0/0", "::/0", "::1/128", "fe80::/10", "fc00::/7", "fd00:ec2::/48",
     "8.0.0.0/8", "100.64.0.0/10", "10.0.0.1/8", "rien"],
)  # fmt: skip
def test_what_no_setting_can_open(text: str) -> None:
    with pytest.raises(ValueError, match=r"network|appear|host bits"):
        intranet_networks([text])


def test_by_default_nothing_private_is_open() -> None:
    assert ProbePolicy() == ProbePolicy(frozenset({80, 443}), ())


def test_certificates_are_judged_by_the_same_list_everywhere(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    context = public_tls()
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.cert_store_stats()["x509_ca"] > 50


def test_the_command_tells_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert command(["http://127.0.0.1/"]) == 1
    assert json.loads(capsys.readouterr().out)["failure"]["code"] == "probe.forbidden"
    assert command([]) == 2


def test_a_defect_of_ours_is_told_as_ours(scene: Scene) -> None:
    def broken(host: str, seconds: float) -> list[Any]:
        raise ZeroDivisionError

    told = scene.probe(f"http://{NAME}/", resolve=broken)
    assert (told["failure"], told["cause"]) == (
        {"code": "probe.crashed", "params": {"type": "ZeroDivisionError"}},
        "platform",
    )


HOSTS = st.sampled_from(
    ["projet.exemple.test", "127.0.0.1", "[::1]", "2130706433", "0x7f.1", "１２７。0。0。1", "a", ""]
)
PIECES = st.lists(
    st.one_of(HOSTS, st.sampled_from(list(":/?#@\\.%[]&=\t\r\n \u200b")), st.text(max_size=4)), max_size=12
)


@given(st.sampled_from(["http://", "https://", "HTTP:", "//", "ftp://", ""]), PIECES)
def test_whatever_is_declared_is_refused_or_read_in_one_way(start: str, pieces: list[str]) -> None:
    try:
        target = addresses.read(start + "".join(pieces), ProbePolicy())
    except ProbeFailure:
        return
    assert addresses.read(target.url, ProbePolicy()) == target
    parts = urlsplit(target.url)  # another reader agrees on where it leads
    assert (parts.scheme, parts.hostname, parts.username) == (target.scheme, target.host, None)
    assert target.url.isascii()
    assert target.url.isprintable()
    assert " " not in target.url
