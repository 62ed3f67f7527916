"""The screens' addresses, gathered from the modules that serve them."""

from assessments.web import (
    addresses,
    administration,
    arrivals,
    awarding,
    candidate,
    deposits,
    documents,
    home,
    jury,
    mentor,
    probes,
    profile,
    security,
    similarity,
    standings,
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
    *similarity.urlpatterns,
    *jury.urlpatterns,
    *awarding.urlpatterns,
    *standings.urlpatterns,
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
