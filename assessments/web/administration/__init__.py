"""The administrator's screens: sessions, people, automatic evaluations, référentiels, journal."""

from assessments.web.administration import enrolments, journal, juries, people, referentials, runs, sessions

urlpatterns = [
    *sessions.urlpatterns,
    *enrolments.urlpatterns,
    *juries.urlpatterns,
    *people.urlpatterns,
    *runs.urlpatterns,
    *referentials.urlpatterns,
    *journal.urlpatterns,
]
