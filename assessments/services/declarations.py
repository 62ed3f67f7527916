"""The word of independence that each member gives for a sitting, before their first ballot."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from assessments import policies
from assessments.models import Declaration, DeclaredLink, Juror, Sitting, User
from assessments.selectors.declarations import candidates_of
from assessments.services import journal, seats
from assessments.services.errors import Denied, Refused
from assessments.services.seals import seal_of

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

TEXTS: Final[Mapping[int, StrPromise]] = {
    1: _(
        "Je déclare n’entretenir et n’avoir entretenu aucune relation professionnelle ou personnelle avec les candidats"
        " de cette séance, ne les avoir accompagnés ni formés, et ne pas travailler pour leur employeur, à l’exception"
        " des liens que j’indique ici. Je m’engage à juger en toute indépendance et à tenir secret ce qui se dit en"
        " délibération. (Code du travail, article D6412-6.)"
    ),
}
"""By version: what a member signed once is still read under the number that they signed."""


@transaction.atomic
def sign(*, actor: User, sitting: Sitting, links: Collection[User] = ()) -> Declaration:
    """Sign the declaration for the sitting; a member who declares a link to a candidate is recused for that candidate.

    Signed already, it takes the links that are new. Raises Denied for who is not a member;
    Refused("declaration.signed") for nothing new, ("declaration.candidate").
    """
    if not policies.can_sit(actor, sitting):
        raise Denied
    Sitting.objects.select_for_update(no_key=True).get(pk=sitting.pk)
    asked = {person.pk for person in links}
    if not asked <= set(candidates_of(sitting).values_list("pk", flat=True)):
        raise Refused("declaration.candidate", _("Cette personne n’est pas candidate de cette séance."))
    juror = Juror.objects.get(sitting=sitting, user=actor)
    made, new = Declaration.objects.get_or_create(juror=juror, defaults={"text_version": max(TEXTS)})
    asked -= set(made.links.values_list("candidate", flat=True))
    if not new and not asked:
        raise Refused("declaration.signed", _("Vous avez déjà signé votre déclaration pour cette séance."))
    DeclaredLink.objects.bulk_create(DeclaredLink(declaration=made, candidate_id=key) for key in sorted(asked))
    seats.recuse_conflicted(people=User.objects.filter(pk__in=asked))
    verb = "declaration.signed" if new else "declaration.extended"
    journal.record(actor, verb, made, sitting=sitting.pk, count=len(asked), seal=seal_of(made))
    return made
