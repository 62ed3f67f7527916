"""One's own account: everyone has one, nobody sees another's."""

from __future__ import annotations

from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore

from assessments.services import tokens
from tests.web.permissions import Row, Scene


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
    Row("web:security", {"anonymous": 302}, otherwise=200),
    Row("web:sessions_end", {"anonymous": 302}, "post", otherwise=302),
    Row("web:session_end", {"anonymous": 302, "candidate": 302}, "post", visit),
    Row("web:tokens", {"anonymous": 302}, otherwise=200),
    Row("web:tokens", {"anonymous": 302}, "post", otherwise=200),
    Row("web:token_revoke", {"anonymous": 302, "candidate": 302}, "post", token),
]
