"""The administrator's screens: sessions, reference data sets, people, automatic evaluations, référentiels, journal."""

from assessments.web.administration import (
    access,
    editions,
    editor,
    enrolments,
    flags,
    imports,
    incidents,
    journal,
    juries,
    people,
    references,
    referentials,
    runs,
    sessions,
    shadow,
    similarity,
)

urlpatterns = [
    *sessions.urlpatterns,
    *enrolments.urlpatterns,
    *juries.urlpatterns,
    *references.urlpatterns,
    *people.urlpatterns,
    *access.urlpatterns,
    *runs.urlpatterns,
    *incidents.urlpatterns,
    *flags.urlpatterns,
    *shadow.urlpatterns,
    *similarity.urlpatterns,
    *editions.urlpatterns,
    *editor.urlpatterns,
    *imports.urlpatterns,
    *referentials.urlpatterns,
    *journal.urlpatterns,
]
