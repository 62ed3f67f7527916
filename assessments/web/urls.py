"""The screens' addresses, gathered from the modules that serve them."""

from assessments.web import (
    addresses,
    administration,
    appeals,
    arrivals,
    candidate,
    deposits,
    documents,
    home,
    jury,
    mentor,
    outcomes,
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
    *outcomes.urlpatterns,
    *appeals.urlpatterns,
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
    *addresses.urlpatterns,
    *arrivals.urlpatterns,
    *security.urlpatterns,
    *tokens.urlpatterns,
]
