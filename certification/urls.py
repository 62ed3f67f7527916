"""The map of addresses: health, accounts, API, then the screens."""

from django.urls import URLPattern, URLResolver, include, path

from certification import health
from certification.admission import AdmissionView

handler500 = "certification.outages.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.live, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("admission", AdmissionView.as_view(), name="admission"),
    path("comptes/", include("certification.account_urls")),
    path("comptes/second-facteur/", include("certification.factor_urls")),
    path("langue/", include("django.conf.urls.i18n")),
    path("api/v1/", include("assessments.api.urls")),
    path("ims/case/v1p1/", include("assessments.api.case")),
    path("", include("assessments.web.urls")),
]
