"""Habilitations of those who sit in juries, and what else juries ask of a person."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from assessments import policies
from assessments.domain import texts
from assessments.models import Employer, Habilitation, JuryProfile, Role, User
from assessments.models.composition import Sex
from assessments.services import journal, seats
from assessments.services.errors import Denied, Refused
from assessments.services.texts import kept
from certification.referentials.models import Certification


@transaction.atomic
def grant(
    *,
    actor: User,
    user: User,
    certification: Certification,
    qualified: bool,
    external: bool,
    valid_from: date,
    reference: str,
    valid_until: date | None = None,
) -> Habilitation:
    """Record the act by which a juror may sit in juries of a certification.

    Raises Denied; Refused("habilitation.role"), ("habilitation.reference"), ("habilitation.dates"),
    ("habilitation.held") while another of theirs has no end; ("text.too_long").
    """
    if not policies.can_administer(actor):
        raise Denied
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if not user.has_role(Role.JUROR):
        raise Refused("habilitation.role", _("Cette personne n’a pas le rôle de juré."))
    reference = kept(reference, texts.NAME)
    if not reference:
        raise Refused("habilitation.reference", _("Donnez la référence de l’acte d’habilitation."))
    _require_dates(valid_from, valid_until)
    if valid_until is None and user.habilitations.filter(certification=certification, valid_until=None).exists():
        raise Refused("habilitation.held", _("Mettez d’abord fin à l’habilitation en cours."))
    made = Habilitation.objects.create(
        user=user,
        certification=certification,
        qualified=qualified,
        external=external,
        valid_from=valid_from,
        valid_until=valid_until,
        reference=reference,
    )
    journal.record(
        actor, "habilitation.granted", made, person=user.pk, qualified=qualified, external=external, reference=reference
    )
    return made


@transaction.atomic
def end(*, actor: User, habilitation: Habilitation, valid_until: date) -> Habilitation:
    """Give an habilitation its last day. Raises Denied; Refused("habilitation.dates")."""
    if not policies.can_administer(actor):
        raise Denied
    habilitation = Habilitation.objects.select_for_update(no_key=True).get(pk=habilitation.pk)
    _require_dates(habilitation.valid_from, valid_until)
    habilitation.valid_until = valid_until
    habilitation.save(update_fields=["valid_until"])
    journal.record(actor, "habilitation.ended", habilitation, valid_until=valid_until.isoformat())
    return habilitation


@transaction.atomic
def describe(*, actor: User, person: User, employer: str, sex: str) -> JuryProfile:
    """Keep who employs a person and, of a juror, woman or man; colleagues of a candidate are recused at once.

    Raises Denied; Refused("profile.sex"), ("text.too_long").
    """
    if not policies.can_administer(actor):
        raise Denied
    if sex and sex not in Sex.values:
        raise Refused("profile.sex", _("Ce choix n’existe pas."))
    name = " ".join(kept(employer, texts.NAME).split())
    profile, _made = JuryProfile.objects.update_or_create(
        user=person, defaults={"employer": _employer(name), "sex": sex}
    )
    seats.recuse_conflicted(people=[person])
    journal.record(actor, "profile.edited", profile, person=person.pk, employer=profile.employer_id)
    return profile


def _employer(name: str) -> Employer | None:
    if not name:
        return None
    return Employer.objects.filter(name__iexact=name).first() or Employer.objects.create(name=name)


def _require_dates(valid_from: date, valid_until: date | None) -> None:
    if valid_until is not None and valid_until < valid_from:
        raise Refused("habilitation.dates", _("L’habilitation ne peut pas finir avant d’avoir commencé."))
