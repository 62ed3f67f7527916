"""Every check that can be decided so answers as expected on every project of the corpus."""

from __future__ import annotations

import pytest

from evaluator.checks import REGISTRY
from evaluator.results import EvidenceKind, Outcome

from .corpus_cases import (
    Case,
    cached_facts,
    cases,
    facts_of,
    findings_of,
    measured_checks,
    run_check,
    static_checks,
)

CASES = cases()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_outcomes_and_first_evidence(case: Case) -> None:
    findings = findings_of(case) if case.references else {}
    for code in case.expected:
        finding = findings.get(code) or run_check(code, cached_facts(case.project), case.parameters(code))
        assert (code, finding.outcome) == (code, case.outcome(code))
        if finding.outcome is Outcome.MET:
            assert finding.evidence, code
            first = finding.evidence[0]
            seen = {name: getattr(first, name) for name in case.first(code)}
            assert (code, seen) == (code, case.first(code))


@pytest.mark.parametrize("code", [*static_checks(), *measured_checks()])
def test_is_met_somewhere_and_not_met_somewhere(code: str) -> None:
    outcomes = {case.outcome(code) for case in CASES if code in case.expected}
    assert outcomes == {"undecided"} if REGISTRY[code].advisory else {"met", "not_met"} <= outcomes


@pytest.mark.parametrize("code", [code for code in static_checks() if REGISTRY[code].advisory])
def test_what_only_helps_shows_something_somewhere_and_nothing_elsewhere(code: str) -> None:
    asked = [case for case in CASES if code in case.expected]
    findings = [run_check(code, cached_facts(case.project), case.parameters(code)) for case in asked]
    assert any(finding.evidence for finding in findings)
    assert len({finding.message.code for finding in findings}) > 1


def test_a_chart_that_was_drawn_is_shown_with_its_picture(tmp_path) -> None:
    project = next(case.project for case in CASES if case.name == "charts_seaborn")
    finding = run_check("chart.boxplot", facts_of(project, tmp_path))
    first = finding.evidence[0]
    assert first.kind is EvidenceKind.FIGURE
    assert first.output == 0
    assert (tmp_path / str(first.attachment)).is_file()
    assert first.excerpt == "sns.boxplot(data=df, x='segment', y='revenue')"


def test_code_that_was_not_executed_counts_and_is_said() -> None:
    project = next(case.project for case in CASES if case.name == "charts_pandas_methods")
    finding = run_check("chart.pie", cached_facts(project))
    assert finding.outcome is Outcome.MET
    assert finding.message.code == "chart.pie.met_not_executed"


def test_work_in_a_helper_is_shown_at_the_call_and_at_the_definition() -> None:
    project = next(case.project for case in CASES if case.name == "charts_in_helpers")
    finding = run_check("chart.pie", cached_facts(project))
    assert [(item.path, item.cell) for item in finding.evidence] == [
        ("notebooks/analyse.ipynb", 5),
        ("src/graphiques.py", None),
    ]
