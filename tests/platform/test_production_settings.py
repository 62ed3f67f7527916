"""Production names everything itself: without one of its variables it does not start."""

import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

from certification.embedded import PROJECT
from certification.settings.roles import ROLES

SAMPLE = PROJECT / "docker" / "env.example"
EVERYBODY = ("DATABASE_URL", "REDIS_URL", "JALON_DATA_DIR")
REQUIRED = {
    "web": (*EVERYBODY, "JALON_SECRET_KEY", "JALON_ALLOWED_HOSTS", "JALON_BASE_URL"),
    "mailer": (*EVERYBODY, "JALON_BASE_URL", "JALON_EMAIL_FROM", "JALON_EMAIL_HOST"),
    "prober": (*EVERYBODY, "JALON_BASE_URL"),
    "worker": EVERYBODY,
    "beat": EVERYBODY,
    "migrate": EVERYBODY,
    "command": (*EVERYBODY, "JALON_BASE_URL"),
}


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


@pytest.mark.parametrize(("given", "read"), [("", "1"), ("2", "2"), ("0", "0")])
def test_the_proxy_that_ends_tls_is_counted(tmp_path: Path, given: str, read: str) -> None:
    done = load(sample(tmp_path) | {"JALON_TRUSTED_PROXIES": given}, "settings.TRUSTED_PROXIES")
    assert done.stdout.strip() == read, done.stderr


@pytest.mark.parametrize("name", REQUIRED["web"])
def test_nothing_required_is_guessed(tmp_path: Path, name: str) -> None:
    done = load(sample(tmp_path) | {name: ""})
    assert done.returncode != 0
    assert f"{name} is not set; expected: " in done.stderr.splitlines()[-1]


@pytest.mark.parametrize("process", REQUIRED)
def test_a_program_starts_with_what_its_role_needs(tmp_path: Path, process: str) -> None:
    assert set(REQUIRED) == set(ROLES)
    given = {name: value for name, value in sample(tmp_path).items() if name in REQUIRED[process]}
    kept = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "certification.settings.prod",
        "JALON_PROCESS": process,
    }
    limits = "settings.DATABASES['default']['OPTIONS']['options'], len(settings.SECRET_KEY) >= 50"
    done = load(kept | {"JALON_LOG_DIR": str(tmp_path / "log")} | given, limits)
    assert done.returncode == 0, done.stderr
    assert f"lock_timeout={ROLES[process].lock_seconds}s" in done.stdout
    assert done.stdout.strip().endswith(" True")


def test_who_signs_nothing_has_a_key_that_is_valid_nowhere_else(tmp_path: Path) -> None:
    """Even where the true one lies in its environment."""
    environment = sample(tmp_path) | {"JALON_PROCESS": "worker"}
    keys = {load(environment, "settings.SECRET_KEY").stdout.strip() for _ in range(2)}
    assert len(keys) == 2
    assert environment["JALON_SECRET_KEY"] not in keys


def test_a_secret_may_lie_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "key"
    environment = sample(tmp_path)
    file.write_text(environment.pop("JALON_SECRET_KEY") + "\n")
    done = load(environment | {"JALON_SECRET_KEY_FILE": str(file)}, "settings.SECRET_KEY")
    assert done.stdout.strip() == file.read_text().strip(), done.stderr


def test_an_unknown_program_does_not_start(tmp_path: Path) -> None:
    done = load(sample(tmp_path) | {"JALON_PROCESS": "cron"})
    assert "JALON_PROCESS is not usable" in done.stderr


def test_cookies_are_closed_to_scripts_and_to_other_sites(tmp_path: Path) -> None:
    kinds = ("SESSION", "CSRF", "LANGUAGE")
    closed = ", ".join(
        f"settings.{kind}_COOKIE_{what}" for kind in kinds for what in ("SECURE", "HTTPONLY", "SAMESITE")
    )
    done = load(sample(tmp_path), closed)
    assert done.stdout.split() == ["True", "True", "Lax"] * 3, done.stderr
