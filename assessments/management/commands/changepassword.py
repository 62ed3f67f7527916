"""`manage.py changepassword`: Django's, after which nothing that the earlier password opened stays open."""

from __future__ import annotations

import getpass
from typing import Any

from django.contrib.auth.management.commands import changepassword
from django.db import transaction

from assessments.domain.access import AccessKind
from assessments.models import User
from assessments.services import access, logins, tokens


class Command(changepassword.Command):
    help = "Change le mot de passe d'un compte, révoque ses jetons et ferme ses sessions."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> str | None:
        options["username"] = (options["username"] or getpass.getuser()).strip().lower()
        told = super().handle(*args, **options)
        person = User.objects.get(email=options["username"])
        tokens.revoke_all(person=person)
        logins.end_all(person=person)
        access.record(kind=AccessKind.PASSWORD_CHANGED, person=person)
        return told
