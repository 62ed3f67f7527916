"""What the journal's page calls the acts and the objects that its rows name by a code."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assessments.selectors.administration.journal import JournalRow
from assessments.web.looks import WORK_STATES

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

OBJECTS: Final[dict[str, StrPromise]] = {
    "work": _("Travail"),
    "submission": _("Dépôt"),
    "upload": _("Envoi"),
    "evaluationrun": _("Évaluation automatique"),
    "probe": _("Sonde"),
    "probedaddress": _("Adresse déclarée"),
    "review": _("Avis du mentor"),
    "sitting": _("Jury"),
    "slot": _("Passage"),
    "jurordeparture": _("Départ d’un juré"),
    "presidency": _("Présidence"),
    "leave": _("Absence ou récusation"),
    "declaration": _("Déclaration d’indépendance"),
    "earlyopening": _("Passage avancé"),
    "habilitation": _("Habilitation"),
    "juryprofile": _("Situation d’une personne"),
    "compositionrule": _("Règle de composition"),
    "ballot": _("Bulletin"),
    "decision": _("Décision"),
    "document": _("Document"),
    "printorder": _("Document à imprimer"),
    "outgoingmail": _("Courriel"),
    "referential": _("Référentiel"),
    "session": _("Session"),
    "referenceversion": _("Jeu de données de référence"),
    "enrolment": _("Inscription"),
    "acquiredbloc": _("Bloc acquis reporté"),
    "journalentry": _("Journal"),
    "user": _("Personne"),
}

ACTS: Final[dict[str, StrPromise]] = {
    "submission.made": _("Version du travail figée"),
    "work.submit": _("Travail déposé"),
    "work.open_review": _("Travail pris en relecture"),
    "work.return": _("Travail renvoyé au candidat"),
    "work.admit": _("Travail admis à la soutenance"),
    "work.schedule": _("Soutenance fixée"),
    "work.unschedule": _("Soutenance annulée"),
    "work.defend": _("Travail soutenu"),
    "work.decide": _("Décision rendue sur le travail"),
    "work.appeal": _("Recours ouvert"),
    "upload.received": _("Fichier reçu entier"),
    "upload.accepted": _("Archive acceptée"),
    "upload.retried": _("Examen d’une archive relancé"),
    "upload.discarded": _("Archive retirée"),
    "run.queued": _("Évaluation demandée"),
    "run.done": _("Évaluation terminée"),
    "run.failed": _("Dépôt impossible à évaluer"),
    "run.dead": _("Évaluation abandonnée de notre fait"),
    "check.counts": _("Nouvelle version d’un contrôle prise en compte"),
    "probe.asked": _("Appel d’une adresse demandé"),
    "probe.judged": _("Résultats d’un appel retenus"),
    "review.opened": _("Relecture commencée"),
    "review.admitted": _("Avis rendu, admis à la soutenance"),
    "review.returned": _("Avis rendu, renvoyé au candidat"),
    "sitting.composed": _("Jury composé"),
    "sitting.edited": _("Séance de jury modifiée"),
    "sitting.cancelled": _("Séance de jury annulée"),
    "sitting.joined": _("Membre entré dans un jury"),
    "sitting.left": _("Membre sorti d’un jury"),
    "presidency.named": _("Président désigné"),
    "leave.absent": _("Juré absent pour un passage"),
    "leave.recused": _("Juré récusé pour un candidat"),
    "leave.ended": _("Absence d’un juré terminée"),
    "declaration.signed": _("Déclaration d’indépendance signée"),
    "declaration.extended": _("Liens ajoutés à une déclaration d’indépendance"),
    "habilitation.granted": _("Juré habilité"),
    "habilitation.ended": _("Habilitation terminée"),
    "profile.edited": _("Situation d’une personne modifiée"),
    "composition.ruled": _("Règle de composition des jurys écrite"),
    "slot.scheduled": _("Passage programmé"),
    "slot.cancelled": _("Passage annulé"),
    "slot.opened_early": _("Passage ouvert avant son heure"),
    "ballot.sealed": _("Bulletin scellé"),
    "decision.made": _("Décision prise"),
    "document.issued": _("Document émis"),
    "document.abandoned": _("Impression d’un document abandonnée de notre fait"),
    "document.retried": _("Impression d’un document relancée"),
    "mail.retried": _("Courriel relancé"),
    "session.created": _("Session ouverte"),
    "session.edited": _("Session modifiée"),
    "session.names_confirmed": _("Noms différents confirmés à l’inscription"),
    "enrolment.created": _("Candidat inscrit"),
    "enrolment.edited": _("Inscription modifiée"),
    "bloc.carried_over": _("Bloc acquis reporté"),
    "reference.received": _("Jeu de données reçu"),
    "reference.in_force": _("Jeu de données mis en service"),
    "reference.discarded": _("Jeu de données supprimé"),
    "reference.measured_again": _("Réévaluation sur un jeu de données"),
    "referential.imported": _("Référentiel importé"),
    "referential.created": _("Édition commencée"),
    "referential.added": _("Élément ajouté au brouillon"),
    "referential.saved": _("Élément du brouillon modifié"),
    "referential.moved": _("Élément du brouillon déplacé"),
    "referential.deleted": _("Élément du brouillon supprimé"),
    "referential.undone": _("Changement du brouillon annulé"),
    "referential.carried_over": _("Table de report enregistrée"),
    "referential.published": _("Édition publiée"),
    "referential.archived": _("Édition archivée"),
    "person.invited": _("Personne invitée"),
    "person.edited": _("Personne modifiée"),
    "person.granted": _("Rôle ajouté à une personne"),
    "person.invited_again": _("Invitation renvoyée"),
    "person.arrived": _("Premier mot de passe choisi"),
    "person.signed_up": _("Compte ouvert par la personne"),
    "person.address_asked": _("Changement d’adresse demandé"),
    "person.address_changed": _("Adresse changée"),
    "factor.reset": _("Second facteur retiré"),
    "content.recorded": _("Contenu relevé, d’avant les sceaux"),
    "journal.recorded": _("Relevé de l’existant terminé"),
    "token.created": _("Jeton d’accès créé"),
    "token.revoked": _("Jeton d’accès révoqué"),
}

DETAILS: Final[dict[str, StrPromise]] = {
    "access_path": _("voie d’accès"),
    "active": _("compte ouvert"),
    "after": _("après"),
    "before": _("avant"),
    "bloc": _("bloc"),
    "candidate": _("candidat"),
    "cause": _("cause"),
    "check": _("contrôle"),
    "content": _("empreinte du contenu"),
    "count": _("nombre"),
    "days": _("jours"),
    "deadline": _("date limite"),
    "decision": _("décision"),
    "deposit_deadline": _("date limite de dépôt"),
    "element": _("élément"),
    "ends_on": _("fin"),
    "employer": _("employeur"),
    "enrolment": _("inscription"),
    "external": _("extérieur"),
    "factors": _("facteurs"),
    "juror": _("juré"),
    "jurors": _("jurés"),
    "lines": _("lignes"),
    "mentor": _("mentor"),
    "name": _("nom"),
    "number": _("numéro"),
    "options": _("options"),
    "outcome": _("issue"),
    "paths": _("voies d’accès"),
    "person": _("personne"),
    "place": _("lieu"),
    "predecessor": _("édition précédente"),
    "qualified": _("qualifié"),
    "quorum": _("quorum"),
    "reason": _("motif"),
    "received_at": _("dernier octet reçu"),
    "referential": _("référentiel"),
    "review": _("avis"),
    "role": _("rôle"),
    "roles": _("rôles"),
    "scopes": _("droits"),
    "seal": _("sceau"),
    "session": _("session"),
    "sitting": _("jury"),
    "size": _("octets"),
    "slot": _("passage"),
    "starts_at": _("heure"),
    "starts_on": _("début"),
    "submission": _("dépôt"),
    "token": _("jeton"),
    "valid_until": _("jusqu’au"),
    "version": _("version"),
    "warnings": _("avertissements"),
    "work": _("travail"),
}


def details_of(row: JournalRow) -> Iterator[tuple[str, Any]]:
    """What an act recorded, each with its name; the states of a work in words. What is empty is left out."""
    for name, value in row.payload.items():
        state = WORK_STATES.get(value) if row.about == "work" and isinstance(value, str) else None
        if value not in ("", None):
            yield str(DETAILS.get(name, name)), state.label if state else _spelled(value)


def _spelled(value: Any) -> Any:
    """Lists and states of things as a person writes them: « read, deposit », « rôles : mentor ; active : oui »."""
    if isinstance(value, bool):
        return gettext("oui") if value else gettext("non")
    if isinstance(value, list):
        return ", ".join(str(_spelled(each)) for each in value) or "–"
    if isinstance(value, dict):
        return "\u202f; ".join(f"{DETAILS.get(name, name)}\u00a0: {_spelled(each)}" for name, each in value.items())
    return value


def acts_named(query: str) -> list[str]:
    """The codes of the acts whose name, in the reader's language, holds the words of a search; none for no words."""
    words = query.casefold()
    return [code for code, label in ACTS.items() if words and words in str(label).casefold()]
