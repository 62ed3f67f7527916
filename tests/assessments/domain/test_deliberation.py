"""Majority, quorum and the outcome of a bloc."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.domain.deliberation import (
    Outcome,
    casting,
    majority,
    outcome_of,
    passed,
    quorum_reached,
    votes,
)
from assessments.domain.digests import canonical, chained, digest
from assessments.domain.scale import DEFAULT_SCALE, acquired_codes, scale_of, settled_level

LEVELS = st.lists(st.sampled_from([level.code for level in DEFAULT_SCALE]), max_size=7)
ACQUIRED = acquired_codes(DEFAULT_SCALE)


@given(LEVELS)
def test_a_majority_is_more_than_half(levels: list[str]) -> None:
    found = majority(levels)
    if found is None:
        assert all(count * 2 <= len(levels) for count in votes(levels).values())
    else:
        assert levels.count(found) * 2 > len(levels)


@given(LEVELS, st.randoms())
def test_the_order_of_jurors_does_not_matter(levels: list[str], random: object) -> None:
    shuffled = levels[:]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert majority(shuffled) == majority(levels)


def test_three_jurors() -> None:
    assert majority(["acquired", "acquired", "not_acquired"]) == "acquired"
    assert majority(["acquired", "in_progress", "not_acquired"]) is None
    assert majority([]) is None


def test_a_bloc_is_acquired_when_every_criterion_is() -> None:
    assert passed(["acquired", "acquired"], ACQUIRED)
    assert not passed(["acquired", "in_progress"], ACQUIRED)
    assert not passed(["acquired", ""], ACQUIRED)


def test_a_bloc_without_criteria_is_never_acquired_by_default() -> None:
    assert not passed([], ACQUIRED)


@given(st.dictionaries(st.integers(), st.sampled_from(["acquired", "not_acquired"]), min_size=1))
def test_one_criterion_less_than_acquired_is_enough_to_refuse(levels: dict[int, str]) -> None:
    expected = set(levels.values()) == {"acquired"}
    assert passed(levels.values(), ACQUIRED) is expected


def test_quorum() -> None:
    assert quorum_reached(2, 2)
    assert not quorum_reached(1, 2)


def test_what_rulings_would_decide() -> None:
    proposed = {1: "acquired", 2: "not_acquired", 3: ""}
    silent, said = {2: ("acquired", " ")}, {2: ("acquired", "seen at the defence"), 3: ("acquired", "likewise")}
    assert outcome_of(proposed, {}, ACQUIRED) == Outcome(None, [3], [])
    assert outcome_of(proposed, silent, ACQUIRED) == Outcome(None, [3], [2])
    assert outcome_of(proposed, said, ACQUIRED) == Outcome(True, [], [])
    assert outcome_of(proposed, said | {2: ("", "nothing new")}, ACQUIRED) == Outcome(False, [], [])


def test_an_edition_may_define_its_own_scale() -> None:
    scale = scale_of(
        [
            {"code": "A", "label": {"fr": "excellent"}, "acquired": True},
            {"code": "B", "label": {"fr": "suffisant"}, "acquired": True},
            {"code": "C", "label": {"fr": "insuffisant"}},
        ]
    )
    assert acquired_codes(scale) == {"A", "B"}
    assert settled_level(scale) == "A"
    assert scale_of([]) == DEFAULT_SCALE


@given(st.dictionaries(st.text(), st.integers() | st.text()))
def test_a_digest_does_not_depend_on_the_order_of_keys(value: dict[str, object]) -> None:
    turned = dict(reversed(list(value.items())))
    assert canonical(turned) == canonical(value)
    assert digest(turned) == digest(value)


def test_the_chain_depends_on_what_came_before() -> None:
    assert chained("", {"a": 1}) != chained("0", {"a": 1})


# « Il a voix prépondérante, en cas de partage égal des voix » (Code du travail, art. D6412-6)


@pytest.mark.parametrize(
    ("levels", "presidents", "expected"),
    [
        (["a", "b"], "a", "a"),
        (["a", "b"], "b", "b"),
        (["a", "a", "b", "b"], "b", "b"),
        (["a", "a", "b"], "b", None),
        (["a", "b", "c"], "a", None),
        (["a", "a", "b", "b", "c"], "a", None),
        (["a", "a"], "a", None),
        (["a", "b"], "", None),
        (["a", "b"], "c", None),
        ([], "", None),
    ],
)
def test_the_presidents_vote_prevails_on_an_equal_share_and_then_only(
    levels: list[str], presidents: str, expected: str | None
) -> None:
    assert casting(levels, presidents) == expected
    assert expected is None or majority(levels) is None
