"""The candidate's screens: their blocs, and one work with all that happened to it."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from assessments.domain.lines import common_kind
from assessments.domain.next_step import NextStep
from assessments.domain.workflow import WorkState
from assessments.models import Enrolment, Opinion, Review, Role, Upload, Work
from assessments.models.lines import key_of
from assessments.selectors import candidate as reads
from assessments.selectors.lines import codes_of, text_of
from assessments.selectors.outcomes import outcomes_of
from assessments.services import works
from assessments.web.access import Request, get_visible, member, role_required
from assessments.web.components import Crumb, PersonView
from assessments.web.looks import WORK_STATES
from assessments.web.recognised import recognised_views
from assessments.web.ways import way_to
from assessments.web.wording import RESULTS, STEPS, bloc_name, counted, labelled, line_text, sentence, short_name
from certification.referentials.models import Assessment, MappingOrigin


@require_GET
@role_required(Role.CANDIDATE)
def candidate_home(request: Request) -> HttpResponse:
    context = {
        "page_title": _("Où en sont vos blocs ?"),
        "sessions": [_session_view(session) for session in reads.home_of(request.user)],
    }
    return render(request, "web/candidate/home.html", context)


def _session_view(session: reads.SessionEntry) -> dict[str, Any]:
    """The session, how many of its assessments wait for the candidate, and each with its words, by bloc."""
    return {
        "enrolment": session.enrolment,
        "before_deadline": session.before_deadline,
        "waiting": sum(entry.waits_for_candidate for entry in session.entries),
        "groups": [
            {"bloc": bloc, "name": bloc_name(bloc), "rows": [_row(entry) for entry in entries]}
            for bloc, entries in groupby(session.entries, key=lambda entry: entry.assessment.bloc)
        ],
    }


def _row(entry: reads.AssessmentEntry) -> dict[str, Any]:
    return {
        "entry": entry,
        "codes": ", ".join(entry.codes),
        "step": STEPS[entry.step],
        "parts": _parts_unsaid(entry.assessment),
    }


def _parts_unsaid(assessment: Assessment) -> list[str]:
    """The parts of an assessment, unless its title names them all."""
    parts = [str(part) for part in assessment.parts.all()]
    return [] if all(part in assessment.title for part in parts) else parts


@require_POST
@role_required(Role.CANDIDATE)
def work_open(request: Request, enrolment: int, assessment: int) -> HttpResponse:
    mine = Enrolment.objects.visible_to(request.user).filter(candidate=request.user)
    enrolled = get_visible(mine.select_related("session"), pk=enrolment)
    asked = get_visible(Assessment.objects.all(), pk=assessment)
    return redirect("web:work", pk=works.open_for(enrolment=enrolled, assessment=asked).pk)


@require_GET
@member
def work(request: Request, pk: int) -> HttpResponse:
    page = reads.work_page(request.user, get_visible(reads.works_in_sight(request.user), pk=pk))
    name = short_name(page.work.assessment)
    own = page.work.enrolment.candidate_id == request.user.pk
    heading = heading_of(name, page, own=own)
    context = {
        "page": page,
        "page_title": heading,
        "heading": heading,
        "name": name,
        "own": own,
        "remarks": _remarks(page.review),
        "step": STEPS[page.step],
        "after": outcomes_of(request.user, page.work, page.decision, follows=page.follows),
        "mentor": _mentor(page.work),
        "codes": ", ".join(codes_of(page.lines)),
        "expected": [_expected_view(group, page.work.assessment) for group in page.expected],
        "mapped_by_certifier": page.work.assessment.mapping == MappingOrigin.CERTIFIER,
        "judged": counted(len(page.lines), common_kind(map(key_of, page.lines))),
        "crumbs": [*way_to(request.user, page.work.enrolment), Crumb(name)],
        **upload_context(page.upload),
    }
    return render(request, "web/candidate/work.html", context)


def heading_of(name: str, page: reads.WorkPage, *, own: bool) -> str:
    """The page's question answered: where the work stands, or what was decided; to its candidate, what they do next."""
    if page.decision and page.work.state == WorkState.DECIDED and page.step != NextStep.TRY_AGAIN:
        return labelled(name, RESULTS[page.decision.outcome])
    if own:
        return labelled(name, STEPS[page.step].title)
    state = str(WORK_STATES[page.work.state].label)
    return labelled(name, state[:1].lower() + state[1:])


def _remarks(review: Review | None) -> dict[str, Any]:
    """What the mentor wrote or asks for, each with its line; the lines merely confirmed are counted."""
    if review is None:
        return {}
    every = list(review.remarks.all())
    confirmed = [remark for remark in every if remark.opinion == Opinion.CONFIRMED and not remark.comment]
    kind = common_kind(remark.line_key for remark in confirmed)
    return {
        "listed": [(remark, text_of(remark.line)) for remark in every if remark not in confirmed],
        "confirmed": counted(len(confirmed), kind) if confirmed else "",
    }


def _mentor(work: Work) -> PersonView | None:
    mentor = work.enrolment.mentor
    return PersonView(str(mentor), _("mentor"), mentor.email, "mentor") if mentor else None


def _expected_view(group: reads.ExpectedCompetency, assessment: Assessment) -> tuple[str, list[str]]:
    """The competency, or what is judged as a whole, and its criteria in full sentences."""
    criteria = [line_text(line) for line in group.lines if line != group.competency]
    own = any(line == assessment or getattr(line, "assessment_id", None) for line in group.lines)
    whole = _("L’épreuve dans son ensemble") if own else _("Le bloc dans son ensemble")
    return str(group.competency or whole), criteria


def upload_context(upload: Upload | None) -> dict[str, Any]:
    if upload is None:
        return {"upload": None}
    recognised = upload.bundle.recognised if upload.bundle else {}
    return {
        "upload": upload,
        "found": [view for view in recognised_views(recognised) if view.count],
        "absent": [view for view in recognised_views(recognised) if not view.count],
        "fault": sentence(upload.fault_code, upload.fault_params),
    }


urlpatterns = [
    path("mes-blocs/", candidate_home, name="candidate_home"),
    path("inscriptions/<int:enrolment>/epreuves/<int:assessment>/ouvrir/", work_open, name="work_open"),
    path("travaux/<int:pk>/", work, name="work"),
]
