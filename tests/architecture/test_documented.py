"""What is registered is documented: variables of the environment, commands, periodic tasks."""

import re
from pathlib import Path

from django.conf import settings
from django.core.management import get_commands

from certification.celery import app
from certification.embedded import PROJECT

READ = re.compile(r"""["'](JALON_[A-Z_]+|DATABASE_URL|REDIS_URL)["']""")
PACKAGES = ("certification", "assessments", "evaluator")
OPERATORS = (PROJECT / "docs" / "operators.md").read_text()


def variables() -> set[str]:
    sources = (path for package in PACKAGES for path in (PROJECT / package).rglob("*.py"))
    return {name for path in sources if "samples" not in path.parts for name in READ.findall(path.read_text())}


def own_commands() -> set[str]:
    return {name for name, place in get_commands().items() if str(place).startswith(("certification", "assessments"))}


def test_every_variable_is_in_the_operators_manual() -> None:
    names = variables()
    assert {"DATABASE_URL", "REDIS_URL", "JALON_SECRET_KEY"} <= names
    assert {name for name in names if f"`{name}`" not in OPERATORS} == set()


def test_the_manual_names_no_variable_that_nobody_reads() -> None:
    documented = set(re.findall(r"`(JALON_[A-Z_]+)`", OPERATORS))
    assert documented - variables() == set()


def test_the_sample_environment_names_only_variables_that_are_read() -> None:
    sample = (PROJECT / "docker" / "env.example").read_text()
    compose = set(re.findall(r"\$\{([A-Z_]+)", (PROJECT / "docker" / "compose.yml").read_text()))
    assert set(re.findall(r"^([A-Z_]+)=", sample, re.MULTILINE)) - variables() - compose == set()


def test_every_command_is_in_the_operators_manual() -> None:
    commands = own_commands()
    assert "demo" in commands
    assert {name for name in commands if f"manage.py {name}" not in OPERATORS} == set()


def test_every_periodic_task_is_a_task() -> None:
    app.loader.import_default_modules()
    assert {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} <= set(app.tasks)


def test_every_make_target_is_explained() -> None:
    makefile = (PROJECT / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    assert phony is not None
    targets = set(phony.group(1).split()) - {"help", "setup-tests"}
    assert {target for target in targets if f"make {target}" not in makefile} == set()


def test_every_decision_has_its_goal_and_choice() -> None:
    records = sorted(Path(PROJECT / "docs" / "adr").glob("*.md"))
    assert records
    for record in records:
        assert re.search(r"^## (Choice|Decision)$", record.read_text(), re.MULTILINE), record.name


def test_what_the_documents_point_to_exists() -> None:
    documents = [PROJECT / "README.md", *(PROJECT / "docs").rglob("*.md")]
    links = [
        (document, target)
        for document in documents
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", document.read_text())
    ]
    assert links
    missing = [f"{document.name}: {target}" for document, target in links if not (document.parent / target).exists()]
    assert missing == []
