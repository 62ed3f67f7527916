"""At start-up, the référentiels and the engine agree."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks

from certification.check_catalogue import parameter_schemas
from certification.referentials import shipped
from certification.referentials.apps import ReferentialsConfig
from certification.referentials.models import CriterionCheck
from certification.referentials.services import load_edition
from certification.referentials.system_checks import (
    REFERENTIALS_TAG,
    shipped_files_hold,
    stored_checks_exist,
)
from certification.referentials.validation import problems_of
from tests.referentials.conftest import of_the_form


def ids(messages: list[Any]) -> list[str]:
    return [message.id for message in messages]


@pytest.mark.parametrize("code", shipped.shipped_codes())
def test_the_engine_knows_every_check_the_shipped_files_name(code: str) -> None:
    assert of_the_form(problems_of(shipped.shipped_tree(code), parameter_schemas())) == []


def test_the_check_runs_with_the_others() -> None:
    assert run_checks(tags=[REFERENTIALS_TAG]) == []


def test_a_check_that_the_engine_lacks_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ReferentialsConfig, "check_catalogue", "builtins.dict")

    assert set(ids(shipped_files_hold(None))) == {"referentials.E002"}


def test_an_unreadable_file_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shutil.copytree(shipped.DATA, tmp_path, dirs_exist_ok=True)
    (tmp_path / "bad.yaml").write_text("a: *b", encoding="utf-8")
    monkeypatch.setattr(shipped, "DATA", tmp_path)

    assert ids(shipped_files_hold(None)) == ["referentials.E001"]


@pytest.mark.django_db
@pytest.mark.usefixtures("known_checks")
class TestStoredChecks:
    """The check of the database, run only when a database is named."""

    def test_it_looks_at_nothing_unasked(self, tree: dict[str, Any]) -> None:
        load_edition(tree=tree)
        CriterionCheck.objects.update(check_code="code.lost")

        assert stored_checks_exist(None, databases=None) == []

    def test_a_stored_check_that_is_gone_is_an_error(self, tree: dict[str, Any]) -> None:
        load_edition(tree=tree)
        assert stored_checks_exist(None, databases=["default"]) == []

        CriterionCheck.objects.update(check_code="code.lost")

        assert ids(stored_checks_exist(None, databases=["default"])) == ["referentials.E003"]

    def test_stored_parameters_are_checked_too(self, tree: dict[str, Any]) -> None:
        load_edition(tree=tree)
        CriterionCheck.objects.update(params={"minimum": "deux"})

        assert ids(stored_checks_exist(None, databases=["default"])) == ["referentials.E004"]
