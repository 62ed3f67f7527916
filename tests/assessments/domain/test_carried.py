"""What was won in an older edition counts by the rows of a table, and no further."""

from hypothesis import given
from hypothesis import strategies as st

from assessments.domain.carried import CarryRow, carried

PATHS = st.sampled_from([f"blocs[{rank}]" for rank in range(4)])
ROWS = st.lists(
    st.builds(CarryRow, PATHS, st.just("split"), st.lists(PATHS, max_size=3, unique=True)),
    max_size=4,
    unique_by=lambda row: row.old,
)


def test_each_verdict() -> None:
    rows = [
        CarryRow("a", "same", ["A"]),
        CarryRow("b", "split", ["B1", "B2"]),
        CarryRow("c", "merged", ["C"]),
        CarryRow("d", "merged", ["C"]),
        CarryRow("e", "none", []),
    ]
    assert set(carried(rows, {"a", "b", "c", "e"})) == {"A", "B1", "B2"}
    assert [row.old for row in carried(rows, {"c", "d"})["C"]] == ["c", "d"]


@given(ROWS, st.sets(PATHS))
def test_nothing_counts_of_which_a_part_was_not_won(rows: list[CarryRow], won: set[str]) -> None:
    found = carried(rows, won)
    for row in rows:
        if row.old not in won:
            assert not found.keys() & set(row.new)
    assert all({row.old for row in named} <= won for named in found.values())
