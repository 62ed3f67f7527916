"""The screens' addresses, gathered from the modules that serve them."""

from assessments.web import (
    addresses,
    administration,
    arrivals,
    candidate,
    deposits,
    documents,
    flags,
    home,
    jury,
    mentor,
    probes,
    profile,
    security,
    similarity,
    styleguide,
    submissions,
    tokens,
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
    *flags.urlpatterns,
    *similarity.urlpatterns,
    *jury.urlpatterns,
    *mentor.urlpatterns,
    *administration.urlpatterns,
    *documents.urlpatterns,
    *verification.urlpatterns,
    *profile.urlpatterns,
    *addresses.urlpatterns,
    *arrivals.urlpatterns,
    *security.urlpatterns,
    *tokens.urlpatterns,
]
