"""Servers that answer without end, too slowly, wrongly: each costs a bounded time and a bounded memory."""

from __future__ import annotations

import gzip
import time
import zlib
from dataclasses import dataclass, replace

import pytest

from .scene import Scene, Script, dripping, endless, page, says

OK = b"HTTP/1.1 200 OK\r\n"
HTML = OK + b"Content-Type: text/html\r\n"
CHUNKED = HTML + b"Transfer-Encoding: chunked\r\n\r\n"
BOMB = gzip.compress(bytes(20_000_000))


@dataclass(frozen=True)
class Case:
    """A server and what the prober tells: the code of a failure, or why the body is not whole."""

    script: Script
    failure: str | None = None
    stopped: str | None = None


SERVERS = {
    "headers dripped one byte at a time": Case(dripping(b"HTTP/1.1 200", b" "), "time"),
    "header lines dripped": Case(dripping(OK, b"X: y\r\n"), "time"),
    "nothing at all": Case(dripping(b"", b""), "time"),
    "body dripped": Case(dripping(HTML + b"Content-Length: 9999\r\n\r\n", b"a"), stopped="time"),
    "chunks dripped": Case(dripping(CHUNKED, b"1\r\na\r\n"), stopped="time"),
    "headers without end": Case(endless(OK, b"X-Remplissage: aaaaaaaaaaaaaaaaaaaa\r\n"), "headers"),
    "a header line without end": Case(endless(OK + b"X: ", b"a" * 1000), "headers"),
    "a status line without end": Case(endless(b"HTTP/1.1 200 ", b"a" * 1000), "headers"),
    "interim answers without end": Case(endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), "headers"),
    "early hints without end": Case(endless(b"", b"HTTP/1.1 103 X\r\nLink: </a>\r\n\r\n"), "headers"),
    "a body without end": Case(endless(HTML + b"\r\n", b"a" * 1000), stopped="size"),
    "chunks without end": Case(endless(CHUNKED, b"3e8\r\n" + b"a" * 1000 + b"\r\n"), stopped="size"),
    "tiny chunks without end": Case(endless(CHUNKED, b"1\r\na\r\n" * 200), stopped="size"),
    "a chunk extension without end": Case(endless(CHUNKED + b"1;", b"a" * 1000), stopped="size"),
    "trailers without end": Case(endless(CHUNKED + b"0\r\n", b"X: y\r\n" * 100), stopped="size"),
    "a chunk of an absurd size": Case(says(CHUNKED, b"F" * 30 + b"\r\nabc"), stopped="broken"),
    "a chunk of a negative size": Case(says(CHUNKED, b"-1\r\nabc\r\n"), stopped="broken"),
    "a chunk size that is no number": Case(says(CHUNKED, b"zz\r\nabc\r\n"), stopped="broken"),
    "a chunk longer than it says": Case(says(CHUNKED, b"1\r\nabc\r\n0\r\n\r\n"), stopped="broken"),
    "chunks without their end": Case(says(CHUNKED, b"3\r\nabc\r\n"), stopped="broken"),
    "a body shorter than announced": Case(says(HTML + b"Content-Length: 50\r\n\r\nabc"), stopped="broken"),
    "two different lengths": Case(says(HTML + b"Content-Length: 3\r\nContent-Length: 5\r\n\r\nabcde"), "protocol"),
    "a length that is no number": Case(says(HTML + b"Content-Length: abc\r\n\r\nabc"), "protocol"),
    "an unknown transfer coding": Case(says(HTML + b"Transfer-Encoding: xz\r\n\r\nabc"), "protocol"),
    "a header without a colon": Case(says(OK + b"rien\r\n\r\n"), "protocol"),
    "a NUL in a header": Case(says(OK + b"X: a\0b\r\n\r\n"), "protocol"),
    "not HTTP at all": Case(says(b"SSH-2.0-OpenSSH_9.2p1\r\n"), "protocol"),
    "an older HTTP": Case(says(b"<html>bonjour</html>"), "protocol"),
    "a status out of range": Case(says(b"HTTP/1.1 9999 X\r\n\r\n"), "protocol"),
    "closed at once": Case(says(), "protocol"),
    "a change of protocol nobody asked for": Case(
        says(b"HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"), "protocol"
    ),
    "a gzip bomb": Case(page(BOMB, headers=b"Content-Encoding: gzip\r\n"), stopped="size"),
    "a bomb within the limit": Case(page(gzip.compress(bytes(9_000_000)), headers=b"Content-Encoding: gzip\r\n")),
    "a deflate bomb": Case(page(zlib.compress(bytes(9_000_000)), headers=b"Content-Encoding: deflate\r\n")),
    "a compression nobody asked for": Case(page(b"\x1b\xff\xff" * 900, headers=b"Content-Encoding: br\r\n")),
    "a compression that is none": Case(page(b"bonjour", headers=b"Content-Encoding: gzip\r\n")),
    "compressed twice": Case(page(gzip.compress(gzip.compress(b"a")), headers=b"Content-Encoding: gzip, gzip\r\n")),
}


@pytest.mark.parametrize("name", SERVERS)
def test_a_hostile_server_is_contained(scene: Scene, name: str) -> None:
    case = SERVERS[name]
    began = time.monotonic()
    told = scene.probe(scene.at(scene.serve(case.script)))
    assert time.monotonic() - began < scene.limits.total_seconds + 1
    assert (told["failure"] or {"code": None})["code"] == (f"probe.{case.failure}" if case.failure else None)
    if case.failure is None:
        assert told["response"]["stopped"] == case.stopped
        assert len(told["response"]["body"]) <= scene.limits.excerpt
    assert len(str(told)) < 20_000


def test_a_bomb_unfolds_to_the_limit_and_no_further(scene: Scene) -> None:
    scene.limits = replace(scene.limits, excerpt=1_000_000)
    server = scene.serve(page(gzip.compress(b"a" * 9_000_000), headers=b"Content-Encoding: gzip\r\n"))
    assert len(scene.probe(scene.at(server))["response"]["body"]) == scene.limits.body_bytes


@pytest.mark.parametrize("charset", ["zlib", "hex", "rot13", "punycode", "unicode_escape", "undefined", "é"])
def test_no_codec_is_taken_at_the_word_of_a_server(scene: Scene, charset: str) -> None:
    content = f"Content-Type: text/html; charset={charset}\r\n".encode()
    server = scene.serve(says(OK + content + b"Content-Length: 6\r\n\r\n\\u0041"))
    assert scene.probe(scene.at(server))["response"]["body"] == "\\u0041"


def test_what_no_database_takes_is_replaced(scene: Scene) -> None:
    server = scene.serve(page(b"a\x00b\xed\xa0\x80c"))
    body = scene.probe(scene.at(server))["response"]["body"]
    assert body.startswith("a\ufffdb")
    assert body.encode()


def test_a_server_that_takes_no_connection(scene: Scene) -> None:
    server = scene.serve(page())
    server.close()
    told = scene.probe(scene.at(server))
    assert (told["failure"]["code"], told["failure"]["params"]["reason"]) == ("probe.connect", "ECONNREFUSED")
