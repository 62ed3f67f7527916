"""Coming in by a link from a letter: an invitation, or a sign-up where the platform is open to it."""

from __future__ import annotations

from typing import Any

from allauth.account.utils import perform_login
from allauth.core import ratelimit
from allauth.decorators import rate_limit
from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from assessments.models import LinkPurpose, User
from assessments.services import arrivals
from assessments.services.errors import Busy, Refused, conflicts_refused

GONE = 410


class PasswordForm(forms.Form):
    """A first password, typed twice. What makes it a bad one is said beside it."""

    password = forms.CharField(
        strip=False,
        label=gettext_lazy("Mot de passe"),
        help_text=gettext_lazy("Douze signes au moins. Quatre mots sans rapport font un bon mot de passe."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        strip=False,
        label=gettext_lazy("Le même, une seconde fois"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        validate_password(password, self.person)
        return password

    def clean_again(self) -> str:
        again = str(self.cleaned_data["again"])
        if again != self.data.get("password"):
            raise ValidationError(_("Les deux mots de passe ne sont pas les mêmes."))
        return again


class SignUpForm(forms.Form):
    full_name = forms.CharField(
        max_length=200,
        label=gettext_lazy("Nom complet"),
        help_text=gettext_lazy("Tel qu’il figurera sur les documents délivrés."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        max_length=254,
        label=gettext_lazy("Adresse électronique"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


@never_cache
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    return _arrival(request, LinkPurpose.INVITATION, secret)


@never_cache
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "POST"])
def sign_up_proof(request: HttpRequest, secret: str) -> HttpResponse:
    return _arrival(request, LinkPurpose.SIGN_UP, secret)


def _arrival(request: HttpRequest, purpose: LinkPurpose, secret: str) -> HttpResponse:
    """The page that asks for a password; reading it spends nothing, since mail programs follow links by themselves."""
    try:
        person = arrivals.expected(purpose=purpose, secret=secret)
        form = PasswordForm(request.POST or None, person=person)
        if form.is_valid():
            password = form.cleaned_data["password"]
            with conflicts_refused():  # somebody may be opening the same account at this moment
                arrived = arrivals.come_in(purpose=purpose, secret=secret, password=password)
            response: HttpResponse = perform_login(request, arrived)
            return response
    except Busy:
        raise  # the link is as good as before
    except Refused as refused:
        return spent(request, refused, purpose)
    context = {"page_title": _("Bienvenue sur Jalon"), "person": person, "form": form}
    return render(request, "web/arrivals/password.html", context)


def spent(request: HttpRequest, refused: Refused, purpose: LinkPurpose) -> HttpResponse:
    """Why a link does not serve, and whom to ask for another."""
    context = {
        "page_title": _("Ce lien ne peut plus servir"),
        "said": str(refused.sentence),
        "who": refused.params.get("who", ""),
        "purpose": purpose.value,
        "used": refused.code == "link.used",
    }
    return render(request, "web/arrivals/spent.html", context, status=GONE)


@never_cache
@rate_limit(action="signup")  # type: ignore[untyped-decorator]  # allauth ships no types
@require_http_methods(["GET", "POST"])
def sign_up(request: HttpRequest) -> HttpResponse:
    """Ask for an account. What is answered does not depend on whether the address has one."""
    if not settings.ACCOUNT_SIGNUP_OPEN:
        return render(request, "account/signup_closed.html")
    form = SignUpForm(request.POST or None)
    if not form.is_valid():
        return render(request, "web/arrivals/sign_up.html", {"page_title": _("Ouvrir un compte"), "form": form})
    if ratelimit.consume(request, action="sign_up_letters", key=form.cleaned_data["email"].lower()):
        arrivals.sign_up(**form.cleaned_data)
    return render(request, "web/arrivals/sign_up_sent.html", {"page_title": _("Regardez votre messagerie")})


urlpatterns = [
    path("comptes/invitation/<str:secret>/", invitation, name="invitation"),
    path("comptes/ouverture/<str:secret>/", sign_up_proof, name="sign_up_proof"),
]
