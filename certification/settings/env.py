"""Typed reading of environment variables.

Every variable the platform reads is declared by a call here, so that a missing or malformed one stops the
start-up with one message naming the variable and the form expected, and so that the operators' manual can be
checked against the code.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from evaluator.probes.policy import Network, intranet_networks

T = TypeVar("T")
TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off"}
POSTGRESQL = "postgresql://user:password@host:port/name"
REDIS = "redis://host:port/0"
CONNECT_SECONDS = 5  # that a database is given to accept a connection


class _Missing:
    """Says that a variable has no default."""


MISSING = _Missing()


@dataclass
class Environment:
    """Reads variables from `source`; remembers which were asked for, in order."""

    source: Mapping[str, str] = field(default_factory=lambda: os.environ)
    names: dict[str, str] = field(default_factory=dict)

    def _read(self, name: str, form: str, parse: Callable[[str], T], default: T | _Missing) -> T:
        self.names[name] = form
        raw = self.source.get(name, "").strip() or self._from_file(name)
        if not raw:
            if isinstance(default, _Missing):
                raise ImproperlyConfigured(f"{name} is not set; expected: {form}")
            return default
        try:
            return parse(raw)
        except ValueError as error:
            # The value itself is not repeated: it may be a secret.
            raise ImproperlyConfigured(f"{name} is not usable ({error}); expected: {form}") from error

    def _from_file(self, name: str) -> str:
        """The content of the file that `name` with `_FILE` points at, as Docker's secrets are given; else nothing."""
        path = self.source.get(f"{name}_FILE", "").strip()
        if not path:
            return ""
        try:
            return Path(path).read_text().strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ImproperlyConfigured(f"{name}_FILE cannot be read ({type(error).__name__})") from error

    def text(self, name: str, *, form: str = "text", default: str | _Missing = MISSING) -> str:
        return self._read(name, form, str, default)

    def secret(self, name: str, *, length: int = 50, default: str | _Missing = MISSING) -> str:
        """A random text of at least `length` characters."""

        def parse(raw: str) -> str:
            if len(raw) < length:
                raise ValueError("too short")
            return raw

        return self._read(name, f"at least {length} random characters", parse, default)

    def boolean(self, name: str, *, default: bool | _Missing = MISSING) -> bool:
        return self._read(name, "true or false", _boolean, default)

    def integer(self, name: str, *, minimum: int = 0, default: int | _Missing = MISSING) -> int:
        def parse(raw: str) -> int:
            value = int(raw) if raw.lstrip("-").isdigit() else None
            if value is None:
                raise ValueError("not a number")
            if value < minimum:
                raise ValueError("too small")
            return value

        return self._read(name, f"a whole number from {minimum}", parse, default)

    def words(self, name: str, *, default: list[str] | _Missing = MISSING) -> list[str]:
        """A list separated by commas."""
        return self._read(name, "values separated by commas", _words, default)

    def ports(self, name: str, *, default: list[int] | _Missing = MISSING) -> list[int]:
        def parse(raw: str) -> list[int]:
            ports = [int(word) if word.isdigit() else 0 for word in _words(raw)]
            if not all(0 < port < 65536 for port in ports):
                raise ValueError("not ports")
            return ports

        return self._read(name, "TCP ports separated by commas", parse, default)

    def private_networks(self, name: str, *, default: tuple[Network, ...] | _Missing = MISSING) -> tuple[Network, ...]:
        """Networks within the private blocks: never the loopback, link-local addresses or a metadata service."""
        form = "private networks such as 10.20.0.0/16, separated by commas"
        return self._read(name, form, lambda raw: intranet_networks(_words(raw)), default)

    def choice(self, name: str, choices: tuple[str, ...], *, default: str | _Missing = MISSING) -> str:
        def parse(raw: str) -> str:
            if raw not in choices:
                raise ValueError("unknown value")
            return raw

        return self._read(name, "one of " + ", ".join(choices), parse, default)

    def folder(self, name: str, *, default: Path | _Missing = MISSING) -> Path:
        """A folder that exists once this has returned, made when it is missing."""
        form = "the absolute path of a folder that can be written"
        path = self._read(name, form, _absolute_path, default)
        try:
            path.mkdir(mode=0o750, parents=True, exist_ok=True)
        except OSError as error:
            raise ImproperlyConfigured(f"{name} is not usable ({error.strerror}); expected: {form}") from error
        return path

    def database(self, name: str, *, default: dict[str, Any] | _Missing = MISSING) -> dict[str, Any]:
        """A PostgreSQL address, as one entry of Django's DATABASES."""
        return self._read(name, POSTGRESQL, parse_database, default)

    def redis(self, name: str, *, default: str | _Missing = MISSING) -> str:
        def parse(raw: str) -> str:
            if urlsplit(raw).scheme not in {"redis", "rediss", "unix"}:
                raise ValueError("not a Redis address")
            return raw

        return self._read(name, REDIS, parse, default)


def _words(raw: str) -> list[str]:
    return [word.strip() for word in raw.split(",") if word.strip()]


def _boolean(raw: str) -> bool:
    value = raw.lower()
    if value not in TRUE | FALSE:
        raise ValueError("neither true nor false")
    return value in TRUE


def _absolute_path(raw: str) -> Path:
    path = Path(raw).expanduser()
    if not path.is_absolute():
        raise ValueError("not absolute")
    return path


def parse_database(raw: str) -> dict[str, Any]:
    """Django's settings for one PostgreSQL address; its query holds libpq options. Raises ValueError."""
    parts = urlsplit(raw)
    name = parts.path.lstrip("/")
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ValueError("not a PostgreSQL address")
    if not name:
        raise ValueError("names no database")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(name),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": dict(parse_qsl(parts.query)),
    }


def bounded(options: Mapping[str, Any], *, lock: int, statement: int, idle: int) -> dict[str, Any]:
    """libpq's `options` with PostgreSQL's timeouts, in seconds (0: none); what the address says wins."""
    limits = {
        "lock_timeout": lock,
        "statement_timeout": statement,
        "idle_in_transaction_session_timeout": idle,
    }
    words = [f"-c {name}={seconds}s" for name, seconds in limits.items()]
    asked = options.get("options")
    return {"connect_timeout": CONNECT_SECONDS, **options, "options": " ".join([*words, *([asked] if asked else [])])}


env = Environment()
