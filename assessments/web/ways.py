"""The way to a candidate's works, for pages that the candidate, the mentor, the jury and the administrator share."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from assessments import policies
from assessments.models import Enrolment, User
from assessments.web.components import Crumb


def way_to(user: User, enrolment: Enrolment) -> list[Crumb]:
    """From the page where the reader found the candidate; the candidate's own begins at their blocs."""
    if enrolment.candidate_id == user.pk:
        return [Crumb(_("Mes blocs"), reverse("web:candidate_home"))]
    return [*_found_from(user, enrolment), Crumb(str(enrolment.candidate))]


def _found_from(user: User, enrolment: Enrolment) -> list[Crumb]:
    if policies.can_administer(user):
        session = Crumb(enrolment.session.name, reverse("web:admin_session", args=[enrolment.session_id]))
        return [Crumb(_("Sessions"), reverse("web:admin_sessions")), session]
    if enrolment.mentor_id == user.pk:
        return [Crumb(_("À relire"), reverse("web:mentor_home"))]
    return [Crumb(_("Aujourd’hui"), reverse("web:juror_home"))]
