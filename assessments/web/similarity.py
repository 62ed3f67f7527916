"""What a submission shares with the other works of its session: facts, for those who may open both works."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from assessments import policies
from assessments.domain.similarity import Extent, extent_of
from assessments.models import Submission, User
from assessments.selectors import similarity as reads
from assessments.web.access import Request, get_visible, member
from assessments.web.components import Crumb
from assessments.web.shown_passages import PassageText, Reader
from assessments.web.ways import way_to
from assessments.web.wording import labelled, short_name

NOTABLE = 0.1


@dataclass(frozen=True, slots=True)
class ShareView:
    """A part in words and as a bar; ``percent`` from 0 to 100."""

    words: str
    percent: int
    extent: Extent


@dataclass(frozen=True, slots=True)
class NearView:
    """One of the nearest works; ``url`` is empty for a reader who may not open it."""

    title: str
    order: str
    shares: Sequence[ShareView]
    passages: Sequence[tuple[str, str]]
    more: int
    url: str


def similarities_word(user: User, submission: Submission) -> str:
    """What the page of a submission says of them; empty for whoever may not know."""
    if not policies.can_see_similarities(user, submission):
        return ""
    count = reads.how_many_near(submission, NOTABLE)
    if count is None:
        return _("pas encore comparé")
    if not count:
        return _("aucune part notable")
    return ngettext("%(count)d travail proche", "%(count)d travaux proches", count) % {"count": count}


@require_safe
@member
def similarities(request: Request, pk: int) -> HttpResponse:
    found = _seen(request, pk)
    page = reads.similarities_page(request.user, found)
    context = {
        "submission": found,
        "page_title": _("Similitudes"),
        "crumbs": _way_to(request, found, _("Similitudes")),
        "page": page,
        "common": round(page.sketch.common * 100) if page.sketch else 0,
        "works": [_near(found, work) for work in page.works],
    }
    return render(request, "web/similarity/similarities.html", context)


@require_safe
@member
def similarity(request: Request, pk: int, other: int) -> HttpResponse:
    """The passages that two works share, side by side."""
    found = _seen(request, pk)
    work = reads.near_work(request.user, found, other)
    if work is None or work.other is None:
        raise Http404
    own, their = Reader(found), Reader(work.other)
    context = {
        "submission": found,
        "other": work.other,
        "page_title": _("Passages communs avec %(title)s") % {"title": _title(work.other)},
        "crumbs": [*_way_to(request, found, _("Similitudes"), linked=True), Crumb(_title(work.other))],
        "near": _near(found, work),
        "passages": [_side_by_side(rank, item, own, their) for rank, item in enumerate(work.passages, start=1)],
    }
    return render(request, "web/similarity/similarity.html", context)


def _seen(request: Request, pk: int) -> Submission:
    return get_visible(reads.submissions_read_by(request.user), pk=pk)


@dataclass(frozen=True, slots=True)
class PassageView:
    """The same passage in both works, with its place in each."""

    title: str
    own: PassageText
    own_place: str
    other: PassageText
    other_place: str


def _side_by_side(rank: int, passage: Mapping[str, Any], own: Reader, other: Reader) -> PassageView:
    words = labelled(_("Passage %(rank)d") % {"rank": rank}, _lines(passage["own"]))
    here, there = passage["own"], passage["other"]
    return PassageView(words, own.text_of(here), _place(here), other.text_of(there), _place(there))


def _near(submission: Submission, work: reads.NearWork) -> NearView:
    row = work.likeness
    shares = [
        _share(_("%(percent)d %% du code de ce travail s’y trouve"), row.share),
        _share(_("%(percent)d %% du texte de ce travail s’y trouve"), row.text),
    ]
    if work.other is not None and work.back is not None:
        shares.append(_share(_("%(percent)d %% du code de l’autre travail se trouve ici"), work.back))
    shown = work.passages[:3]
    url = reverse("web:similarity", args=[submission.pk, work.other.pk]) if work.other else ""
    return NearView(
        title=_title(work.other),
        order=_order(work.first),
        shares=[share for share in shares if share is not None],
        passages=[(_place(item["own"]), _file_url(submission, item["own"])) for item in shown],
        more=len(work.passages) - len(shown),
        url=url,
    )


def _share(words: str, share: float | None) -> ShareView | None:
    """None when there is too little to tell."""
    if share is None:
        return None
    percent = round(share * 100)
    return ShareView(words % {"percent": percent}, percent, extent_of(share))


def _title(other: Submission | None) -> str:
    if other is None:
        return _("Un autre travail de la session")
    work = other.work
    words = {"name": work.enrolment.candidate, "bloc": short_name(work.assessment), "number": other.number}
    return _("%(name)s, %(bloc)s, version %(number)d") % words


def _order(first: bool | None) -> str:
    if first is None:
        return _("Les deux ont été déposés au même moment.")
    return _("Ce travail a été déposé avant l’autre.") if first else _("L’autre travail a été déposé avant celui-ci.")


def _lines(place: Mapping[str, Any]) -> str:
    count = place["end_line"] - place["line"] + 1
    return ngettext("%(count)d ligne", "%(count)d lignes", count) % {"count": count}


def _place(place: Mapping[str, Any]) -> str:
    words = [place["path"]]
    if place["cell"] is not None:
        words.append(_("cellule %(number)d") % {"number": place["cell"] + 1})
    if place["page"] is not None:
        words.append(_("page %(number)d") % {"number": place["page"]})
    words.append(_("lignes %(first)d à %(last)d") % {"first": place["line"], "last": place["end_line"]})
    return ", ".join(words)


def _file_url(submission: Submission, place: Mapping[str, Any]) -> str:
    anchor = ""
    if place["cell"] is not None:
        anchor = f"#cell-{place['cell'] + 1}"
    elif place["page"] is not None:
        anchor = f"#page-{place['page']}"
    return f"{reverse('web:file_view', args=[submission.pk])}?{urlencode({'path': place['path']})}{anchor}"


def _way_to(request: Request, found: Submission, here: str, *, linked: bool = False) -> list[Crumb]:
    number = _("%(bloc)s, version %(number)d") % {
        "bloc": short_name(found.work.assessment),
        "number": found.number,
    }
    return [
        *way_to(request.user, found.work.enrolment),
        Crumb(number, reverse("web:submission", args=[found.pk])),
        Crumb(here, reverse("web:similarities", args=[found.pk]) if linked else ""),
    ]


urlpatterns = [
    path("depots/<int:pk>/similitudes/", similarities, name="similarities"),
    path("depots/<int:pk>/similitudes/<int:other>/", similarity, name="similarity"),
]
