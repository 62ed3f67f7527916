"""What anyone can check of a document: its number with its code, its file, the keys that sign the journal."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from assessments.domain.access import AccessKind
from assessments.domain.codes import read_code, spelled
from assessments.selectors.documents import trace_of, verification_of
from assessments.services import anchors
from assessments.visitors import note
from certification.clients import client_digest

TRIES = 30
PERIOD = 60  # seconds
NUMBER = r"[A-Z]{2}-\d{4}-\d{6,12}"


class PaperForm(forms.Form):
    number = forms.RegexField(
        rf"^\s*(?i:{NUMBER})\s*$",
        label=gettext_lazy("Numéro du document"),
        help_text=gettext_lazy("Imprimé en bas de chaque page, par exemple RE-2026-000042."),
        error_messages={"invalid": gettext_lazy("Ce n’est pas la forme d’un numéro de document.")},
    )
    code = forms.CharField(
        label=gettext_lazy("Code de vérification"),
        help_text=gettext_lazy(
            "Imprimé à côté du numéro, par exemple 7K2Q-9XJ4-… Majuscules et tirets sont sans importance. "
            "Les documents les plus anciens n’en portent pas."
        ),
        max_length=100,
        required=False,
    )

    def clean_number(self) -> str:
        return str(self.cleaned_data["number"]).strip().upper()

    def clean_code(self) -> str:
        typed = str(self.cleaned_data["code"])
        code = read_code(typed)
        if typed and not code:
            raise forms.ValidationError(_("Un code a 26 lettres et chiffres : vérifiez la saisie."))
        return spelled(code)


@never_cache
@require_safe
def verify_form(request: HttpRequest) -> HttpResponse:
    form = PaperForm(request.GET or None)
    if form.is_valid():
        number, code = form.cleaned_data["number"], form.cleaned_data["code"]
        return redirect("web:verify_code", number, code) if code else redirect("web:verify", number)
    return render(request, "web/documents/verify_form.html", {"page_title": _("Vérifier un document"), "form": form})


@never_cache
@require_safe
def verify(request: HttpRequest, number: str) -> HttpResponse:
    """What the number alone tells: fingerprints where the paper bears no code, else nothing, whoever asks."""
    if _too_often(request):
        return _wait(request)
    trace = trace_of(number)
    title = _("Document délivré") if trace else _("Document inconnu")
    return _told(request, {"page_title": title, "number": number, "trace": trace}, known=trace is not None)


@never_cache
@require_safe
def verify_code(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """Whether a document of this number and code was issued, and what it must say; the same answer to every other."""
    if _too_often(request):
        return _wait(request)
    found = verification_of(number, code)
    title = _("Document authentique") if found else _("Document inconnu")
    return _told(request, {"page_title": title, "number": number, "found": found}, known=found is not None)


@require_safe
def anchor_keys(request: HttpRequest) -> JsonResponse:
    """The public keys that sign the journal's heads, as a JWK set."""
    return JsonResponse(anchors.published())


def _told(request: HttpRequest, context: dict[str, Any], *, known: bool) -> HttpResponse:
    note(request, AccessKind.DOCUMENT_VERIFIED, number=context["number"][:40], found=known)
    response = render(request, "web/documents/verify.html", context, status=200 if known else 404)
    response["X-Robots-Tag"] = "noindex"
    return response


def _wait(request: HttpRequest) -> HttpResponse:
    response = render(request, "web/documents/too_often.html", {"page_title": _("Trop de vérifications")}, status=429)
    response["Retry-After"] = str(PERIOD)
    return response


def _too_often(request: HttpRequest) -> bool:
    """Counts the checks made from an address in the current minute; the address itself is not kept."""
    key = f"verify:{client_digest(request)}"
    cache.add(key, 0, PERIOD)
    try:
        return cache.incr(key) > TRIES
    except ValueError:  # it ran out in between
        return False


urlpatterns = [
    path("verifier/", verify_form, name="verify_form"),
    path("verifier/<slug:number>/", verify, name="verify"),
    path("verifier/<slug:number>/<str:code>/", verify_code, name="verify_code"),
    path(".well-known/jwks.json", anchor_keys, name="anchor_keys"),
]
