"""What we gave up, in words, and starting it again: files, documents, mails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from assessments.models import PrintOrder, Role, Upload, User
from assessments.selectors.administration import incidents as reads
from assessments.services import inspections, mails, printing
from assessments.web.access import Request, get_visible, role_required
from assessments.web.wording import sentence

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

MAIL_FAULTS: Final[dict[str, StrPromise]] = {
    "mail.unreachable": gettext_lazy("Le serveur d’envoi ne répond pas, ou pas comme il faut (%(kind)s)."),
    "mail.deferred": gettext_lazy("Le serveur d’envoi remet à plus tard (%(code)s)."),
    "mail.refused": gettext_lazy("Le serveur d’envoi refuse l’adresse du destinataire (%(code)s)."),
}


@dataclass(frozen=True, slots=True)
class IncidentView:
    """One row of a table: ``again`` is where to post to start it again."""

    incident: reads.Incident
    fault: str
    again: str


@dataclass(frozen=True, slots=True)
class IncidentsView:
    uploads: Sequence[IncidentView]
    documents: Sequence[IncidentView]
    mails: reads.Mails
    mail_fault: str


def incidents_shown(user: User) -> IncidentsView:
    found = reads.incidents(user)
    return IncidentsView(
        uploads=[_shown(each, "web:admin_upload_again") for each in found.uploads],
        documents=[_shown(each, "web:admin_document_again") for each in found.documents],
        mails=found.mails,
        mail_fault=mail_fault(found.mails.fault_code, found.mails.fault_params),
    )


def _shown(incident: reads.Incident, route: str) -> IncidentView:
    fault = sentence(incident.fault_code, incident.fault_params)
    return IncidentView(incident, fault, reverse(route, args=[incident.pk]))


def mail_fault(code: str, params: Mapping[str, Any]) -> str:
    """A fault of the post office's, or one of ours, in words; empty for an empty code."""
    return str(MAIL_FAULTS[code]) % params if code in MAIL_FAULTS else sentence(code, params)


@require_POST
@role_required(Role.ADMINISTRATOR)
def admin_upload_again(request: Request, pk: int) -> HttpResponse:
    upload = get_visible(Upload.objects.visible_to(request.user), pk=pk)
    inspections.retry(actor=request.user, upload=upload)
    messages.success(request, _("L’examen de « %(name)s » est relancé.") % {"name": upload.file_name})
    return redirect("web:admin_runs")


@require_POST
@role_required(Role.ADMINISTRATOR)
def admin_document_again(request: Request, pk: int) -> HttpResponse:
    order = get_visible(PrintOrder.objects.visible_to(request.user), pk=pk)
    printing.retry(actor=request.user, order=order)
    messages.success(request, _("L’impression du document est relancée."))
    return redirect("web:admin_runs")


@require_POST
@role_required(Role.ADMINISTRATOR)
def admin_mails_again(request: Request) -> HttpResponse:
    count = mails.retry(actor=request.user)
    words = ngettext("%(count)d courriel est relancé.", "%(count)d courriels sont relancés.", count)
    messages.success(request, words % {"count": count})
    return redirect("web:admin_runs")


urlpatterns = [
    path("administration/envois/<int:pk>/relancer/", admin_upload_again, name="admin_upload_again"),
    path("administration/documents/<int:pk>/relancer/", admin_document_again, name="admin_document_again"),
    path("administration/courriels/relancer/", admin_mails_again, name="admin_mails_again"),
]
