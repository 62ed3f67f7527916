"""One line per event, `key=value`, with what looks like a secret taken out."""

import logging
import re

SECRET = re.compile(
    r"(?i)(\b(?:password|passwd|secret|token|authorization|cookie|sessionid|csrf\w*)\b[\"']?\s*[=:]\s*)"
    r"(?:\"[^\"]*\"|'[^']*'|(?:Token|Bearer|Basic)\s+\S+|[^\s,;}\"']+)"
)
LINK = re.compile(r"((?:/comptes/(?:invitation|ouverture|password/reset/key)|/profil/adresse)/)[^/\s\"'?]+")
CREDENTIALS = re.compile(r"(\b\w+://[^\s:/@]*:)[^\s@/]+@")


def redact(text: str) -> str:
    """`text` with the values of secrets, of links sent by mail and the passwords of addresses replaced by `***`."""
    return CREDENTIALS.sub(r"\1***@", LINK.sub(r"\1***", SECRET.sub(r"\1***", text)))


class LineFormatter(logging.Formatter):
    """`2026-01-31T09:00:00+0100 level=INFO logger=assessments.runs message="run started"`."""

    def __init__(self) -> None:
        super().__init__(
            '%(asctime)s level=%(levelname)s logger=%(name)s process=%(process)d message="%(message)s"',
            datefmt="%Y-%m-%dT%H:%M:%S%z",
        )

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))
