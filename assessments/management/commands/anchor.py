"""`manage.py anchor`: the journal's signed heads, and the key that signs them."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assessments.services import anchors
from assessments.services.anchors import AnchorsUnusable


class Command(BaseCommand):
    help = "Signe la tête du journal et l'ajoute au dossier des ancres."

    def add_arguments(self, parser: ArgumentParser) -> None:
        does = parser.add_mutually_exclusive_group()
        does.add_argument("--new-key", action="store_true", help="fait la clé, et publie sa moitié publique")
        does.add_argument("--mail", action="store_true", help="envoie la tête signée à JALON_ANCHOR_EMAILS")
        does.add_argument("--print", action="store_true", help="écrit la tête signée sans la garder")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.stdout.write(self._done(options))
        except AnchorsUnusable as error:
            raise CommandError(str(error)) from error

    def _done(self, options: dict[str, Any]) -> str:
        if options["new_key"]:
            return f"Clé {anchors.make_key()} faite."
        if options["mail"]:
            return f"Tête du journal envoyée à {anchors.mail()} adresse(s)."
        head = anchors.last_head() if options["print"] else anchors.anchor()
        if head is None:
            return "Le journal est vide : rien à ancrer."
        return anchors.sign(head) if options["print"] else f"Ligne n° {head.number} ancrée : {head.hash}."
