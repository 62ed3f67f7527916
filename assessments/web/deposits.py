"""How an archive comes in: announced, sent by pieces or in one form, then submitted or withdrawn."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.http.request import UnreadablePostError
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from assessments.models import Upload
from assessments.selectors import candidate as reads
from assessments.services import deposits, submissions, uploads
from assessments.services.errors import Busy, Denied, Refused, conflicts_refused
from assessments.web.access import Request, get_visible, member
from assessments.web.candidate import heading_of, upload_context
from assessments.web.wording import STEPS, short_name
from certification import outages
from certification.edges import Unsound, one_line, read_json, whole_number
from certification.serving.limits import PIECE
from certification.serving.moments import last_byte_of

READ_BYTES = 256 * 1024
LONGEST_NAME = 255
STATUSES = {"upload.gone": 410, "upload.slow": 408, "upload.too_many": 429}

View = Callable[..., HttpResponseBase]


def worded(view: View) -> View:
    """Tell the refusals of a service as JSON, with the offset to go on from where there is one.

    What is held for a moment is an outage, whatever the script accepts.
    """

    @wraps(view)
    def inner(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            with conflicts_refused():
                return view(request, *args, **kwargs)
        except Denied as denied:
            return _refusal(str(denied), 403)
        except Busy:
            return outages.answer(request, outages.BUSY)
        except Refused as refused:
            response = _refusal(str(refused), STATUSES.get(refused.code, 409), refused.code)
            if "offset" in refused.params:
                response["Upload-Offset"] = str(refused.params["offset"])
            return response

    return inner


def _refusal(sentence: str, status: int, code: str = "") -> JsonResponse:
    return JsonResponse({"code": code, "detail": sentence} if code else {"detail": sentence}, status=status)


@require_POST
@member
@worded
def upload_start(request: Request, pk: int) -> HttpResponse:
    """Announce a file: JSON ``{"name", "size"}`` → 201 ``{"url", "offset", "chunk"}``."""
    to_fill = get_visible(reads.works_in_sight(request.user), pk=pk)
    deposits.require(actor=request.user, work=to_fill)  # before what they say is judged
    name, size = _announced(request)
    upload = uploads.start(actor=request.user, work=to_fill, file_name=name, size=size)
    url = reverse("web:upload_piece", kwargs={"pk": upload.pk})
    return JsonResponse({"url": url, "offset": upload.offset, "chunk": PIECE}, status=201)


def _announced(request: HttpRequest) -> tuple[str, int]:
    """Name and size of the file announced. Raises Refused("upload.announcement")."""
    try:
        said = read_json(request.body)
    except Unsound:
        said = None
    match said:
        case {"name": str(name), "size": int(size)} if 0 < len(name) <= LONGEST_NAME and not isinstance(size, bool):
            return one_line(name), size
    raise Refused("upload.announcement", _("Le nom ou la taille du fichier n’ont pas été compris : recommencez."))


@require_http_methods(["HEAD", "PATCH", "DELETE"])
@member
@worded
def upload_piece(request: Request, pk: int) -> HttpResponse:
    """HEAD says how far the upload is, PATCH appends a piece, DELETE forgets it (see ``static/js/upload.js``)."""
    upload = get_visible(reads.uploads_in_sight(request.user), pk=pk)
    if request.method == "HEAD":
        answer = _at(uploads.resume_at(upload), status=200)
        answer["Upload-Chunk"] = str(PIECE)
        return answer
    if request.method == "DELETE":
        uploads.discard(actor=request.user, upload=upload)
        return HttpResponse(status=204)
    if upload.offset == upload.size:  # the answer to its last piece was lost
        return _whole(upload)
    deposits.require(actor=request.user, work=upload.work, now=last_byte_of(request))
    return _append(request, upload)


def _append(request: Request, upload: Upload) -> HttpResponse:
    """The body is read in pieces of 256 KiB and never held whole, however large a client makes it."""
    offset = whole_number(request.headers.get("upload-offset", ""))
    if offset is None:
        return _refusal(_("La position du morceau envoyé manque."), 400)
    if (whole_number(request.headers.get("content-length", "")) or 0) > PIECE:
        return _refusal(_("Ce morceau est trop long : envoyez le fichier par morceaux de 4 Mo."), 413)
    pieces = iter(partial(request.read, READ_BYTES), b"")
    try:
        upload = uploads.append(upload=upload, offset=offset, pieces=pieces, received_at=last_byte_of(request))
    except UnreadablePostError:
        return _refusal(_("La connexion s’est interrompue."), 408)
    return _whole(upload) if upload.offset == upload.size else _at(upload.offset, status=204)


def _whole(upload: Upload) -> HttpResponse:
    return JsonResponse({"next": reverse("web:work", kwargs={"pk": upload.work_id})})


def _at(offset: int, status: int) -> HttpResponse:
    return HttpResponse(status=status, headers={"Upload-Offset": str(offset), "Cache-Control": "no-store"})


@require_GET
@member
def upload_status(request: Request, pk: int) -> HttpResponse:
    """The part of the work's page that follows the inspection; it asks again until the inspection ends."""
    upload = get_visible(reads.uploads_in_sight(request.user), pk=pk)
    page = reads.work_page(request.user, upload.work)
    name = short_name(page.work.assessment)
    own = page.work.enrolment.candidate_id == request.user.pk
    context = {
        "page": page,
        "name": name,
        "heading": heading_of(name, page, own=own),
        "own": own,
        "step": STEPS[page.step],
        **upload_context(page.upload),
    }
    return render(request, "web/candidate/_upload_answer.html", context)


@require_POST
@member
def upload_plain(request: Request, pk: int) -> HttpResponse:
    """Without script: one multipart form. Django has already put the file on disk, piece by piece."""
    to_fill = get_visible(reads.works_in_sight(request.user), pk=pk)
    moment = last_byte_of(request)
    deposits.require(actor=request.user, work=to_fill, received_at=moment)
    file = request.FILES.get("archive")
    if file is None or file.name is None or file.size is None:
        messages.error(request, _("Choisissez l’archive de votre projet avant de l’envoyer."))
        return redirect("web:work", pk=to_fill.pk)
    name = one_line(file.name)
    upload = uploads.start(actor=request.user, work=to_fill, file_name=name, size=file.size, received_at=moment)
    uploads.take(upload=upload, file=file, received_at=moment)
    return redirect("web:work", pk=to_fill.pk)


@require_POST
@member
def upload_submit(request: Request, pk: int) -> HttpResponse:
    upload = get_visible(reads.uploads_in_sight(request.user), pk=pk)
    submission = submissions.submit(actor=request.user, upload=upload)
    messages.success(
        request,
        _("Version %(number)d déposée. Les contrôles automatiques commencent.") % {"number": submission.number},
    )
    return redirect("web:submission", pk=submission.pk)


@require_POST
@member
def upload_discard(request: Request, pk: int) -> HttpResponse:
    upload = get_visible(reads.uploads_in_sight(request.user), pk=pk)
    uploads.discard(actor=request.user, upload=upload)
    messages.info(request, _("L’archive « %(name)s » est retirée. Rien n’a été déposé.") % {"name": upload.file_name})
    return redirect("web:work", pk=upload.work_id)


urlpatterns = [
    path("travaux/<int:pk>/envois/", upload_start, name="upload_start"),
    path("travaux/<int:pk>/archive/", upload_plain, name="upload_plain"),
    path("envois/<int:pk>/", upload_piece, name="upload_piece"),
    path("envois/<int:pk>/etat/", upload_status, name="upload_status"),
    path("envois/<int:pk>/deposer/", upload_submit, name="upload_submit"),
    path("envois/<int:pk>/retirer/", upload_discard, name="upload_discard"),
]
