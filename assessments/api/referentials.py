"""Référentiels over the API: the editions, and the whole tree of one."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers, viewsets

from assessments.selectors.exchange import editions_in_force_or_past
from certification.referentials.models import Referential
from certification.referentials.tree import edition_tree


class EditionSerializer(serializers.ModelSerializer[Referential]):
    code = serializers.CharField(source="certification.code", help_text="Code of the certification.")
    status = serializers.CharField(help_text="published, or archived.")

    class Meta:
        model = Referential
        fields = ["id", "code", "edition", "title", "status", "content_hash", "published_at"]


class WholeEditionSerializer(EditionSerializer):
    tree = serializers.SerializerMethodField(help_text="The edition in the form of docs/referentials.md.")

    class Meta(EditionSerializer.Meta):
        fields = [*EditionSerializer.Meta.fields, "tree"]

    def get_tree(self, edition: Referential) -> dict[str, Any]:
        return edition_tree(edition)


class ReferentialViewSet(viewsets.ReadOnlyModelViewSet[Referential]):
    """Published and archived editions of référentiels."""

    serializer_class = EditionSerializer
    queryset = Referential.objects.none()

    def get_queryset(self) -> QuerySet[Referential]:
        return editions_in_force_or_past()

    def get_serializer_class(self) -> type[serializers.BaseSerializer[Referential]]:
        return WholeEditionSerializer if self.action == "retrieve" else EditionSerializer
