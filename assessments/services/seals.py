"""Seals: the digest of what an act left behind, written into the journal row of the act.

The chain covers the journal; through the seals it covers what acts wrote elsewhere, whoever edits it and however.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet

from assessments.domain.digests import digest
from assessments.models import (
    Appeal,
    Award,
    AwardBasis,
    Ballot,
    CheckResult,
    Decision,
    DecisionBasis,
    DecisionLine,
    DecisionNames,
    Declaration,
    DeclaredLink,
    Document,
    EarlyOpening,
    EvaluationRun,
    GridSnapshot,
    Juror,
    JurorDeparture,
    Leave,
    LineCheck,
    LineFlag,
    LineState,
    Mark,
    PassageOutcome,
    Presidency,
    Probe,
    ReferenceVersion,
    Review,
    ReviewRemark,
    Sitting,
    Slot,
    Submission,
)
from assessments.models.references import ReadingState
from assessments.models.runs import ACTIVE
from assessments.models.sessions import AcquiredBloc

VERSION = 3  # of the fields below: the seal itself says by which version it was given
_LINE = ("criterion_id", "competency_id")
_LATER_LINE = {2: ("assessment_id",)}
_RESULT = (
    *("submission_id", "run_id", "probe_id", "reference_id", "check_code", "check_version", "params", "params_digest"),
    *("runtime_digest", "outcome", "cause", "message_code", "message_params", "evidence", "seconds", "created_at"),
)
_CHECK = ("state_id", "position", "check_code", "params_digest", "decides", "result_id", "fault")
NAMES = (
    *("candidate", "certification", "rncp_code", "edition", "session", "bloc", "assessment"),
    *("president", "jurors", "mentor"),
)
_ANSWER = ~Q(cause="platform")  # a fault of ours is no answer, and goes when there is one


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of ``model`` that belong to a sealed one by ``key``; those outside ``where`` are not covered.

    ``since``: the first version of the seal that covers them; ``later``: fields covered since a later one.
    """

    model: type[models.Model]
    key: str
    fields: tuple[str, ...]
    where: Q = field(default_factory=Q)
    later: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    since: int = 1


@dataclass(frozen=True, slots=True)
class Kind:
    """What one seal covers: ``fields`` of a row and the rows under it. Rows within ``due`` must have a seal.

    ``later``: by version of the seal, the fields that it covers since then.
    """

    model: type[models.Model]
    fields: tuple[str, ...]
    rows: tuple[Rows, ...] = ()
    due: Q | Exists = field(default_factory=Q)
    later: Mapping[int, tuple[str, ...]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """As the journal names the object of an act."""
        return str(self.model._meta.model_name)

    def all_due(self) -> QuerySet[Any]:
        return self.model._default_manager.filter(self.due)


KINDS: tuple[Kind, ...] = (
    Kind(
        Submission,
        (
            *("work_id", "number", "file_name", "submitted_by_id", "submitted_at"),
            *("bundle_id", "bundle__size", "bundle__files", "bundle__recognised"),
            *("work__assessment_id", "work__enrolment__session_id", "work__enrolment__candidate_id"),
        ),
    ),
    Kind(
        EvaluationRun,
        ("submission_id", "status", "requested", "engine_version", "runtime_digest", "facts_key", "fault_code"),
        (Rows(CheckResult, "run_id", _RESULT, _ANSWER & Q(probe__isnull=True)),),
        ~Q(status__in=ACTIVE),
    ),
    Kind(
        Probe,
        ("address_id", "due_at", "at", "occasion", "standing", "status", "failure_code"),
        (Rows(CheckResult, "probe_id", _RESULT, _ANSWER),),
        Exists(CheckResult.objects.filter(_ANSWER, probe=OuterRef("pk"))),
    ),
    Kind(
        Review,
        ("submission_id", "mentor_id", "comment", "outcome", "started_at", "given_at"),
        (Rows(ReviewRemark, "review_id", (*_LINE, "opinion", "comment"), later=_LATER_LINE),),
        Q(given_at__isnull=False),
    ),
    Kind(
        GridSnapshot,
        ("submission_id", "taken_for", "taken_at", "engine_version", "reconstructed"),
        (
            Rows(
                LineState,
                "snapshot_id",
                (*_LINE, "position", "proposal", "settled", "remark_id"),
                later=_LATER_LINE,
            ),
            Rows(LineCheck, "state__snapshot_id", _CHECK),
        ),
    ),
    Kind(
        LineFlag,
        ("before_id", "after_id", "outcome", "proposal", "raised_at", "closed_at", "closed_by_id", "word"),
    ),
    Kind(
        Sitting,
        ("session_id", "quorum"),
        (Rows(Juror, "sitting_id", ("user_id", "presides")),),
        later={2: ("kind", "state")},
    ),
    Kind(JurorDeparture, ("juror_id", "reason", "by_id", "at")),
    Kind(Presidency, ("sitting_id", "slot_id", "juror_id", "after_id", "reason", "by_id", "at")),
    Kind(Leave, ("juror_id", "slot_id", "kind", "cause", "reason", "by_id", "at", "ended_at")),
    Kind(
        Declaration,
        ("juror_id", "text_version", "signed_at"),
        (Rows(DeclaredLink, "declaration_id", ("candidate_id",)),),
    ),
    Kind(EarlyOpening, ("slot_id", "reason", "by_id", "at")),
    Kind(Slot, ("sitting_id", "work_id", "submission_id")),
    Kind(PassageOutcome, ("slot_id", "state", "reason", "proof", "recorded_by_id", "recorded_at")),
    Kind(
        Ballot,
        ("slot_id", "juror_id", "comment", "sealed_at"),
        (Rows(Mark, "ballot_id", (*_LINE, "level", "comment"), later=_LATER_LINE),),
        Q(sealed_at__isnull=False),
    ),
    Kind(
        Decision,
        (
            *("work_id", "bloc_id", "submission_id", "slot_id", "outcome", "motive", "decided_by_id", "decided_at"),
            *("supersedes_id", "work__enrolment__candidate_id", "work__assessment__referential__content_hash"),
        ),
        (
            Rows(DecisionLine, "decision_id", (*_LINE, "level", "decided_by", "votes", "comment"), later=_LATER_LINE),
            Rows(DecisionBasis, "line__decision_id", ("line_id", "state_id", "mark_id"), since=3),
            Rows(DecisionNames, "decision_id", NAMES, since=3),
        ),
    ),
    Kind(
        Document,
        ("kind", "decision_id", "number", "sha256", "content_hash", "created_at"),
        later={2: ("code", "code_on_paper")},
    ),
    Kind(
        Award,
        (
            *("enrolment_id", "sitting_id", "scope", "bloc_id", "outcome", "proposal", "reasons", "motive"),
            *("decided_by_id", "decided_at", "supersedes_id", "enrolment__session__referential__content_hash"),
        ),
        (Rows(AwardBasis, "award_id", ("decision_id", "earlier_id", "carried_id")),),
    ),
    Kind(
        Appeal,
        (
            *("enrolment_id", "decision_id", "line_id", "award_id", "motive", "filed_at", "due_at"),
            *("state", "handled_by_id", "answer", "answered_at"),
        ),
    ),
    Kind(AcquiredBloc, ("enrolment_id", "bloc_id", "reason", "recorded_by_id", "recorded_at")),
    Kind(
        ReferenceVersion,
        ("dataset_id", "number", "file_name", "form", "size", "sha256", "target", "identifier", "features"),
        due=Q(state=ReadingState.IN_FORCE),
    ),
)
BY_NAME: Mapping[str, Kind] = {kind.name: kind for kind in KINDS}


def is_sealed(model: type[models.Model]) -> bool:
    return str(model._meta.model_name) in BY_NAME


def seal_of(sealed: models.Model) -> str:
    """The seal of a row and of those under it, as the database holds them now. Raises KeyError for no such kind."""
    kind = BY_NAME[str(sealed._meta.model_name)]
    return dict(seals_of(kind, [sealed.pk]))[sealed.pk]


def seals_of(kind: Kind, keys: Collection[int], version: int | None = None) -> Iterator[tuple[int, str]]:
    """The seal of each of the rows ``keys`` that exist, as that version gives it; the present one for None."""
    version = version or VERSION
    under = [_rows_of(rows, keys, version) for rows in kind.rows if rows.since <= version]
    covered = covered_by(kind, version)
    for row in kind.model._default_manager.filter(pk__in=keys).order_by("pk").values("pk", *covered):
        content = {"row": _plain(row), "under": [rows.get(row["pk"], []) for rows in under]}
        yield row["pk"], f"{version}:{digest([kind.name, content])}"


def version_of(seal: str) -> int:
    """The version by which a seal was given; the present one where it says none that is known."""
    written = seal.partition(":")[0]
    known = written.isascii() and written.isdigit() and 1 <= int(written) <= VERSION
    return int(written) if known else VERSION


def covered_by(found: Kind | Rows, version: int | None = None) -> tuple[str, ...]:
    """The fields that a version of the seal covers; the present one for None."""
    version = version or VERSION
    return (*found.fields, *(name for since, names in found.later.items() if since <= version for name in names))


def _rows_of(rows: Rows, keys: Collection[int], version: int) -> Mapping[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    under = rows.model._default_manager.filter(rows.where, **{f"{rows.key}__in": keys})
    for row in under.order_by("pk").values("pk", rows.key, *covered_by(rows, version)):
        found[row[rows.key]].append(_plain(row))
    return found


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row as JSON; moments in UTC, as the database gives them."""
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}
