"""docker/compose.yml gives each service what its program needs, and the one that runs hostile code no secret."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from django.conf import settings

from certification.embedded import PROJECT
from certification.settings.roles import ROLES

COMPOSE: dict[str, Any] = yaml.safe_load((PROJECT / "docker" / "compose.yml").read_text())
SAMPLE = (PROJECT / "docker" / "env.example").read_text()
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"] == "jalon"}
COMMON = {
    *("DATABASE_URL", "REDIS_URL", "JALON_DATA_DIR", "JALON_LOG_DIR", "JALON_PROCESS", "JALON_LOG_LEVEL"),
    *("JALON_UPLOAD_MAX_BYTES", "JALON_RUN_LEASE_SECONDS", "JALON_IMPORT_DAYS"),
    *("JALON_PROBE_PERIOD_SECONDS", "JALON_PROBE_EXCHANGE_DAYS", "JALON_DISK_FLOOR_BYTES", "JALON_HELD_PER_PERSON"),
}
MAIL = {f"JALON_EMAIL_{name}" for name in ("FROM", "HOST", "PORT", "USER", "PASSWORD", "TLS", "TIMEOUT")}
OWN = {
    "migrate": {"JALON_MIGRATION_DATABASE_URL"},
    "web": {
        *("JALON_TRUSTED_PROXIES", "JALON_SIGNUP_OPEN", "JALON_INVITATION_DAYS", "JALON_ANCHOR_DIR"),
        *("JALON_SECOND_FACTOR", "JALON_SESSION_IDLE_MINUTES", "JALON_SESSION_HOURS"),
        *("JALON_QUOTA_BYTES_PER_DAY", "JALON_QUOTA_INSPECTIONS_PER_DAY"),
        *("JALON_QUOTA_OPEN_UPLOADS", "JALON_QUOTA_WAITING_BYTES"),
    },
    "mailer": {
        *("JALON_ANCHOR_DIR", "JALON_ANCHOR_KEY_FILE", "JALON_ANCHOR_EMAILS"),
        *("JALON_ACCESS_LOG_DAYS", "JALON_ORPHAN_HOURS", "JALON_UPLOAD_DAYS"),
    },
    "worker": {"JALON_SANDBOX_LEVEL", "JALON_SANDBOX_WARM", "JALON_CGROUP", "JALON_RUNTIME_BUILD_SECONDS"},
    "prober": {"JALON_PROBE_PORTS", "JALON_PROBE_INTRANET", "JALON_PROBE_WITNESSES"},
}
# Of the image, of development, or of a single program's row in the table of roles.
ELSEWHERE = {
    *("JALON_STATIC_DIR", "JALON_RUNTIMES_DIR", "JALON_DEBUG", "JALON_SERVICES_DIR"),
    *("JALON_DATABASE_LOCK_SECONDS", "JALON_DATABASE_STATEMENT_SECONDS", "JALON_DATABASE_IDLE_SECONDS"),
    "JALON_REDIS_SECONDS",
}
BEYOND = {"web": "front", "mailer": "out", "prober": "probed"}


def queues(service: dict[str, Any]) -> set[str]:
    found = re.search(r"--queues=(\S+)", service.get("command", ""))
    return set(found[1].split(",")) if found else set()


def test_no_service_is_given_a_whole_file() -> None:
    assert [name for name, service in SERVICES.items() if "env_file" in service] == []


@pytest.mark.parametrize("name", OURS)
def test_a_service_is_given_what_its_role_needs_and_nothing_else(name: str) -> None:
    given = set(OURS[name]["environment"])
    role = ROLES[OURS[name]["environment"]["JALON_PROCESS"]]
    needs = COMMON | OWN.get(name, set())
    needs |= {"JALON_SECRET_KEY"} if role.signs else set()
    needs |= {"JALON_ALLOWED_HOSTS"} if role.addressed else set()
    needs |= {"JALON_BASE_URL"} if role.links else set()
    needs |= MAIL if role.mails else set()
    assert (name, given) == (name, needs)
    assert OURS[name]["environment"]["JALON_PROCESS"] == name


def test_no_setting_of_the_manual_is_forgotten() -> None:
    """One that no service is given would be set in docker/.env and read by nobody."""
    manual = (PROJECT / "docs" / "operators.md").read_text()
    rows = [line.split("|")[1] for line in manual.splitlines() if line.startswith("| `")]
    documented = {name for row in rows for name in re.findall(r"`(JALON_[A-Z_]+)`", row)}
    given = {name for service in OURS.values() for name in service["environment"]}
    assert len(documented) > 20
    assert documented - given - ELSEWHERE == set()


def test_where_candidates_code_runs_there_is_no_secret_no_way_out_and_nothing_else() -> None:
    openers = [name for name, service in OURS.items() if "untrusted" in queues(service)]
    assert openers == ["worker"]
    worker = OURS["worker"]
    assert queues(worker) == {"untrusted"}
    values = " ".join(map(str, worker["environment"].values()))
    assert re.findall(r"SECRET|EMAIL|OWNER|MIGRATION|POSTGRES_PASSWORD", values) == []
    assert worker["networks"] == ["inside"]
    assert "ports" not in worker


def mounts(name: str) -> dict[str, tuple[str, str]]:
    """The volumes of a service: where, and how ("rw" or "ro")."""
    found = (str(volume).split(":") for volume in OURS[name].get("volumes", ()))
    return {volume: (place, *mode)[:2] if mode else (place, "rw") for volume, place, *mode in found}


def test_what_vouches_for_the_journal_is_out_of_reach_of_candidates_code() -> None:
    """Whoever breaks into a worker could otherwise sign a journal of their own making, and remove the heads."""
    anchors, signing = "/var/lib/jalon-anchors", "/var/lib/jalon-signing"
    holders = {name: mounts(name)["anchors"] for name in OURS if "anchors" in mounts(name)}
    assert holders == {"web": (anchors, "ro"), "mailer": (anchors, "rw")}
    assert [name for name in OURS if "signing" in mounts(name)] == ["mailer"]
    assert mounts("mailer")["signing"] == (signing, "rw")
    assert {volume for name in OURS for volume in mounts(name)} == {"data", "anchors", "signing"}
    for name in holders:
        assert OURS[name]["environment"]["JALON_ANCHOR_DIR"] == f"${{JALON_ANCHOR_DIR:-{anchors}}}"
    key = re.search(r"JALON_ANCHOR_KEY_FILE=(\S+)/key\.json", SAMPLE)
    assert key is not None
    assert key[1] == signing
    assert f"{anchors} {signing}" in " ".join((PROJECT / "docker" / "Dockerfile").read_text().split())


def test_every_queue_is_served_by_one_service() -> None:
    served = [queue for service in OURS.values() for queue in queues(service)]
    assert sorted(served) == sorted(queue.name for queue in settings.CELERY_TASK_QUEUES)


def test_only_those_who_must_reach_beyond() -> None:
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    for name, service in SERVICES.items():
        assert service["networks"] == ["inside", BEYOND[name]] if name in BEYOND else ["inside"], name
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["web"]
    assert SERVICES["web"]["ports"] == ["127.0.0.1:8000:8000"]


def test_who_needs_no_privilege_has_none() -> None:
    for name in OURS.keys() - {"worker"}:
        assert OURS[name]["cap_drop"] == ["ALL"], name
        assert OURS[name]["security_opt"] == ["no-new-privileges:true"], name


def test_no_secret_has_a_value_in_the_file_or_a_default() -> None:
    text = (PROJECT / "docker" / "compose.yml").read_text()
    asked = re.findall(r"\$\{((?:\w*(?:SECRET|PASSWORD)\w*|DATABASE_URL|REDIS_URL))(:?[-?][^}]*)?\}", text)
    assert asked
    assert [name for name, rest in asked if not rest.startswith(":?") and rest != ":-"] == []


def test_the_sample_gives_no_secret_that_would_do() -> None:
    """Compose stops where one is empty; a word of ours in its place would be everybody's password."""
    given = dict(re.findall(r"^(\w*(?:SECRET|PASSWORD)\w*)=(.*)$", SAMPLE, re.MULTILINE))
    assert given == dict.fromkeys(["JALON_SECRET_KEY", "OWNER_PASSWORD", "POSTGRES_PASSWORD", "REDIS_PASSWORD"], "")
    assert re.findall(r"://\w*:[^@]+@", SAMPLE) == []


def test_the_owner_of_the_tables_has_one_name() -> None:
    text = (PROJECT / "docker" / "compose.yml").read_text()
    assert text.count("jalon_owner") == text.count("${OWNER_ROLE:-jalon_owner}") == 3
