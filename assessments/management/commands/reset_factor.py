"""For the administrator who has lost their own second factor, and whom no other can help."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assessments.models import User
from assessments.services import factors
from assessments.services.errors import Refused


class Command(BaseCommand):
    help = "Takes away the second factor of an account, ends its sessions and writes to its owner."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="the address of the account")

    def handle(self, *args: Any, **options: Any) -> None:
        person = User.objects.filter(email=options["email"].strip().lower()).first()
        if person is None:
            raise CommandError("Aucun compte ne porte cette adresse.")
        try:
            factors.reset(actor=None, person=person)
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"Le second facteur de {person.email} est retiré.")
