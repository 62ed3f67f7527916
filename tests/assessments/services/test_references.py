"""Reference data sets: given, read in the sandbox, put in force, replaced, kept while results rest on them."""

from __future__ import annotations

import hashlib
import io
import json
import pickle
import uuid
import zipfile
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, IntegrityError, transaction
from sklearn.linear_model import LogisticRegression

from assessments.models import (
    CheckResult,
    EvaluationRun,
    JournalEntry,
    ReferenceDataset,
    ReferenceVersion,
    Submission,
)
from assessments.models.references import ReadingState
from assessments.selectors.administration.references import lacking_names, references_page
from assessments.services import evaluation, reference_reading, references, rerunning, runs, shadow, storage
from assessments.services.errors import Denied, Refused
from assessments.services.facts import StoredFacts
from assessments.services.sweeping import sweep
from certification.referentials.models import CriterionCheck
from evaluator import profile
from evaluator.errors import EngineFault
from tests import factories
from tests.factories import World

pytestmark = pytest.mark.django_db

SECRET = "cellule-secrete"
TABLE = "id,x,clue,y\n" + "".join(f"{rank},{rank / 7:.6f},{SECRET}-{rank},{int(rank >= 20)}\n" for rank in range(40))
PROFILE = {
    "rows": 40,
    "columns": [
        {"name": "id", "kind": "number", "empty": 0, "distinct": 40, "common": [], "range": [0.0, 39.0]},
        {"name": "x", "kind": "number", "empty": 3, "distinct": 37, "common": [], "range": [0.0, 6.0]},
        {"name": "y", "kind": "number", "empty": 0, "distinct": 2, "common": [["0", 20], ["1", 20]], "range": None},
    ],
}


@pytest.fixture
def world() -> World:
    return factories.world()


def given(world: World, content: str = TABLE, name: str = "clients", **fields: Any) -> ReferenceVersion:
    file = ContentFile(content.encode())
    values = {"title": "Clients 2026", "file_name": "verite.csv"} | fields
    return references.receive(actor=world.administrator, session=world.session, name=name, file=file, **values)


def ready(world: World, **fields: Any) -> ReferenceVersion:
    """Received and read, without a sandbox."""
    version = given(world, **fields)
    ReferenceVersion.objects.filter(pk=version.pk).update(state="ready", profile=PROFILE, due_at=None)
    version.refresh_from_db()
    return version


def served(world: World, **fields: Any) -> ReferenceVersion:
    version = ready(world, **fields)
    return references.put_in_force(actor=world.administrator, version=version, target="y", identifier="id")


def ask(world: World, check: str = "predictions.metric", **params: Any) -> None:
    CriterionCheck.objects.create(
        criterion=world.edition.criteria[2], check_code=check, role="decided", params={"reference": "clients"} | params,
        referential=world.edition.referential, position=world.edition.criteria[2].checks.count() + 1, uid=uuid.uuid4(),
    )  # fmt: skip


def test_a_table_is_kept_by_content_and_its_life_is_in_the_journal(world: World) -> None:
    version = served(world)
    assert version.sha256 == hashlib.sha256(TABLE.encode()).hexdigest()
    assert storage.read_bytes(version.storage_key) == TABLE.encode()
    verbs = JournalEntry.objects.filter(object_type="referenceversion").values_list("verb", flat=True)
    assert list(verbs) == ["reference.received", "reference.in_force"]
    assert SECRET not in json.dumps(list(JournalEntry.objects.values_list("payload", flat=True)))


def test_nobody_but_administrators(world: World) -> None:
    version = ready(world)
    for person in (world.candidate, world.mentor, world.president):
        with pytest.raises(Denied):
            references.receive(
                actor=person, session=world.session, name="a", title="", file=ContentFile(b"x"), file_name="a.csv"
            )
        with pytest.raises(Denied):
            references.put_in_force(actor=person, version=version, target="y")
        with pytest.raises(Denied):
            references.discard(actor=person, version=version)
        assert not ReferenceDataset.objects.visible_to(person).exists()
        assert not ReferenceVersion.objects.visible_to(person).exists()
    assert ReferenceVersion.objects.visible_to(world.administrator).exists()


@pytest.mark.parametrize(
    ("content", "fields", "code"),
    [
        (TABLE, {"file_name": "verite.xlsx"}, "reference.form"),
        ("", {}, "reference.empty"),
        (TABLE, {"name": "  "}, "reference.name"),
    ],
)
def test_files_that_are_not_taken_in(world: World, content: str, fields: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        given(world, content, **fields)
    assert refused.value.code == code
    assert not ReferenceDataset.objects.exists()


def test_a_table_too_large(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(references, "MAX_BYTES", 100)
    with pytest.raises(Refused, match="verite"):
        given(world)


@pytest.mark.parametrize(
    ("choice", "code"),
    [
        ({"target": "nowhere"}, "reference.target"),
        ({"target": "x"}, "reference.target"),
        ({"target": "y", "identifier": "y"}, "reference.identifier"),
        ({"target": "y", "identifier": "x"}, "reference.identifier"),
        ({"target": "y", "features": ["y"]}, "reference.features"),
        ({"target": "y", "features": ["nowhere"]}, "reference.features"),
    ],
)
def test_choices_that_cannot_serve(world: World, choice: dict[str, Any], code: str) -> None:
    version = ready(world)
    with pytest.raises(Refused) as refused:
        references.put_in_force(actor=world.administrator, version=version, **choice)
    assert refused.value.code == code
    version.refresh_from_db()
    assert version.state == ReadingState.READY


def test_a_version_in_force_is_frozen_and_a_later_one_takes_its_place(world: World) -> None:
    first = served(world)
    with pytest.raises(Refused):
        references.put_in_force(actor=world.administrator, version=first, target="x")
    with pytest.raises(DatabaseError), transaction.atomic():
        ReferenceVersion.objects.filter(pk=first.pk).update(target="x")
    with pytest.raises(DatabaseError), transaction.atomic():
        ReferenceDataset.objects.update(title="Autre")
    second = ready(world, content=TABLE + "40,1,z,1\n")
    assert (second.number, second.dataset_id) == (2, first.dataset_id)
    assert references.versions_in_force(world.session.pk, ["clients"]) == {"clients": first}
    references.put_in_force(actor=world.administrator, version=second, target="y")
    assert references.versions_in_force(world.session.pk, ["clients"]) == {"clients": second}
    assert references.versions_in_force(factories.world().session.pk, ["clients"]) == {}


@pytest.mark.parametrize(
    "fields", [{"state": "reading", "due_at": None}, {"state": "in_force"}, {"state": "odd"}, {"number": 0},
               {"sha256": "x"}, {"target": "y", "identifier": "y"}],
)  # fmt: skip
def test_the_database_refuses_what_makes_no_sense(world: World, fields: dict[str, Any]) -> None:
    version = ready(world)
    with pytest.raises(IntegrityError), transaction.atomic():
        ReferenceVersion.objects.filter(pk=version.pk).update(**fields)


def test_a_version_that_results_rest_on_is_kept(world: World, django_capture_on_commit_callbacks: Any) -> None:
    first, second = served(world), served(world, content=TABLE + "41,1,z,1\n")
    run = factories.evaluated(world).runs.get()
    factories.result(run, "predictions.metric", reference=first).save()
    with pytest.raises(Refused) as refused:
        references.discard(actor=world.administrator, version=first)
    assert refused.value.code == "reference.used"
    with django_capture_on_commit_callbacks(execute=True):
        references.discard(actor=world.administrator, version=second)
    assert default_storage.exists(first.storage_key)
    assert not default_storage.exists(second.storage_key)
    assert references.versions_in_force(world.session.pk, ["clients"]) == {"clients": first}


def test_the_same_file_given_twice_is_deleted_with_the_last_version(
    world: World, django_capture_on_commit_callbacks: Any
) -> None:
    first, second = given(world), given(world, name="autres")
    with django_capture_on_commit_callbacks(execute=True):
        references.discard(actor=world.administrator, version=first)
    assert default_storage.exists(second.storage_key)
    with django_capture_on_commit_callbacks(execute=True):
        references.discard(actor=world.administrator, version=second)
    assert not default_storage.exists(second.storage_key)
    assert not ReferenceDataset.objects.exists()


def test_what_criteria_ask_for_and_nobody_has_given(world: World, django_assert_max_num_queries: Any) -> None:
    assert lacking_names(world.session) == []
    ask(world)
    assert lacking_names(world.session) == ["clients"]
    ready(world)
    with django_assert_max_num_queries(4):
        page = references_page(world.session, world.administrator)
    assert [(need.name, need.asked_by[0].check) for need in page.lacking] == [("clients", "predictions.metric")]
    assert page.datasets[0].serving is None
    served(world)
    assert lacking_names(world.session) == []


def test_what_people_have_decided_is_not_measured_again(world: World) -> None:
    ask(world)
    submission = factories.admitted(world)
    version = served(world)
    counted = references.measure_again(actor=world.administrator, version=version)
    assert (counted.queued, counted.stands) == (0, 1)
    with pytest.raises(Denied):
        references.measure_again(actor=world.mentor, version=version)
    assert submission.runs.count() == 1


# Readings


def test_a_reading_whose_worker_is_lost_rings_again_and_ends_stuck(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = given(world)

    def broken(*_: Any) -> Any:
        raise EngineFault("sandbox.unavailable", reason="x")

    monkeypatch.setattr(profile, "profile", broken)
    for attempt in (1, 2, 3):
        reference_reading.read(version_id=version.pk)
        version.refresh_from_db()
        assert version.attempts == attempt
        past = "2026-01-01T00:00Z"
        ReferenceVersion.objects.filter(pk=version.pk, state="reading").update(due_at=past, ring_at=past)
        assert sweep(reference_reading.KIND) == (1 if attempt < 3 else 0)
    assert (version.state, version.fault_code) == ("stuck", "sandbox.unavailable")
    reference_reading.read(version_id=version.pk)
    version.refresh_from_db()
    assert version.attempts == 3


# In a real sandbox


@pytest.mark.django_db(transaction=True)
def test_a_broken_table_is_refused_with_its_line(world: World) -> None:
    version = given(world, "a,b\n1,2\n1,2,3\n")
    reference_reading.read(version_id=version.pk)
    version.refresh_from_db()
    assert version.state == "refused"
    assert (version.fault_code, version.fault_params) == ("reference.ragged", {"line": 3, "expected": 2, "found": 3})


def archive(world: World, files: dict[str, bytes]) -> Submission:
    """A submission whose bundle is really stored."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    content = buffer.getvalue()
    sha256 = hashlib.sha256(content).hexdigest()
    bundle = factories.bundle(sha256=sha256, size=len(content))
    storage.keep_bytes(bundle.storage_key, content)
    submission = Submission.objects.create(
        work=world.work, number=1, bundle=bundle, file_name="projet.zip", submitted_by=world.candidate
    )
    runs.enqueue(submission=submission, actor=world.candidate)
    return submission


def evaluated(submission: Submission) -> dict[str, CheckResult]:
    run = EvaluationRun.objects.filter(submission=submission).order_by("-pk").first()
    assert run is not None
    evaluation.serve()
    run.refresh_from_db()
    assert run.status == "done", run.fault_params
    rows = CheckResult.objects.filter(submission=submission, check_code__endswith=".metric").order_by("pk")
    return {row.check_code: row for row in rows}


@pytest.mark.django_db(transaction=True)
def test_a_submission_is_measured_on_what_the_session_holds(world: World) -> None:
    import pandas

    frame = pandas.DataFrame({"x": [rank / 7 for rank in range(40)]})
    model = LogisticRegression(C=100).fit(frame, [int(rank >= 20) for rank in range(40)])
    predictions = "id,prediction\n" + "".join(f"{rank},{int(rank >= 20)}\n" for rank in reversed(range(40)))
    CriterionCheck.objects.filter(criterion__in=world.edition.criteria).delete()
    ask(world, threshold=0.9)
    ask(world, "model.metric")
    submission = archive(world, {"m.pkl": pickle.dumps(model), "predictions.csv": predictions.encode()})

    before = evaluated(submission)
    assert {row.outcome for row in before.values()} == {"undecided"}
    assert {row.message_code for row in before.values()} == {"reference.absent"}

    version = given(world)
    reference_reading.read(version_id=version.pk)
    version.refresh_from_db()
    assert (version.state, version.profile["rows"]) == ("ready", 40)
    references.put_in_force(actor=world.administrator, version=version, target="y", identifier="id", features=["x"])
    runs.enqueue(submission=submission, actor=world.administrator)
    after = evaluated(submission)
    assert {code: row.outcome for code, row in after.items()} == {"predictions.metric": "met", "model.metric": "met"}
    for row in after.values():
        assert row.reference_id == version.pk
        assert version.sha256 in json.dumps(row.evidence)
        kept = json.dumps([row.evidence, row.message_params, row.params])
        assert SECRET not in kept
        assert "verite.csv" not in kept

    runs.enqueue(submission=submission, actor=world.administrator)
    assert {row.pk for row in evaluated(submission).values()} == {row.pk for row in after.values()}
    compared = list(shadow.compare(CheckResult.objects.filter(pk__in=[row.pk for row in after.values()])
                    .annotate(stands=rerunning.stands("submission_id", "submission__work_id"))))  # fmt: skip
    assert {row.kind for row in compared} == {"same"}

    second = given(world, TABLE.replace(",1\n", ",0\n", 10))
    reference_reading.read(version_id=second.pk)
    second.refresh_from_db()
    references.put_in_force(actor=world.administrator, version=second, target="y", identifier="id", features=["x"])
    assert list(references.waiting(second)) == [submission]
    with pytest.raises(Refused):
        references.measure_again(actor=world.administrator, version=version)
    counted = references.measure_again(actor=world.administrator, version=second)
    assert (counted.queued, counted.stands, counted.busy) == (1, 0, 0)
    again = evaluated(submission)
    assert not references.waiting(second).exists()
    assert {row.reference_id for row in again.values()} == {second.pk}
    assert again["predictions.metric"].outcome == "not_met"
    assert CheckResult.objects.filter(check_code="model.metric").count() == 3
    facts = _facts()
    assert facts
    assert not any(SECRET in json.dumps(fact) for fact in facts)


def _facts() -> list[Any]:
    if not default_storage.exists("facts"):
        return []
    names = [
        name.removesuffix(".json")
        for folder in default_storage.listdir("facts")[0]
        for name in default_storage.listdir(f"facts/{folder}")[1]
    ]
    return [StoredFacts().get(name) for name in names]
