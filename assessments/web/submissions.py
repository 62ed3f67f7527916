"""A submission: its run, the grid with its evidence, the evidence itself, and the files it was found in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, TypeVar

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from assessments.domain.access import AccessKind
from assessments.models import Role, Submission
from assessments.selectors import submission as reads
from assessments.selectors.submission import ResultLine, SubmissionPage
from assessments.services import runs
from assessments.visitors import note
from assessments.web import results
from assessments.web.access import Request, get_visible, member, role_required
from assessments.web.components import Crumb, TabItem
from assessments.web.evidence import evidence_view
from assessments.web.files import file_page
from assessments.web.flags import flags_context
from assessments.web.looks import OUTCOMES
from assessments.web.probes import probes_context
from assessments.web.progress import progress_of, run_view
from assessments.web.similarity import similarities_word
from assessments.web.ways import way_to
from assessments.web.wording import labelled, short_name
from certification.edges import whole_number

AnyResponse = TypeVar("AnyResponse", bound=HttpResponseBase)

STRICT_POLICY: Final = "default-src 'none'; sandbox"
ASKED_AGAIN: Final = "private, no-cache"
FILTERS: Final = ("not_met", "undecided", "platform", "pending", "met")


def _seen(request: Request, pk: int) -> Submission:
    return get_visible(reads.submissions_in_sight(request.user), pk=pk)


@require_GET
@member
def submission(request: Request, pk: int) -> HttpResponse:
    found = _seen(request, pk)
    page = reads.submission_page(request.user, found)
    chosen = request.GET.get("resultat", "")
    shown = [line for line in page.lines if chosen in ("", line.state)]
    run = run_view(page)
    name = _name(found)
    context = {
        "page": page,
        "submission": found,
        "page_title": labelled(name, run.short),
        "crumbs": _way_to(request, found, name),
        "groups": results.groups(found, shown, page.review),
        "actions": reads.actions_of(request.user, found),
        "probes": probes_context(request, found),
        "flags": flags_context(request, found),
        "similarities": similarities_word(request.user, found),
        "chosen": chosen,
        **_run_context(page, chosen),
    }
    return render(request, "web/submission/submission.html", context)


@require_GET
@member
def submission_results(request: Request, pk: int) -> HttpResponse:
    """The state of the run, and out of band the lines that have changed since ``?depuis=`` (key of a result)."""
    found = _seen(request, pk)
    page = reads.submission_page(request.user, found)
    known = whole_number(request.GET.get("depuis", "")) or 0
    changed = [line for line in page.lines if _has_changed(line, page, known)]
    context = {
        "page": page,
        "submission": found,
        "changed": [results.line_view(found, line, page.review) for line in changed],
        "heading": labelled(_name(found), run_view(page).short),
        **_run_context(page, request.GET.get("resultat", "")),
    }
    return render(request, "web/submission/_results.html", context)


def _has_changed(line: ResultLine, page: SubmissionPage, known: int) -> bool:
    """What still waits when the run ends is told once more."""
    return line.latest > known or (not page.active and line.state == reads.PENDING)


def _name(found: Submission) -> str:
    return _("%(bloc)s, version %(number)d") % {"bloc": short_name(found.work.assessment), "number": found.number}


def _run_context(page: SubmissionPage, chosen: str) -> dict[str, Any]:
    here = reverse("web:submission", kwargs={"pk": page.submission.pk})
    tabs = [TabItem(_("Tout"), here, not chosen, len(page.lines))]
    tabs += [
        TabItem(str(OUTCOMES[state].label), f"{here}?resultat={state}", chosen == state, page.count(state))
        for state in FILTERS
        if page.count(state) or chosen == state
    ]
    return {"run": run_view(page), "progress": progress_of(page), "tabs": tabs, "chosen": chosen}


def _way_to(request: Request, found: Submission, last: str) -> list[Crumb]:
    work_url = reverse("web:work", kwargs={"pk": found.work_id})
    own = Crumb(short_name(found.work.assessment), work_url)
    return [*way_to(request.user, found.work.enrolment), own, Crumb(last)]


@dataclass(frozen=True, slots=True)
class Neighbours:
    previous: str
    following: str
    criterion: str


@require_GET
@member
def evidence(request: Request, pk: int, result: int, index: int) -> HttpResponse:
    """One piece of evidence: a panel when htmx asks for it, a page otherwise."""
    found = _seen(request, pk)
    place = reads.evidence_place(found, result, index)
    if place is None:
        raise Http404
    shown = evidence_view(found, place)
    context = {
        "submission": found,
        "page_title": shown.title,
        "crumbs": [*_way_to(request, found, _("Preuve"))[:-1], Crumb(_name(found), _url(found)), Crumb(_("Preuve"))],
        "place": place,
        "evidence": shown,
        "neighbours": _neighbours(found, place),
    }
    if not request.htmx:
        return render(request, "web/submission/evidence.html", context)
    panel = render(request, "web/submission/_evidence.html", context)
    panel["HX-Push-Url"] = "false"  # htmx 2.0 pushes the address of a boosted link whatever the page says
    return panel


def _url(found: Submission) -> str:
    return reverse("web:submission", kwargs={"pk": found.pk})


def _neighbours(found: Submission, place: reads.EvidencePlace) -> Neighbours:
    def url(index: int) -> str:
        if not 0 <= index < place.total:
            return ""
        return reverse("web:evidence", kwargs={"pk": found.pk, "result": place.result.pk, "index": index})

    anchor = f"#{place.line.grid.key}" if place.line else ""
    return Neighbours(url(place.index - 1), url(place.index + 1), _url(found) + anchor)


@require_GET
@member
def file_view(request: Request, pk: int) -> HttpResponse:
    """The files of the bundle, and the one at ``?path=`` as its evaluation read it."""
    found = _seen(request, pk)
    page = file_page(found, request.GET.get("path", ""))
    title = page.path or _("Les fichiers de l’archive")
    context = {
        "submission": found,
        "page_title": title,
        "crumbs": [*_way_to(request, found, "")[:-1], Crumb(_name(found), _url(found)), Crumb(_("Fichiers"))],
        "page": page,
    }
    return render(request, "web/submission/files.html", context)


@require_GET
@member
def evidence_image(request: Request, pk: int, sha256: str) -> HttpResponseBase:
    """A picture that the sandbox made. The browser keeps it and asks each time: who has left sees it no more."""
    picture = reads.picture(_seen(request, pk), sha256)
    if picture is None or not default_storage.exists(picture.storage_key):
        raise Http404
    etag = f'"{picture.sha256}"'
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    if response is None:
        response = FileResponse(default_storage.open(picture.storage_key, "rb"), content_type=picture.media_type)
    response["Cache-Control"] = ASKED_AGAIN
    response["ETag"] = etag
    return _guarded(response)


@require_GET
@member
def archive(request: Request, pk: int) -> FileResponse:
    """The archive as it was handed in, streamed."""
    found = _seen(request, pk)
    if not default_storage.exists(found.bundle.storage_key):
        raise Http404
    name = "".join(character for character in found.file_name if character.isprintable())
    stream = default_storage.open(found.bundle.storage_key, "rb")
    response = FileResponse(stream, as_attachment=True, filename=name, content_type="application/octet-stream")
    response["Cache-Control"] = "private, no-store"
    note(request, AccessKind.ARCHIVE_DOWNLOADED, request.user, submission=found.pk, file=name[:200])
    return _guarded(response)


def _guarded(response: AnyResponse) -> AnyResponse:
    """What a candidate made is never a page of ours: no type guessed, nothing run, nothing loaded."""
    response["Content-Security-Policy"] = STRICT_POLICY
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_POST
@role_required(Role.ADMINISTRATOR)
def rerun(request: Request, pk: int) -> HttpResponse:
    found = _seen(request, pk)
    runs.enqueue(submission=found, actor=request.user, reason=request.POST.get("reason", ""))
    messages.success(request, _("Une nouvelle évaluation automatique est demandée."))
    return redirect("web:submission", pk=found.pk)


urlpatterns = [
    path("depots/<int:pk>/", submission, name="submission"),
    path("depots/<int:pk>/resultats/", submission_results, name="submission_results"),
    path("depots/<int:pk>/preuves/<int:result>/<int:index>/", evidence, name="evidence"),
    path("depots/<int:pk>/fichiers/", file_view, name="file_view"),
    path("depots/<int:pk>/images/<str:sha256>/", evidence_image, name="evidence_image"),
    path("depots/<int:pk>/archive/", archive, name="archive"),
    path("depots/<int:pk>/relancer/", rerun, name="rerun"),
]
