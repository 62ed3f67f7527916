"""Operations on trees: what each does, what it refuses, and that no sequence of them spoils a tree."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certification.referentials import editing
from certification.referentials.editing import Edit, Operation, Refusal
from certification.referentials.places import ROOT, UnknownPlace, holders_of, joined, place_at
from certification.referentials.spec import EDITION, PLACEHOLDER, Part
from certification.referentials.structure import structure_problems
from certification.referentials.validation import normalised, problems_of
from tests.referentials.conftest import CATALOGUE, TREE, of_the_form

Tree = dict[str, Any]
FIRST = "blocs[0].activities[0].competencies[0]"
CRITERION = f"{FIRST}.criteria[0]"


@pytest.fixture
def whole() -> Tree:
    return normalised(copy.deepcopy(TREE), CATALOGUE)


def done(tree: Tree, operation: Operation) -> Edit:
    """Carry out an operation, and see that the tree it was given is left alone."""
    before = copy.deepcopy(tree)
    answer = operation(tree, CATALOGUE)
    assert tree == before
    assert normalised(answer.tree) == answer.tree
    return answer


def refused(tree: Tree, operation: Operation) -> Refusal:
    before = copy.deepcopy(tree)
    with pytest.raises(Refusal) as caught:
        operation(tree, CATALOGUE)
    assert tree == before
    return caught.value


def test_a_part_is_added_with_something_to_correct(whole: Tree) -> None:
    answer = done(whole, editing.add(FIRST, "criteria"))
    assert answer.path == f"{FIRST}.criteria[1]"
    assert place_at(answer.tree, answer.path).node["text"] == PLACEHOLDER
    assert done(whole, editing.add(CRITERION, "items", {"text": "il est signé"}, rank=0)).tree["blocs"][0][
        "activities"
    ][0]["competencies"][0]["criteria"][0]["items"] == ["il est signé", "il est argumenté", "il est daté"]


def test_every_list_of_the_form_can_be_added_to(whole: Tree) -> None:
    def lists(part: Part) -> set[str]:
        return set(part.children).union(*(lists(child) for child in part.children.values()))

    for name in lists(EDITION) - {"checks"}:
        for holder in holders_of(whole, name):
            answer = editing.add(holder.path, name)(whole, CATALOGUE)
            assert structure_problems(answer.tree) == []


def test_a_group_of_options_may_wait_for_its_blocs(whole: Tree) -> None:
    answer = editing.add(ROOT, "option_groups")(whole, CATALOGUE)
    assert [problem.code for problem in of_the_form(problems_of(answer.tree))] == ["option_group", "unwritten"]
    assert answer.tree["option_groups"][1]["code"] == "choix-1"


def test_a_check_must_be_known_and_its_parameters_right(whole: Tree) -> None:
    check = {"code": "code.exists", "role": "informed", "params": {}}
    assert done(whole, editing.add(CRITERION, "checks", check)).path == f"{CRITERION}.checks[1]"
    unknown = refused(whole, editing.add(CRITERION, "checks", check | {"code": "code.dances"}))
    assert unknown.problems[0].code == "unknown_check"
    wrong = refused(whole, editing.edit(f"{CRITERION}.checks[0]", {"params": {"minimum": 0}}))
    assert wrong.problems[0].path == f"{CRITERION}.checks[0].params.minimum"


def test_references_follow_a_competency_that_is_renamed(whole: Tree) -> None:
    answer = done(whole, editing.edit("blocs[0].activities[0].competencies[1]", {"code": "A1-C9"}))
    assert place_at(answer.tree, CRITERION).node["covers"] == ["A1-C1", "A1-C9", "5A/A1-C1"]
    assert answer.tree["assessments"][0]["competencies"] == ["A1-C9"]


def test_references_follow_a_bloc_that_is_renamed(whole: Tree) -> None:
    answer = done(whole, editing.edit("blocs[1]", {"code": "6"}))
    assert place_at(answer.tree, CRITERION).node["covers"][2] == "6/A1-C1"
    answer = done(whole, editing.edit("blocs[0]", {"code": "Z"}))
    assert answer.tree["assessments"][0]["bloc"] == "Z"
    answer = done(whole, editing.edit("option_groups[0]", {"code": "choix"}))
    assert [bloc["option_group"] for bloc in answer.tree["blocs"]] == [None, "choix", "choix"]


def test_references_to_what_is_deleted_are_deleted(whole: Tree) -> None:
    answer = done(whole, editing.delete("blocs[1]"))
    assert place_at(answer.tree, CRITERION).node["covers"] == ["A1-C1", "A1-C2"]
    assert answer.tree["assessments"][1]["competencies"] == []
    answer = done(whole, editing.delete("assessments[0].deliverables[0]"))
    assert place_at(answer.tree, f"{FIRST}.deliverables[0]").node["container"] is None
    assert done(whole, editing.delete("blocs[0]")).tree["assessments"][0]["bloc"] is None


def test_a_part_that_others_name_keeps_a_name(whole: Tree) -> None:
    refusal = refused(whole, editing.edit("blocs[0].activities[0].competencies[1]", {"code": None}))
    assert (refusal.code, refusal.path) == ("unnamed", "blocs[0].activities[0].competencies[1]")
    assert refused(whole, editing.edit("assessments[0].deliverables[0]", {"key": None})).code == "unnamed"


def test_chosen_references_are_read_as_before_the_change(whole: Tree) -> None:
    values = {"bloc": "5A", "competencies": ["A1-C1", "5A/A1-C1"], "activities": []}
    answer = done(whole, editing.edit("assessments[0]", values))
    assert answer.tree["assessments"][0]["competencies"] == ["1/A1-C1", "A1-C1"]


def test_an_edit_that_does_not_hold_says_why(whole: Tree) -> None:
    refusal = refused(whole, editing.edit("blocs[0]", {"title": ""}))
    assert (refusal.code, refusal.problems[0].path) == ("invalid", "blocs[0].title")
    assert refused(whole, editing.edit("blocs[0]", {"code": "5A"})).problems[0].code == "duplicate_code"
    assert refused(whole, editing.edit("blocs[0]", {"colour": "red"})).code == "kind"
    assert refused(whole, editing.edit(ROOT, {"code": "autre"})).code == "fixed"
    assert refused(whole, editing.edit(ROOT, {"scale": []})).problems[0].path == "scale"
    assert refused(whole, editing.delete(ROOT)).code == "fixed"
    for path in ("blocs[9]", "blocs", "blocs[-1]", "nothing[0]", f"{CRITERION}.items[0].items[0]", "blocs[0]..", "."):
        assert refused(whole, editing.delete(path)).code == "path"


def test_moving_within_a_list_and_across_lists(whole: Tree) -> None:
    items = f"{CRITERION}.items"
    answer = done(whole, editing.move_down(f"{items}[0]"))
    assert answer.path == f"{items}[1]"
    assert done(answer.tree, editing.move_up(answer.path)).tree == whole
    answer = done(whole, editing.move_down(CRITERION))
    assert answer.path == "blocs[0].activities[0].competencies[1].criteria[0]"
    assert done(answer.tree, editing.move_up(answer.path)).tree == whole
    assert refused(whole, editing.move_up("blocs[0]")).code == "first"
    assert refused(whole, editing.move_down("blocs[2]")).code == "last"


def test_moving_elsewhere(whole: Tree) -> None:
    assert done(whole, editing.move(CRITERION, "blocs[1].competencies[0]")).path == (
        "blocs[1].competencies[0].criteria[0]"
    )
    assert refused(whole, editing.move(CRITERION, "blocs[0].activities[0].tasks[0]")).code == "path"
    assert refused(whole, editing.move("blocs[0].activities[0].tasks[0]", CRITERION)).code == "kind"
    assert refused(whole, editing.move(CRITERION, FIRST)).code == "same"
    answer = done(whole, editing.move_beside("blocs[2]", "blocs[0]", after=False))
    assert [bloc["code"] for bloc in answer.tree["blocs"]] == ["5B", "1", "5A"]
    assert refused(whole, editing.move_beside("blocs[2]", CRITERION, after=True)).code == "kind"
    assert CRITERION not in editing.parents_for(whole, CRITERION)
    assert "blocs[1].competencies[0]" in editing.parents_for(whole, CRITERION)


def paths(tree: Tree) -> list[str]:
    """Every path of a tree, texts included."""
    found = [ROOT]
    for name in {name for part in parts(EDITION) for name in part.children}:
        for holder in holders_of(tree, name):
            found.extend(joined(holder.path, name, rank) for rank in range(len(holder.node[name])))
    return sorted(found)


def parts(part: Part) -> list[Part]:
    return [part, *(each for child in part.children.values() for each in parts(child))]


@st.composite
def operations(draw: st.DrawFn, tree: Tree) -> Operation:
    here = st.sampled_from(paths(tree))
    text = st.sampled_from(["A1", "A1-C1", "5A", "texte", "", " blanc", None])
    kind = draw(st.sampled_from(["add", "edit", "delete", "move", "beside", "up", "down"]))
    path = draw(here)
    if kind == "add":
        return editing.add(path, draw(st.sampled_from(sorted({n for p in parts(EDITION) for n in p.children}))))
    if kind == "edit":
        name = draw(st.sampled_from(["text", "title", "code", "key", "bloc", "option_group", "container"]))
        return editing.edit(path, {name: draw(text)})
    if kind == "move":
        return editing.move(path, draw(here), draw(st.none() | st.integers(0, 3)))
    if kind == "beside":
        return editing.move_beside(path, draw(here), draw(st.booleans()))
    return {"delete": editing.delete, "up": editing.move_up, "down": editing.move_down}[kind](path)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_no_sequence_of_operations_spoils_a_tree(data: st.DataObject) -> None:
    tree = normalised(copy.deepcopy(TREE), CATALOGUE)
    for _ in range(data.draw(st.integers(1, 12))):
        before = copy.deepcopy(tree)
        operation = data.draw(operations(tree))
        try:
            answer = operation(tree, CATALOGUE)
        except Refusal:
            assert tree == before
            continue
        assert tree == before
        assert {problem.code for problem in problems_of(answer.tree, CATALOGUE) if problem.level == "error"} <= {
            "option_group"
        }
        if answer.path:
            place_at(answer.tree, answer.path)
        tree = answer.tree


def test_paths_name_what_stands_there(whole: Tree) -> None:
    assert place_at(whole, f"{CRITERION}.items[1]").node == "il est daté"
    with pytest.raises(UnknownPlace):
        place_at(whole, ROOT)
