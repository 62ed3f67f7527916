"""How the changes between two editions are worded, and what of each is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.selectors.administration.editions import BlocDifference
from assessments.web.looks import Look
from certification.referentials.difference import Change, FieldChange, Span

OUTCOME_LOOKS: Final[dict[str, Look]] = {
    "added": Look(gettext_lazy("Ajouté"), "add", "met"),
    "removed": Look(gettext_lazy("Retiré"), "close", "not-met"),
    "reworded": Look(gettext_lazy("Reformulé"), "draft", "undecided"),
    "moved": Look(gettext_lazy("Déplacé"), "arrow", "accent"),
    "adjusted": Look(gettext_lazy("Réglages modifiés"), "settings", "accent"),
    "unchanged": Look(gettext_lazy("Inchangé"), "check", "neutral"),
}
KINDS: Final = {
    "bloc": gettext_lazy("Bloc"),
    "activity": gettext_lazy("Activité"),
    "competency": gettext_lazy("Compétence"),
    "criterion": gettext_lazy("Critère"),
    "assessment": gettext_lazy("Épreuve"),
}
FIELDS: Final = {
    "title": gettext_lazy("Intitulé"),
    "scale": gettext_lazy("Barème"),
    "award_rule": gettext_lazy("Règle d’obtention"),
    "option_groups": gettext_lazy("Options"),
    "option_group": gettext_lazy("Options"),
    "metadata": gettext_lazy("Métadonnées"),
    "notes": gettext_lazy("Notes de lecture"),
    "key": gettext_lazy("Clé de renvoi"),
    "code": gettext_lazy("Code"),
    "weight": gettext_lazy("Poids"),
    "eliminatory": gettext_lazy("Éliminatoire"),
    "page_limit": gettext_lazy("Nombre de pages"),
    "minimum": gettext_lazy("Quantité minimale"),
    "covers": gettext_lazy("Compétences couvertes"),
    "checks": gettext_lazy("Contrôles"),
    "deliverables": gettext_lazy("Livrables"),
    "parts": gettext_lazy("Parties"),
    "activities": gettext_lazy("Activités couvertes"),
    "competencies": gettext_lazy("Compétences couvertes"),
    "mapping": gettext_lazy("Répartition des compétences"),
    "kind": gettext_lazy("Genre d’épreuve"),
    "duration_minutes": gettext_lazy("Durée"),
    "talk_minutes": gettext_lazy("Durée de l’exposé"),
    "questions_minutes": gettext_lazy("Durée des questions"),
    "questions_minutes_max": gettext_lazy("Durée des questions"),
    "work": gettext_lazy("Travail seul ou en groupe"),
    "marking": gettext_lazy("Notation individuelle ou collective"),
    "assessors": gettext_lazy("Évaluateurs"),
    "audience": gettext_lazy("Public"),
    "scenario": gettext_lazy("Scénario"),
    "scenario_chosen_by_candidate": gettext_lazy("Scénario choisi par le candidat"),
    "order": gettext_lazy("Ordre"),
}
_LEFT_OUT: Final[tuple[Any, ...]] = ("", None, [], {}, "unknown")


@dataclass(frozen=True, slots=True)
class FieldShown:
    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class ChangeShown:
    """`moved` is set when the part was moved besides what `outcome` says; `under` is what holds it, if not its bloc."""

    kind: str
    code: str
    under: str
    look: Look
    outcome: str
    moved: bool
    spans: Sequence[Span]
    fields: Sequence[FieldShown]


@dataclass(frozen=True, slots=True)
class BlocShown:
    anchor: str
    label: str
    outside: bool
    counts: Sequence[tuple[Look, int]]
    changes: Sequence[ChangeShown]
    unchanged: Sequence[ChangeShown]


def blocs_shown(blocs: Sequence[BlocDifference]) -> list[BlocShown]:
    return [
        BlocShown(
            anchor=f"bloc-{rank}",
            label=bloc.bloc.part.label if bloc.bloc is not None else _("Hors bloc"),
            outside=bloc.bloc is None,
            counts=counts_shown(bloc.counts),
            changes=[_change(change, under) for change, under in bloc.changes],
            unchanged=[_change(change, under) for change, under in bloc.unchanged],
        )
        for rank, bloc in enumerate(blocs, start=1)
    ]


def counts_shown(counts: Sequence[tuple[str, int]]) -> list[tuple[Look, int]]:
    return [(OUTCOME_LOOKS[outcome], number) for outcome, number in counts]


def fields_shown(fields: Sequence[FieldChange]) -> list[FieldShown]:
    return [
        FieldShown(str(FIELDS.get(field.name, field.name)), _worded(field.old), _worded(field.new)) for field in fields
    ]


def _change(change: Change, under: str) -> ChangeShown:
    return ChangeShown(
        kind=str(KINDS[change.part.kind]),
        code=change.part.code or "",
        under=under,
        look=OUTCOME_LOOKS[change.outcome],
        outcome=change.outcome,
        moved=change.moved and change.outcome != "moved",
        spans=change.spans,
        fields=fields_shown(change.fields),
    )


def _worded(value: Any) -> str:
    """Any value of a tree in one line, without what it leaves unsaid."""
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    if isinstance(value, Mapping):
        said = [(name, each) for name, each in value.items() if each not in _LEFT_OUT]
        return ", ".join(f"{FIELDS.get(name, name)} : {_worded(each)}" for name, each in said) or "–"
    if isinstance(value, list):
        return " ; ".join(_worded(each) for each in value) or "–"
    return "–" if value is None else str(value)
