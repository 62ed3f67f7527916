"""The door and the pages of accounts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from assessments.models import LinkPurpose, User
from assessments.services import mailed_links
from tests.web.permissions import Row, Scene


def invited(scene: Scene) -> dict[str, Any]:
    person = User.objects.create_user("neuf@demo.jalon.test", full_name="Personne Neuve")
    lasts = timedelta(days=1)
    return {
        "secret": mailed_links.issue(purpose=LinkPurpose.INVITATION, person=person, email=person.email, lasts=lasts)
    }


def signing_up(scene: Scene) -> dict[str, Any]:
    lasts = timedelta(days=1)
    return {"secret": mailed_links.issue(purpose=LinkPurpose.SIGN_UP, email="neuf@demo.jalon.test", lasts=lasts)}


ROWS = [
    Row("web:home", {"anonymous": 302}, otherwise=302),
    # Whoever holds the link: nothing else is known of them yet.
    Row("web:invitation", {}, kwargs=invited, otherwise=200),
    Row("web:sign_up_proof", {}, kwargs=signing_up, otherwise=200),
    Row("account_signup", {}, otherwise=200),
    Row("web:styleguide", {"anonymous": 302, "administrator": 200}, otherwise=403),
]
