"""The door: everyone lands on the page of what they do most."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_GET

from assessments.models import Role
from assessments.web.access import Request, member

LANDINGS = (
    (Role.ADMINISTRATOR, "web:admin_sessions"),
    (Role.JUROR, "web:juror_home"),
    (Role.MENTOR, "web:mentor_home"),
    (Role.CANDIDATE, "web:candidate_home"),
)


@require_GET
@member
def home(request: Request) -> HttpResponse:
    for role, landing in LANDINGS:
        if request.user.has_role(role):
            return redirect(landing)
    return redirect("web:profile")


urlpatterns = [path("", home, name="home")]
