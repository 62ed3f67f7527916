"""How an automatic evaluation stands, worded for the person who waits for it.

The cause of a fault of ours is on the administrators' pages: it names settings, folders and commands of theirs.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.domain.leases import AWAITED
from assessments.models import EvaluationRun
from assessments.selectors.submission import SubmissionPage
from assessments.web.components import BlocProgress, Tone
from assessments.web.typography import duration_words
from assessments.web.wording import language, sentence
from evaluator.phases import phase_words


@dataclass(frozen=True, slots=True)
class RunView:
    """``done`` of ``total`` checks; ``short`` completes the title of the page."""

    tone: Tone
    icon: str
    short: str
    title: str
    text: str
    done: int
    total: int
    active: bool


def run_view(page: SubmissionPage) -> RunView:
    run = page.run
    if run is None:
        nothing = _("Aucune évaluation automatique n’a été demandée.")
        return RunView("neutral", "pending", _("pas encore évaluée"), nothing, "", 0, 0, active=False)
    words = {"queued": _queued, "running": _running, "done": _done, "failed": _failed, "dead": _dead}
    tone, icon, short, title, text = words[run.status](run, page)
    return RunView(tone, icon, short, title, text, page.answered, page.asked, page.active)


_Words = tuple[Tone, str, str, str, str]


def _queued(run: EvaluationRun, page: SubmissionPage) -> _Words:
    short = _("contrôles en attente")
    if run.attempts:
        return (
            "platform",
            "platform",
            short,
            _("Un incident de notre côté, vous n’y perdez rien"),
            _("Nous recommençons dans un instant (essai %(next)d sur %(most)d).")
            % {"next": run.attempts + 1, "most": AWAITED.attempts},
        )
    text = _("Les contrôles commencent dès qu’une machine est libre. Vous pouvez fermer cette page.")
    return "accent", "pending", short, _("Contrôles automatiques en attente"), text


def _running(run: EvaluationRun, page: SubmissionPage) -> _Words:
    phase = phase_words(run.phase, language()) or _("contrôles")
    text = _("En ce moment : %(phase)s. Les résultats arrivent ici un à un.") % {"phase": phase}
    return "accent", "run", _("contrôles en cours"), _("Contrôles automatiques en cours"), text


def _done(run: EvaluationRun, page: SubmissionPage) -> _Words:
    if not page.asked:
        text = _("Le référentiel n’en demande pas pour cette épreuve : une personne apprécie chaque point.")
        return "neutral", "person", _("à apprécier par une personne"), _("Aucun contrôle automatique"), text
    counts = {"done": page.answered}
    title = ngettext("%(done)d contrôle terminé", "%(done)d contrôles terminés", page.answered) % counts
    seconds = (run.finished_at - run.started_at).total_seconds() if run.finished_at and run.started_at else 0.0
    text = _("En %(time)s. La machine propose, une personne décide.") % {"time": duration_words(seconds)}
    return "neutral", "check", _summary(page), title, text


def _summary(page: SubmissionPage) -> str:
    if missed := page.count("not_met"):
        words = ngettext("%(count)d critère à revoir", "%(count)d critères à revoir", missed)
        return words % {"count": missed}
    if page.count("platform"):
        return _("des contrôles manquent de notre fait")
    return _("aucun contrôle n’est en défaut")


def _failed(run: EvaluationRun, page: SubmissionPage) -> _Words:
    text = sentence(run.fault_code, run.fault_params)
    return "not-met", "not-met", _("contrôles impossibles"), _("Les contrôles n’ont pas pu lire ce dépôt"), text


def _dead(run: EvaluationRun, page: SubmissionPage) -> _Words:
    title = _("Les contrôles se sont arrêtés de notre fait, vous n’y perdez rien")
    text = _("Un administrateur est prévenu et les relancera. Votre dépôt est bien enregistré.")
    return "platform", "platform", _("contrôles interrompus de notre fait"), title, text


def progress_of(page: SubmissionPage) -> BlocProgress:
    return BlocProgress(
        met=page.count("met"),
        not_met=page.count("not_met"),
        undecided=page.count("undecided"),
        platform=page.count("platform"),
        waiting=page.count("pending"),
    )
