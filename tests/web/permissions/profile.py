"""One's own account: everyone has one, nobody sees another's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore

from assessments.models import LinkPurpose
from assessments.services import mailed_links, tokens
from tests.web.permissions import Row, Scene


def asked(scene: Scene) -> dict[str, Any]:
    """A link by which the scene's candidate would take another address."""
    candidate, lasts = scene.world.candidate, timedelta(days=1)
    made = mailed_links.issue(purpose=LinkPurpose.ADDRESS, person=candidate, email="a@demo.jalon.test", lasts=lasts)
    return {"secret": made}


def token(scene: Scene) -> dict[str, Any]:
    """The candidate's."""
    return {"pk": tokens.create(actor=scene.world.candidate, name="Outil").token.pk}


def visit(scene: Scene) -> dict[str, Any]:
    """The candidate's, elsewhere."""
    elsewhere = SessionStore()
    elsewhere.create()
    key = elsewhere.session_key
    row = UserSession.objects.create(user=scene.world.candidate, session_key=key, ip="192.0.2.7", user_agent="")
    return {"pk": row.pk}


ROWS = [
    Row("web:profile", {"anonymous": 302}, otherwise=200),
    # The password is asked for first, on allauth's page.
    Row("web:address", {}, otherwise=302),
    Row("web:address", {}, "post", otherwise=302),
    Row("web:address_confirm", {"anonymous": 302, "candidate": 200}, kwargs=asked, otherwise=410),
    Row("web:address_confirm", {"anonymous": 302, "candidate": 302}, "post", asked, otherwise=410),
    Row("web:security", {"anonymous": 302}, otherwise=200),
    Row("web:sessions_end", {"anonymous": 302}, "post", otherwise=302),
    Row("web:session_end", {"anonymous": 302, "candidate": 302}, "post", visit),
    Row("web:tokens", {"anonymous": 302}, otherwise=200),
    Row("web:tokens", {"anonymous": 302}, "post", otherwise=200),
    Row("web:token_revoke", {"anonymous": 302, "candidate": 302}, "post", token),
]
