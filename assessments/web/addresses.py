"""One's own address: asked for with the password, changed from a link that the new mailbox received."""

from __future__ import annotations

from allauth.account.decorators import reauthentication_required
from allauth.core import ratelimit
from django import forms
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from assessments.models import LinkPurpose
from assessments.services import addresses as services
from assessments.services.errors import Refused
from assessments.visitors import in_use
from assessments.web.access import Request, member
from assessments.web.arrivals import spent
from assessments.web.components import Crumb


class AddressForm(forms.Form):
    email = forms.EmailField(
        max_length=254,
        label=gettext_lazy("Nouvelle adresse électronique"),
        help_text=gettext_lazy("Un lien y sera envoyé ; l’adresse ne change qu’une fois ce lien ouvert et confirmé."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


@never_cache
@require_http_methods(["GET", "POST"])
@member
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth ships no types
def address(request: Request) -> HttpResponse:
    """What is answered does not depend on whether another account holds the address."""
    form = AddressForm(request.POST or None)
    if form.is_valid():
        if not ratelimit.consume(request, action="change_address"):
            refusal: HttpResponse = ratelimit.respond_429(request)
            return refusal
        try:
            services.ask(actor=request.user, email=form.cleaned_data["email"])
        except Refused as refused:
            form.add_error("email", str(refused))
        else:
            messages.success(request, _("Un lien part à %s : ouvrez-le pour confirmer.") % form.cleaned_data["email"])
            return redirect("web:profile")
    context = {"page_title": _("Changer d’adresse"), "crumbs": _crumbs(), "form": form}
    return render(request, "web/profile_address.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@member
def address_confirm(request: Request, secret: str) -> HttpResponse:
    """Reading changes nothing. The session that confirms is the only one that stays open."""
    try:
        if request.method == "POST":
            person = services.confirm(actor=request.user, secret=secret, session_key=request.session.session_key)
            update_session_auth_hash(request, person)
            in_use(request, person)  # under the new key that this gave the session
            messages.success(request, _("Votre adresse est désormais %s.") % person.email)
            return redirect("web:profile")
        email = services.proposed(actor=request.user, secret=secret)
    except Refused as refused:
        return spent(request, refused, LinkPurpose.ADDRESS)
    context = {"page_title": _("Confirmer la nouvelle adresse"), "crumbs": _crumbs(), "email": email}
    return render(request, "web/profile_address_confirm.html", context)


def _crumbs() -> list[Crumb]:
    return [Crumb(_("Profil"), reverse("web:profile")), Crumb(_("Adresse"))]


urlpatterns = [
    path("profil/adresse/", address, name="address"),
    path("profil/adresse/<str:secret>/", address_confirm, name="address_confirm"),
]
