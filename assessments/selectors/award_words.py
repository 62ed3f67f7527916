"""The words of the award's reasons, and of what is wrong in a standing given by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from assessments.domain.award import Reason
from assessments.domain.award_trial import Wrong

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

REASONS: Final[dict[str, StrPromise]] = {
    "assessment.undecided": _("L’épreuve %(number)s (%(name)s) n’est pas décidée."),
    "line.undecided": _("« %(name)s » n’a pas de niveau à l’épreuve %(number)s."),
    "line.eliminatory": _("« %(name)s » est éliminatoire et n’est pas acquis."),
    "line.failed": _("« %(name)s » n’est pas acquis."),
    "unit.all": _("Tous les points sont acquis (%(count)s)."),
    "unit.share": _("%(got)s sur %(total)s des poids sont acquis, pour un seuil de %(threshold)s."),
    "unit.points": _("%(got)s points sont acquis sur %(total)s, pour un seuil de %(threshold)s."),
    "unit.empty": _("Aucune épreuve n’y est jugée : il n’y a rien à attribuer."),
    "unit.won": _("Déjà acquis."),
    "unit.ruled": _("Décidé par le jury."),
    "title.all": _("Tout ce qui est requis est acquis."),
    "title.won": _("Acquis : %(names)s."),
    "title.exempt": _("« %(name)s » n’est pas requis par la voie d’accès %(path)s."),
    "title.unit_pending": _("%(name)s : en attente."),
    "title.unit_not_acquired": _("%(name)s : non acquis."),
    "title.option_pending": _("Option à obtenir : %(name)s."),
    "title.option_not_acquired": _("Option non acquise : %(name)s."),
    "title.assessment_pending": _("Épreuve requise et pas encore décidée : %(name)s."),
    "title.assessment_not_acquired": _("Épreuve requise et non acquise : %(name)s."),
    "reconstructed": _("Attribué avant que la règle d’obtention soit tenue avec l’attribution."),
}
WRONGS: Final[dict[str, StrPromise]] = {
    "object": _("un objet est attendu."),
    "list": _("une liste est attendue."),
    "unknown_field": _("champ inconnu ; sont connus : %(known)s."),
    "path": _("voie d’accès inconnue ; sont connues : %(known)s."),
    "option": _("« %(text)s » n’est pas un bloc en option ; le sont : %(known)s."),
    "assessment": _("pas d’épreuve de ce numéro ; elles vont de 1 à %(last)s."),
    "level": _("« %(text)s » n’est pas un niveau du barème ; le sont : %(known)s."),
    "line": _("pas de point de ce code ; leurs numéros vont de 1 à %(count)s."),
}


def reason_said(reason: Reason) -> str:
    """The sentence of a reason, in the language in force; a title stands in it without its own full stop."""
    return str(REASONS[reason.code]) % _joined({name: _within(value) for name, value in reason.params.items()})


def wrong_said(wrong: Wrong) -> str:
    """Where and what is wrong."""
    said = str(WRONGS[wrong.code]) % _joined(wrong.params)
    return f"{wrong.place}\u00a0: {said}" if wrong.place else said


def _within(value: object) -> object:
    if isinstance(value, list):
        return [_within(each) for each in value]
    return value.removesuffix(".") if isinstance(value, str) else value


def _joined(params: Mapping[str, object]) -> dict[str, object]:
    """Lists as they are read: « 1, 2, 5B », and titles, which may have commas of their own, apart by semicolons."""
    found = dict(params)
    for name, value in params.items():
        if isinstance(value, list):
            words = [str(each) for each in value]
            found[name] = ("\u00a0; " if any(" " in word for word in words) else ", ").join(words)
    return found
