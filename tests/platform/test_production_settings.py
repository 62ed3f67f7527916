"""Production names everything itself: without one of its variables it does not start."""

import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

from certification.embedded import PROJECT

SAMPLE = PROJECT / "docker" / "env.example"
REQUIRED = [
    *("JALON_SECRET_KEY", "JALON_ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL", "JALON_DATA_DIR"),
    *("JALON_BASE_URL", "JALON_EMAIL_FROM", "JALON_EMAIL_HOST"),
]


def sample(data: Path) -> dict[str, str]:
    lines = (line for line in SAMPLE.read_text().splitlines() if line and not line.startswith("#"))
    return dict(line.split("=", 1) for line in lines) | {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "certification.settings.prod",
        "JALON_SECRET_KEY": secrets.token_urlsafe(64),
        "JALON_DATA_DIR": str(data / "data"),
        "JALON_LOG_DIR": str(data / "log"),
    }


def load(environment: dict[str, str], expression: str = "0") -> subprocess.CompletedProcess[str]:
    code = f"from django.conf import settings; settings.DEBUG; print({expression})"
    return subprocess.run([sys.executable, "-c", code], cwd=PROJECT, env=environment, capture_output=True, text=True)


def test_the_sample_environment_suffices(tmp_path: Path) -> None:
    done = load(sample(tmp_path), "settings.DEBUG, settings.SECURE_HSTS_SECONDS > 0, settings.SESSION_COOKIE_SECURE")
    assert done.stdout.strip() == "False True True", done.stderr


@pytest.mark.parametrize(("given", "read"), [("", "1 1 1"), ("2", "2 2 2"), ("0", "0 0 0")])
def test_the_proxy_that_ends_tls_is_counted_by_all_who_read_the_visitors_address(
    tmp_path: Path, given: str, read: str
) -> None:
    three = "settings.TRUSTED_PROXIES, settings.ALLAUTH_TRUSTED_PROXY_COUNT, settings.REST_FRAMEWORK['NUM_PROXIES']"
    done = load(sample(tmp_path) | {"JALON_TRUSTED_PROXIES": given}, three)
    assert done.stdout.strip() == read, done.stderr


@pytest.mark.parametrize("name", REQUIRED)
def test_nothing_required_is_guessed(tmp_path: Path, name: str) -> None:
    done = load(sample(tmp_path) | {name: ""})
    assert done.returncode != 0
    assert f"{name} is not set; expected: " in done.stderr.splitlines()[-1]
