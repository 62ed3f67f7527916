"""Nothing that rests on code is met once the work is taken out of the code."""

from __future__ import annotations

from pathlib import Path

import pytest

from evaluator.checks import REGISTRY
from evaluator.results import Outcome

from .corpus_cases import Case, cases, facts_of, run_check, static_checks
from .decoys import KINDS, make_decoy

RESTS_ON_CODE = [code for code in static_checks() if "code" in REGISTRY[code].facts]


COMMITTED = [case for case in cases() if not case.is_built]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("case", COMMITTED, ids=lambda case: case.name)
def test_nothing_is_met_without_the_work(case: Case, kind: str, tmp_path: Path) -> None:
    make_decoy(case.project, tmp_path, kind)
    facts = facts_of(tmp_path)
    met = [code for code in RESTS_ON_CODE if run_check(code, facts).outcome is Outcome.MET]
    assert met == []
