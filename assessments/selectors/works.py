"""Works, uploads, submissions and results as the candidate's screens and the API read them."""

from __future__ import annotations

from django.db.models import Count, Prefetch, QuerySet

from assessments.models import CheckResult, EvaluationRun, LineState, Submission, Upload, User, Work
from assessments.selectors.grid import frozen_lines, latest_results


def works_of(user: User) -> QuerySet[Work]:
    """The works the user may see, with what a list shows of each."""
    return (
        Work.objects.visible_to(user)
        .select_related("enrolment__session__referential__certification", "enrolment__candidate", "assessment__bloc")
        .prefetch_related(Prefetch("submissions", queryset=Submission.objects.select_related("bundle")))
    )


def uploads_of(user: User) -> QuerySet[Upload]:
    return Upload.objects.visible_to(user).select_related("work__enrolment__session", "bundle")


def submissions_of(user: User) -> QuerySet[Submission]:
    return (
        Submission.objects.visible_to(user)
        .select_related("bundle", "work__assessment__bloc", "work__enrolment__candidate", "work__enrolment__session")
        .prefetch_related("runs")
    )


def runs_of(user: User) -> QuerySet[EvaluationRun]:
    """The runs the user may see, with how many results each has stored (``answered``)."""
    return (
        EvaluationRun.objects.visible_to(user)
        .select_related("submission__work__enrolment__candidate")
        .annotate(answered=Count("results"))
    )


def results_of(submission: Submission) -> list[CheckResult]:
    """The result of each (check, parameters), in the order of the catalogue's codes: the latest, or that of the grid
    once people rest on it.
    """
    lines = frozen_lines(LineState.objects.filter(snapshot__submission=submission))
    frozen = {check.result for line in lines for check in line.checks if check.result and check.result.pk}
    rows = frozen if lines else latest_results(submission).values()
    return sorted(rows, key=lambda row: (row.check_code, row.params_digest))
