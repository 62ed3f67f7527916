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
    shadow,
)

urlpatterns = [
    *sessions.urlpatterns,
    *enrolments.urlpatterns,
    *juries.urlpatterns,
    *people.urlpatterns,
    *runs.urlpatterns,
    *shadow.urlpatterns,
    *editions.urlpatterns,
    *editor.urlpatterns,
    *imports.urlpatterns,
    *referentials.urlpatterns,
    *journal.urlpatterns,
]
