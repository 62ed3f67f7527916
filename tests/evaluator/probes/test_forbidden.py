"""No address that is not public is ever reached: whatever its form, its name, or the redirection that leads to it."""

from __future__ import annotations

import pytest

from .scene import HOME, NAME, Scene, page, sends_to
from .test_hostile_servers import SERVERS

# What is declared → why it is refused. {c} is the port of the canary, which the tests' policy allows.
WRITTEN = {
    "loopback": ("http://127.0.0.1:{c}/", "forbidden"),
    "loopback elsewhere in its block": ("http://127.8.8.8:{c}/", "forbidden"),
    "short form": ("http://127.1:{c}/", "host"),
    "decimal": ("http://2130706433:{c}/", "host"),
    "octal": ("http://0177.0.0.1:{c}/", "host"),
    "octal with zeros": ("http://0000177.0.0.01:{c}/", "host"),
    "hexadecimal": ("http://0x7f000001:{c}/", "host"),
    "hexadecimal parts": ("http://0x7f.0x0.0x0.0x1:{c}/", "host"),
    "mixed bases": ("http://127.0x0.0.1:{c}/", "host"),
    "last part in hexadecimal": ("http://127.0.0.0x1:{c}/", "host"),
    "overflowing": ("http://4294967297:{c}/", "host"),
    "trailing dot": ("http://127.0.0.1.:{c}/", "forbidden"),
    "two trailing dots": ("http://127.0.0.1..:{c}/", "host"),
    "unspecified": ("http://0.0.0.0:{c}/", "forbidden"),
    "zero": ("http://0:{c}/", "host"),
    "localhost": ("http://localhost:{c}/", "host"),
    "a name of this network": ("http://intranet:{c}/", "host"),
    "full-width digits": ("http://１２７.０.０.１:{c}/", "forbidden"),
    "ideographic full stops": ("http://127。0。0。1:{c}/", "forbidden"),
    "circled digits": ("http://①②⑦.⓪.⓪.①:{c}/", "forbidden"),
    "percent-encoded host": ("http://%31%32%37.0.0.1:{c}/", "host"),
    "private 10": ("http://10.0.0.1/", "forbidden"),
    "private 172": ("http://172.31.255.254/", "forbidden"),
    "private 192": ("http://192.168.1.1/", "forbidden"),
    "carrier's private": ("http://100.64.0.1/", "forbidden"),
    "metadata": ("http://169.254.169.254/latest/meta-data/", "forbidden"),
    "metadata of another cloud": ("http://100.100.100.200/", "forbidden"),
    "metadata in a public block": ("http://168.63.129.16/", "forbidden"),
    "link-local": ("http://169.254.1.1/", "forbidden"),
    "multicast": ("http://224.0.0.1/", "forbidden"),
    "broadcast": ("http://255.255.255.255/", "forbidden"),
    "reserved": ("http://240.0.0.1/", "forbidden"),
    "benchmarks": ("http://198.18.0.1/", "forbidden"),
    "documentation": ("http://203.0.113.7/", "forbidden"),
    "relay of 6to4": ("http://192.88.99.1/", "forbidden"),
    "IPv6 loopback": ("http://[::1]:{c}/", "forbidden"),
    "IPv6 loopback in full": ("http://[0:0:0:0:0:0:0:1]:{c}/", "forbidden"),
    "IPv6 unspecified": ("http://[::]:{c}/", "forbidden"),
    "mapped": ("http://[::ffff:127.0.0.1]:{c}/", "forbidden"),
    "mapped in hexadecimal": ("http://[::ffff:7f00:1]:{c}/", "forbidden"),
    "mapped, of a public address": ("http://[::ffff:8.8.8.8]/", "forbidden"),
    "compatible": ("http://[::127.0.0.1]:{c}/", "forbidden"),
    "translated by the network": ("http://[64:ff9b::7f00:1]:{c}/", "forbidden"),
    "translated, local prefix": ("http://[64:ff9b:1::7f00:1]/", "forbidden"),
    "6to4": ("http://[2002:7f00:1::1]/", "forbidden"),
    "Teredo": ("http://[2001:0:1:2:3:4:80ff:fffe]/", "forbidden"),
    "IPv6 link-local": ("http://[fe80::1]/", "forbidden"),
    "IPv6 link-local with its zone": ("http://[fe80::1%25lo]:{c}/", "host"),
    "site-local": ("http://[fec0::1]/", "forbidden"),
    "unique local": ("http://[fd12:3456::1]/", "forbidden"),
    "IPv6 metadata": ("http://[fd00:ec2::254]/", "forbidden"),
    "IPv6 multicast": ("http://[ff02::1]/", "forbidden"),
    "IPv6 documentation": ("http://[2001:db8::1]/", "forbidden"),
    "IPv6 not given out": ("http://[4000::1]/", "forbidden"),
    "IPv6 without brackets": ("http://::1/", "host"),
    "credentials": ("http://moi:secret@127.0.0.1:{c}/", "credentials"),
    "a host disguised as a user": ("http://projet.exemple.test@127.0.0.1:{c}/", "credentials"),
    "a port disguised as a password": ("http://projet.exemple.test:80@127.0.0.1:{c}/", "credentials"),
    "an empty user": ("http://@127.0.0.1:{c}/", "credentials"),
    "a fragment before the host's end": ("http://127.0.0.1:{c}#@projet.exemple.test/", "forbidden"),
    "a question before the host's end": ("http://127.0.0.1:{c}?@projet.exemple.test/", "forbidden"),
    "backslash": ("http://projet.exemple.test\\@127.0.0.1:{c}/", "url"),
    "backslashes for slashes": ("http:\\\\127.0.0.1:{c}\\", "url"),
    "tab": ("http://127.0.\t0.1:{c}/", "url"),
    "line feed": ("http://127.0.0.1:{c}/\r\nX: y", "url"),
    "NUL": ("http://projet.exemple.test\0.127.0.0.1:{c}/", "url"),
    "space": ("http://projet.exemple.test 127.0.0.1:{c}/", "url"),
    "zero-width space": ("http://127.0.0.1\ufeff:{c}/", "url"),
    "no slashes": ("http:127.0.0.1:{c}/", "url"),
    "no scheme": ("//127.0.0.1:{c}/", "url"),
    "no host": ("http:///127.0.0.1:{c}/", "host"),
    "file": ("file:///etc/passwd", "scheme"),
    "gopher": ("gopher://127.0.0.1:{c}/_GET", "scheme"),
    "ftp": ("ftp://127.0.0.1:{c}/", "scheme"),
    "a wrapped scheme": ("jar:http://127.0.0.1:{c}/!/", "url"),
    "data": ("data:text/html,bonjour", "url"),
    "another service": ("http://projet.exemple.test:6379/", "port"),
    "a port beyond ports": ("http://projet.exemple.test:65616/", "port"),
    "two ports": ("http://projet.exemple.test:80:{c}/", "host"),
    "too long": ("http://127.0.0.1:{c}/" + "a" * 3_000, "url"),
}

# What the name resolves to.
RESOLVED = {
    "loopback": ["127.0.0.1"],
    "metadata": ["169.254.169.254"],
    "IPv6 metadata": ["fd00:ec2::254"],
    "mapped": ["::ffff:127.0.0.1"],
    "one public, one private": [HOME, "127.0.0.1"],
    "one private, one public": ["127.0.0.1", HOME],
    "public IPv4, private IPv6": [HOME, "::1"],
    "unspecified": ["0.0.0.0"],  # noqa: S104 - where a name leads, not where we listen
}

# Where a public server sends the prober.
REDIRECTED = {
    "loopback": ("http://127.0.0.1:{c}/", "forbidden"),
    "loopback over TLS": ("https://127.0.0.1:{c}/", "forbidden"),
    "decimal": ("http://2130706433:{c}/", "host"),
    "IPv6 loopback": ("http://[::1]:{c}/", "forbidden"),
    "mapped": ("http://[::ffff:127.0.0.1]:{c}/", "forbidden"),
    "metadata": ("http://169.254.169.254/", "forbidden"),
    "without scheme": ("//127.0.0.1:{c}/", "forbidden"),
    "a name that is private": ("http://dedans.exemple.test:{c}/", "forbidden"),
    "file": ("file:///etc/passwd", "scheme"),
    "gopher": ("gopher://127.0.0.1:{c}/", "scheme"),
    "script": ("javascript:alert(1)", "url"),
    "data": ("data:text/html,bonjour", "url"),
    "credentials": ("http://moi:secret@127.0.0.1:{c}/", "credentials"),
    "backslash": ("/\\127.0.0.1:{c}/", "url"),
    "tab": ("http://127.0.0\t.1:{c}/", "url"),
    "three slashes": ("http:///127.0.0.1:{c}/", "host"),
    "another service": (f"http://{NAME}:6379/", "port"),
    "full-width digits": ("http://１２７.０.０.１:{c}/", "forbidden"),
    "percent-encoded host": ("http://%31%32%37.0.0.1:{c}/", "host"),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_a_forbidden_address_as_written(scene: Scene, name: str) -> None:
    url, code = WRITTEN[name]
    told = scene.probe(url.replace("{c}", str(scene.canary.port)))
    assert (told["failure"]["code"], told["cause"], told["response"]) == (f"probe.{code}", "candidate", None)
    assert scene.dialled == []
    assert "secret" not in str(told)


@pytest.mark.parametrize("name", RESOLVED)
def test_a_forbidden_address_behind_a_name(scene: Scene, name: str) -> None:
    scene.names.answers[NAME] = [RESOLVED[name]]
    told = scene.probe(f"http://{NAME}:{scene.canary.port}/")
    assert told["failure"]["code"] == "probe.forbidden"
    assert scene.dialled == []


@pytest.mark.parametrize("name", REDIRECTED)
def test_a_forbidden_address_behind_a_redirection(scene: Scene, name: str) -> None:
    location, code = REDIRECTED[name]
    scene.names.answers["dedans.exemple.test"] = [["127.0.0.1"]]
    server = scene.serve(sends_to(location.replace("{c}", str(scene.canary.port))))
    told = scene.probe(scene.at(server))
    assert (told["failure"]["code"], told["cause"]) == (f"probe.{code}", "candidate")
    assert [hop["status"] for hop in told["hops"]] == [302]
    assert "secret" not in str(told)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_each_kind_of_redirection_is_guarded(scene: Scene, status: int) -> None:
    server = scene.serve(sends_to(f"http://127.0.0.1:{scene.canary.port}/", status))
    assert scene.probe(scene.at(server))["failure"]["code"] == "probe.forbidden"


def test_a_name_that_changes_is_resolved_once_and_dialled_where_it_was_judged(scene: Scene) -> None:
    server = scene.serve(page())
    scene.names.answers[NAME] = [[HOME], ["127.0.0.1"]]
    told = scene.probe(scene.at(server))
    assert told["response"]["status"] == 200
    assert (scene.names.asked, scene.dialled) == ([NAME], [HOME])


def test_a_name_that_changes_between_two_hops_is_judged_again(scene: Scene) -> None:
    server = scene.serve(sends_to("/ailleurs"))
    scene.names.answers[NAME] = [[HOME], ["127.0.0.1"]]
    told = scene.probe(scene.at(server))
    assert told["failure"]["code"] == "probe.forbidden"
    assert (scene.names.asked, scene.dialled) == ([NAME, NAME], [HOME])


def test_a_long_way_round_ends_at_the_same_guard(scene: Scene) -> None:
    canary = f"http://127.0.0.1:{scene.canary.port}/"
    third = scene.serve(sends_to(canary))
    second = scene.serve(sends_to(scene.at(third)))
    first = scene.serve(sends_to(scene.at(second)))
    told = scene.probe(scene.at(first))
    assert told["failure"]["code"] == "probe.forbidden"
    assert len(told["hops"]) == 3


def test_redirections_in_a_circle(scene: Scene) -> None:
    server = scene.serve(sends_to("/"))
    assert scene.probe(scene.at(server))["failure"]["code"] == "probe.redirect_loop"
    assert server.connections == 1


def test_too_many_redirections(scene: Scene) -> None:
    server = scene.serve(lambda talking: None)

    def further(talking) -> None:
        sends_to(f"/{len(server.received)}")(talking)

    server.script = further
    assert scene.probe(scene.at(server))["failure"] == {"code": "probe.redirects", "params": {"limit": 5}}
    assert server.connections == 6


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"])
def test_no_proxy_of_the_environment_is_used(scene: Scene, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, f"http://127.0.0.1:{scene.canary.port}")
    monkeypatch.setenv("NO_PROXY", "")
    assert scene.probe(scene.at(scene.serve(page())))["response"]["status"] == 200


def test_another_peer_than_the_one_dialled_is_refused(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    server = scene.serve(page())
    monkeypatch.setattr("socket.socket.getpeername", lambda self: ("127.0.0.1", server.port))
    assert scene.probe(scene.at(server))["failure"]["code"] == "probe.connect"
    assert server.received in ([], [b""])


def test_the_suite_is_wide_enough() -> None:
    assert len(WRITTEN) + len(RESOLVED) + len(REDIRECTED) + len(SERVERS) >= 120
