"""The rules of composition, one case per sentence of the law or of the doctrine, refused and accepted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.domain.composition import (
    DEFAULTS,
    DOCTRINE,
    VAE_RULE,
    Finding,
    Member,
    Rule,
    findings,
    findings_present,
    lawful,
    rules_for,
)

WOMAN, MAN = Member(1, qualified=True, external=True, sex="F"), Member(2, qualified=True, external=True, sex="M")
INSIDE = Member(3, sex="F")


def codes(*members: Member, rule: Rule = DOCTRINE, president: int | None = 1, quorum: int = 2) -> dict[str, bool]:
    """The codes found, each with whether it refuses."""
    found = findings(members, [rule], president=president, quorum=quorum)
    return {finding.code: finding.refuses for finding in found}


# Code du travail, art. D6412-6


def test_d6412_6_a_jury_is_at_least_two_people() -> None:
    """« Réunit au moins deux personnes »."""
    assert codes(WOMAN, rule=VAE_RULE)["minimum"] is True
    assert codes(WOMAN, MAN, rule=VAE_RULE) == {}


def test_d6412_6_one_of_them_is_qualified_for_the_certification() -> None:
    """« Dont au moins une personne qualifiée au titre de la certification visée »."""
    unqualified = [Member(1, sex="F"), Member(2, sex="M")]
    assert codes(*unqualified, rule=VAE_RULE) == {"qualified": True}
    assert codes(WOMAN, unqualified[1], rule=VAE_RULE) == {}


def test_d6412_6_a_president_is_designated_among_the_members() -> None:
    """« Un président ou un responsable de jury est désigné parmi ses membres »."""
    assert codes(WOMAN, MAN, rule=VAE_RULE, president=None) == {"president": True}
    assert codes(WOMAN, MAN, rule=VAE_RULE, president=9) == {"president": True}


def test_d6412_6_women_and_men_are_both_there_or_it_is_said_why() -> None:
    """« Concourt à une représentation équilibrée des femmes et des hommes »: a warning, which a reason passes."""
    assert codes(WOMAN, Member(2, sex="F"), rule=VAE_RULE) == {"mixed": False}
    assert codes(WOMAN, Member(2), rule=VAE_RULE) == {"mixed": False}


# France compétences, vademecum RNCP (July 2022)


def test_the_doctrine_never_lets_one_person_decide() -> None:
    assert codes(WOMAN) == {"minimum": True, "quorum_above": True}


@pytest.mark.parametrize(("external", "inside", "warned"), [(1, 1, False), (2, 3, True), (0, 2, True), (2, 2, False)])
def test_the_doctrine_wants_half_of_the_members_external(external: int, inside: int, warned: bool) -> None:
    members = [Member(key, external=key <= external) for key in range(1, external + inside + 1)]
    assert codes(*members) == ({"external": False} if warned else {})


def test_the_fiche_may_make_the_share_a_refusal() -> None:
    strict = Rule(("FC",), "Fiche RNCP", external_share=50, external_refuses=True)
    assert codes(WOMAN, INSIDE, Member(4), rule=strict) == {"external": True}
    assert codes(WOMAN, INSIDE, rule=strict) == {}


def test_the_doctrine_wants_members_who_are_habilitated_on_the_day() -> None:
    assert codes(WOMAN, MAN, Member(3, habilitated=False)) == {"habilitation": False}


# Quorum


@pytest.mark.parametrize(("quorum", "expected"), [(1, {"quorum_below": True}), (2, {}), (3, {"quorum_above": True})])
def test_a_quorum_is_neither_one_person_nor_more_than_there_are(quorum: int, expected: dict[str, bool]) -> None:
    assert codes(WOMAN, MAN, quorum=quorum) == expected


def test_those_present_must_themselves_be_a_jury() -> None:
    alone, unqualified = [WOMAN], [Member(1), Member(2)]
    assert [each.code for each in findings_present(alone, [VAE_RULE])] == ["minimum"]
    assert [each.code for each in findings_present(unqualified, [VAE_RULE])] == ["qualified"]
    assert findings_present([WOMAN, Member(2)], [VAE_RULE]) == []
    assert findings_present(unqualified, [DOCTRINE]) == []
    three = Rule(("FC",), "Fiche RNCP", minimum=3, quorum=2)
    assert findings_present([WOMAN, MAN], [three]) == [], "an absence within the quorum blocks nothing"


# Which rule


def test_each_access_path_has_its_rule_by_default() -> None:
    assert {path for rule in DEFAULTS for path in rule.paths} == {"FI", "CA", "FC", "CQ", "CL", "VAE"}
    assert rules_for({"VAE"}, []) == [VAE_RULE]
    assert rules_for({"FC", "CA"}, []) == [DOCTRINE]
    assert rules_for({"FC", "VAE"}, []) == [DOCTRINE, VAE_RULE]


def test_the_sessions_own_rule_goes_before_the_default_and_the_last_before_the_others() -> None:
    old, new = Rule(("FC",), "Fiche, 2025", minimum=3), Rule(("FC",), "Fiche, 2026", minimum=4)
    assert rules_for({"FC", "VAE"}, [old, new]) == [new, VAE_RULE]


def test_under_several_rules_the_gravest_finding_is_told_once_refusals_first() -> None:
    strict = Rule(("CL",), "Fiche", minimum=4, external_share=80, external_refuses=True)
    found = findings([WOMAN, INSIDE, Member(4, habilitated=False)], [DOCTRINE, strict], president=1, quorum=2)
    assert [finding.code for finding in found] == ["external", "minimum", "habilitation"]
    assert found[0] == Finding("external", True, "Fiche", 80, 1)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (VAE_RULE, True),
        (DOCTRINE, True),
        (Rule(("FC",), "x", minimum=1, quorum=1), False),
        (Rule(("FC",), "x", minimum=2, quorum=3), False),
        (Rule(("VAE",), "x", qualified=0), False),
        (Rule(("FC",), "x", minimum=2, qualified=3), False),
        (Rule(("FC",), "x", external_share=101), False),
    ],
)
def test_a_sessions_rule_asks_at_least_what_the_law_asks(rule: Rule, expected: bool) -> None:
    assert lawful(rule) is expected


MEMBERS = st.lists(
    st.builds(
        Member,
        st.integers(1, 9),
        habilitated=st.booleans(),
        qualified=st.booleans(),
        external=st.booleans(),
        sex=st.sampled_from(["F", "M", ""]),
    ),
    max_size=6,
    unique_by=lambda member: member.key,
)


@given(MEMBERS, st.permutations(range(6)), st.integers(0, 7))
def test_the_order_of_members_and_rules_changes_nothing(members: list[Member], order: list[int], quorum: int) -> None:
    other = [members[place] for place in order if place < len(members)]
    there = findings(members, list(DEFAULTS), president=1, quorum=quorum)
    again = findings(other, list(reversed(DEFAULTS)), president=1, quorum=quorum)
    assert {(each.code, each.refuses) for each in there} == {(each.code, each.refuses) for each in again}


@given(MEMBERS)
def test_no_jury_of_one_ever_passes(members: list[Member]) -> None:
    for rule in DEFAULTS:
        for quorum in range(8):
            found = findings(members[:1], [rule], president=1, quorum=quorum)
            assert any(finding.refuses for finding in found)
