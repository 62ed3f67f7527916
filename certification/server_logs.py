"""The web server's own logs, its access log included, without what opens something: reset keys, links, tokens.

gunicorn takes it as `--logger-class=certification.server_logs.ServerLogger`.
"""

from __future__ import annotations

import logging
from typing import Any

from gunicorn.glogging import Logger

from certification.logs import redact


class Redacted(logging.Formatter):
    """What another formatter writes, without secrets."""

    def __init__(self, inner: logging.Formatter) -> None:
        super().__init__()
        self.inner = inner

    def format(self, record: logging.LogRecord) -> str:
        return redact(self.inner.format(record))


class ServerLogger(Logger):  # type: ignore[misc]  # gunicorn ships no types
    """Both logs of the server are written through `redact`."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for log in (self.error_log, self.access_log):
            for handler in log.handlers:
                handler.setFormatter(Redacted(handler.formatter or logging.Formatter()))
