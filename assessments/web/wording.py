"""Sentences that several screens say in the same way: stored messages, names of blocs, sizes, what comes next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import get_language, gettext_lazy, ngettext_lazy
from django.utils.translation import gettext as _

from assessments.domain.lines import LineKind
from assessments.domain.next_step import NextStep
from assessments.models import Line
from assessments.selectors.lines import items_of, text_of
from assessments.web.components import Tone
from certification.referentials.models import Assessment, Bloc, Competency
from evaluator import messages
from evaluator.checks import REGISTRY
from evaluator.results import Message

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

NO_BREAK: Final = "\u00a0"

ADDRESSES: Final[Mapping[str, StrPromise]] = {
    "api": gettext_lazy("L’adresse de l’API"),
    "dashboard": gettext_lazy("L’adresse du tableau de bord"),
}
"""What a candidate declared, by kind of address."""


@dataclass(frozen=True, slots=True)
class StepWords:
    """``title`` completes "Bloc 5 : …"; ``action`` is the button that leads there, empty when one only waits."""

    title: StrPromise
    help: StrPromise | str = ""
    action: StrPromise | str = ""
    icon: str = "arrow"
    tone: Tone = "neutral"


STEPS: Final[Mapping[NextStep, StepWords]] = {
    NextStep.START: StepWords(
        gettext_lazy("à commencer"),
        gettext_lazy("Ouvrez l’épreuve pour voir ce qui est attendu et envoyer votre projet."),
        gettext_lazy("Commencer"),
    ),
    NextStep.SEND: StepWords(
        gettext_lazy("envoyez votre projet"),
        gettext_lazy("Réunissez tout le projet dans une archive, puis envoyez-la."),
        gettext_lazy("Envoyer mon projet"),
        "upload",
        "accent",
    ),
    NextStep.RESUME: StepWords(
        gettext_lazy("votre envoi n’est pas terminé"),
        gettext_lazy("Choisissez de nouveau le même fichier : l’envoi reprend là où il s’était arrêté."),
        gettext_lazy("Reprendre l’envoi"),
        "upload",
        "accent",
    ),
    NextStep.WAIT_FOR_INSPECTION: StepWords(
        gettext_lazy("nous ouvrons votre archive"),
        gettext_lazy("Cela prend quelques secondes. Vous pourrez ensuite la déposer."),
        gettext_lazy("Voir où cela en est"),
        "search",
        "accent",
    ),
    NextStep.REPLACE: StepWords(
        gettext_lazy("votre archive ne peut pas être lue"),
        gettext_lazy("Corrigez-la et envoyez-la de nouveau : rien n’a été déposé."),
        gettext_lazy("Voir pourquoi"),
        "arrow",
        "not-met",
    ),
    NextStep.WAIT_FOR_US: StepWords(
        gettext_lazy("un incident de notre côté retarde l’examen"),
        gettext_lazy("Votre fichier est conservé. Un administrateur est prévenu, vous n’y perdez rien."),
        gettext_lazy("Voir où cela en est"),
        "platform",
        "platform",
    ),
    NextStep.SUBMIT: StepWords(
        gettext_lazy("votre archive est prête à être déposée"),
        gettext_lazy("Vérifiez ce que nous y avons reconnu, puis déposez-la."),
        gettext_lazy("Vérifier et déposer"),
        "upload",
        "accent",
    ),
    NextStep.TOO_LATE: StepWords(
        gettext_lazy("la date limite est passée"),
        gettext_lazy("Adressez-vous à l’organisme certificateur si un report vous a été accordé."),
    ),
    NextStep.WAIT_FOR_MENTOR: StepWords(
        gettext_lazy("votre mentor lit votre dépôt"),
        gettext_lazy("Vous n’avez rien à faire. Les contrôles automatiques se consultent dès maintenant."),
        icon="mentor",
    ),
    NextStep.CORRECT: StepWords(
        gettext_lazy("votre mentor vous demande une nouvelle version"),
        gettext_lazy("Lisez ses remarques, corrigez, puis envoyez une nouvelle archive."),
        gettext_lazy("Lire les remarques"),
        "returned",
        "undecided",
    ),
    NextStep.WAIT_FOR_DATE: StepWords(
        gettext_lazy("vous êtes admis à soutenir"),
        gettext_lazy("La date de votre soutenance vous sera donnée ici."),
        icon="calendar",
        tone="met",
    ),
    NextStep.DEFEND: StepWords(
        gettext_lazy("votre soutenance est fixée"),
        gettext_lazy("Le jury a sous les yeux la version déposée : elle ne change plus."),
        icon="calendar",
        tone="accent",
    ),
    NextStep.WAIT_FOR_DECISION: StepWords(
        gettext_lazy("le jury délibère"),
        gettext_lazy("La décision sera publiée ici."),
        icon="jury",
    ),
    NextStep.READ_DECISION: StepWords(
        gettext_lazy("la décision est rendue"),
        gettext_lazy("Consultez le résultat et téléchargez votre rapport d’évaluation."),
        gettext_lazy("Voir le résultat"),
        "decided",
        "accent",
    ),
    NextStep.WAIT_FOR_APPEAL: StepWords(
        gettext_lazy("votre recours est examiné"),
        gettext_lazy("La réponse sera publiée ici."),
        icon="appealed",
    ),
    NextStep.TRY_AGAIN: StepWords(
        gettext_lazy("vous pouvez présenter une nouvelle tentative"),
        gettext_lazy("Lisez le résultat de la précédente, puis recommencez jusqu’à la date limite de dépôt."),
        gettext_lazy("Lire et recommencer"),
        "returned",
        "accent",
    ),
    NextStep.READ_ABSENCE: StepWords(
        gettext_lazy("vous n’étiez pas à votre soutenance"),
        gettext_lazy("Si vous en aviez une raison, dites-la à l’organisme certificateur avec son justificatif."),
        icon="not-met",
        tone="not-met",
    ),
    NextStep.READ_WITHDRAWAL: StepWords(
        gettext_lazy("vous avez retiré ce travail"),
        gettext_lazy("Ce qui avait été déposé reste consultable."),
        icon="close",
    ),
    NextStep.ALREADY_WON: StepWords(
        gettext_lazy("vous n’avez rien à présenter"),
        gettext_lazy("Ce bloc, déjà acquis, compte dans cette session."),
        icon="decided",
        tone="met",
    ),
    NextStep.ALREADY_PASSED: StepWords(
        gettext_lazy("vous n’avez rien à présenter"),
        gettext_lazy("Cette épreuve, réussie dans une autre session, compte dans celle-ci."),
        icon="decided",
        tone="met",
    ),
}


RESULTS: Final[Mapping[str, StrPromise]] = {
    "acquired": gettext_lazy("acquis"),
    "not_acquired": gettext_lazy("non acquis"),
}


def labelled(label: StrPromise | str, words: StrPromise | str) -> str:
    """Both in one line, with the colon of the reader's language."""
    return _("%(label)s : %(words)s") % {"label": label, "words": words}


def language() -> str:
    return get_language() or "fr"


def sentence(code: str, params: Mapping[str, Any]) -> str:
    """A stored message of the engine in the reader's language; empty for an empty code."""
    return messages.render(Message(code, params), language()) if code else ""


def check_title(code: str) -> str:
    """The name of a check; its code for one that is no longer in the catalogue."""
    check = REGISTRY.get(code)
    if check is None:
        return code
    return check.title.get(language()[:2]) or check.title["fr"]


def bloc_name(bloc: Bloc | None) -> str:
    """``Bloc 5``, as one says it; the name of what no bloc holds."""
    return bloc.short_name if bloc else _("Épreuve de certification")


def short_name(assessment: Assessment) -> str:
    return bloc_name(assessment.bloc) if assessment.bloc else assessment.title


_THINGS: Final[Mapping[LineKind | None, StrPromise]] = {
    "criterion": gettext_lazy("critères"),
    "competency": gettext_lazy("compétences"),
    "assessment": gettext_lazy("épreuve"),
    None: gettext_lazy("points"),
}
_COUNTED: Final[Mapping[LineKind | None, StrPromise]] = {
    "criterion": ngettext_lazy("%(count)s critère", "%(count)s critères", "count"),
    "competency": ngettext_lazy("%(count)s compétence", "%(count)s compétences", "count"),
    "assessment": ngettext_lazy("%(count)s épreuve", "%(count)s épreuves", "count"),
    None: ngettext_lazy("%(count)s point", "%(count)s points", "count"),
}


def things(kind: LineKind | None) -> str:
    """What lines of that kind (None: of several) are called together: ``critères``."""
    return str(_THINGS[kind])


def counted(count: int, kind: LineKind | None) -> str:
    """So many lines of that kind (None: of several): ``19 critères``."""
    return str(_COUNTED[kind] % {"count": count})


def line_number(line: Line, rank: int) -> str:
    """A criterion's printed code, else its rank in the grid; a competency and an assessment are called so."""
    if isinstance(line, Assessment):
        return _("Épreuve %(code)s") % {"code": line.code} if line.code else _("Épreuve")
    if isinstance(line, Competency):
        return _("Compétence %(code)s") % {"code": line.code or rank}
    return line.code or _("Critère %(rank)d") % {"rank": rank}


def line_text(line: Line) -> str:
    """The whole sentence: lead-in, text and sub-items."""
    items = f"{NO_BREAK}; ".join(item.strip().rstrip(".;") for item in items_of(line))
    return " ".join(part for part in (text_of(line).strip(), items) if part)


def line_heading(line: Line) -> str:
    """What stands above the line: its competency, else its activity, else the bloc or the assessment as a whole."""
    if isinstance(line, Assessment):
        return _("L’épreuve dans son ensemble")
    if isinstance(line, Competency):
        return _("Par compétence, sans critère")
    if line.competency is not None:
        return str(line.competency)
    if line.assessment_id is not None:
        return _("Critères de l’épreuve")
    return str(line.activity) if line.activity is not None else _("Critères du bloc")
