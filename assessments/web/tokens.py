"""One's own tokens of the API: those there are, a new one shown once, one taken back."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from assessments.domain.access import LIFETIMES, Scope
from assessments.domain.texts import LABEL
from assessments.selectors.security import tokens_of
from assessments.services import tokens as services
from assessments.services.errors import Refused
from assessments.services.tokens import Given
from assessments.web.access import Request, member
from assessments.web.components import Crumb

SCOPES = {
    Scope.READ: gettext_lazy("Lire : travaux, dépôts, résultats"),
    Scope.DEPOSIT: gettext_lazy("Déposer : envoyer une archive et la soumettre"),
}


def _lifetimes() -> list[tuple[int, str]]:
    return [(days, ngettext("%d jour", "%d jours", days) % days) for days in LIFETIMES]


class TokenForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Nom"),
        help_text=gettext_lazy("L’outil qui s’en servira : « Script de dépôt », « Poste du laboratoire »…"),
        max_length=LABEL,
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("Droits"),
        choices=list(SCOPES.items()),
        initial=list(SCOPES),
        widget=forms.CheckboxSelectMultiple,
    )
    days = forms.TypedChoiceField(label=gettext_lazy("Durée"), choices=_lifetimes, coerce=int, initial=LIFETIMES[1])


@require_http_methods(["GET", "HEAD", "POST"])
@member
def tokens(request: Request) -> HttpResponse:
    """The key stands in the answer to the form and nowhere else: not in the session, a message or a log."""
    form = TokenForm(request.POST or None)
    given = _given(request, form)
    context = {
        "page_title": _("Jetons d’accès"),
        "crumbs": [Crumb(_("Profil"), reverse("web:profile")), Crumb(_("Jetons d’accès"))],
        "form": TokenForm() if given else form,
        "given": given,
        "rows": [(token, [SCOPES[Scope(scope)] for scope in token.scopes]) for token in tokens_of(request.user)],
    }
    return render(request, "web/tokens.html", context)


def _given(request: Request, form: TokenForm) -> Given | None:
    if not (form.is_bound and form.is_valid()):
        return None
    asked = form.cleaned_data
    scopes = [Scope(scope) for scope in asked["scopes"]]
    try:
        return services.create(actor=request.user, name=asked["name"], scopes=scopes, days=asked["days"])
    except Refused as refused:
        form.add_error(None, str(refused))
        return None


@require_POST
@member
def token_revoke(request: Request, pk: int) -> HttpResponse:
    services.revoke(actor=request.user, token=get_object_or_404(request.user.api_tokens, pk=pk))
    messages.success(request, _("Le jeton est révoqué : il n’ouvre plus rien."))
    return redirect("web:tokens")


urlpatterns = [
    path("profil/jetons/", tokens, name="tokens"),
    path("profil/jetons/<int:pk>/revoquer/", token_revoke, name="token_revoke"),
]
