"""References between parts whose codes are local, repeated or missing."""

from __future__ import annotations

import pytest

from certification.referentials.references import (
    AmbiguousReference,
    References,
    Target,
    UnknownReference,
)

FIRST = Target("blocs[0].competencies[0]", "1", None, "C1")
SECOND = Target("blocs[1].competencies[0]", "2", None, "C1")
KEYED = Target("blocs[1].competencies[1]", "2", "clé", None)
TWIN = Target("blocs[1].competencies[2]", "2", "jumelle", "C2")
OTHER_TWIN = Target("blocs[1].competencies[3]", "2", None, "C2")
ALONE = Target("competencies[0]", None, None, "C9")
ALL = References([FIRST, SECOND, KEYED, TWIN, OTHER_TWIN, ALONE])


@pytest.mark.parametrize(
    ("reference", "bloc", "target"),
    [
        ("C1", "1", FIRST),
        ("C1", "2", SECOND),
        ("1/C1", "2", FIRST),
        ("clé", "1", KEYED),
        ("jumelle", None, TWIN),
        ("C9", "1", ALONE),
    ],
)
def test_a_reference_names_one_part(reference: str, bloc: str | None, target: Target) -> None:
    assert ALL.resolve(reference, bloc) == target
    assert ALL.resolve(ALL.canonical(target, bloc), bloc) == target


@pytest.mark.parametrize(("reference", "bloc"), [("C1", None), ("C2", "2"), ("2/C2", "1")])
def test_a_reference_to_several_parts_is_ambiguous(reference: str, bloc: str | None) -> None:
    with pytest.raises(AmbiguousReference):
        ALL.resolve(reference, bloc)


def test_a_reference_to_nothing_is_unknown() -> None:
    with pytest.raises(UnknownReference):
        ALL.resolve("C7", "1")


def test_a_part_without_usable_code_cannot_be_named() -> None:
    with pytest.raises(UnknownReference):
        ALL.canonical(OTHER_TWIN, "2")
