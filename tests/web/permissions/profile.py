"""One's own account: everyone has one, nobody sees another's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from assessments.models import LinkPurpose
from assessments.services import mailed_links
from tests.web.permissions import Row, Scene


def asked(scene: Scene) -> dict[str, Any]:
    """A link by which the scene's candidate would take another address."""
    candidate, lasts = scene.world.candidate, timedelta(days=1)
    made = mailed_links.issue(purpose=LinkPurpose.ADDRESS, person=candidate, email="a@demo.jalon.test", lasts=lasts)
    return {"secret": made}


ROWS = [
    Row("web:profile", {"anonymous": 302}, otherwise=200),
    # The password is asked for first, on allauth's page.
    Row("web:address", {}, otherwise=302),
    Row("web:address", {}, "post", otherwise=302),
    Row("web:address_confirm", {"anonymous": 302, "candidate": 200}, kwargs=asked, otherwise=410),
    Row("web:address_confirm", {"anonymous": 302, "candidate": 302}, "post", asked, otherwise=410),
    Row("web:token_create", {"anonymous": 302}, "post", otherwise=200),
    Row("web:token_revoke", {"anonymous": 302}, "post", otherwise=302),
]
