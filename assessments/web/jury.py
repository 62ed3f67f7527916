"""The jury's screens: the day's passages, one's own blind ballot. The deliberation has a module of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from assessments import policies
from assessments.domain.lines import LineKey
from assessments.domain.proposals import Settled
from assessments.domain.scale import scale_of, settled_level
from assessments.models import Ballot, Line, Opinion, Role
from assessments.models.decisions import DecidedBy
from assessments.selectors.awarding import certification_sittings
from assessments.selectors.grid import GridLine
from assessments.selectors.jury import BallotPage, Passage, ballot_page, juror_slots, own_ballots, passages_of
from assessments.selectors.lines import codes_of
from assessments.selectors.marking import AtHand, at_hand, slots_to_mark
from assessments.selectors.seats import why_shut
from assessments.services import ballots
from assessments.web import deliberation, jottings, offline, seats
from assessments.web.access import Request, get_visible, role_required
from assessments.web.assessing import AssessedLine, KeptLine, assessed_line, bloc_title, grouped, levels_of
from assessments.web.at_hand import addresses_of, documents_of, questions_of, subject_of
from assessments.web.components import CriterionView, Crumb, Level
from assessments.web.flags import flags_context
from assessments.web.results import check_views
from assessments.web.wording import line_number, line_text, things
from assessments.web.writing import Writing, base_of
from certification.edges import whole_number


@dataclass(frozen=True, slots=True)
class Day:
    """A day of a sitting: its passages, each with the title of its bloc."""

    date: date
    sitting: str
    place: str
    passages: Sequence[tuple[Passage, str]]


@require_GET
@role_required(Role.JUROR)
def juror_home(request: Request) -> HttpResponse:
    today = timezone.localdate()
    passages = passages_of(request.user)
    by_day = [(timezone.localtime(passage.starts_at).date(), passage) for passage in passages]
    now = [passage for day, passage in by_day if day == today]
    plenaries = list(certification_sittings(request.user).order_by("-starts_at", "pk"))
    context = {
        "page_title": _home_title(now),
        "today": _days(now),
        "coming": _days(passage for day, passage in by_day if day > today),
        "past": _days(reversed([passage for day, passage in by_day if day < today])),
        "total": len(passages) + len(plenaries),
        "plenaries": plenaries,
        "to_seal": [passage for _day, passage in by_day if passage.awaits_seal and _day <= today],
        "to_decide": [passage for _day, passage in by_day if passage.awaits_decision],
    }
    return offline.keepable(render(request, "web/jury/home.html", context), request.user)


def _home_title(now: Sequence[Passage]) -> str:
    if not now:
        return _("Aucun passage aujourd’hui")
    return _("Un passage aujourd’hui") if len(now) == 1 else _("%(count)d passages aujourd’hui") % {"count": len(now)}


def _days(passages: Iterable[Passage]) -> list[Day]:
    groups = groupby(passages, key=lambda item: (timezone.localtime(item.starts_at).date(), item.sitting, item.place))
    return [Day(*key, [(item, bloc_title(item.assessment, item.codes)) for item in items]) for key, items in groups]


@require_GET
@role_required(Role.JUROR)
def ballot(request: Request, pk: int) -> HttpResponse:
    slot = get_visible(slots_to_mark(request.user), pk=pk)
    page = ballot_page(request.user, slot)
    hand = at_hand(slot, page.ballot)
    candidate = str(slot.work.enrolment.candidate)
    codes = codes_of(line.line for line in page.grid.lines)
    context = {
        "page_title": candidate,
        "crumbs": [Crumb(_("Aujourd’hui"), reverse("web:juror_home")), Crumb(candidate)],
        "page": page,
        "flags": flags_context(request, slot.submission),
        "bloc": bloc_title(slot.work.assessment, codes),
        "subject": subject_of(slot, codes),
        "revision": ballots.revision(page.ballot, page.marks.values()) if page.ballot else 0,
        "hand": hand,
        "documents": documents_of(slot.submission),
        "addresses": addresses_of(hand),
        "questions": questions_of(page, hand.notes, _said(page)),
        "things": things(page.grid.kind),
        **_lines(page, hand),
    }
    return offline.keepable(render(request, "web/jury/ballot.html", context), request.user)


def _lines(page: BallotPage, hand: AtHand) -> dict[str, object]:
    """What is left to the jury, by heading, and what was settled before."""
    levels = levels_of(page.scale)
    numbered = list(enumerate(page.grid.lines, start=1))
    to_mark = [(number, line) for number, line in numbered if line.settled is Settled.NOBODY]
    settled = [(number, line) for number, line in numbered if line.settled is not Settled.NOBODY]
    return {
        "total": len(to_mark),
        "groups": grouped((line.line, _to_mark(page, hand, line, number, levels)) for number, line in to_mark),
        "settled": [_settled(page, line, number, levels) for number, line in settled],
    }


def _said(page: BallotPage) -> dict[LineKey, str]:
    return {line.key: _mentor_says(page, line) for line in page.grid.lines}


def _to_mark(page: BallotPage, hand: AtHand, line: GridLine, number: int, levels: Sequence[Level]) -> AssessedLine:
    mark = page.marks.get(line.key)
    row = CriterionView(
        id=str(line.key),
        number=line_number(line.line, number),
        text=line_text(line.line),
        results=check_views(page.slot.submission, line),
        levels=levels if page.can_write else (),
        level=next((level for level in levels if mark and level.code == mark.level), None),
        comment=mark.comment if mark else "",
        note=_mentor_says(page, line),
    )
    save_url = ""
    if page.can_write and page.ballot is not None:
        save_url = reverse("web:ballot_mark", kwargs={"pk": page.ballot.pk, "line": line.key})
    return assessed_line(line, row, save_url=save_url, kept=_kept(page, hand, line))


def _kept(page: BallotPage, hand: AtHand, line: GridLine) -> KeptLine:
    mark, note = page.marks.get(line.key), hand.notes.get(line.key)
    note_url = ""
    if page.can_note and page.ballot is not None:
        note_url = reverse("web:ballot_note", kwargs={"pk": page.ballot.pk, "line": line.key})
    return KeptLine(
        version=mark.version if mark else 0,
        note_url=note_url,
        note_version=note.version if note else 0,
        flagged=note.flagged if note else False,
        note=note.text if note else "",
    )


def _mentor_says(page: BallotPage, line: GridLine) -> str:
    if page.review is None or line.remark is None:
        return ""
    words = {
        Opinion.TO_IMPROVE.value: _("Le mentor trouve ce point à reprendre"),
        Opinion.LEFT_TO_JURY.value: _("Le mentor laisse ce point au jury"),
    }
    said, comment = words.get(line.opinion, _("Remarque du mentor")), line.remark.comment
    if not comment and not line.opinion:
        return ""
    return _("%(said)s : « %(comment)s »") % {"said": said, "comment": comment} if comment else f"{said}."


def _settled(page: BallotPage, line: GridLine, number: int, levels: Sequence[Level]) -> AssessedLine:
    by = DecidedBy.MACHINE if line.settled is Settled.MACHINE else DecidedBy.MENTOR
    code = settled_level(page.scale)
    row = CriterionView(
        id=str(line.key),
        number=line_number(line.line, number),
        text=line_text(line.line),
        results=check_views(page.slot.submission, line),
        level=next(level for level in levels if level.code == code),
        comment=line.remark.comment if page.review and line.remark else "",
        marked_by=_("Établi par : %(who)s") % {"who": by.label},
    )
    return assessed_line(line, row)


@require_POST
@role_required(Role.JUROR)
def ballot_open(request: Request, pk: int) -> HttpResponse:
    slot = get_visible(juror_slots(request.user), pk=pk)
    if policies.can_mark(request.user, slot) and not policies.has_declared(request.user, slot.sitting):
        return redirect("web:declaration", pk=slot.sitting_id)
    ballots.open_ballot(actor=request.user, slot=slot)
    return redirect("web:ballot", pk=slot.pk)


def _writing(found: Ballot) -> Writing:
    return Writing(
        page=reverse("web:ballot", kwargs={"pk": found.slot_id}),
        closed=lambda: _shut(found),
        words=lambda: _labels(found),
    )


def _shut(found: Ballot) -> str:
    """Why nothing is written any more in the ballot, said to its juror."""
    said = {
        "sealed": _("Votre bulletin est scellé : il ne peut plus être modifié."),
        "over": _("Ce passage est décidé, ou n’a plus lieu : votre bulletin ne peut plus être modifié."),
        "absent": _("Vous êtes noté absent pour ce passage : votre bulletin ne peut pas être modifié."),
        "recused": _("Vous êtes récusé pour ce passage : votre bulletin ne peut plus être modifié."),
        "left": _("Vous avez quitté ce jury : votre bulletin ne peut plus être modifié."),
    }
    return said.get(why_shut(found), "")


def _labels(found: Ballot) -> dict[str, str]:
    scale = scale_of(found.slot.sitting.session.referential.scale)
    return {level.code: level.label for level in levels_of(scale)}


@require_POST
@role_required(Role.JUROR)
def ballot_mark(request: Request, pk: int, line: str) -> HttpResponse:
    found = get_visible(own_ballots(request.user), pk=pk)

    def save(about: Line, level: str, comment: str) -> object:
        return ballots.save_mark(
            actor=request.user, ballot=found, line=about, level=level, comment=comment, base=base_of(request)
        )

    return _writing(found).keep_line(request, line, save)


@require_POST
@role_required(Role.JUROR)
def ballot_comment(request: Request, pk: int) -> HttpResponse:
    found = get_visible(own_ballots(request.user), pk=pk)

    def save(comment: str) -> object:
        return ballots.save_ballot_comment(actor=request.user, ballot=found, comment=comment, base=base_of(request))

    return _writing(found).keep_comment(request, save, "ballot-end")


@require_POST
@role_required(Role.JUROR)
def ballot_seal(request: Request, pk: int) -> HttpResponse:
    found = get_visible(own_ballots(request.user), pk=pk)
    sealed = ballots.seal(actor=request.user, ballot=found, seen=whole_number(request.POST.get("seen", "")))
    messages.success(request, _("Votre bulletin est scellé."))
    return redirect("web:ballot", pk=sealed.slot_id)


urlpatterns = [
    path("jury/", juror_home, name="juror_home"),
    path("jury/passages/<int:pk>/", ballot, name="ballot"),
    path("jury/passages/<int:pk>/ouvrir/", ballot_open, name="ballot_open"),
    path("jury/bulletins/<int:pk>/lignes/<slug:line>/", ballot_mark, name="ballot_mark"),
    path("jury/bulletins/<int:pk>/appreciation/", ballot_comment, name="ballot_comment"),
    path("jury/bulletins/<int:pk>/sceller/", ballot_seal, name="ballot_seal"),
    *deliberation.urlpatterns,
    *seats.urlpatterns,
    *jottings.urlpatterns,
    *offline.urlpatterns,
]
