"""Issued documents: the PDF for those concerned, and the check that anyone can make with its number."""

from __future__ import annotations

from django import forms
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from assessments.domain.access import AccessKind
from assessments.models import Document
from assessments.selectors.documents import verification_of
from assessments.services import storage
from assessments.visitors import note
from assessments.web.access import Request, get_visible, member
from certification.clients import client_digest

TRIES = 30
PERIOD = 60  # seconds
NUMBER = r"[A-Z]{2}-\d{4}-\d{6,12}"


class NumberForm(forms.Form):
    number = forms.RegexField(
        rf"^\s*(?i:{NUMBER})\s*$",
        label=gettext_lazy("Numéro du document"),
        help_text=gettext_lazy("Imprimé en bas de chaque page, par exemple RE-2026-000042."),
        error_messages={"invalid": gettext_lazy("Ce n’est pas la forme d’un numéro de document.")},
    )

    def clean_number(self) -> str:
        return str(self.cleaned_data["number"]).strip().upper()


@require_safe
@member
def document(request: Request, pk: int) -> HttpResponse:
    """The PDF, whose name is its number; only for those who may see the decision."""
    found = get_visible(Document.objects.visible_to(request.user), pk=pk)
    response = HttpResponse(storage.read_bytes(found.storage_key), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{found.number}.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    note(request, AccessKind.DOCUMENT_DOWNLOADED, request.user, number=found.number)
    return response


@never_cache
@require_safe
def verify_form(request: HttpRequest) -> HttpResponse:
    form = NumberForm(request.GET or None)
    if form.is_valid():
        return redirect("web:verify", form.cleaned_data["number"])
    return render(request, "web/documents/verify_form.html", {"page_title": _("Vérifier un document"), "form": form})


@never_cache
@require_safe
def verify(request: HttpRequest, number: str) -> HttpResponse:
    """Whether a document of this number was issued, and what it must say. Open to anyone, a few times a minute."""
    if _too_often(request):
        response = render(
            request, "web/documents/too_often.html", {"page_title": _("Trop de vérifications")}, status=429
        )
        response["Retry-After"] = str(PERIOD)
        return response
    found = verification_of(number)
    note(request, AccessKind.DOCUMENT_VERIFIED, number=number[:40], found=found is not None)
    context = {
        "page_title": _("Document authentique") if found else _("Document inconnu"),
        "number": number,
        "found": found,
    }
    return render(request, "web/documents/verify.html", context, status=200 if found else 404)


def _too_often(request: HttpRequest) -> bool:
    """Counts the checks made from an address in the current minute; the address itself is not kept."""
    key = f"verify:{client_digest(request)}"
    cache.add(key, 0, PERIOD)
    try:
        return cache.incr(key) > TRIES
    except ValueError:  # it ran out in between
        return False


urlpatterns = [
    path("documents/<int:pk>/", document, name="document"),
    path("verifier/", verify_form, name="verify_form"),
    path("verifier/<slug:number>/", verify, name="verify"),
]
