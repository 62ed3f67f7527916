"""The administrator's screens: sessions, people, automatic evaluations, référentiels, journal."""

from assessments.web.administration import (
    editions,
    editor,
    enrolments,
    imports,
    journal,
    juries,
    people,
    referentials,
    runs,
    sessions,
)

urlpatterns = [
    *sessions.urlpatterns,
    *enrolments.urlpatterns,
    *juries.urlpatterns,
    *people.urlpatterns,
    *runs.urlpatterns,
    *editions.urlpatterns,
    *editor.urlpatterns,
    *imports.urlpatterns,
    *referentials.urlpatterns,
    *journal.urlpatterns,
]
