"""The map of addresses: health, accounts, API, administration, then the screens."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("comptes/", include("allauth.account.urls")),
    path("langue/", include("django.conf.urls.i18n")),
]
