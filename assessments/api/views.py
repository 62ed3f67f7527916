"""The API of a candidate's tools: the same services and the same visibility as the screens."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import Error
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import exception_handler

from assessments.api import serializers
from assessments.api.edges import SoundMultiPartParser
from assessments.domain.access import Scope
from assessments.models import CheckResult, EvaluationRun, Submission, Upload, User, Work
from assessments.selectors import works as reads
from assessments.selectors.lines import assessed_lines
from assessments.services import submissions, uploads
from assessments.services.errors import Busy, Denied, Refused, refusal_of
from certification.serving.moments import last_byte_of


def actor(request: Request) -> User:
    """The person behind the request; permissions have already refused the anonymous."""
    assert isinstance(request.user, User)  # noqa: S101 - narrows the type, IsAuthenticated guards it
    return request.user


class WorkViewSet(viewsets.ReadOnlyModelViewSet[Work]):
    """The works the caller may see."""

    write_scope = Scope.DEPOSIT
    serializer_class = serializers.WorkSerializer
    queryset = Work.objects.none()

    def get_queryset(self) -> QuerySet[Work]:
        return reads.works_of(actor(self.request))

    @extend_schema(responses={200: serializers.LineSerializer(many=True)})
    @action(detail=True, methods=["get"], pagination_class=None)
    def lines(self, request: Request, pk: str) -> Response:
        """What the work is judged on, in the order of the référentiel."""
        rows = assessed_lines(self.get_object())
        return Response(serializers.LineSerializer(rows, many=True).data)

    @extend_schema(
        request={"multipart/form-data": serializers.UploadRequestSerializer},
        responses={201: serializers.UploadSerializer},
    )
    @action(detail=True, methods=["post"], parser_classes=[SoundMultiPartParser])
    def uploads(self, request: Request, pk: str) -> Response:
        """Send an archive. It is then inspected: follow the upload until it is *accepted* or *refused*."""
        work = self.get_object()
        form = serializers.UploadRequestSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        file: UploadedFile[bytes] = form.validated_data["file"]
        moment = last_byte_of(request)
        upload = uploads.start(
            actor=actor(request), work=work, file_name=file.name or "", size=file.size or 0, received_at=moment
        )
        upload = uploads.take(upload=upload, file=file, received_at=moment)
        return Response(serializers.UploadSerializer(upload).data, status=status.HTTP_201_CREATED)


class UploadViewSet(
    mixins.RetrieveModelMixin, mixins.ListModelMixin, mixins.DestroyModelMixin, viewsets.GenericViewSet[Upload]
):
    """Archives sent and not yet submitted."""

    write_scope = Scope.DEPOSIT
    serializer_class = serializers.UploadSerializer
    queryset = Upload.objects.none()

    def get_queryset(self) -> QuerySet[Upload]:
        return reads.uploads_of(actor(self.request))

    def perform_destroy(self, instance: Upload) -> None:
        uploads.discard(actor=actor(self.request), upload=instance)

    @extend_schema(request=None, responses={201: serializers.SubmissionSerializer})
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, pk: str) -> Response:
        """Submit an accepted archive: it becomes the next frozen version of the work, and is evaluated."""
        submission = submissions.submit(actor=actor(request), upload=self.get_object())
        return Response(serializers.SubmissionSerializer(submission).data, status=status.HTTP_201_CREATED)


class SubmissionViewSet(viewsets.ReadOnlyModelViewSet[Submission]):
    """Frozen versions of works."""

    serializer_class = serializers.SubmissionSerializer
    queryset = Submission.objects.none()

    def get_queryset(self) -> QuerySet[Submission]:
        return reads.submissions_of(actor(self.request))

    @extend_schema(responses={200: serializers.ResultSerializer(many=True)})
    @action(detail=True, methods=["get"], pagination_class=None)
    def results(self, request: Request, pk: str) -> Response:
        """The results that have arrived, each with its evidence."""
        rows: list[CheckResult] = reads.results_of(self.get_object())
        return Response(serializers.ResultSerializer(rows, many=True).data)


class RunViewSet(viewsets.ReadOnlyModelViewSet[EvaluationRun]):
    """Automatic evaluations: follow one until its status is *done*, *failed* or *dead*."""

    serializer_class = serializers.RunSerializer
    queryset = EvaluationRun.objects.none()

    def get_queryset(self) -> QuerySet[EvaluationRun]:
        return reads.runs_of(actor(self.request))


def refusals(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: refusals of the services are 409 with a code, denials 403.

    What is held for a moment is left to the middleware of outages: 503, to be tried again.
    """
    if isinstance(error, Error):
        error = refusal_of(error) or error
    if isinstance(error, Refused) and not isinstance(error, Busy):
        return Response({"code": error.code, "detail": str(error)}, status=status.HTTP_409_CONFLICT)
    if isinstance(error, Denied):
        return Response({"code": "denied", "detail": str(error)}, status=status.HTTP_403_FORBIDDEN)
    return exception_handler(error, context)
