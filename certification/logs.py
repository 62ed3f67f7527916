"""One line per event, `key=value`, with what looks like a secret taken out."""

import logging
import re

SECRET = re.compile(
    r"(?i)(\b(?:password|passwd|secret|token|authorization|cookie|sessionid|csrf\w*)\b[\"']?\s*[=:]\s*)"
    r"(?:\"[^\"]*\"|'[^']*'|(?:Token|Bearer|Basic)\s+\S+|[^\s,;}\"']+)"
)
# What a mailed link opens with, however short.
MAILED = re.compile(r"((?:/comptes/(?:invitation|ouverture|password/reset/key)|/profil/adresse)/)[^/\s\"'?]+")
TOKEN = re.compile(r"\bjalon_[\w-]{20,}")
# What opens something stands at the end of an address that was mailed or printed: any long word after these words.
LINK = re.compile(r"(/(?:comptes|invitation|profil/adresse|verifier)/(?:[^\s\"'?#]*/)?)[\w=.:%-]{20,}")
ASKED = re.compile(r"(?i)([?&](?:key|code|token|secret|signature|password)=)[^&\s\"'#]+")
CREDENTIALS = re.compile(r"(\b\w+://[^\s:/@]*:)[^\s@/]+@")


def redact(text: str) -> str:
    """`text` with secrets replaced by `***`: values, tokens, the passwords of addresses, and what a link opens with."""
    text = CREDENTIALS.sub(r"\1***@", SECRET.sub(r"\1***", text))
    text = ASKED.sub(r"\1***", TOKEN.sub("jalon_***", MAILED.sub(r"\1***", text)))
    while (masked := LINK.sub(r"\1***", text)) != text:  # a link may hold several
        text = masked
    return text


class LineFormatter(logging.Formatter):
    """`2026-01-31T09:00:00+0100 level=INFO logger=assessments.runs message="run started"`."""

    def __init__(self) -> None:
        super().__init__(
            '%(asctime)s level=%(levelname)s logger=%(name)s process=%(process)d message="%(message)s"',
            datefmt="%Y-%m-%dT%H:%M:%S%z",
        )

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))
