"""The page of a submission: the run as it goes, the grid, evidence in one click, files that are shown and not run."""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse

from assessments.models import CheckResult, EvaluationRun, EvidenceFile, Submission, User
from assessments.models.lines import key_of
from assessments.services import evaluation, inspections, leases, reviews, runs, storage, submissions, uploads
from assessments.services.facts import StoredFacts
from assessments.web import shown
from certification.referentials.models import Criterion, CriterionCheck
from evaluator import facts as extractors
from evaluator.store import fact_key
from tests import factories
from tests.factories import World
from tests.tampering import guards_off

pytestmark = pytest.mark.django_db
RUNTIME = "0" * 64
HOSTILE = "<script>alert(1)</script>"
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def world() -> World:
    return factories.world()


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def candidate(world: World) -> Client:
    return logged_in(world.candidate)


def page(client: Client, name: str, query: str = "", **kwargs: Any) -> str:
    answer = client.get(reverse(f"web:{name}", kwargs=kwargs) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def evidence(submission: Submission, *items: dict[str, Any]) -> CheckResult:
    """Give the first result of the submission these pieces of evidence."""
    found = submission.results.get(check_code="chart.boxplot")
    with guards_off():
        CheckResult.objects.filter(pk=found.pk).update(evidence=list(items))
    return found


def keep_fact(submission: Submission, name: str, facts: dict[str, Any]) -> None:
    key = fact_key(submission.bundle_id, name, extractors.BY_NAME[name].version, RUNTIME)
    StoredFacts().put(key, {"facts": facts, "pictures": {}})


def notebook(*cells: dict[str, Any]) -> dict[str, Any]:
    return {"sha256": "a" * 64, "language": "python", "error": None, "cells": list(cells)}


def cell(source: str, kind: str = "code", *outputs: dict[str, Any]) -> dict[str, Any]:
    return {"type": kind, "source": source, "execution_count": 1, "outputs": list(outputs)}


# The run


def test_while_it_waits_the_page_asks_again(world: World, candidate: Client) -> None:
    submission = factories.submitted(world)
    html = page(candidate, "submission", pk=submission.pk)
    url = reverse("web:submission_results", kwargs={"pk": submission.pk})
    assert f'hx-get="{url}?depuis=0"' in html
    assert "contrôles en attente" in html


def test_results_arrive_one_by_one_and_only_their_rows(world: World, candidate: Client) -> None:
    submission = factories.submitted(world)
    run = leases.claim(runs.KIND, submission.runs.get().pk)
    assert run is not None
    runs.announce(run=run, phase="facts")
    runs.record(run=run, results=[factories.result(run, "data.missing_values", "not_met")])
    first, second = map(key_of, world.edition.criteria[:2])
    html = page(candidate, "submission_results", "?depuis=0", pk=submission.pk)
    assert f'id="row-{second}" hx-swap-oob="true"' in html
    assert f'id="row-{first}"' not in html
    assert "lecture des notebooks" in html
    latest = CheckResult.objects.latest("pk").pk
    html = page(candidate, "submission_results", f"?depuis={latest}", pk=submission.pk)
    assert 'id="row-' not in html
    assert f"depuis={latest}" in html


def test_when_the_run_ends_the_page_stops_asking(world: World, candidate: Client) -> None:
    submission = factories.evaluated(world, data__missing_values="not_met")
    html = page(candidate, "submission_results", "?depuis=nonsense", pk=submission.pk)
    assert "hx-trigger" not in html
    assert "1 critère à revoir" in html


@pytest.mark.parametrize(
    ("status", "attempts", "words", "tone"),
    [
        ("dead", 3, "vous n’y perdez rien", "platform"),
        ("queued", 1, "essai 2 sur 3", "platform"),
        ("failed", 1, "n’ont pas pu lire ce dépôt", "not-met"),
    ],
)
def test_whose_fault_it_is_stands_on_the_page(
    world: World, candidate: Client, status: str, attempts: int, words: str, tone: str
) -> None:
    submission = factories.submitted(world)
    EvaluationRun.objects.filter(submission=submission).update(
        status=status, attempts=attempts, fault_code="sandbox.crashed", fault_params={"reason": HOSTILE}
    )
    html = page(candidate, "submission", pk=submission.pk)
    assert words in html
    assert f'class="run sheet tone-{tone}"' in html
    assert HOSTILE not in html


def test_an_administrator_runs_it_again(world: World) -> None:
    submission = factories.evaluated(world)
    client = logged_in(world.administrator)
    url = reverse("web:rerun", kwargs={"pk": submission.pk})
    assert url in page(client, "submission", pk=submission.pk)
    assert url not in page(logged_in(world.candidate), "submission", pk=submission.pk)
    client.post(url)
    assert submission.runs.count() == 2
    client.post(url)
    assert submission.runs.count() == 2


# The grid


def test_the_filter_keeps_the_criteria_of_one_outcome(world: World, candidate: Client) -> None:
    submission = factories.evaluated(world, chart__pie="not_met")
    first, _, third = map(key_of, world.edition.criteria)
    html = page(candidate, "submission", "?resultat=not_met", pk=submission.pk)
    assert f'id="{first}"' in html
    assert f'id="{third}"' not in html
    html = page(candidate, "submission", "?resultat=undecided", pk=submission.pk)
    assert f'id="{third}"' in html


def test_a_review_being_written_is_the_mentor_s(world: World, candidate: Client) -> None:
    submission = factories.evaluated(world)
    review = reviews.open_review(actor=world.mentor, submission=submission)
    criterion = world.edition.criteria[0]
    reviews.save_remark(actor=world.mentor, review=review, line=criterion, opinion="", comment="En cours.")
    assert "En cours." not in page(candidate, "submission", pk=submission.pk)


def test_the_page_asks_as_much_of_the_database_with_more_criteria(
    world: World, candidate: Client, django_assert_max_num_queries: Any
) -> None:
    for position in range(10, 40):
        criterion = Criterion.objects.create(
            bloc=world.edition.bloc, text=f"Critère {position}", position=position, uid=uuid.uuid4(),
            referential=world.edition.referential,
        )  # fmt: skip
        CriterionCheck.objects.create(
            criterion=criterion, check_code="chart.boxplot", role="informed", params={"minimum": position}, position=1,
            uid=uuid.uuid4(), referential=world.edition.referential,
        )  # fmt: skip
    submission = factories.submitted(world)
    with django_assert_max_num_queries(15):
        page(candidate, "submission", pk=submission.pk)


# Evidence


def test_a_cell_opens_with_its_figure_and_its_neighbours(world: World, candidate: Client) -> None:
    submission = factories.evaluated(world)
    row = EvidenceFile.objects.create(submission=submission, sha256="b" * 64, media_type="image/png")
    figure = {"kind": "image", "text": "<Figure size 640x480>", "attachment": row.sha256}
    lost = {"kind": "image", "text": "", "attachment": "c" * 64}
    cells = [cell(f"x = {rank}") for rank in range(5)]
    cells[2] = cell(f"sns.boxplot(df)\n# {HOSTILE}", "code", figure, lost, {"kind": "html", "text": HOSTILE})
    cells[3] = cell(f"## {HOSTILE}", "markdown")
    keep_fact(submission, "notebooks", {"eda.ipynb": notebook(*cells)})
    item = {"kind": "figure", "path": "eda.ipynb", "cell": 2, "line": 1, "end_line": 1, "attachment": row.sha256}
    result = evidence(submission, item, {**item, "path": "absent.ipynb", "excerpt": HOSTILE})
    html = page(candidate, "evidence", pk=submission.pk, result=result.pk, index=0)
    image = reverse("web:evidence_image", kwargs={"pk": submission.pk, "sha256": row.sha256})
    assert f'src="{image}"' in html
    assert "c" * 64 not in html
    assert HOSTILE not in html
    assert [f'id="cell-{position}"' in html for position in range(1, 6)] == [False, True, True, True, False]
    assert "eda.ipynb, cellule 3, ligne 1" in html
    assert f"#criterion-{world.edition.criteria[0].pk}" in html
    following = reverse("web:evidence", kwargs={"pk": submission.pk, "result": result.pk, "index": 1})
    assert following in html
    assert HOSTILE not in page(candidate, "evidence", pk=submission.pk, result=result.pk, index=1)


def test_htmx_gets_the_panel_alone(world: World, candidate: Client) -> None:
    submission = factories.evaluated(world)
    result = evidence(submission, {"kind": "file", "path": "README.md", "excerpt": HOSTILE})
    url = reverse("web:evidence", kwargs={"pk": submission.pk, "result": result.pk, "index": 0})
    answer = candidate.get(url, **HTMX)
    html = answer.content.decode()
    assert "<html" not in html
    assert "data-panel-close" in html
    assert answer.headers["HX-Push-Url"] == "false"
    assert "HX-Push-Url" not in candidate.get(url).headers
    assert HOSTILE not in html
    assert f'href="{url}"' in page(candidate, "submission", pk=submission.pk)


@pytest.mark.parametrize(
    ("item", "words"),
    [
        ({"kind": "code", "path": "api.py", "line": 3, "end_line": 4}, "<td class=\"code-number\">3</td>"),
        ({"kind": "page", "path": "note.pdf", "page": 2}, "page 2 / 3"),
        ({"kind": "page", "path": "other.pdf", "page": 7, "excerpt": "un extrait"}, "un extrait"),
        ({"kind": "metric", "path": "test.csv", "detail": {"metric": "roc_auc", "value": 0.84123456789}}, "0,841235"),
        ({"kind": "commit", "path": ".git", "detail": {"commit": "ab" * 20, "date": "2026-99-99"}}, "abababab"),
        (
            {"kind": "http", "path": "api.py", "detail": {
                "request": {"method": "GET", "url": "/clients/1", "body": None},
                "response": {"status": 200, "headers": {"x": HOSTILE}, "body": HOSTILE}, "seconds": 0.2}},
            "/clients/1",
        ),
        ({"kind": "http", "path": "api.py", "excerpt": "sans détail"}, "sans détail"),
    ],
    ids=lambda value: value["kind"] if isinstance(value, dict) else "",
)  # fmt: skip
def test_every_kind_of_evidence_opens(world: World, candidate: Client, item: dict[str, Any], words: str) -> None:
    submission = factories.evaluated(world)
    keep_fact(submission, "code", {"sources": {"api.py": f"a = 1\nb = '{HOSTILE}'\nc = 3\nd = 4\n"}})
    pages = [{"number": number, "text": HOSTILE, "attachment": None} for number in (1, 2, 3)]
    keep_fact(submission, "documents", {"note.pdf": {"count": 3, "pages": pages, "error": None}})
    result = evidence(submission, item)
    html = page(candidate, "evidence", pk=submission.pk, result=result.pk, index=0)
    assert words in html
    assert HOSTILE not in html
    assert item["path"] in page(candidate, "submission", pk=submission.pk) or item["kind"] in ("commit", "http")


def test_evidence_that_does_not_exist(world: World, candidate: Client) -> None:
    submission = factories.evaluated(world)
    result = evidence(submission, {"kind": "file", "path": "a"})
    other = factories.evaluated(factories.world()).results.first()
    assert other is not None
    for number, index in ((result.pk, 1), (other.pk, 0), (10**9, 0)):
        url = reverse("web:evidence", kwargs={"pk": submission.pk, "result": number, "index": index})
        assert candidate.get(url).status_code == 404


def test_evidence_in_few_queries(world: World, candidate: Client, django_assert_max_num_queries: Any) -> None:
    submission = factories.evaluated(world)
    result = evidence(submission, {"kind": "figure", "path": "eda.ipynb", "cell": 0})
    keep_fact(submission, "notebooks", {"eda.ipynb": notebook(cell("x"))})
    with django_assert_max_num_queries(15):
        page(candidate, "evidence", pk=submission.pk, result=result.pk, index=0)


# Files


def test_pictures_and_archives_leave_under_strict_headers(world: World, candidate: Client) -> None:
    submission = factories.evaluated(world)
    row = EvidenceFile.objects.create(submission=submission, sha256=uuid.uuid4().hex * 2, media_type="image/png")
    storage.keep_bytes(row.storage_key, b"\x89PNG")
    picture = candidate.get(reverse("web:evidence_image", kwargs={"pk": submission.pk, "sha256": row.sha256}))
    assert picture.headers["Content-Type"] == "image/png"
    assert picture.headers["Cache-Control"] == "private, no-cache"
    storage.keep_bytes(submission.bundle.storage_key, b"PK")
    archive = candidate.get(reverse("web:archive", kwargs={"pk": submission.pk}))
    assert archive.headers["Content-Disposition"] == 'attachment; filename="projet.zip"'
    assert b"".join(archive.streaming_content) == b"PK"
    for answer in (picture, archive):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    unknown = reverse("web:evidence_image", kwargs={"pk": submission.pk, "sha256": "f" * 64})
    assert candidate.get(unknown).status_code == 404


def test_an_archive_with_a_hostile_name_can_be_downloaded(world: World, candidate: Client) -> None:
    submission = Submission.objects.create(
        work=world.work, number=1, bundle=factories.bundle(), file_name='a"\r\nSet-Cookie: x.zip',
        submitted_by=world.candidate,
    )  # fmt: skip
    default_storage.save(submission.bundle.storage_key, ContentFile(b"PK"))
    answer = candidate.get(reverse("web:archive", kwargs={"pk": submission.pk}))
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers


def test_files_before_anything_was_read(world: World, candidate: Client) -> None:
    submission = factories.submitted(world)
    assert "pas encore été ouverte" in page(candidate, "file_view", pk=submission.pk)


def test_files_are_shown_as_they_were_read(world: World, candidate: Client) -> None:
    submission = factories.evaluated(world)
    paths = ["a.ipynb", "b.py", "README.md", "data.bin", ".git/HEAD", f"{HOSTILE}.txt"]
    files = [{"path": path, "size": 10, "sha256": "a" * 64} for path in paths]
    StoredFacts().put(fact_key(submission.bundle_id, "manifest", 1), {"files": files})
    keep_fact(submission, "notebooks", {"a.ipynb": notebook(cell(HOSTILE, "markdown"), cell("print(1)"))})
    keep_fact(submission, "code", {"sources": {"b.py": f"'{HOSTILE}'"}})
    keep_fact(submission, "texts", {"README.md": {"text": HOSTILE, "error": None}})
    html = page(candidate, "file_view", pk=submission.pk)
    assert HOSTILE not in html
    assert ".git/HEAD" not in html
    shown = {
        path: page(candidate, "file_view", f"?path={path}", pk=submission.pk)
        for path in ("a.ipynb", "b.py", "README.md", "data.bin", "../../etc/passwd")
    }
    assert all(HOSTILE not in html for html in shown.values())
    assert 'id="cell-2"' in shown["a.ipynb"]
    assert "code-lines" in shown["b.py"]
    assert "file-text" in shown["README.md"]
    assert "Pas d’aperçu" in shown["data.bin"]
    assert "Choisissez un fichier" in shown["../../etc/passwd"]


@pytest.mark.django_db(transaction=True)
def test_a_real_archive_from_its_bytes_to_the_cell_that_answers(candidate: Client, world: World) -> None:
    source = "import seaborn as sns\nsns.boxplot(data=df)\n"
    document = {
        "nbformat": 4, "nbformat_minor": 5, "metadata": {},
        "cells": [{"cell_type": "code", "source": source, "metadata": {}, "outputs": [], "execution_count": None}],
    }  # fmt: skip
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("eda.ipynb", json.dumps(document))
    content = stream.getvalue()
    upload = uploads.start(actor=world.candidate, work=world.work, file_name="projet.zip", size=len(content))
    uploads.append(upload=upload, offset=0, pieces=[content])
    inspections.serve()
    submission = submissions.submit(actor=world.candidate, upload=upload)
    evaluation.serve()
    result = submission.results.get(check_code="chart.boxplot")
    assert result.outcome == "met"
    html = page(candidate, "evidence", pk=submission.pk, result=result.pk, index=0)
    assert "eda.ipynb, cellule 1" in html
    assert 'class="marked"' in html


def test_a_cell_without_end_is_cut_where_no_reader_goes() -> None:

    endless = {"type": "code", "source": "x" * 5_000_000, "execution_count": None, "outputs": []}
    views = shown.cells({"cells": [endless] * 50}, lambda sha256: "")
    assert len(views) == shown.NOTEBOOK_CHARACTERS // shown.CELL_CHARACTERS
    assert all(len(view.source) < shown.CELL_CHARACTERS + 200 for view in views)
    assert "archive" in views[0].source
