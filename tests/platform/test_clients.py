"""One reading of the visitor's address, for every limit."""

import pytest
from django.test import RequestFactory
from pytest_django import Settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from assessments.domain.access import NOWHERE
from certification.accounts import AccountAdapter
from certification.clients import client_address, client_network
from certification.throttling import NetworkThrottle

PROXY = "10.0.0.1"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, None, PROXY),
        (0, "192.0.2.9", PROXY),
        (1, None, PROXY),
        (1, "192.0.2.1", "192.0.2.1"),
        (1, "203.0.113.66, 192.0.2.1", "192.0.2.1"),
        (1, "203.0.113.66,  192.0.2.1:4711 ", "192.0.2.1"),
        (2, "203.0.113.66, 192.0.2.1, 10.0.0.2", "192.0.2.1"),
        (2, "192.0.2.1", "192.0.2.1"),
        (1, "unknown", PROXY),
        (1, "192.0.2.1, ", PROXY),
        (1, "2001:db8::1", "2001:db8::1"),
        (1, "[2001:db8::1]:4711", "2001:db8::1"),
        (1, "fe80::1%eth0", "fe80::1"),
        (1, "::ffff:192.0.2.1", "192.0.2.1"),
    ],
)
def test_the_address_is_what_our_outermost_proxy_saw(
    rf: RequestFactory, settings: Settings, proxies: int, forwarded: str | None, expected: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    headers = {} if forwarded is None else {"x-forwarded-for": forwarded}
    request = rf.get("/", headers=headers, REMOTE_ADDR=PROXY)
    assert client_address(request) == expected
    assert AccountAdapter(request).get_client_ip(request) == expected


def test_one_subscriber_of_ipv6_is_one_network(rf: RequestFactory) -> None:
    networks = {client_network(rf.get("/", REMOTE_ADDR=f"2001:db8:1:2::{last}")) for last in ("1", "ffff")}
    assert networks == {"2001:db8:1:2::"}
    assert client_network(rf.get("/", REMOTE_ADDR="192.0.2.1")) == "192.0.2.1"


def test_a_socket_without_an_address_is_no_error(rf: RequestFactory) -> None:
    request = rf.get("/", REMOTE_ADDR="")
    assert client_network(request) == ""
    assert AccountAdapter(request).get_client_ip(request) == NOWHERE


def test_the_api_counts_by_the_same_address(rf: RequestFactory, settings: Settings) -> None:
    settings.TRUSTED_PROXIES = 1
    request = Request(rf.get("/", headers={"x-forwarded-for": "203.0.113.66, 192.0.2.1"}, REMOTE_ADDR=PROXY))
    throttle: BaseThrottle = NetworkThrottle()
    assert throttle.get_ident(request) == "192.0.2.1"
