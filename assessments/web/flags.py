"""Differences with what is frozen, both answers side by side, and the word that closes one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from assessments.domain.proposals import Proposal
from assessments.models import LineFlag, Submission
from assessments.selectors.flags import flags_on
from assessments.selectors.grid import GridCheck
from assessments.services import flags
from assessments.web.access import Request, get_visible, member
from assessments.web.assessing import proposal_word
from assessments.web.components import CheckResultView
from assessments.web.results import check_view
from assessments.web.wording import line_text


@dataclass(frozen=True, slots=True)
class FlagView:
    """One difference: the line, what was proposed for it and would be now, the two answers, and where it is closed."""

    flag: LineFlag
    line: str
    proposed: str
    proposal: str
    before: CheckResultView
    after: CheckResultView
    close_url: str = ""


@dataclass(frozen=True, slots=True)
class FlagsView:
    """``open`` counts those that nobody has closed."""

    rows: Sequence[FlagView]
    open: int


def flags_context(request: Request, submission: Submission) -> FlagsView:
    """What the pages of a submission and of its ballots show; nothing for the candidate."""
    found = flags_on(request.user, submission)
    return FlagsView([_view(submission, flag, may_close=found.may_close) for flag in found.rows], found.open)


def _view(submission: Submission, flag: LineFlag, *, may_close: bool) -> FlagView:
    check = flag.before
    named = (check.check_code, check.params_digest, check.decides)
    return FlagView(
        flag=flag,
        line=line_text(check.state.line),
        proposed=proposal_word(Proposal(check.state.proposal))[0],
        proposal=proposal_word(Proposal(flag.proposal))[0],
        before=check_view(submission, GridCheck(*named, check.answer)),
        after=check_view(submission, GridCheck(*named, flag.after)),
        close_url=reverse("web:flag_close", kwargs={"pk": flag.pk}) if may_close and flag.closed_at is None else "",
    )


@require_POST
@member
def flag_close(request: Request, pk: int) -> HttpResponse:
    found = get_visible(LineFlag.objects.visible_to(request.user), pk=pk)
    flag = flags.close(actor=request.user, flag=found, word=request.POST.get("word", ""))
    messages.success(request, _("L’écart est clos. La grille reste telle qu’elle a été jugée."))
    address = reverse("web:submission", kwargs={"pk": flag.before.state.snapshot.submission_id})
    return redirect(f"{address}#flags")


urlpatterns = [path("ecarts/<int:pk>/clore/", flag_close, name="flag_close")]
