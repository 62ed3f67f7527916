"""What the API says of works, uploads, submissions, runs and results."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language
from rest_framework import serializers

from assessments.models import CheckResult, EvaluationRun, Line, Submission, Upload, Work
from assessments.models.lines import key_of
from assessments.selectors.lines import activity_of, competency_of, items_of, text_of
from evaluator import messages
from evaluator.results import Message


def sentence(code: str, params: dict[str, Any]) -> str:
    """A stored message worded in the language of the request; empty for an empty code."""
    return messages.render(Message(code, params), get_language() or "fr") if code else ""


class BundleSerializer(serializers.Serializer[Any]):
    sha256 = serializers.CharField(help_text="Digest of the archive's bytes.")
    size = serializers.IntegerField(help_text="Bytes.")
    files = serializers.IntegerField()
    recognised = serializers.JSONField(help_text="What was recognised in the archive.")


class SubmissionSerializer(serializers.ModelSerializer[Submission]):
    bundle = BundleSerializer()
    run = serializers.SerializerMethodField(help_text="Key of the latest run.")

    class Meta:
        model = Submission
        fields = ["id", "work", "number", "file_name", "submitted_at", "bundle", "run"]

    def get_run(self, submission: Submission) -> int | None:
        runs = list(submission.runs.all())
        return max(run.pk for run in runs) if runs else None


class WorkSerializer(serializers.ModelSerializer[Work]):
    assessment = serializers.CharField(source="assessment.title")
    bloc = serializers.CharField(source="assessment.bloc.title", default=None, allow_null=True)
    session = serializers.CharField(source="enrolment.session.name")
    candidate = serializers.CharField(source="enrolment.candidate.full_name")
    deadline = serializers.DateTimeField(source="enrolment.session.deposit_deadline")
    submissions = serializers.SerializerMethodField(help_text="Keys of the submissions, latest first.")

    class Meta:
        model = Work
        fields = ["id", "state", "attempt", "bloc", "assessment", "session", "candidate", "deadline", "submissions"]

    def get_submissions(self, work: Work) -> list[int]:
        return [submission.pk for submission in sorted(work.submissions.all(), key=lambda row: -row.number)]


class LineSerializer(serializers.Serializer[Any]):
    """A line of a work's grid: a criterion, a competency without any, or the assessment judged as a whole."""

    key = serializers.SerializerMethodField(help_text="criterion-12, competency-7, or assessment-3.")
    kind = serializers.SerializerMethodField(help_text="criterion, competency, or assessment (judged as a whole).")
    code = serializers.CharField(help_text="As printed in the référentiel; empty if none.")
    text = serializers.SerializerMethodField(help_text="The sentence without its sub-items, or the title.")
    items = serializers.SerializerMethodField(help_text="Sub-items of a criterion.")
    competency = serializers.SerializerMethodField(help_text="The competency judged, with its code; empty if none.")
    activity = serializers.SerializerMethodField(help_text="The activity, with its code; empty if none.")

    def get_key(self, line: Line) -> str:
        return str(key_of(line))

    def get_kind(self, line: Line) -> str:
        return key_of(line).kind

    def get_text(self, line: Line) -> str:
        return text_of(line)

    def get_items(self, line: Line) -> list[str]:
        return items_of(line)

    def get_competency(self, line: Line) -> str:
        return str(competency_of(line) or "")

    def get_activity(self, line: Line) -> str:
        return str(activity_of(line) or "")


class UploadRequestSerializer(serializers.Serializer[Any]):
    file = serializers.FileField(help_text="A zip, tar or tar.gz archive of the project.")


class UploadSerializer(serializers.ModelSerializer[Upload]):
    recognised = serializers.JSONField(source="bundle.recognised", default=None, allow_null=True)
    fault = serializers.SerializerMethodField(help_text="Why the file was refused, in a sentence.")

    class Meta:
        model = Upload
        fields = [
            "id",
            "work",
            "file_name",
            "size",
            "offset",
            "state",
            "received_at",
            "fault_code",
            "fault",
            "recognised",
        ]

    def get_fault(self, upload: Upload) -> str:
        return sentence(upload.fault_code, upload.fault_params)


class RunSerializer(serializers.ModelSerializer[EvaluationRun]):
    fault = serializers.SerializerMethodField(help_text="Why the run failed, in a sentence.")
    requested = serializers.SerializerMethodField(help_text="Number of checks asked for.")
    answered = serializers.IntegerField(help_text="Number of results this run stored.")

    class Meta:
        model = EvaluationRun
        fields = [
            "id",
            "submission",
            "status",
            "phase",
            "attempts",
            "requested",
            "answered",
            "engine_version",
            "runtime_digest",
            "queued_at",
            "started_at",
            "finished_at",
            "fault_code",
            "fault",
        ]

    def get_fault(self, run: EvaluationRun) -> str:
        return sentence(run.fault_code, run.fault_params)

    def get_requested(self, run: EvaluationRun) -> int:
        return len(run.requested)


class ResultSerializer(serializers.ModelSerializer[CheckResult]):
    """The engine's public form of a result (docs/checks/README.md)."""

    check = serializers.CharField(source="check_code")
    version = serializers.IntegerField(source="check_version")
    cause = serializers.SerializerMethodField()
    summary = serializers.SerializerMethodField()

    class Meta:
        model = CheckResult
        fields = ["check", "version", "params", "outcome", "cause", "summary", "seconds", "evidence"]

    def get_cause(self, result: CheckResult) -> str | None:
        return result.cause or None

    def get_summary(self, result: CheckResult) -> str:
        return sentence(result.message_code, result.message_params)
