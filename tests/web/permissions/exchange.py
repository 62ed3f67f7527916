"""What others read of the référentiels: CASE without an account, the API with one, files for the administrator."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from certification.referentials.models import Referential
from tests.web.permissions import Row, Scene

UNKNOWN = {"identifier": "00000000-0000-4000-8000-000000000000"}


def in_force(scene: Scene) -> dict[str, Any]:
    pk = scene.world.edition.referential.pk
    Referential.objects.filter(pk=pk).update(status="published", published_at=timezone.now(), content_hash="0" * 64)
    return {"pk": pk}


ROWS = [
    Row("api:referential-list", {"anonymous": 401}, otherwise=200),
    Row("api:referential-detail", {"anonymous": 401}, kwargs=in_force, otherwise=200),
    Row("api:referential-detail", {"anonymous": 401}, kwargs=lambda scene: {"pk": scene.world.edition.referential.pk}),
    Row(
        "web:admin_referential_export",
        {"anonymous": 302, "administrator": 200},
        kwargs=lambda scene: {"pk": scene.world.edition.referential.pk},
        otherwise=403,
    ),
    Row("case:documents", {}, otherwise=200),
    Row("case:documents", {}, "post", otherwise=405),
    Row("case:discovery", {}, otherwise=200),
    Row("case:nothing", {}),
    Row("case:item_associations", {}, kwargs=lambda scene: UNKNOWN),
    *(
        Row(f"case:{name}", {}, kwargs=lambda scene: UNKNOWN)
        for name in (
            "CFDocuments",
            "CFPackages",
            "CFItems",
            "CFAssociations",
            "CFRubrics",
            "CFItemTypes",
            "CFConcepts",
            "CFSubjects",
            "CFLicenses",
            "CFAssociationGroupings",
        )
    ),
]
