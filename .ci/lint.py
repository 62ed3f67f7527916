# ruff: noqa: T201  this is a program of the terminal
"""Runs every static check, shows the output of those that fail, and fails when one did."""

import os
import secrets
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
SAMPLE = ROOT / "docker" / "env.example"


def production_environment(data: str) -> dict[str, str]:
    """The operators' sample environment, completed with what it leaves to them."""
    lines = (line.strip() for line in SAMPLE.read_text().splitlines())
    sample = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    return sample | {
        "DJANGO_SETTINGS_MODULE": "certification.settings.prod",
        "JALON_PROCESS": "web",
        "JALON_SECRET_KEY": secrets.token_urlsafe(64),
        "JALON_DATA_DIR": f"{data}/data",
        "JALON_LOG_DIR": f"{data}/log",
    }


def main() -> int:
    manage = [sys.executable, "manage.py"]
    with tempfile.TemporaryDirectory(prefix="jalon-lint-") as data:
        checks: list[tuple[str, list[object], dict[str, str]]] = [
            ("ruff check", [BIN / "ruff", "check", "."], {}),
            ("ruff format", [BIN / "ruff", "format", "--check", "."], {}),
            ("mypy", [BIN / "mypy"], {}),
            ("import contracts", [BIN / "lint-imports", "--no-cache", "--no-logo"], {}),
            ("djlint", [BIN / "djlint", "templates", "--lint", "--quiet"], {}),
            ("migrations", [*manage, "makemigrations", "--check", "--dry-run"], {}),
            (
                "production settings",
                [*manage, "check", "--deploy", "--fail-level", "WARNING"],
                production_environment(data),
            ),
        ]
        failed = [name for name, command, environment in checks if not passes(name, command, environment)]
    if failed:
        print(f"\nlint failed: {', '.join(failed)}")
    return 1 if failed else 0


def passes(name: str, command: list[object], environment: dict[str, str]) -> bool:
    began = time.monotonic()
    done = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    mark = "✓" if done.returncode == 0 else "✗"
    print(f"{mark} {name:<64} {time.monotonic() - began:6.1f} s", flush=True)
    if done.returncode != 0:
        print(done.stdout, flush=True)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
