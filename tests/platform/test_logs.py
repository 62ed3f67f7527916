"""What looks like a secret never reaches a log."""

import logging

import pytest

from certification.logs import LineFormatter, redact


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("postgresql://jalon:s3cret@host/db", "postgresql://jalon:***@host/db"),
        ("redis://:s3cret@host:6379/0", "redis://:***@host:6379/0"),
        ("password=s3cret, user=me", "password=***, user=me"),
        ("{'token': 's3cret', 'n': 1}", "{'token': ***, 'n': 1}"),
        ("Authorization: Token s3cret", "Authorization: ***"),
        ("Gone: /comptes/invitation/s3-Cr_et/", "Gone: /comptes/invitation/***/"),
        ("Gone: /comptes/ouverture/s3-Cr_et/", "Gone: /comptes/ouverture/***/"),
        ("Gone: /profil/adresse/s3-Cr_et/", "Gone: /profil/adresse/***/"),
        ('"GET /comptes/password/reset/key/2s-s3-Cr_et/ HTTP/1.1"', '"GET /comptes/password/reset/key/***/ HTTP/1.1"'),
        ("/profil/adresse/ and /comptes/login/", "/profil/adresse/ and /comptes/login/"),
        (
            "Not Found: /comptes/password/reset/key/2n-d4x9kq-9f8e7d6c5b4a/",
            "Not Found: /comptes/password/reset/key/***/",
        ),
        ("GET /comptes/invitation/Zk3v9Zk3v9Zk3v9Zk3v9/oui HTTP/1.1", "GET /comptes/invitation/***/oui HTTP/1.1"),
        ("/verifier/RE-2026-000042/0123456789abcdef0123/", "/verifier/RE-2026-000042/***/"),
        ("GET /x/?a=1&key=s3cret&b=2", "GET /x/?a=1&key=***&b=2"),
        ("found jalon_0123456789abcdefghijklmn in it", "found jalon_*** in it"),
        ("/depots/12/images/0123456789abcdef0123456789abcdef/", "/depots/12/images/0123456789abcdef0123456789abcdef/"),
        ("nothing to hide here: 42", "nothing to hide here: 42"),
    ],
)
def test_secrets_are_taken_out(text: str, expected: str) -> None:
    assert redact(text) == expected


def test_a_line_holds_time_level_logger_and_message() -> None:
    record = logging.LogRecord("jalon.runs", logging.INFO, __file__, 1, "run %s, token=%s", ("7", "abc"), None)
    line = LineFormatter().format(record)
    assert "level=INFO logger=jalon.runs process=" in line
    assert line.endswith('message="run 7, token=***"')
