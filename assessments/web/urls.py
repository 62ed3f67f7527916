"""The screens' addresses, gathered from the modules that serve them."""

from assessments.web import (
    administration,
    candidate,
    deposits,
    documents,
    home,
    jury,
    mentor,
    probes,
    profile,
    similarity,
    styleguide,
    submissions,
    verification,
)

app_name = "web"

urlpatterns = [
    *home.urlpatterns,
    *styleguide.urlpatterns,
    *candidate.urlpatterns,
    *deposits.urlpatterns,
    *submissions.urlpatterns,
    *probes.urlpatterns,
    *similarity.urlpatterns,
    *jury.urlpatterns,
    *mentor.urlpatterns,
    *administration.urlpatterns,
    *documents.urlpatterns,
    *verification.urlpatterns,
    *profile.urlpatterns,
]
