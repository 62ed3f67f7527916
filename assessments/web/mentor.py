"""The mentor's screens: what is to be read, and the review of one submission."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from assessments.domain.proposals import Proposal
from assessments.models import Line, Opinion, Review, Role
from assessments.models.reviews import ReviewOutcome
from assessments.selectors.grid import GridLine
from assessments.selectors.lines import codes_of
from assessments.selectors.mentor import (
    WAITING_FILTER,
    ReadingList,
    ReviewPage,
    mentored_submissions,
    reading_list,
    review_page,
)
from assessments.services import reviews
from assessments.services.errors import Refused
from assessments.web.access import Request, get_visible, role_required
from assessments.web.assessing import AssessedLine, assessed_line, bloc_title, grouped
from assessments.web.components import CriterionView, Crumb, FilterField, Level
from assessments.web.looks import OPINIONS, WORK_STATES
from assessments.web.results import check_views
from assessments.web.wording import line_number, line_text, things
from assessments.web.writing import Writing

PER_PAGE: Final = 25
READ_STATES: Final = ("returned", "admitted", "scheduled", "defended", "decided", "appealed")


@require_GET
@role_required(Role.MENTOR)
def mentor_home(request: Request) -> HttpResponse:
    asked = {name: request.GET.get(name, "").strip() for name in ("q", "session", "state")}
    found = reading_list(request.user, search=asked["q"], session=asked["session"], state=asked["state"])
    page = Paginator(found.read, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page_title": _title(found),
        "found": found,
        "waiting": [(row, bloc_title(row.assessment, row.codes)) for row in found.waiting],
        "page": page,
        "read": [(row, bloc_title(row.assessment, row.codes)) for row in page.object_list],
        "filter_fields": _filters(found, asked),
        "filtered": any(asked.values()),
    }
    return render(request, "web/mentor/home.html", context)


def _title(found: ReadingList) -> str:
    count = found.waiting_count
    if count == 0:
        return _("Rien à relire pour l’instant")
    return _("Un travail à relire") if count == 1 else _("%(count)d travaux à relire") % {"count": count}


def _filters(found: ReadingList, asked: dict[str, str]) -> list[FilterField]:
    states = [("", _("Tous")), (WAITING_FILTER, _("À relire"))]
    states += [(code, str(WORK_STATES[code].label)) for code in READ_STATES]
    return [
        FilterField("q", _("Rechercher un candidat"), value=asked["q"]),
        FilterField("session", _("Session"), [("", _("Toutes")), *found.sessions], asked["session"]),
        FilterField("state", _("État"), states, asked["state"]),
    ]


@require_GET
@role_required(Role.MENTOR)
def review(request: Request, pk: int) -> HttpResponse:
    submission = get_visible(mentored_submissions(request.user), pk=pk)
    page = review_page(request.user, submission)
    candidate = str(submission.work.enrolment.candidate)
    context = {
        "page_title": candidate,
        "crumbs": [Crumb(_("À relire"), reverse("web:mentor_home")), Crumb(candidate)],
        "page": page,
        "bloc": bloc_title(submission.work.assessment, codes_of(line.line for line in page.grid.lines)),
        "groups": grouped(
            (line.line, _line(page, line, number)) for number, line in enumerate(page.grid.lines, start=1)
        ),
        "things": things(page.grid.kind),
    }
    return render(request, "web/mentor/review.html", context)


def _line(page: ReviewPage, line: GridLine, number: int) -> AssessedLine:
    opinions = [Level(code, str(look.label), look.tone) for code, look in OPINIONS.items()]
    given = next((level for level in opinions if level.code == line.opinion), None)
    row = CriterionView(
        id=str(line.key),
        number=line_number(line.line, number),
        text=line_text(line.line),
        results=check_views(page.submission, line),
        levels=opinions if page.can_write else (),
        level=given,
        comment=line.remark.comment if line.remark else "",
        note=" ".join(filter(None, [_disagreement(page, line), _previous(page, line)])),
    )
    save_url = ""
    if page.can_write and page.review is not None:
        save_url = reverse("web:review_remark", kwargs={"pk": page.review.pk, "line": line.key})
    return assessed_line(line, row, save_url=save_url)


def _disagreement(page: ReviewPage, line: GridLine) -> str:
    """Said in words once the review is given; while it is written the page follows the choice by itself."""
    contradicted = (line.proposal, line.opinion) in (
        (Proposal.ACQUIRED, Opinion.TO_IMPROVE),
        (Proposal.NOT_ACQUIRED, Opinion.CONFIRMED),
    )
    return _("Le mentor s’écarte de la proposition de la machine.") if contradicted and not page.can_write else ""


def _previous(page: ReviewPage, line: GridLine) -> str:
    remark = page.previous.get(line.key)
    if remark is None or remark.opinion != Opinion.TO_IMPROVE:
        return ""
    sentence = _("À reprendre dans la version %(number)d") % {"number": remark.review.submission.number}
    if not remark.comment:
        return f"{sentence}."
    return _("%(said)s : « %(comment)s »") % {"said": sentence, "comment": remark.comment}


@require_POST
@role_required(Role.MENTOR)
def review_open(request: Request, pk: int) -> HttpResponse:
    submission = get_visible(mentored_submissions(request.user), pk=pk)
    reviews.open_review(actor=request.user, submission=submission)
    return redirect("web:review", pk=submission.pk)


def _own_review(request: Request, pk: int) -> Review:
    return get_visible(Review.objects.visible_to(request.user).filter(mentor=request.user), pk=pk)


def _writing(found: Review) -> Writing:
    return Writing(
        page=reverse("web:review", kwargs={"pk": found.submission_id}),
        closed=lambda: _("Votre avis est rendu : il ne peut plus être modifié.") if found.given_at else "",
    )


@require_POST
@role_required(Role.MENTOR)
def review_remark(request: Request, pk: int, line: str) -> HttpResponse:
    found = _own_review(request, pk)

    def save(about: Line, opinion: str, comment: str) -> object:
        return reviews.save_remark(actor=request.user, review=found, line=about, opinion=opinion, comment=comment)

    return _writing(found).keep_line(request, line, save)


@require_POST
@role_required(Role.MENTOR)
def review_comment(request: Request, pk: int) -> HttpResponse:
    found = _own_review(request, pk)

    def save(comment: str) -> object:
        return reviews.save_comment(actor=request.user, review=found, comment=comment)

    return _writing(found).keep_comment(request, save, "review-end")


@require_POST
@role_required(Role.MENTOR)
def review_give(request: Request, pk: int) -> HttpResponse:
    found = _own_review(request, pk)
    outcome = request.POST.get("outcome", "")
    if outcome not in ReviewOutcome.values:
        raise Refused("review.outcome", _("Dites si le travail est admis ou renvoyé."))
    given = reviews.give(actor=request.user, review=found, outcome=ReviewOutcome(outcome))
    said = {
        ReviewOutcome.ADMITTED.value: _("Le travail est admis à la soutenance."),
        ReviewOutcome.RETURNED.value: _("Le travail est renvoyé au candidat, avec vos commentaires."),
    }
    messages.success(request, said[given.outcome])
    return redirect("web:review", pk=given.submission_id)


urlpatterns = [
    path("a-relire/", mentor_home, name="mentor_home"),
    path("a-relire/<int:pk>/", review, name="review"),
    path("a-relire/<int:pk>/ouvrir/", review_open, name="review_open"),
    path("a-relire/avis/<int:pk>/lignes/<slug:line>/", review_remark, name="review_remark"),
    path("a-relire/avis/<int:pk>/commentaire/", review_comment, name="review_comment"),
    path("a-relire/avis/<int:pk>/rendre/", review_give, name="review_give"),
]
