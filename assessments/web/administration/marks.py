"""Where a candidate stands on every bloc, in one short row: the bloc's code with the icon and hue of its state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assessments.selectors.administration.session import BlocState
from assessments.web.looks import AWARDS, DECISIONS, STATES, WORK_STATES, Look
from assessments.web.wording import labelled


@dataclass(frozen=True, slots=True)
class BlocMark:
    """``words`` says the whole to those who do not see the icon: the bloc, then its state."""

    code: str
    look: Look
    words: str


def of_blocs(blocs: Sequence[BlocState]) -> list[BlocMark]:
    return [
        BlocMark(bloc.label, look, labelled(bloc.title, look.label))
        for bloc in blocs
        for look in [STATES[bloc.kind][bloc.state]]
    ]


def legend() -> list[Look]:
    """The states in the order of a work's life."""
    return [*WORK_STATES.values(), *DECISIONS.values(), AWARDS["acquired"]]
