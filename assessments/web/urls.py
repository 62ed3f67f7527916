"""The screens' addresses, gathered from the modules that serve them."""

from assessments.web import home

app_name = "web"

urlpatterns = [
    *home.urlpatterns,
]
