"""What the editor calls the parts of a référentiel, their fields, and its refusals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from certification.referentials.editing import Refusal
from certification.referentials.models import AssessmentKind, MappingOrigin, MarkingMode, ScenarioKind, WorkMode


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of part: its name, the icon it bears, and the words of the button that adds one."""

    label: Any
    icon: str
    adding: Any


KINDS: Mapping[str, Kind] = {
    "edition": Kind(_("Édition"), "referential", ""),
    "scale": Kind(_("Barème"), "metric", ""),
    "award_rule": Kind(_("Règle d’obtention"), "decided", ""),
    "option_groups": Kind(_("Groupe d’options"), "git", _("Ajouter un groupe d’options")),
    "blocs": Kind(_("Bloc"), "bloc", _("Ajouter un bloc")),
    "activities": Kind(_("Activité"), "activity", _("Ajouter une activité")),
    "tasks": Kind(_("Tâche"), "check", _("Ajouter une tâche")),
    "competencies": Kind(_("Compétence"), "competency", _("Ajouter une compétence")),
    "criteria": Kind(_("Critère"), "criterion", _("Ajouter un critère")),
    "items": Kind(_("Sous-élément"), "check", _("Ajouter un sous-élément")),
    "checks": Kind(_("Contrôle"), "settings", _("Ajouter un contrôle")),
    "assessments": Kind(_("Épreuve"), "jury", _("Ajouter une épreuve")),
    "parts": Kind(_("Partie"), "page", _("Ajouter une partie")),
    "deliverables": Kind(_("Livrable"), "file", _("Ajouter un livrable")),
}

FIELDS: Mapping[str, Any] = {
    "key": _("Clé de renvoi"),
    "code": _("Code"),
    "title": _("Intitulé"),
    "text": _("Texte"),
    "lead_in": _("Amorce"),
    "option_group": _("Groupe d’options"),
    "choose": _("Blocs à choisir"),
    "weight": _("Poids"),
    "eliminatory": _("Éliminatoire"),
    "covers": _("Compétences couvertes"),
    "page_limit": _("Nombre de pages"),
    "minimum": _("Quantité minimale"),
    "kind": _("Genre"),
    "required": _("Obligatoire"),
    "implied": _("Supposé par les critères"),
    "container": _("Réuni dans"),
    "role": _("Ce que vaut sa réponse"),
    "bloc": _("Bloc"),
    "activities": _("Activités couvertes"),
    "competencies": _("Compétences couvertes"),
    "mapping": _("Qui dit ce que l’épreuve évalue"),
    "brief": _("Sujet"),
    "conditions": _("Conditions"),
    "talk_minutes": _("Exposé, en minutes"),
    "questions_minutes": _("Questions, en minutes"),
    "questions_minutes_max": _("Questions, au plus"),
    "duration_minutes": _("Durée totale, en minutes"),
    "work": _("Qui travaille"),
    "marking": _("Notation"),
    "assessors": _("Évaluateurs"),
    "audience": _("Devant qui"),
    "scenario": _("Cas"),
    "scenario_chosen_by_candidate": _("Cas choisi par le candidat"),
}
HELPS: Mapping[str, Any] = {
    "key": _("Seulement si le code ne suffit pas à désigner l’élément depuis ailleurs."),
    "code": _("Tel qu’imprimé ; vide s’il n’y en a pas."),
    "lead_in": _("Partagée par plusieurs critères, comme « Capacité à : »."),
    "weight": _("0 pour ne pas compter."),
    "page_limit": _("Celui que le critère fixe."),
    "minimum": _("Celle que le critère fixe (« au moins deux »)."),
    "implied": _("Le référentiel ne le nomme pas, mais ses critères le supposent."),
    "mapping": _("Le référentiel imprimé, ou le certificateur là où il se tait : les pages et le PDF le disent."),
    "eliminatory": _("Non acquis, il refuse le bloc quelle que soit la règle d’obtention."),
}
ASSESSORS: Mapping[str, Any] = {
    "jury": _("jury"),
    "mentor": _("mentor"),
    "trainer": _("formateur"),
    "peers": _("pairs"),
}
ROLES: Mapping[str, Any] = {
    "decided": _("décide : sa réponse est proposée comme note"),
    "informed": _("éclaire : des preuves pour le lecteur, rien de plus"),
}
CHOICES: Mapping[str, Mapping[str, Any]] = {
    "role": ROLES,
    "kind": dict(AssessmentKind.choices),
    "mapping": dict(MappingOrigin.choices),
    "work": dict(WorkMode.choices),
    "marking": dict(MarkingMode.choices),
    "scenario": dict(ScenarioKind.choices),
}
"""The words of each choice; a deliverable has kinds of its own."""
BLOC_RULES: Mapping[str, Any] = {
    "": _("non énoncée"),
    "jury": _("le jury décide ; toutes les lignes acquises lui sont proposées"),
    "all": _("toutes les lignes acquises"),
    "share": _("une part des poids acquise"),
    "points": _("un nombre de points, somme des poids acquis"),
}
REPEATED_RULES: Mapping[str, Any] = {
    "all": _("chacun de ses niveaux doit valoir acquisition"),
    "best": _("son meilleur niveau compte"),
    "last": _("son dernier niveau compte"),
}
CERTIFICATION_RULES: Mapping[str, Any] = {
    "": _("non énoncée"),
    "jury": _("le jury apprécie"),
    "all_blocs": _("tous les blocs acquis"),
}
PARAMETERS: Mapping[str, Any] = {
    "reference": _("Jeu de données de référence"),
    "threshold": _("Seuil à atteindre"),
    "tolerance": _("Écart toléré avec la performance annoncée"),
    "beats_dummy": _("Doit dépasser le modèle naïf"),
    "metric": _("Mesure"),
    "minimum": _("Nombre minimal"),
    "max_pages": _("Nombre maximal de pages"),
    "section": _("Mots qui désignent la section"),
    "document": _("Nom du document"),
}

REFUSALS: Mapping[str, Any] = {
    "path": _("Cet élément n’est plus là."),
    "kind": _("Cet élément ne peut pas se placer là."),
    "fixed": _("Le code et l’étiquette d’une édition ne changent pas."),
    "first": _("Cet élément est déjà le premier."),
    "last": _("Cet élément est déjà le dernier."),
    "same": _("Cet élément est déjà là."),
    "unnamed": _("D’autres éléments y renvoient : laissez-lui un code, ou une clé, qui le distingue."),
    "invalid": _("Ce changement n’est pas possible :"),
}


def refusal_sentence(refusal: Refusal) -> str:
    """Why an operation was refused, in one or a few sentences."""
    sentence = str(REFUSALS[refusal.code])
    return " ".join([sentence, *(str(problem.message) for problem in refusal.problems[:3])])
