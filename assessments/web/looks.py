"""The word, icon and hue of every state: colour never speaks alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from assessments.web.components import Tone

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


@dataclass(frozen=True, slots=True)
class Look:
    label: StrPromise
    icon: str
    tone: Tone


WORK_STATES: Final[dict[str, Look]] = {
    "draft": Look(_("Brouillon"), "draft", "neutral"),
    "submitted": Look(_("Déposé"), "upload", "accent"),
    "in_review": Look(_("En relecture"), "mentor", "undecided"),
    "returned": Look(_("À reprendre"), "returned", "not-met"),
    "admitted": Look(_("Admis à soutenir"), "met", "met"),
    "scheduled": Look(_("Soutenance fixée"), "calendar", "accent"),
    "defended": Look(_("Soutenu"), "jury", "accent"),
    "decided": Look(_("Décision rendue"), "decided", "neutral"),
    "appealed": Look(_("Recours en cours"), "appealed", "undecided"),
    "absent": Look(_("Absent à la soutenance"), "not-met", "not-met"),
    "withdrawn": Look(_("Travail retiré"), "close", "neutral"),
}

RUN_STATES: Final[dict[str, Look]] = {
    "queued": Look(_("En attente"), "pending", "neutral"),
    "running": Look(_("En cours"), "run", "accent"),
    "done": Look(_("Terminée"), "met", "met"),
    "failed": Look(_("Dépôt impossible à évaluer"), "not-met", "not-met"),
    "dead": Look(_("Abandonnée de notre fait"), "platform", "platform"),
}

UPLOAD_STATES: Final[dict[str, Look]] = {
    "receiving": Look(_("Réception en cours"), "upload", "accent"),
    "inspecting": Look(_("Examen en cours"), "search", "accent"),
    "accepted": Look(_("Prêt à être déposé"), "met", "met"),
    "refused": Look(_("Refusé"), "not-met", "not-met"),
    "stuck": Look(_("Examen impossible de notre fait"), "platform", "platform"),
}

IMPORT_STATES: Final[dict[str, Look]] = {
    "reading": Look(_("Lecture en cours"), "search", "accent"),
    "ready": Look(_("À vérifier"), "undecided", "undecided"),
    "refused": UPLOAD_STATES["refused"],
    "stuck": Look(_("Lecture impossible de notre fait"), "platform", "platform"),
}

REFERENCE_STATES: Final[dict[str, Look]] = {
    **IMPORT_STATES,
    "in_force": Look(_("En service"), "met", "met"),
    "replaced": Look(_("Remplacée"), "returned", "neutral"),
}

REVIEW_OUTCOMES: Final[dict[str, Look]] = {
    "admitted": WORK_STATES["admitted"],
    "returned": WORK_STATES["returned"],
}

OPINIONS: Final[dict[str, Look]] = {
    "confirmed": Look(_("Confirmé"), "met", "met"),
    "to_improve": Look(_("À reprendre"), "returned", "not-met"),
    "left_to_jury": Look(_("Laissé au jury"), "jury", "undecided"),
}

PASSAGES: Final[dict[str, Look]] = {
    "due": Look(_("Passage prévu"), "calendar", "accent"),
    "cancelled": Look(_("Passage annulé"), "close", "neutral"),
    "absent": WORK_STATES["absent"],
    "excused": Look(_("Absence excusée"), "calendar", "undecided"),
    "adjourned": Look(_("Passage ajourné"), "clock", "undecided"),
}

APPEALS: Final[dict[str, Look]] = {
    "filed": Look(_("Recours déposé"), "appealed", "undecided"),
    "under_review": Look(_("Recours en examen"), "search", "accent"),
    "maintained": Look(_("Décision maintenue"), "locked", "neutral"),
    "corrected": Look(_("Décision corrigée"), "met", "met"),
    "new_sitting": Look(_("Nouveau passage accordé"), "calendar", "accent"),
    "withdrawn": Look(_("Recours retiré"), "close", "neutral"),
}

DECISIONS: Final[dict[str, Look]] = {
    "acquired": Look(_("Épreuve validée"), "met", "met"),
    "not_acquired": Look(_("Épreuve non validée"), "not-met", "not-met"),
}

AWARDS: Final[dict[str, Look]] = {
    "acquired": Look(_("Acquis"), "met", "met"),
    "not_acquired": Look(_("Non acquis"), "not-met", "not-met"),
    "adjourned": Look(_("Ajourné"), "pending", "undecided"),
    "absent": Look(_("Absent"), "pending", "neutral"),
    "full": Look(_("Certification délivrée"), "met", "met"),
    "partial": Look(_("Validation partielle"), "undecided", "undecided"),
    "refused": Look(_("Certification refusée"), "not-met", "not-met"),
    "proposed_acquired": Look(_("Proposé : acquis"), "met", "accent"),
    "proposed_not_acquired": Look(_("Proposé : non acquis"), "not-met", "accent"),
    "proposed_pending": Look(_("En attente"), "pending", "neutral"),
    "proposed_full": Look(_("Proposé : certification"), "met", "accent"),
    "proposed_partial": Look(_("Proposé : validation partielle"), "undecided", "accent"),
    "proposed_refused": Look(_("Proposé : refus"), "not-met", "accent"),
}
"""What was awarded of a unit or of the title; ``proposed_…``: what the rule says before a jury has spoken."""

OUTCOMES: Final[dict[str, Look]] = {
    "met": Look(_("Satisfait"), "met", "met"),
    "not_met": Look(_("Non satisfait"), "not-met", "not-met"),
    "undecided": Look(_("À apprécier"), "undecided", "undecided"),
    "error": Look(_("Fichier illisible"), "warning", "not-met"),
    "platform": Look(_("Incident de notre côté"), "platform", "platform"),
    "pending": Look(_("En attente"), "pending", "neutral"),
}

LEVELS: Final[dict[str, Look]] = {
    "acquired": Look(_("Acquis"), "met", "met"),
    "in_progress": Look(_("En cours d’acquisition"), "undecided", "undecided"),
    "not_acquired": Look(_("Non acquis"), "not-met", "not-met"),
    "not_assessed": Look(_("Non évalué"), "pending", "neutral"),
}

STANDINGS: Final[dict[str, Look]] = {
    "up": Look(_("Répond"), "met", "met"),
    "down": Look(_("Ne répond pas"), "not-met", "not-met"),
    "unknown": Look(_("Sans conclusion"), "undecided", "undecided"),
    "ours": OUTCOMES["platform"],
    "never": Look(_("Pas encore appelée"), "pending", "neutral"),
}

EXTENTS: Final[dict[str, Look]] = {
    "large": Look(_("Part importante"), "extent-large", "accent"),
    "some": Look(_("Part notable"), "extent-some", "accent"),
    "small": Look(_("Part faible"), "extent-small", "neutral"),
}

PLAN_STATES: Final[dict[str, Look]] = {
    "asked": Look(_("En préparation"), "pending", "accent"),
    "ready": Look(_("À relire"), "undecided", "undecided"),
    "accepted": Look(_("En cours de publication"), "pending", "accent"),
    "published": Look(_("Publié"), "met", "met"),
    "failed": Look(_("Abandonné de notre fait"), "platform", "platform"),
}

STATES: Final[dict[str, dict[str, Look]]] = {
    "work": WORK_STATES,
    "run": RUN_STATES,
    "upload": UPLOAD_STATES,
    "import": IMPORT_STATES,
    "reference": REFERENCE_STATES,
    "review": REVIEW_OUTCOMES,
    "opinion": OPINIONS,
    "decision": DECISIONS,
    "award": AWARDS,
    "passage": PASSAGES,
    "appeal": APPEALS,
    "standing": STANDINGS,
    "extent": EXTENTS,
    "plan": PLAN_STATES,
}

TONE_ICONS: Final[dict[Tone, str]] = {
    "neutral": "info",
    "accent": "info",
    "met": "met",
    "not-met": "not-met",
    "undecided": "undecided",
    "platform": "platform",
}

MESSAGE_TONES: Final[dict[str, Tone]] = {
    "success": "met",
    "info": "accent",
    "warning": "undecided",
    "error": "not-met",
}

EVIDENCE_ICONS: Final[dict[str, str]] = {
    "code": "code",
    "figure": "figure",
    "page": "pdf",
    "file": "file",
    "commit": "commit",
    "http": "http",
    "metric": "metric",
}


def outcome_look(outcome: str, cause: str = "") -> Look:
    """An error of ours has its own word and hue, never those of the candidate."""
    if outcome == "error" and cause == "platform":
        return OUTCOMES["platform"]
    return OUTCOMES[outcome]
