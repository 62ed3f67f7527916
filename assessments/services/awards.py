"""The certification jury's acts: units and title, from what the rule proposes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments import policies
from assessments.domain import award as rule
from assessments.domain import texts
from assessments.domain.deliberation import quorum_reached
from assessments.domain.lines import LineKey
from assessments.models import Award, AwardBasis, Enrolment, Juror, Sitting, User
from assessments.models.awards import AwardScope, TitleOutcome, UnitOutcome
from assessments.models.juries import SittingKind, SittingState
from assessments.selectors.award import code_of
from assessments.selectors.composition import findings_for, members_for
from assessments.selectors.standing import Standing, standing_of
from assessments.services import composition, journal
from assessments.services.errors import Denied, Refused
from assessments.services.seals import seal_of
from assessments.services.texts import kept
from certification.referentials.models import Bloc

JUDGED = (UnitOutcome.ACQUIRED, UnitOutcome.NOT_ACQUIRED)


@dataclass(frozen=True, slots=True)
class Ruling:
    """The jury's word on a unit or on the title."""

    outcome: str
    motive: str = ""


@transaction.atomic
def decide(
    *, actor: User, sitting: Sitting, enrolment: Enrolment, units: Mapping[str, Ruling], title: Ruling | None = None
) -> list[Award]:
    """Record what the certification jury awards a candidate: units by code, and the title.

    What departs from the proposal of the rule says why. An award that was not acquired is superseded by the next one
    of the same session, with a motive; one of another session stands beside. What is acquired is for good.

    Raises Denied; Refused("award.cancelled"), ("award.kind"), ("award.session"), ("award.early") before the sitting
    begins; ("award.declaration"), ("award.quorum"), ("award.minimum"), ("award.qualified") where those who may decide
    on the candidate are no lawful jury; ("award.unit"), ("award.outcome"), ("award.made"), ("award.pending") for a
    unit judged while lines of it have no level, ("award.title") for a title that the units do not give,
    ("award.appealed") for what is contested, by members of the jury that decided it; ("award.motive"),
    ("text.too_long").
    """
    Sitting.objects.select_for_update(no_key=True).get(pk=sitting.pk)
    sitting = Sitting.objects.select_related("session__referential").get(pk=sitting.pk)
    held = Enrolment.objects.select_for_update(of=("self",), no_key=True)
    enrolment = held.select_related("session__referential__certification", "candidate").get(pk=enrolment.pk)
    _require_right(actor, sitting, enrolment)
    _require_jury(actor, sitting, enrolment)
    standing = standing_of(enrolment)
    made = [_unit(actor, sitting, standing, code, ruling) for code, ruling in units.items()]
    if title is not None:
        made.append(_title(actor, sitting, standing_of(enrolment) if made else standing, title))
    return made


def _require_right(actor: User, sitting: Sitting, enrolment: Enrolment) -> None:
    if not policies.can_award(actor, sitting, enrolment):
        if sitting.state != SittingState.PLANNED and policies.can_preside(actor, sitting):
            raise Refused("award.cancelled", _("Cette séance est annulée."))
        raise Denied
    if sitting.kind != SittingKind.CERTIFICATION:
        raise Refused("award.kind", _("Seul un jury de certification attribue les unités et le titre."))
    if sitting.session_id != enrolment.session_id:
        raise Refused("award.session", _("Ce candidat relève d’une autre session."))


def _require_jury(actor: User, sitting: Sitting, enrolment: Enrolment) -> None:
    """The jury sits, and those of it who may decide on the candidate are as many as they must, and whom they must."""
    if timezone.now() < sitting.starts_at:
        raise Refused("award.early", _("La séance n’a pas commencé : rien n’est encore attribué."))
    if not policies.has_declared(actor, sitting):
        raise Refused("award.declaration", _("Signez d’abord votre déclaration d’indépendance pour cette séance."))
    members = members_for(sitting, enrolment)
    if not quorum_reached(len(members), sitting.quorum):
        raise Refused(
            "award.quorum",
            _(
                "Le quorum n’est pas atteint pour ce candidat : %(found)d membre(s) ayant déclaré leur indépendance et"
                " sans lien avec lui, sur %(quorum)d."
            ),
            found=len(members),
            quorum=sitting.quorum,
        )
    composition.require_lawful(findings_for(sitting, enrolment, members), "award")


def _unit(actor: User, sitting: Sitting, standing: Standing, code: str, ruling: Ruling) -> Award:
    proposal = next((unit for unit in standing.proposed.units if unit.code == code), None)
    if proposal is None:
        raise Refused("award.unit", _("« %(name)s » n’est pas à attribuer à ce candidat."), name=code)
    if ruling.outcome not in UnitOutcome.values:
        raise Refused("award.outcome", _("Choisissez une issue pour « %(name)s »."), name=proposal.name)
    if code in standing.given.won:
        raise Refused("award.made", _("« %(name)s » est déjà acquis, pour de bon."), name=proposal.name)
    if proposal.state is rule.State.PENDING and ruling.outcome in JUDGED:
        raise Refused(
            "award.pending",
            _("« %(name)s » ne peut pas être jugé : il y manque des niveaux. Ajournez-le, ou faites juger l’épreuve."),
            name=proposal.name,
        )
    bloc = _bloc(standing, code)
    before = standing.enrolment.awards.current().filter(scope=AwardScope.UNIT, bloc=bloc).first()
    _require_others(sitting, before)
    motive = _motive(ruling, proposal.name, departs=ruling.outcome != proposal.state or before is not None)
    bases: list[dict[str, Any]] = [
        {"decision": decision}
        for number, decision in standing.decisions.items()
        if number
        in {found.number for unit in standing.edition.units if unit.code == code for found in unit.assessments}
    ]
    row = Award(
        enrolment=standing.enrolment,
        sitting=sitting,
        scope=AwardScope.UNIT,
        bloc=bloc,
        outcome=ruling.outcome,
        proposal=proposal.state.value,
        reasons=_stored(proposal.reasons),
        motive=motive,
        decided_by=actor,
        supersedes=before,
    )
    return _kept(actor, row, bases)


def _require_others(sitting: Sitting, before: Award | None) -> None:
    """What a candidate contests is decided anew by a jury of which nobody sat in the one that decided it."""
    if before is None or not before.appeals.open().exists():
        return
    contested = Juror.objects.filter(sitting=before.sitting_id).values("user")
    same = Juror.objects.filter(sitting=sitting, user__in=contested).in_office().select_related("user").first()
    if same is not None:
        raise Refused(
            "award.appealed",
            _("Un recours est en cours : %(name)s a siégé au jury contesté, et un autre jury doit décider."),
            name=same.user.full_name,
        )


def _bloc(standing: Standing, code: str) -> Bloc | None:
    """The bloc that the unit is; None where it is the edition itself."""
    blocs = Bloc.objects.filter(referential=standing.enrolment.session.referential_id)
    return next((bloc for bloc in blocs if code_of(bloc) == code), None)


def _title(actor: User, sitting: Sitting, standing: Standing, ruling: Ruling) -> Award:
    """The title over what is awarded now: full where it follows, partial where a unit is acquired."""
    if ruling.outcome not in TitleOutcome.values:
        raise Refused("award.outcome", _("Choisissez une issue pour « %(name)s »."), name=_("le titre"))
    if standing.title is not None and standing.title.outcome == TitleOutcome.FULL:
        raise Refused("award.made", _("« %(name)s » est déjà acquis, pour de bon."), name=_("le titre"))
    proposed = standing.titled()
    _require_title(proposed, ruling, standing)
    _require_others(sitting, standing.title)
    departs = ruling.outcome != proposed.title or standing.title is not None
    row = Award(
        enrolment=standing.enrolment,
        sitting=sitting,
        scope=AwardScope.TITLE,
        outcome=ruling.outcome,
        proposal=proposed.title.value,
        reasons=_stored(proposed.reasons),
        motive=_motive(ruling, str(_("le titre")), departs=departs),
        decided_by=actor,
        supersedes=standing.title,
    )
    asked = {proposal.code for proposal in proposed.beside}
    bases: list[dict[str, Any]] = [
        *({"earlier": found} for found in standing.awards.values()),
        *({"carried": found} for found in standing.carried.values()),
        *({"decision": found} for number, found in standing.decisions.items() if str(number) in asked),
    ]
    return _kept(actor, row, bases)


def _require_title(proposed: rule.Award[LineKey], ruling: Ruling, standing: Standing) -> None:
    """Units are decided before the title: the jury departs from the rule there, where it says why."""
    won = set(standing.given.won)
    unawarded = _unawarded(proposed, won)
    if ruling.outcome == TitleOutcome.FULL and (proposed.title is not rule.Title.FULL or unawarded):
        raise Refused("award.title", _("Le titre n’est pas entier : attribuez d’abord tout ce qu’il requiert."))
    if ruling.outcome == TitleOutcome.PARTIAL and not won:
        raise Refused("award.title", _("Aucune unité n’est acquise : une validation partielle n’aurait pas d’objet."))
    if ruling.outcome != TitleOutcome.REFUSED:
        return
    if won:
        raise Refused("award.title", _("Une unité au moins est acquise : la validation est partielle."))
    if proposed.title is rule.Title.PENDING or unawarded:
        raise Refused("award.title", _("Tout n’est pas décidé : le titre ne se refuse pas encore, ajournez-le."))


def _unawarded(proposed: rule.Award[LineKey], won: set[str]) -> bool:
    """Whether a unit counts as acquired that no jury awarded: the rule alone awards nothing."""
    return any(unit.state is rule.State.ACQUIRED and unit.code not in won for unit in proposed.units)


def _motive(ruling: Ruling, name: str, *, departs: bool) -> str:
    motive = kept(ruling.motive, texts.COMMENT)
    if departs and not motive:
        raise Refused(
            "award.motive",
            _("Dites pourquoi pour « %(name)s » : l’issue s’écarte de ce qui est proposé, ou en remplace une autre."),
            name=name,
        )
    return motive


def _stored(reasons: Any) -> list[dict[str, Any]]:
    return [{"code": reason.code, "params": dict(reason.params)} for reason in reasons]


def _kept(actor: User, row: Award, bases: list[dict[str, Any]]) -> Award:
    row.save()
    AwardBasis.objects.bulk_create(AwardBasis(award=row, **basis) for basis in bases)
    said = {"enrolment": row.enrolment_id, "scope": row.scope, "bloc": row.bloc_id, "outcome": row.outcome}
    journal.record(actor, "award.made", row, **said, proposal=row.proposal, seal=seal_of(row))
    return row
