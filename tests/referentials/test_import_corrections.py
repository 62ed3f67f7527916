"""Correcting what an import understood: texts, splits, merges and removals, the remarks following their parts."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from certification.referentials.importers.base import Imported, Remark
from certification.referentials.importers.corrections import (
    ACTIONS,
    covering,
    items_of,
    merged,
    removed,
    reworded,
    split,
)
from certification.referentials.importers.rows import Row, tree_of
from certification.referentials.wording import NOTHING

LINE = "blocs[0].competencies[0]"


def imported() -> Imported:
    rows = [
        Row(
            "ligne 2", {"bloc": "1 – Un", "competency": "C1 – Faire", "modality": "Projet", "criterion": "Ceci. Cela."}
        ),
        Row("ligne 3", {"criterion": "Le rapport :\n- un titre\n- une date"}),
        Row("ligne 4", {"competency": "C2 – Dire", "criterion": "Un"}),
        Row("ligne 5", {"bloc": "2 – Deux", "competency": "Lire", "criterion": "Deux"}),
    ]
    return tree_of(rows)


def texts(found: Imported) -> list[tuple[str, str]]:
    return [(item.kind, item.text) for item in items_of(found.tree)]


def test_every_part_is_shown_in_its_order() -> None:
    assert texts(imported()) == [
        ("blocs", "Un"),
        ("competencies", "Faire"),
        ("criteria", "Ceci. Cela."),
        ("criteria", "Le rapport :\n- un titre\n- une date"),
        ("competencies", "Dire"),
        ("criteria", "Un"),
        ("blocs", "Deux"),
        ("competencies", "Lire"),
        ("criteria", "Deux"),
        ("assessments", "Projet"),
    ]


def test_a_text_is_corrected_and_an_empty_one_changes_nothing() -> None:
    given_texts = {f"{LINE}.criteria[1]": ("K2", "Le dossier :\n- un nom"), f"{LINE}": ("", " ")}
    found = reworded(imported(), given_texts)
    line = found.tree["blocs"][0]["competencies"][0]
    assert line["criteria"][1] == {"text": "Le dossier :", "items": ["un nom"], "code": "K2"}
    assert (line["code"], line["text"]) == (None, "Faire")


def test_a_bloc_renamed_keeps_its_assessment() -> None:
    found = reworded(imported(), {"blocs[0]": ("BC1", "Un")})
    assert found.tree["assessments"][0]["bloc"] == "BC1"
    found = reworded(imported(), {"blocs[0]": ("", "Un")})
    assert found.tree["assessments"][0]["bloc"] == found.tree["blocs"][0]["key"]


def test_sentences_are_split_and_the_remark_is_settled() -> None:
    before = imported()
    path = f"{LINE}.criteria[0]"
    assert any(each.path == path and each.code == "sentences" for each in before.remarks)
    found = split(before, path)
    assert [each["text"] for each in found.tree["blocs"][0]["competencies"][0]["criteria"]][:2] == ["Ceci.", "Cela."]
    assert not any(each.path == path for each in found.remarks)


def test_sub_items_become_criteria() -> None:
    found = split(imported(), f"{LINE}.criteria[1]")
    criteria = found.tree["blocs"][0]["competencies"][0]["criteria"]
    assert [each["text"] for each in criteria[1:]] == ["Le rapport :", "un titre", "une date"]


def test_a_merge_takes_what_stands_below() -> None:
    found = merged(imported(), "blocs[0].competencies[1]")
    line = found.tree["blocs"][0]["competencies"][0]
    assert line["text"] == "Faire Dire"
    assert [each["text"] for each in line["criteria"]] == ["Ceci. Cela.", "Le rapport :", "Un"]


def test_blocs_merged_or_removed_leave_no_assessment_astray() -> None:
    second = reworded(imported(), {})
    second.tree["assessments"][0]["bloc"] = "2"
    assert merged(second, "blocs[1]").tree["assessments"][0]["bloc"] == "1"
    assert removed(imported(), "blocs[0]").tree["assessments"][0]["bloc"] is None


def test_remarks_follow_their_parts() -> None:
    before = imported()
    marked = Imported(before.tree, (*before.remarks, Remark("blocs[1].competencies[0]", "ligne 5", "split", "x")))
    after = removed(marked, "blocs[0]")
    assert [each.path for each in after.remarks if each.code == "split"] == ["blocs[0].competencies[0]"]
    assert not any(each.code == "sentences" for each in after.remarks)


@given(st.lists(st.tuples(st.sampled_from(sorted(ACTIONS)), st.integers(0, 40)), max_size=8))
def test_no_series_of_corrections_loses_the_shape(actions: list[tuple[str, int]]) -> None:
    found: Any = imported()
    for action, rank in actions:
        items = items_of(found.tree)
        if items:
            found = ACTIONS[action](found, items[rank % len(items)].path)
    paths = {item.path for item in items_of(found.tree)}
    assert all(item.text for item in items_of(found.tree))
    assert all(remark.path in paths or not remark.path for remark in found.remarks)


def modalities() -> Imported:
    rows = [
        Row(NOTHING, {"bloc": "1 – Un", "competency": "C1 – Faire", "modality": "Projet", "criterion": "Fait"}),
        Row(NOTHING, {"competency": "C2 – Dire. Puis redire.", "criterion": "Dit"}),
        Row(NOTHING, {"competency": "Lire", "modality": "Étude de cas", "criterion": "Lu"}),
        Row(NOTHING, {"criterion": "Relu", "modality": "Oral"}),
        Row(NOTHING, {"competency": "C4 – Taire", "modality": "–"}),
    ]
    return tree_of(rows)


def covers(found: Imported) -> list[list[str] | None]:
    return [each.get("competencies") for each in found.tree["assessments"]]


def test_a_modality_assesses_what_it_stands_beside_and_what_follows_until_another() -> None:
    found = modalities()
    assert [each["title"] for each in found.tree["assessments"]] == ["Projet", "Étude de cas", "Oral"]
    assert covers(found) == [["C1", "C2"], ["competence-1"], ["competence-1"]]
    assert found.tree["blocs"][0]["competencies"][2] | {"criteria": []} == {
        "text": "Lire", "key": "competence-1", "criteria": [],
    }  # fmt: skip


def test_one_that_assesses_everything_assesses_the_bloc() -> None:
    rows = [
        Row(NOTHING, {"bloc": "1 – Un", "competency": "C1 – Faire", "modality": "Projet"}),
        Row(NOTHING, {"competency": "C2 – Dire"}),
    ]
    assert covers(tree_of(rows)) == [None]
    paths = ["blocs[0].competencies[0]", "blocs[0].competencies[1]"]
    assert covers(covering(tree_of(rows), {"assessments[0]": paths[1:]})) == [["C2"]]
    assert covers(covering(tree_of(rows), {"assessments[0]": paths})) == [None]
    assert covers(covering(tree_of(rows), {"assessments[0]": ["blocs[7].competencies[0]"]})) == [None]


def test_what_is_assessed_follows_codes_splits_merges_and_removals() -> None:
    found = reworded(modalities(), {"blocs[0].competencies[0]": ("C9", "Faire")})
    assert covers(found)[0] == ["C9", "C2"]
    found = split(found, "blocs[0].competencies[1]")
    assert covers(found)[0] == ["C9", "C2", "competence-2"]
    found = merged(found, "blocs[0].competencies[1]")
    assert covers(found)[0] == ["C9", "competence-2"]
    assert covers(removed(found, "blocs[0].competencies[0]"))[0] == ["competence-2"]
