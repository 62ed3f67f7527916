"""Works beside works: what changes nothing, what is left out, and what is told."""

from __future__ import annotations

import ast
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluator import messages
from evaluator.facts import fingerprints
from evaluator.facts.fingerprints.winnowing import CODE, WORDS, Size, Token, winnow
from evaluator.facts.outside import OUTSIDE
from evaluator.results import Finding, Outcome
from evaluator.runner import CheckRequest, judge
from evaluator.similarity import Nearest, Sketch, Work, compare, passages_of, sketch_of
from evaluator.similarity.facts import Project, similar_to
from tests.evaluator.similar import OTHER, STUDY, facts_of, notebook, renamed

VALUES = st.sets(st.integers(0, 400), max_size=120)
WORDS_OF = st.lists(st.sampled_from("abcdefgh"), max_size=120)


def sketch(values: set[int], text: set[int] = frozenset()) -> Sketch:  # type: ignore[assignment]
    return Sketch(array("Q", sorted(values)), array("Q", sorted(text)))


def works(*sketches: Sketch) -> list[Work]:
    return [Work(number, number, number, each) for number, each in enumerate(sketches, start=1)]


def nearest(own: Sketch, other: Sketch) -> Nearest | None:
    return next(iter(compare(own, works(other)).nearest), None)


def share(own: Any, other: Any) -> float:
    found = nearest(sketch_of(own), sketch_of(other))
    return found.share or 0.0 if found else 0.0


@pytest.fixture
def study(tmp_path: Path) -> dict[str, Any]:
    return facts_of(tmp_path / "study", {"etude.ipynb": notebook(STUDY)})


def tokens(words: list[str]) -> list[Token]:
    return [Token(word, number) for number, word in enumerate(words, start=1)]


@given(WORDS_OF, WORDS_OF, st.lists(st.sampled_from("xyz"), min_size=8, max_size=30))
def test_a_run_of_the_guaranteed_length_is_always_found(before: list[str], after: list[str], run: list[str]) -> None:
    size = Size(k=5, w=4)
    assert size.guarantee == 8
    alone = {each.value for each in winnow(tokens(run), size)}
    inside = {each.value for each in winnow(tokens([*before, *run, *after]), size)}
    assert alone & inside


@given(WORDS_OF, WORDS_OF)
def test_nothing_shorter_than_k_is_seen(one: list[str], other: list[str]) -> None:
    size = Size(k=5, w=4)
    grams = [{tuple(words[at : at + 5]) for at in range(len(words) - 4)} for words in (one, other)]
    prints = [{each.value for each in winnow(tokens(words), size)} for words in (one, other)]
    assert not prints[0] & prints[1] or grams[0] & grams[1]


def test_what_the_documentation_says_of_the_sizes() -> None:
    assert (CODE.k, CODE.guarantee, WORDS.k, WORDS.guarantee) == (24, 31, 10, 15)


@given(VALUES, VALUES)
def test_what_two_works_share_is_the_same_from_both_sides(one: set[int], other: set[int]) -> None:
    there, back = nearest(sketch(one), sketch(other)), nearest(sketch(other), sketch(one))
    assert (there and there.shared) == (back and back.shared)


@given(VALUES)
def test_a_work_is_wholly_in_its_copy(values: set[int]) -> None:
    found = nearest(sketch(values), sketch(values))
    assert found is None or found.share in (1.0, None)
    assert (found is not None) == (len(values) >= 4)


@given(VALUES, VALUES, VALUES)
def test_foreign_code_added_to_a_copy_hides_nothing_of_the_original(
    one: set[int], copy: set[int], more: set[int]
) -> None:
    before, after = nearest(sketch(one), sketch(copy)), nearest(sketch(one), sketch(copy | more))
    if before is not None and before.share is not None:
        assert after is not None
        assert after.share is not None
        assert after.share >= before.share


@given(st.lists(VALUES, max_size=8), VALUES)
def test_the_order_in_which_works_are_met_does_not_matter(others: list[set[int]], own: set[int]) -> None:
    met = works(*map(sketch, others))
    assert compare(sketch(own), met) == compare(sketch(own), met[::-1])


def test_what_many_people_have_does_not_count() -> None:
    given_to_all, own = set(range(50)), set(range(1000, 1030))
    others = [sketch(given_to_all | {2000 + number}) for number in range(5)]
    found = compare(sketch(given_to_all | own), works(*others))
    assert (found.people, found.nearest, found.common) == (5, (), 50 / 80)
    few = compare(sketch(given_to_all | own), works(*others[:3]))
    assert [each.share for each in few.nearest] == [50 / 80] * 3


def test_versions_of_one_person_are_one_holder_and_one_line() -> None:
    own = set(range(40))
    versions = [Work(key, 1, 1, sketch(set(range(10 + key)))) for key in range(10)]
    found = compare(sketch(own), versions)
    assert found.people == 1
    assert [(each.key, each.share) for each in found.nearest] == [(9, 19 / 40)]


def test_the_material_that_was_given_does_not_count() -> None:
    found = compare(sketch(set(range(60))), works(sketch(set(range(60)))), given=frozenset(range(40)))
    assert [each.shared for each in found.nearest] == [20]
    assert found.common == 40 / 60


def test_a_share_of_almost_nothing_is_not_told() -> None:
    found = nearest(sketch(set(range(8))), sketch(set(range(8))))
    assert found is not None
    assert (found.share, found.shared, found.strength) == (None, 8, 0.0)


def test_works_are_met_one_by_one_and_forgotten() -> None:
    alive = []

    def stream() -> Iterator[Work]:
        for number in range(300):
            alive.append(number)
            yield Work(number, number, number, sketch({number * 100 + step for step in range(100)}))

    found = compare(sketch(set(range(100, 200))), stream(), limit=1)
    assert [each.key for each in found.nearest] == [1]


def test_a_work_drowned_in_other_code_is_still_found_in_it() -> None:
    own = set(range(1000, 1200))
    drowned = Sketch(array("Q", sorted(value for value in own if value % 8 == 0)), array("Q"), (8, 1))
    found = nearest(sketch(own), drowned)
    assert found is not None
    assert (found.share, found.shared) == (1.0, 25)


def test_a_sketch_is_kept_as_bytes() -> None:
    kept = Sketch(array("Q", [2, 2**48 - 2]), array("Q", [7]), (2, 1))
    assert Sketch.from_bytes(*kept.to_bytes()) == kept
    with pytest.raises(ValueError, match="bytes"):
        Sketch.from_bytes(b"123", b"")


REWRITTEN = {
    "renamed": lambda: {"autre.ipynb": notebook(renamed(STUDY))},
    "as a script": lambda: {"src/etude.py": "\n\n\n".join(STUDY)},
    "commented": lambda: {
        "a.ipynb": notebook(["# Étape\n" + cell.replace("\n    ", "\n    # note\n    ") for cell in STUDY])
    },
    "reformatted": lambda: {"a.ipynb": notebook([ast.unparse(ast.parse(cell)) for cell in STUDY])},
    "spread": lambda: {"a.ipynb": notebook([cell.replace("(", "(\n  ").replace(")", ",\n)") for cell in STUDY])},
    "with other values": lambda: {
        "a.ipynb": notebook([cell.replace("300", "250").replace("montant", "total") for cell in STUDY])
    },
}


@pytest.mark.parametrize("name", REWRITTEN)
def test_what_does_not_change_the_work_does_not_change_the_share(
    name: str, study: dict[str, Any], tmp_path: Path
) -> None:
    copy = facts_of(tmp_path / "copy", REWRITTEN[name]())
    least = 0.95 if name == "as a script" else 1.0
    assert share(study, copy) >= least


def test_cells_in_another_order_change_almost_nothing(study: dict[str, Any], tmp_path: Path) -> None:
    shuffled = [STUDY[0], *STUDY[1:][::-1]]
    assert share(study, facts_of(tmp_path / "copy", {"a.ipynb": notebook(renamed(shuffled))})) >= 0.95


def test_another_study_shares_nothing(study: dict[str, Any], tmp_path: Path) -> None:
    assert share(study, facts_of(tmp_path / "other", {"b.ipynb": notebook(OTHER)})) == 0.0


def test_imports_and_idioms_leave_no_print(tmp_path: Path) -> None:
    cells = [
        "\n".join(f"from sklearn.part_{number} import Name{number} as N{number}" for number in range(30)),
        "\n".join(["df.head()", "df.shape", "df.info()", "plt.show()", "print(df.describe())", "df.isna().sum()"] * 6),
        "import matplotlib.pyplot as plt\n" + "plt.figure(figsize=(12, 8))\nplt.title('a')\nplt.xlabel('b')\n" * 9,
        "!pip install -q something\n%matplotlib inline\n" * 20,
        "# " + "commentaire " * 200,
    ]
    assert facts_of(tmp_path, {"a.ipynb": notebook(cells)})["units"] == []


def test_the_passages_name_both_places(study: dict[str, Any], tmp_path: Path) -> None:
    copy = facts_of(tmp_path / "copy", {"src/tout.py": "\n".join(renamed(STUDY[1:3]))})
    passages = passages_of(study, copy)
    first = passages[0]
    assert (first.own.path, first.own.cell, first.other.path, first.other.cell) == (
        "etude.ipynb",
        1,
        "src/tout.py",
        None,
    )
    assert (first.own.line, first.own.end_line) == (first.other.line, first.other.end_line)
    assert first.own.lines >= 9
    assert [each.prints for each in passages] == sorted((each.prints for each in passages), reverse=True)


def test_text_is_compared_apart(tmp_path: Path) -> None:
    said = " ".join(f"mot{number}" for number in range(200))
    one = facts_of(tmp_path / "one", {"note.md": f"# Titre\n\n{said}", "etude.ipynb": notebook(STUDY)})
    two = facts_of(tmp_path / "two", {"README.md": said.upper(), "autre.ipynb": notebook(OTHER)})
    found = nearest(sketch_of(one), sketch_of(two))
    assert found is not None
    assert (found.share, found.text and found.text > 0.9) == (0.0, True)


BROKEN = {
    "open string": 'x = """' + "a b c\n" * 50,
    "open bracket": "f(" * 300,
    "not python": "SELECT * FROM t WHERE a = 'b'\n" * 30,
    "no text": "\0\ud800".encode("utf-8", "surrogatepass").decode("latin-1") * 40,
    "open string after open string": '"""' + '\\"""' * 100_000 + "\\",
    "one long name": "(".join(["a" * 200_000, "b" * 200_000]),
    "one long line": "x = [" + "1, " * 100_000 + "]",
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_takes_nothing_with_it(name: str, tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "a.py": BROKEN[name],
        "b.ipynb": "{",
        "c.pdf": b"%PDF-1.4 broken",
        "d.docx": b"PK",
        "etude.ipynb": notebook([*STUDY, BROKEN[name]]),
    }
    found = facts_of(tmp_path, files)
    assert {"etude.ipynb"} <= {unit["path"] for unit in found["units"]}
    assert all(1 <= row[1] <= row[2] for unit in found["units"] for row in unit["prints"])


def test_what_is_kept_is_bounded(tmp_path: Path) -> None:
    lines = "\n".join(f"a.m{number}(b.c{number}).d{number}[e.f{number}]" for number in range(9_000))
    drowned = {f"{name}.py": lines.replace("m", f"m{name}") for name in "abcd"}
    found = facts_of(tmp_path, drowned | {"etude.ipynb": notebook(STUDY)})
    assert found["every"] == {"code": 8, "text": 1}
    assert 8_000 <= sum(len(unit["prints"]) for unit in found["units"]) <= 20_000
    assert {unit["path"] for unit in found["units"]} == {"a.py", "b.py", "c.py", "d.py", "etude.ipynb"}


def test_more_code_than_can_be_compared_leaves_the_short_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fingerprints, "_COMPARED", {"code": 20_000, "text": 20_000})
    data = "\n".join(f"a.m{number}(b.c{number}).d{number}" for number in range(9_000))
    found = facts_of(tmp_path, {"a.py": data, "travail/etude.ipynb": notebook(STUDY)})
    assert {unit["path"] for unit in found["units"]} == {"travail/etude.ipynb"}


def told(facts: dict[str, Any]) -> Finding:
    return judge(CheckRequest("repository.similarity"), facts).finding


def test_the_check_never_decides(study: dict[str, Any], tmp_path: Path) -> None:
    copy = facts_of(tmp_path / "copy", {"autre.ipynb": notebook(renamed(STUDY))})
    other = facts_of(tmp_path / "other", {"b.ipynb": notebook(OTHER)})
    empty = facts_of(tmp_path / "empty", {"a.py": "x = 1"})
    findings = {
        "alone": told({"fingerprints": study, "similar": OUTSIDE["similar"]}),
        "copy": told({"fingerprints": study, "similar": similar_to(study, [Project("A", other), Project("B", copy)])}),
        "other": told({"fingerprints": study, "similar": similar_to(study, [Project("A", other)])}),
        "empty": told({"fingerprints": empty, "similar": similar_to(empty, [Project("A", other)])}),
    }
    assert {finding.outcome for finding in findings.values()} == {Outcome.UNDECIDED}
    assert {name: finding.message.code.rpartition(".")[2] for name, finding in findings.items()} == {
        "alone": "offline",
        "copy": "undecided_code",
        "other": "undecided_nothing",
        "empty": "undecided_empty",
    }
    first = findings["copy"].evidence[0]
    assert (first.path, first.detail["work"], first.detail["other"]["path"]) == ("etude.ipynb", "B", "autre.ipynb")
    sentence = messages.render(findings["copy"].message, "en")
    assert sentence.startswith("100% of this work’s own code is also found in “B”.")
