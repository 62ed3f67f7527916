"""What every answer tells the browser to refuse."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from certification.middleware import SecurityHeaders

POLICY = (
    "default-src 'self'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self' data:; "
    "object-src 'none'; frame-ancestors 'self'; base-uri 'none'; form-action 'self'"
)
EXPECTED = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@pytest.mark.parametrize(("name", "value"), EXPECTED.items())
@pytest.mark.parametrize("path", ["/healthz", "/nowhere"])
def test_every_answer_carries_them(client: Client, path: str, name: str, value: str) -> None:
    assert client.get(path).headers[name] == value


def test_nothing_inline_is_allowed() -> None:
    assert "unsafe" not in POLICY


def test_a_view_may_be_stricter(rf: RequestFactory) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(headers={"Content-Security-Policy": "default-src 'none'"})

    answer = SecurityHeaders(view)(rf.get("/"))
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'"
