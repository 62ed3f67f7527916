"""Differences: a later result by which a frozen line would be proposed otherwise, and the word that closes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments import policies
from assessments.domain import texts
from assessments.domain.proposals import CheckAnswer, propose
from assessments.models import CheckResult, LineCheck, LineFlag, LineState, Submission, User
from assessments.selectors.grid import latest
from assessments.services import journal, locking
from assessments.services.errors import Denied, Refused
from assessments.services.journal import Act
from assessments.services.seals import seal_of
from assessments.services.texts import kept

Asked = tuple[str, str]
"""A check and the digest of its parameters."""


@transaction.atomic
def compare(*, submission: Submission) -> list[LineFlag]:
    """Raise what the latest results would change of the frozen grid, each outcome of a check once; nothing before.

    The lines stay as they are. A fault of ours is no answer, and differs from nothing.
    """
    locking.hold_work(submission.work_id)
    frozen = LineCheck.objects.filter(state__snapshot__submission=submission, decides=True)
    checks = list(frozen.select_related("state", "result").order_by("state", "position"))
    if not checks:
        return []
    answers = latest(CheckResult.objects.filter(submission=submission).exclude(cause="platform").defer("evidence"))
    known = set(LineFlag.objects.filter(before__in=checks).values_list("before", "outcome"))
    found = [flag for state, rows in groupby(checks, key=_state) for flag in _differences(state, list(rows), answers)]
    flags = LineFlag.objects.bulk_create(flag for flag in found if (flag.before_id, flag.outcome) not in known)
    journal.record_all([Act(None, "line.flagged", flag, _told(flag, submission)) for flag in flags])
    return flags


def _state(check: LineCheck) -> LineState:
    return check.state


def _differences(
    state: LineState, checks: Sequence[LineCheck], answers: Mapping[Asked, CheckResult]
) -> Iterator[LineFlag]:
    """The checks of one line that say something else now, if the line would be proposed otherwise by them."""
    before = {check.pk: check.answer.outcome if check.answer else None for check in checks}
    later = {check.pk: answers.get((check.check_code, check.params_digest)) for check in checks}
    now = {key: found.outcome if found else before[key] for key, found in later.items()}
    proposal = propose([CheckAnswer(decides=True, outcome=outcome) for outcome in now.values()])
    if proposal.value == state.proposal:
        return
    for check in checks:
        after = later[check.pk]
        if after is not None and after.outcome != before[check.pk]:
            yield LineFlag(before=check, after=after, outcome=after.outcome, proposal=proposal.value)


def _told(flag: LineFlag, submission: Submission) -> dict[str, object]:
    check = flag.before
    before = check.answer.outcome if check.answer else ""
    return {
        "submission": submission.pk,
        "check": check.check_code,
        "before": before,
        "after": flag.outcome,
        "seal": seal_of(flag),
    }


@transaction.atomic
def close(*, actor: User, flag: LineFlag, word: str) -> LineFlag:
    """Close a difference with a word; the line stays as it is.

    Raises Denied; Refused("flag.closed"); Refused("flag.word") without a word; Refused("text.too_long").
    """
    row = LineFlag.objects.select_for_update(of=("self",), no_key=True).get(pk=flag.pk)
    if not policies.can_close_flag(actor, row):
        raise Denied
    if row.closed_at is not None:
        raise Refused("flag.closed", _("Cet écart est déjà clos : rechargez la page."))
    row.word = kept(word, texts.REMARK)
    if not row.word:
        raise Refused("flag.word", _("Dites ce que vous concluez de cet écart."))
    row.closed_at, row.closed_by = timezone.now(), actor
    row.save(update_fields=["word", "closed_at", "closed_by"])
    submission = row.before.state.snapshot.submission_id
    journal.record(actor, "line.flag_closed", row, submission=submission, seal=seal_of(row))
    return row
