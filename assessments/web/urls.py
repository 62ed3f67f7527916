"""The screens' addresses, gathered from the modules that serve them."""

from assessments.web import candidate, home, mentor, styleguide, submissions

app_name = "web"

urlpatterns = [
    *home.urlpatterns,
    *styleguide.urlpatterns,
    *candidate.urlpatterns,
    *submissions.urlpatterns,
    *mentor.urlpatterns,
]
