"""What the pages call the findings on a jury's composition, and the ties that bar a member."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from assessments.domain.composition import Finding
from assessments.domain.conflicts import Tie
from assessments.selectors.composition import Bar
from assessments.services.composition import said

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

TIES: Final[dict[str, StrPromise]] = {
    Tie.CANDIDATE: _("c’est la même personne"),
    Tie.MENTOR: _("mentor du candidat, aujourd’hui ou autrefois"),
    Tie.MENTORED: _("le candidat a été son mentor"),
    Tie.REVIEWER: _("a relu un de ses travaux"),
    Tie.EMPLOYER: _("même employeur"),
    Tie.DECLARED: _("lien déclaré"),
    Tie.APPEALED: _("a jugé le travail qui fait l’objet du recours"),
    "joined_later": _("a rejoint le jury après la soutenance"),
}


@dataclass(frozen=True, slots=True)
class FindingView:
    """``refuses``: there is no way round; otherwise a reason passes it."""

    text: str
    refuses: bool


@dataclass(frozen=True, slots=True)
class BarView:
    person: str
    candidate: str
    why: str


def finding_views(found: Iterable[Finding]) -> Sequence[FindingView]:
    return [FindingView(said(finding), finding.refuses) for finding in found]


def bar_views(bars: Iterable[Bar]) -> Sequence[BarView]:
    return [BarView(bar.person, bar.candidate, ties_said(bar.ties)) for bar in bars]


def ties_said(codes: Iterable[str]) -> str:
    return ", ".join(str(TIES[code]) for code in codes)
