"""The formats an edition leaves in: the workbook, the registry, the command."""

from __future__ import annotations

import copy
import io
import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from certification.referentials import exporters, importers, services
from certification.referentials.exporters.xlsx import write
from certification.referentials.importers.covering import covered_by, scope_of
from certification.referentials.importers.registry import IMPORTERS, kind_of_file
from certification.referentials.shipped import shipped_codes, shipped_tree
from certification.referentials.structure import walk
from certification.referentials.validation import normalised
from certification.referentials.yaml_form import parse_form
from tests.referentials.test_round_trip import editions

ORIGIN = exporters.Origin("draft", datetime(2026, 11, 20, 10, tzinfo=UTC), "https://jalon.example")
CODE = "soudure-des-donnees"


def sheet(tree: dict[str, Any], rank: int = 0) -> list[tuple[Any, ...]]:
    book = openpyxl.load_workbook(io.BytesIO(write(normalised(tree), ORIGIN)))
    return list(book.worksheets[rank].iter_rows(values_only=True))


def test_the_workbook_has_the_columns_of_the_template(tree: dict[str, Any]) -> None:
    header, *rows = sheet(tree)
    assert header == ("Bloc", "Activité", "Compétence", "Modalité", "Critère")
    assert rows[0] == (None, None, "Parler clairement", "Thèse", "On comprend")
    bloc = next(rank for rank, row in enumerate(rows) if row[0] == "1 : Tronc commun")
    # What stands under the activity itself comes first: a blank means « as above ».
    assert rows[bloc] == ("1 : Tronc commun", "A1 : Collecter", None, None, "Le tout se tient")
    criterion = "E1 : Capacité à : Le choix est juste :\n- il est argumenté\n- il est daté"
    assert rows[bloc + 1] == (None, None, "A1-C1 : Choisir", None, criterion)
    assert rows[bloc + 2] == (None, None, "A1-C2 : Interroger", "Dossier", None)
    assert rows[-1] == ("5B : Science", None, None, None, None)


def test_the_workbook_lists_the_checks(tree: dict[str, Any]) -> None:
    _, (bloc, criterion, check, role, params) = sheet(tree, 1)
    assert (bloc, check, role, params) == ("1", "code.counts", "décide", '{"minimum": 2}')
    assert criterion.startswith("E1 : Capacité à")


def test_a_text_that_looks_like_a_formula_stays_a_text(tree: dict[str, Any]) -> None:
    tree["blocs"] = [{"title": "=HYPERLINK(A1)", "competencies": [{"text": "Savoir"}]}]
    tree["assessments"], tree["option_groups"] = [], []
    book = openpyxl.load_workbook(io.BytesIO(write(normalised(tree), ORIGIN)))
    cells = [cell for row in book.worksheets[0].iter_rows() for cell in row if cell.value == "=HYPERLINK(A1)"]
    assert [cell.data_type for cell in cells] == ["s"]


class TestFiles:
    @pytest.fixture(autouse=True)
    def loaded(self, tree: dict[str, Any], known_checks: Any, db: None) -> None:
        self.edition = services.load_edition(tree=tree).referential

    @pytest.mark.parametrize("name", exporters.FORMATS)
    def test_every_format_is_written_twice_alike(self, name: str, tmp_path: Path) -> None:
        path = tmp_path / exporters.file_name(self.edition, name)
        call_command("referentials", "export", CODE, "--format", name, "--output", str(path))
        first = path.read_bytes()
        call_command("referentials", "export", CODE, "--format", name, "--output", str(path))
        assert first
        if name != "xlsx":  # the workbook's archive is stamped with the time
            assert path.read_bytes() == first

    def test_the_standard_output_holds_nothing_but_the_export(self) -> None:
        for name, read in (
            ("json", json.loads),
            ("case", json.loads),
            ("yaml", lambda text: parse_form(text.encode())),
        ):
            out = io.StringIO()
            call_command("referentials", "export", CODE, "--format", name, stdout=out)
            assert read(out.getvalue())

    def test_a_workbook_is_not_shown_on_a_screen(self) -> None:
        with pytest.raises(CommandError, match="--output"):
            call_command("referentials", "export", CODE, "--format", "xlsx", stdout=io.StringIO())

    def test_a_file_that_cannot_be_written_is_said(self) -> None:
        with pytest.raises(CommandError, match="/absent"):
            call_command("referentials", "export", CODE, "--output", "/absent/x.json")


WORDS = st.text("abcdéèç", min_size=3, max_size=12).map(lambda word: f"Savoir {word}")


@st.composite
def table_trees(draw: st.DrawFn) -> dict[str, Any]:
    """Editions as far as a table carries them: texts told apart, on one line, in a word's usual letters."""
    words = iter(draw(st.lists(WORDS, min_size=60, max_size=60, unique=True)))

    def some(most: int) -> range:
        return range(draw(st.integers(1, most)))

    def criterion() -> dict[str, Any]:
        items = [next(words) for _ in range(draw(st.integers(0, 2)))]
        return {"text": next(words) + (" :" if items else ""), "items": items}

    blocs = []
    for bloc in some(2):
        activities = []
        for activity in some(2):
            competencies = [
                {
                    "code": draw(st.sampled_from([None, f"C{activity + 1}.{rank + 1}", "C9"])),
                    "key": f"k{bloc}-{activity}-{rank}",
                    "text": next(words),
                    "criteria": [criterion() for _ in range(draw(st.integers(0, 2)))],
                }
                for rank in some(2)
            ]
            own = [criterion() for _ in range(draw(st.integers(0, 1)))]
            activities.append(
                {"code": f"A{activity + 1}", "title": next(words), "competencies": competencies, "criteria": own}
            )
        blocs.append({"code": str(bloc + 1), "title": next(words), "activities": activities})
    assessments = []
    for bloc in blocs:
        keys = [each["key"] for activity in bloc["activities"] for each in activity["competencies"]]
        for _ in some(3):
            title = next(words)
            covered = draw(st.lists(st.sampled_from(keys), unique=True))
            brief = draw(st.sampled_from([None, f"{title}\nen deux heures"]))
            node = {"bloc": bloc["code"], "title": title, "kind": "other", "competencies": covered, "brief": brief}
            assessments.append(node)
    scale = [
        {"code": "yes", "label": {"fr": "oui", "en": "yes"}, "acquired": True},
        {"code": "no", "label": {"fr": "non", "en": "no"}, "acquired": False},
    ]
    return {
        "format": 1,
        "code": "essai",
        "edition": "1",
        "title": "Essai",
        "scale": scale,
        "blocs": blocs,
        "assessments": assessments,
    }


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(tree=table_trees())
def test_the_workbook_comes_back_for_what_a_table_carries(tree: dict[str, Any]) -> None:
    whole = normalised(tree)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "essai.xlsx"
        path.write_bytes(write(whole, ORIGIN))
        found = IMPORTERS["xlsx"].read(path, {}, lambda read, total, seen: None)

    back = normalised(found.tree | {"code": "essai", "edition": "1", "title": "Essai", "scale": whole["scale"]})
    assert without_keys(back) == without_keys(whole)
    assert covers(back) == covers(whole)


def without_keys(tree: dict[str, Any]) -> Any:
    """The blocs less the keys of their competencies, which no table carries."""
    blocs = copy.deepcopy(tree["blocs"])
    for bloc in blocs:
        for activity in bloc["activities"]:
            for competency in activity["competencies"]:
                del competency["key"]
    return blocs


def covers(tree: dict[str, Any]) -> set[Any]:
    """What each assessment covers, by the words of the competencies: all those of its bloc where it names none."""
    words = {
        path: node["text"] for path, part, node in walk(tree) if "deliverables" in part.children and "text" in node
    }
    found = set()
    for assessment in tree["assessments"]:
        scope = {words[path] for path in scope_of(tree, assessment)}
        named = {words[path] for path in covered_by(tree, assessment)}
        found.add((assessment["bloc"], assessment["title"], assessment["brief"], frozenset(named or scope)))
    return found


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(tree=editions(), name=st.sampled_from(["yaml", "json", "case"]))
def test_a_file_of_any_whole_format_comes_back_through_its_importer(tree: dict[str, Any], name: str) -> None:
    whole = normalised(tree)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"essai{exporters.FORMATS[name].suffix}"
        path.write_bytes(exporters.FORMATS[name].write(whole, ORIGIN))
        found = IMPORTERS[kind_of_file(path)].read(path, {}, lambda read, total, seen: None)
    assert normalised(found.tree) == whole
    assert found.remarks == ()


@pytest.mark.parametrize("code", shipped_codes())
@pytest.mark.parametrize("name", ["yaml", "json", "case"])
def test_every_shipped_framework_comes_back_through_the_bounded_child(code: str, name: str, tmp_path: Path) -> None:
    whole = normalised(shipped_tree(code))
    path = tmp_path / f"{code}{exporters.FORMATS[name].suffix}"
    path.write_bytes(exporters.FORMATS[name].write(whole, ORIGIN))
    assert normalised(importers.read(kind_of_file(path), path).tree) == whole
