"""The map of addresses: health, accounts, administration, API, then the screens."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from certification import health
from certification.serving.admission import AdmissionView

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.live, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("admission", AdmissionView.as_view(), name="admission"),
    path("comptes/", include("allauth.account.urls")),
    path("langue/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
    path("api/v1/", include("assessments.api.urls")),
    path("ims/case/v1p1/", include("assessments.api.case")),
    path("", include("assessments.web.urls")),
]
