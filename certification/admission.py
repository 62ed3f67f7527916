"""What the web server asks the application before it reads a large body (``certification.serving.admission``)."""

from __future__ import annotations

from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


class AdmissionView(APIView):
    """204 for a member, by session or by token; asked by the web server with the headers of the request it holds.

    What it answers else is the answer to that request.
    """

    permission_classes = [IsAuthenticated]
    schema = None

    def get(self, request: Request) -> Response:
        return Response(status=204)
