"""What is wrong with a plan, in words: one sentence for each code of ``domain.planning.faults_of``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

FAULTS: Final[dict[str, StrPromise]] = {
    "plan.size": _("Ce jury compte trop peu de membres."),
    "plan.composition": _("Ce jury n’est pas composé comme la règle le veut."),
    "plan.away": _("%(person)s n’est pas disponible à ces heures, ou siège ailleurs."),
    "plan.overlap": _("Ce passage commence avant la fin du précédent."),
    "plan.unknown": _("Ce travail n’est plus à entendre."),
    "plan.short": _("Ce passage est plus court que l’épreuve ne le dit."),
    "plan.hours": _("Ce passage déborde des heures du jury."),
    "plan.elsewhere": _("Le candidat ou la salle est pris à ces heures."),
    "plan.conflict": _("%(person)s ne peut pas juger ce candidat : conflit d’intérêts."),
    "plan.room": _("La salle est prise par un autre jury à ces heures."),
    "plan.juror_twice": _("%(person)s siège dans deux jurys à la fois."),
    "plan.twice": _("Ce travail est entendu deux fois."),
    "plan.candidate_twice": _("Le candidat a un autre passage à cette heure."),
}
