"""The API as a candidate's tool uses it: from a token to results with their evidence, and every refusal."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from assessments.models import EvaluationRun, Session, Upload
from assessments.models.works import UploadState
from assessments.services import evaluation, inspections, tokens
from tests import factories
from tests.factories import PASSWORD, World

EDA = """import pandas as pd
import seaborn as sns
df = pd.read_csv("data.csv")
df = df.dropna()
sns.boxplot(data=df)
"""


@pytest.fixture
def world(db: None) -> World:
    return factories.world()


@pytest.fixture(autouse=True)
def _no_earlier_tries(db: None) -> None:
    cache.clear()


class Tool:
    """Someone's script, with their token."""

    def __init__(self, key: str) -> None:
        self.client = Client(headers={"authorization": f"Token {key}", "accept": "application/json"})

    def get(self, name: str, expected: int = 200, **kwargs: Any) -> Any:
        response = self.client.get(reverse(f"api:{name}", kwargs=kwargs or None))
        assert response.status_code == expected, response.content
        return response.json()

    def post(self, name: str, expected: int, data: Any = None, **kwargs: Any) -> Any:
        response = self.client.post(reverse(f"api:{name}", kwargs=kwargs or None), data or {})
        assert response.status_code == expected, response.content
        return response.json()


@pytest.fixture
def tool(world: World) -> Tool:
    return Tool(tokens.create(actor=world.candidate, name="Outil").key)


def archive(**files: str) -> SimpleUploadedFile:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as packed:
        for name, text in files.items():
            packed.writestr(name.replace("__", "."), text)
    return SimpleUploadedFile("projet.zip", held.getvalue(), "application/zip")


def test_from_a_password_to_results_with_evidence(world: World) -> None:
    asked = {"username": world.candidate.email, "password": PASSWORD}
    answer = Client().post(reverse("api:token"), asked)
    tool = Tool(answer.json()["token"])
    listed = tool.get("work-list")
    assert [work["id"] for work in listed["results"]] == [world.work.pk]
    sent = tool.post("work-uploads", 201, {"file": archive(eda__py=EDA)}, pk=world.work.pk)
    assert sent["state"] == "inspecting"
    inspections.serve()
    accepted = tool.get("upload-detail", pk=sent["id"])
    assert accepted["state"] == "accepted", accepted
    submission = tool.post("upload-submit", 201, pk=sent["id"])
    assert (submission["number"], submission["bundle"]["files"]) == (1, 1)
    evaluation.serve()
    run = tool.get("run-detail", pk=submission["run"])
    assert (run["status"], run["requested"], run["answered"]) == ("done", 3, 3), run
    results = {row["check"]: row for row in tool.get("submission-results", pk=submission["id"])}
    assert results["chart.boxplot"]["outcome"] == "met"
    assert results["chart.boxplot"]["evidence"][0]["path"] == "eda.py"
    assert results["chart.pie"]["outcome"] == "not_met"
    assert results["chart.pie"]["summary"]
    assert tool.get("work-detail", pk=world.work.pk)["state"] == "submitted"


def test_refusals_have_a_code_and_a_sentence(world: World, tool: Tool) -> None:
    empty = SimpleUploadedFile("vide.zip", b"")
    assert tool.post("work-uploads", 400, {"file": empty}, pk=world.work.pk)["file"]
    upload = Upload.objects.create(work=world.work, file_name="projet.zip", size=10)
    early = tool.post("upload-submit", 409, pk=upload.pk)
    assert early["code"] == "submission.not_ready"
    assert early["detail"]
    Session.objects.update(deposit_deadline=timezone.now() - timedelta(seconds=1))
    late = tool.post("work-uploads", 409, {"file": archive(eda__py=EDA)}, pk=world.work.pk)
    assert late["code"] == "deposit.too_late"


def test_what_is_not_an_archive_is_refused_by_name(world: World, tool: Tool) -> None:
    file = SimpleUploadedFile("../../etc/<script>.zip", b"\x7fELF" + b"\0" * 200)
    sent = tool.post("work-uploads", 201, {"file": file}, pk=world.work.pk)
    assert "/" not in sent["file_name"]
    inspections.serve()
    refused = tool.get("upload-detail", pk=sent["id"])
    assert (refused["state"], refused["recognised"]) == ("refused", None)
    assert refused["fault_code"]
    assert refused["fault"]
    tool.post("upload-submit", 409, pk=sent["id"])


def test_others_works_do_not_exist(world: World) -> None:
    submission = factories.evaluated(world)
    stranger = Tool(tokens.create(actor=factories.world().candidate, name="Outil").key)
    assert stranger.get("submission-list")["results"] == []
    for name, key in (("work", world.work.pk), ("submission", submission.pk), ("run", submission.runs.get().pk)):
        stranger.get(f"{name}-detail", 404, pk=key)
    stranger.get("submission-results", 404, pk=submission.pk)


def test_a_revoked_or_closed_account_is_out(world: World, tool: Tool) -> None:
    tokens.revoke(actor=world.candidate, token=world.candidate.api_tokens.get())
    tool.get("work-list", 401)
    key = tokens.create(actor=world.candidate, name="Outil").key
    world.candidate.is_active = False
    world.candidate.save()
    Tool(key).get("work-list", 401)


def test_passwords_are_not_guessed(world: World) -> None:
    guess = {"username": world.candidate.email, "password": "wrong"}
    codes = [Client().post(reverse("api:token"), guess).status_code for _ in range(6)]
    assert codes == [400] * 5 + [429]


def test_nor_are_those_of_many_accounts_in_turn() -> None:
    guesses = ({"username": f"inconnu{rank}@demo.jalon.test", "password": "wrong"} for rank in range(11))
    codes = [Client().post(reverse("api:token"), guess).status_code for guess in guesses]
    assert codes == [400] * 10 + [429]


def test_a_session_without_a_csrf_token_changes_nothing(world: World) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(world.candidate, backend="django.contrib.auth.backends.ModelBackend")
    upload = Upload.objects.create(
        work=world.work, file_name="projet.zip", size=1, offset=1, state=UploadState.ACCEPTED, bundle=factories.bundle()
    )
    assert browser.post(reverse("api:upload-submit", args=[upload.pk])).status_code == 403
    assert world.work.submissions.count() == 0


def test_lists_ask_the_database_the_same_whatever_their_length(
    world: World, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(12):
        other = factories.world()
        factories.evaluated(other)
    assert EvaluationRun.objects.count() == 12
    tool = Tool(tokens.create(actor=world.administrator, name="Outil").key)
    for name in ("work-list", "submission-list", "run-list", "upload-list"):
        with django_assert_max_num_queries(8):
            tool.get(name)


def test_the_schema_is_whole_and_its_page_keeps_to_the_policy() -> None:
    out = io.StringIO()
    call_command("spectacular", "--fail-on-warn", "--validate", "--format", "openapi-json", stdout=out)
    paths = json.loads(out.getvalue())["paths"]
    assert {"/api/v1/works/", "/api/v1/works/{id}/uploads/", "/api/v1/uploads/{id}/submit/"} <= set(paths)
    page = Client().get(reverse("api:docs")).content.decode()
    assert "<style" not in page
    assert "fonts.googleapis" not in page
    assert page.count("<script src=") == page.count("<script")
