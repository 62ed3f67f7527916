"""Reference data sets: received, looked at, put in force; a later version takes the place of an earlier one.

A worker reads the file between the first act and the second (`reference_reading`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Exists, Max, OuterRef, QuerySet
from django.db.models.deletion import ProtectedError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments import policies
from assessments.dispatch import READ_REFERENCE, ring
from assessments.models import (
    CheckResult,
    EvaluationRun,
    ReferenceDataset,
    ReferenceVersion,
    Session,
    Submission,
    User,
)
from assessments.models.references import ReadingState
from assessments.services import journal, leases, storage
from assessments.services.errors import Denied, Refused
from assessments.services.reference_reading import KIND
from assessments.services.rerunning import Counted, queue
from assessments.services.seals import seal_of
from evaluator.references import PARAMETER, Reference

MAX_BYTES = 50_000_000
FORMS = {".csv": "csv", ".txt": "csv", ".tsv": "csv", ".parquet": "parquet"}


def receive(
    *, actor: User, session: Session, name: str, title: str, file: File[Any], file_name: str
) -> ReferenceVersion:
    """Take a table in under ``name``, and have a worker read it; nothing uses it before it is put in force.

    A name that the session has already gets a new version, whose title is the first one's.
    Raises Denied, Refused("reference.name"), ("reference.form"), ("reference.empty"), ("reference.too_large").
    """
    _require_administrator(actor)
    name, title = " ".join(name.split())[:60], " ".join(title.split())[:120]
    if not name:
        raise Refused("reference.name", _("Donnez le nom par lequel les critères désignent ce jeu de données."))
    form = _accepted(file, file_name)
    sha256 = _digest(file)
    with transaction.atomic():
        Session.objects.select_for_update(no_key=True).get(pk=session.pk)
        dataset, _new = ReferenceDataset.objects.get_or_create(
            session=session, name=name, defaults={"title": title or name}
        )
        latest = dataset.versions.aggregate(Max("number"))["number__max"] or 0
        version = ReferenceVersion(
            dataset=dataset, number=latest + 1, file_name=Path(file_name).name[:200], form=form, size=file.size,
            sha256=sha256, received_by=actor, **leases.due(KIND.policy),
        )  # fmt: skip
        if not default_storage.exists(version.storage_key):
            default_storage.save(version.storage_key, file)
        version.save(force_insert=True)
        journal.record(actor, "reference.received", version, session=session.pk, name=name, sha256=sha256)
        ring(READ_REFERENCE, version.pk)
    return version


def _digest(file: File[Any]) -> str:
    """By pieces, without closing the file: an uploaded one would be gone."""
    digest = hashlib.sha256()
    for piece in file.chunks(storage.PIECE):
        digest.update(piece)
    return digest.hexdigest()


def _accepted(file: File[Any], file_name: str) -> str:
    """The form of a file that may be taken in."""
    named = Path(file_name).name[:80]
    form = FORMS.get(Path(file_name).suffix.lower())
    if form is None:
        raise Refused("reference.form", _("« %(name)s » n’est ni un CSV ni un fichier parquet."), name=named)
    if not file.size:
        raise Refused("reference.empty", _("« %(name)s » est vide."), name=named)
    limit = min(MAX_BYTES, settings.UPLOAD_MAX_BYTES)
    if file.size > limit:
        sentence = _("« %(name)s » dépasse %(limit)d Mo, la limite d’un jeu de données de référence.")
        raise Refused("reference.too_large", sentence, name=named, limit=limit // 1_000_000)
    return form


@transaction.atomic
def put_in_force(
    *, actor: User, version: ReferenceVersion, target: str, identifier: str = "", features: Collection[str] = ()
) -> ReferenceVersion:
    """From now on evaluations of the session use this version; results given before stay.

    ``features`` are the columns that a model may see; none for all but the target and the identifier.
    Raises Denied, Refused("reference.state"), ("reference.target"), ("reference.identifier"), ("reference.features").
    """
    _require_administrator(actor)
    row = ReferenceVersion.objects.select_for_update(of=("self",)).select_related("dataset").get(pk=version.pk)
    if row.state != ReadingState.READY:
        raise Refused("reference.state", _("Cette version n’est pas, ou n’est plus, à mettre en service."))
    columns = {column["name"]: column for column in row.profile["columns"]}
    _judge_target(columns, target)
    _judge_identifier(columns, identifier, target, row.profile["rows"])
    _judge_features(columns, features, target)
    row.target, row.identifier = target, identifier
    row.features = [name for name in columns if name in set(features)]
    row.state, row.in_force_at = ReadingState.IN_FORCE, timezone.now()
    row.save()
    journal.record(
        actor, "reference.in_force", row,
        session=row.dataset.session_id, name=row.dataset.name, number=row.number, sha256=row.sha256,
        seal=seal_of(row),
    )  # fmt: skip
    return row


@transaction.atomic
def discard(*, actor: User, version: ReferenceVersion) -> None:
    """Delete a version that no result rests on, its file with it. Raises Denied, Refused("reference.used")."""
    _require_administrator(actor)
    row = ReferenceVersion.objects.select_for_update(of=("self",)).select_related("dataset").get(pk=version.pk)
    dataset = row.dataset
    if row.results.exists():
        raise _used()
    journal.record(
        actor, "reference.discarded", row,
        session=dataset.session_id, name=dataset.name, number=row.number, sha256=row.sha256,
        seal=None,
    )  # fmt: skip
    try:
        row.delete()
    except ProtectedError as error:
        raise _used() from error
    if not dataset.versions.exists():
        dataset.delete()
    if not ReferenceVersion.objects.filter(sha256=row.sha256, form=row.form).exists():
        transaction.on_commit(lambda: default_storage.delete(row.storage_key))


def waiting(version: ReferenceVersion) -> QuerySet[Submission]:
    """The latest submissions of the session whose checks ask for the data set, not yet measured on this version."""
    later = Submission.objects.filter(work=OuterRef("work"), number__gt=OuterRef("number"))
    measured = CheckResult.objects.filter(submission=OuterRef("pk"), reference=version)
    asked = [{"params": {PARAMETER: version.dataset.name}}]
    in_session = Submission.objects.filter(work__enrolment__session=version.dataset.session_id)
    asking = EvaluationRun.objects.filter(submission=OuterRef("pk"), requested__contains=asked)
    return in_session.filter(~Exists(later), ~Exists(measured), Exists(asking))


def measure_again(*, actor: User, version: ReferenceVersion) -> Counted:
    """Queue a run for each submission that waits for this version; those already decided are left alone.

    Raises Denied, Refused("reference.state") for a version that evaluations do not use.
    """
    _require_administrator(actor)
    if not ReferenceVersion.objects.current().filter(pk=version.pk).exists():
        raise Refused("reference.state", _("Les évaluations n’emploient pas cette version."))
    return queue(actor=actor, chosen=waiting(version), verb="reference.measured_again", version=version.pk)


@contextmanager
def held_for(session_id: int, names: Collection[str]) -> Iterator[tuple[dict[str, Reference], dict[str, int]]]:
    """The tables in force of a session under these names, as the engine takes them, and the key of each version.

    Their files are there for the block.
    """
    with ExitStack() as stack:
        found = versions_in_force(session_id, names)
        references = {
            name: _reference(row, stack.enter_context(storage.local_path(row.storage_key)))
            for name, row in found.items()
        }
        yield references, {name: row.pk for name, row in found.items()}


def versions_in_force(session_id: int, names: Collection[str]) -> dict[str, ReferenceVersion]:
    rows = ReferenceVersion.objects.current().filter(dataset__session=session_id, dataset__name__in=names)
    return {row.dataset.name: row for row in rows.select_related("dataset")} if names else {}


def described(session_id: int, names: Collection[str]) -> dict[str, Reference]:
    """The same without their files, for facts that are known already."""
    return {name: _reference(row, Path()) for name, row in versions_in_force(session_id, names).items()}


def _reference(row: ReferenceVersion, path: Path) -> Reference:
    return Reference(
        title=row.dataset.title,
        path=path,
        sha256=row.sha256,
        target=row.target,
        identifier=row.identifier,
        features=tuple(row.features),
        form=row.form,
    )


def _judge_target(columns: Mapping[str, Any], target: str) -> None:
    column = columns.get(target)
    if column is None:
        raise Refused("reference.target", _("Choisissez la colonne cible."))
    if column["empty"]:
        sentence = _("La colonne « %(column)s » a %(count)d cellules vides : la cible doit être connue partout.")
        raise Refused("reference.target", sentence, column=target, count=column["empty"])
    if column["distinct"] < 2:
        sentence = _("La colonne « %(column)s » n’a qu’une valeur : rien n’est à prédire.")
        raise Refused("reference.target", sentence, column=target)


def _judge_identifier(columns: Mapping[str, Any], identifier: str, target: str, rows: int) -> None:
    if not identifier:
        return
    column = columns.get(identifier)
    if column is None or identifier == target:
        raise Refused("reference.identifier", _("L’identifiant est une autre colonne que la cible."))
    if column["empty"] or column["distinct"] != rows:
        sentence = _(
            "La colonne « %(column)s » n’identifie pas les lignes : %(distinct)d valeurs pour %(rows)d lignes."
        )
        raise Refused("reference.identifier", sentence, column=identifier, distinct=column["distinct"], rows=rows)


def _judge_features(columns: Mapping[str, Any], features: Collection[str], target: str) -> None:
    if target in features or not set(features) <= set(columns):
        raise Refused("reference.features", _("Un modèle ne peut voir que d’autres colonnes que la cible."))


def _require_administrator(actor: User) -> None:
    if not policies.can_administer(actor):
        raise Denied


def _used() -> Refused:
    return Refused(
        "reference.used", _("Des résultats reposent sur cette version : elle est gardée pour qu’ils se vérifient.")
    )
