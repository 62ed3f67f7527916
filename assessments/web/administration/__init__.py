"""The administrator's screens: sessions, reference data sets, people, automatic evaluations, référentiels, journal."""

from assessments.web.administration import (
    access,
    award_trial,
    editions,
    editor,
    enrolments,
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
    *shadow.urlpatterns,
    *similarity.urlpatterns,
    *editions.urlpatterns,
    *editor.urlpatterns,
    *award_trial.urlpatterns,
    *imports.urlpatterns,
    *referentials.urlpatterns,
    *journal.urlpatterns,
]
