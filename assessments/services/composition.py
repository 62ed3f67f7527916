"""The composition of a jury: what is refused, what is only warned of, and the rules that a session holds."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from assessments import policies
from assessments.domain import texts
from assessments.domain.composition import DEFAULTS, Finding, Rule, lawful, refusals
from assessments.models import AccessPath, CompositionRule, Role, Session, User
from assessments.services import journal
from assessments.services.errors import Denied, Refused
from assessments.services.texts import kept

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

SENTENCES: Final[Mapping[str, StrPromise]] = {
    "president": _("Le président doit être l’un des jurés."),
    "minimum": _("Il faut au moins %(wanted)d membres, jamais une personne seule ; ce jury en a %(found)d."),
    "quorum_above": _("Le quorum (%(found)d) dépasse le nombre de jurés (%(wanted)d)."),
    "quorum_below": _("Le quorum doit être d’au moins %(wanted)d."),
    "qualified": _(
        "Il faut au moins %(wanted)d personne qualifiée au titre de la certification, habilitée ce jour-là ;"
        " ce jury en a %(found)d."
    ),
    "external": _("%(wanted)d %% au moins des membres doivent être extérieurs ; ce jury en a %(found)d."),
    "habilitation": _("%(found)d membre(s) sans habilitation valable ce jour-là."),
    "mixed": _("La composition doit concourir à une représentation équilibrée des femmes et des hommes."),
}


def said(finding: Finding) -> str:
    """The finding as a sentence, with its source."""
    sentence = SENTENCES[finding.code] % {"wanted": finding.wanted, "found": finding.found}
    return f"{sentence} ({finding.source})"


def require(found: Sequence[Finding], reason: str) -> dict[str, object]:
    """Let a jury pass with these findings; returns what the journal is to say of the warnings that were passed.

    Raises Refused("jury.<code>") for the first that refuses; ("jury.warned") for warnings without a reason;
    ("text.too_long").
    """
    require_lawful(found)
    if not found:
        return {}
    reason = kept(reason, texts.REMARK)
    if not reason:
        sentences = " ".join(said(finding) for finding in found)
        raise Refused("jury.warned", _("À justifier : %(sentences)s"), sentences=sentences)
    return {"warnings": [finding.code for finding in found], "reason": reason}


def require_jurors(people: Iterable[User], code: str) -> None:
    """Raises Refused(code) when one of them is no juror."""
    if not all(person.has_role(Role.JUROR) for person in people):
        raise Refused(code, _("Chaque membre du jury doit avoir le rôle de juré."))


def require_lawful(found: Sequence[Finding], kind: str = "jury") -> None:
    """Raises Refused("<kind>.<code>") for the first finding that refuses."""
    for finding in refusals(found):
        raise Refused(f"{kind}.{finding.code}", "%(said)s", said=said(finding))


@transaction.atomic
def rule(
    *,
    actor: User,
    session: Session,
    access_paths: Collection[str],
    source: str,
    valid_from: date,
    minimum: int,
    quorum: int,
    qualified: int = 0,
    external_share: int = 0,
    external_refuses: bool = False,
    mixed: bool = False,
) -> CompositionRule:
    """Write the next version of a session's rule for some access paths; the earlier ones of those paths end before it.

    Raises Denied; Refused("rule.paths"), ("rule.source"), ("rule.unlawful") for less than the law asks,
    ("rule.dates") for a rule older than the one it follows; ("text.too_long").
    """
    if not policies.can_administer(actor):
        raise Denied
    session = Session.objects.select_for_update(no_key=True).get(pk=session.pk)
    paths = sorted(set(access_paths))
    if not paths or not set(paths) <= set(AccessPath.values):
        raise Refused("rule.paths", _("Choisissez au moins une voie d’accès."))
    source = kept(source, texts.REMARK)
    if not source:
        raise Refused("rule.source", _("Dites de quel texte vient la règle."))
    asked = Rule(tuple(paths), source, minimum, quorum, qualified, external_share, external_refuses, mixed)
    if not lawful(asked):
        raise Refused(
            "rule.unlawful",
            _(
                "Un jury n’est jamais d’une personne seule : deux membres et un quorum de deux au moins ; en VAE, une"
                " personne qualifiée au moins. Le quorum et les personnes qualifiées ne dépassent pas le nombre de"
                " membres."
            ),
        )
    _close(session, paths, valid_from)
    made = _written(session, asked, valid_from)
    journal.record(actor, "composition.ruled", made, session=session.pk, version=made.version, paths=paths)
    return made


def adopt(*, actor: User, session: Session) -> None:
    """Write the law's own rules into a session that opens."""
    for default in DEFAULTS:
        made = _written(session, default, session.starts_on)
        journal.record(actor, "composition.ruled", made, session=session.pk, version=made.version, paths=default.paths)


def _written(session: Session, asked: Rule, valid_from: date) -> CompositionRule:
    return CompositionRule.objects.create(
        session=session,
        version=session.composition_rules.count() + 1,
        valid_from=valid_from,
        access_paths=list(asked.paths),
        source=asked.source,
        minimum=asked.minimum,
        quorum=asked.quorum,
        qualified=asked.qualified,
        external_share=asked.external_share,
        external_refuses=asked.external_refuses,
        mixed=asked.mixed,
    )


def _close(session: Session, paths: Collection[str], valid_from: date) -> None:
    """End what the new rule follows wholly; a rule that keeps other paths stays for them, and loses these."""
    followed = session.composition_rules.filter(access_paths__overlap=list(paths), valid_until__isnull=True)
    if followed.filter(valid_from__gte=valid_from).exists():
        raise Refused("rule.dates", _("La nouvelle version doit commencer après celle qu’elle remplace."))
    followed.filter(access_paths__contained_by=list(paths)).update(valid_until=valid_from - timedelta(days=1))
