"""The screens' addresses, gathered from the modules that serve them."""

from assessments.web import home, mentor

app_name = "web"

urlpatterns = [
    *home.urlpatterns,
    *mentor.urlpatterns,
]
