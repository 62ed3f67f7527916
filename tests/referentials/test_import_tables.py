"""Tables brought in: XLSX, CSV and Word give the tree that their rows say, blanks meaning « as above »."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from certification.referentials.importers import Imported, ImportRefused
from certification.referentials.importers.registry import IMPORTERS
from certification.referentials.importers.splitting import bloc_coded, coded, pieces
from certification.referentials.importers.tables import HEADINGS, template_xlsx
from certification.referentials.validation import problems_of
from tests.referentials import office

ROWS = [
    ("1 – Analyser", "1.1 – Représenter", "C1 – Choisir", "Projet", "K1 – Le choix est juste"),
    ("", "", "", "", "K2 – Il est dit"),
    ("", "", "C2 – Dessiner", "", "Le dessin est lisible"),
    ("", "1.2 – Dire", "Résumer", "", "Le résumé est bref"),
    ("2 – Modéliser", "", "Comparer", "Étude de cas", "Les modèles sont comparés"),
]


def imported(kind: str, path: Path, **options: str) -> Imported:
    return IMPORTERS[kind].read(path, options, lambda read, total, seen: None)


def outline(tree: dict[str, Any]) -> list[Any]:
    """The tree as nested lists, for comparison at a glance."""

    def lines(scope: dict[str, Any]) -> list[Any]:
        return [
            [each.get("code"), each["text"], [[line.get("code"), line["text"], line.get("items", [])]
             for line in each.get("criteria", ())]]
            for each in scope.get("competencies", ())
        ]  # fmt: skip

    return [
        [bloc.get("code"), bloc["title"],
         [[each.get("code"), each["title"], lines(each)] for each in bloc.get("activities", ())], lines(bloc)]
        for bloc in tree["blocs"]
    ]  # fmt: skip


EXPECTED = [
    ["1", "Analyser", [
        ["1.1", "Représenter", [
            ["C1", "Choisir", [["K1", "Le choix est juste", []], ["K2", "Il est dit", []]]],
            ["C2", "Dessiner", [[None, "Le dessin est lisible", []]]],
        ]],
        ["1.2", "Dire", [[None, "Résumer", [[None, "Le résumé est bref", []]]]]],
    ], []],
    ["2", "Modéliser", [], [[None, "Comparer", [[None, "Les modèles sont comparés", []]]]]],
]  # fmt: skip


def csv_bytes(rows: list[Any], delimiter: str, encoding: str) -> bytes:
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter).writerows([HEADINGS, *rows])
    return stream.getvalue().encode(encoding)


def complete(tree: dict[str, Any]) -> dict[str, Any]:
    return tree | {"code": "essai", "edition": "1", "title": "Essai"}


def test_the_template_filled_in_gives_its_tree(tmp_path: Path) -> None:
    path = tmp_path / "table.xlsx"
    path.write_bytes(template_xlsx(ROWS))
    found = imported("xlsx", path)
    assert outline(found.tree) == EXPECTED
    assert [(each["bloc"], each["kind"]) for each in found.tree["assessments"]] == [
        ("1", "project"),
        ("2", "case_study"),
    ]
    assert problems_of(complete(found.tree)) == []


def test_the_template_as_downloaded_is_a_valid_example(tmp_path: Path) -> None:
    path = tmp_path / "modele.xlsx"
    path.write_bytes(template_xlsx())
    found = imported("xlsx", path)
    assert problems_of(complete(found.tree)) == []
    criteria = found.tree["blocs"][0]["activities"][0]["competencies"][0]["criteria"]
    assert criteria[0] == {"text": "Le rapport comprend :", "items": ["un histogramme", "un nuage de points"]}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_a_table_of_text_in_any_usual_dress(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(csv_bytes(ROWS, delimiter, encoding))
    found = imported("csv", path)
    assert outline(found.tree) == EXPECTED
    assert any(each.code == "encoding" for each in found.remarks) == (encoding == "cp1252")


def test_cells_merged_downwards_mean_as_above(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Référentiel exporté le 1er mars"])
    sheet.append(["Block", "Activity", "Skills", "Assessment", "Criteria"])
    for row in ROWS:
        sheet.append([text or None for text in row])
    sheet.merge_cells("A3:A6")
    sheet.merge_cells("B3:B5")
    book.save(tmp_path / "merged.xlsx")
    assert outline(imported("xlsx", tmp_path / "merged.xlsx").tree) == EXPECTED


def test_formulas_are_texts_and_are_told(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEADINGS)
    sheet.append(["B1 – Un", "Activité", "Compétence", "", '=HYPERLINK("http://example.org","x")'])
    book.save(tmp_path / "formula.xlsx")
    found = imported("xlsx", tmp_path / "formula.xlsx")
    assert outline(found.tree)[0][2][0][2][0][2][0][1] == '=HYPERLINK("http://example.org","x")'
    told = next(each for each in found.remarks if each.code == "formula")
    assert told.place.said("fr").replace("\xa0", " ") == "feuille « Sheet », ligne 2"


def test_what_is_doubtful_is_told_where_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    rows = [
        ("1 – Un", "1.1 – A", "Faire\nDéfaire", "", "Un critère. Peut-être deux."),
        ("", "", "Refaire", "", "- le premier\n- le second"),
        ("", "", "Faire", "", ""),
        ("", "1.2 – Vide", "", "", ""),
    ]
    path.write_bytes(csv_bytes(rows, ";", "utf-8"))
    found = imported("csv", path)
    told = {(each.code, each.path) for each in found.remarks}
    activity = "blocs[0].activities[0]"
    assert {
        ("split", f"{activity}.competencies[0]"),
        ("split", f"{activity}.competencies[1]"),
        ("criterion_of_several", f"{activity}.competencies[1].criteria[0]"),
        ("sentences", f"{activity}.competencies[1].criteria[0]"),
        ("split", f"{activity}.competencies[2].criteria[1]"),
        ("duplicate", f"{activity}.competencies[3]"),
        ("empty", f"{activity}.competencies[3]"),
        ("empty", "blocs[0].activities[1]"),
    } <= told
    assert next(str(each.place) for each in found.remarks if each.code == "duplicate") == "ligne 6"


def test_the_official_word_form(tmp_path: Path) -> None:
    heading = [
        [office.cell("RÉFÉRENTIEL D’ACTIVITÉS\ndécrit les activités"), office.cell("RÉFÉRENTIEL DE COMPÉTENCES"),
         office.cell("RÉFÉRENTIEL D’ÉVALUATION définit les critères et les modalités", span=2)],
        [office.cell("", merge="continue"), office.cell("", merge="continue"),
         office.cell("MODALITÉS D’ÉVALUATION"), office.cell("CRITÈRES D’ÉVALUATION")],
    ]  # fmt: skip
    first = [
        *heading,
        [office.cell("BLOC 1 – Analyser", span=4)],
        [office.cell("1.1 – Représenter", merge="restart"), office.cell("C1 – Choisir", merge="restart"),
         office.cell("Projet", merge="restart"), office.cell("K1 – Le choix est juste")],
        [office.cell("", merge="continue"), office.cell("", merge="continue"), office.cell("", merge="continue"),
         office.cell("K2 – Il est dit")],
        [office.cell("", merge="continue"), office.cell("C2 – Dessiner"), office.cell("", merge="continue"),
         office.cell("Le dessin est lisible")],
    ]  # fmt: skip
    second = [
        *heading,
        [office.cell("1.2 – Dire"), office.cell("Résumer"), office.cell(""), office.cell("Le résumé est bref")],
    ]
    third = [
        [office.cell(""), office.cell("Comparer"), office.cell("Étude de cas"),
         office.cell("Le rapport :", bullets=["compare", "conclut"])],
    ]  # fmt: skip
    body = office.table(first) + office.table(second) + office.paragraph("Bloc 2 : Modéliser") + office.table(third)
    found = imported("docx", office.docx(tmp_path / "form.docx", body))
    assert outline(found.tree)[0] == EXPECTED[0]
    compared = [[None, "Comparer", [[None, "Le rapport :", ["compare", "conclut"]]]]]
    assert outline(found.tree)[1] == ["2", "Modéliser", [], compared]
    assert problems_of(complete(found.tree)) == []
    told = [(each["title"], each["bloc"], each.get("competencies")) for each in found.tree["assessments"]]
    assert told == [("Projet", "1", None), ("Étude de cas", "2", None)]


def test_a_modality_merged_over_some_rows_assesses_their_competencies(tmp_path: Path) -> None:
    rows = [
        [office.cell("Activités"), office.cell("Compétences"), office.cell("Modalités"), office.cell("Critères")],
        [office.cell("A1 – Lire"), office.cell("C1 – Lire"), office.cell("Oral", merge="restart"), office.cell("Lu")],
        [office.cell(""), office.cell("C2 – Dire"), office.cell("", merge="continue"), office.cell("Dit")],
        [office.cell("A2 – Agir"), office.cell("Faire"), office.cell("Projet"), office.cell("Fait")],
    ]
    found = imported("docx", office.docx(tmp_path / "form.docx", office.table(rows)))
    told = [(each["title"], each["kind"], each.get("competencies")) for each in found.tree["assessments"]]
    assert told == [("Oral", "defence", ["C1", "C2"]), ("Projet", "project", ["competence-1"])]
    assert found.tree["activities"][1]["competencies"][0]["key"] == "competence-1"


def test_a_table_without_headings_says_so(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(b"un;deux\ntrois;quatre\n")
    with pytest.raises(ImportRefused) as refused:
        imported("csv", path)
    assert refused.value.code == "no_headings"


@pytest.mark.parametrize(
    ("text", "code", "rest"),
    [
        ("C1.1 : Analyser", "C1.1", "Analyser"),
        ("A1-C1-E1 – Dire", "A1-C1-E1", "Dire"),
        ("1) Choisir", "1", "Choisir"),
        ("2.3 Choisir", "2.3", "Choisir"),
        ("3 graphiques au moins", None, "3 graphiques au moins"),
        ("R2 élevé", None, "R2 élevé"),
        ("Analyser", None, "Analyser"),
    ],
)
def test_codes_are_those_printed(text: str, code: str | None, rest: str) -> None:
    assert coded(text) == (code, rest)


def test_blocs_named_in_several_ways() -> None:
    assert bloc_coded("BLOC 5A : Déployer") == ("5A", "Déployer")
    assert bloc_coded("Bloc n°2 – Dire") == ("2", "Dire")
    assert bloc_coded("RNCP35288BC01 - Dire") == ("RNCP35288BC01", "Dire")
    assert bloc_coded("Blocage") == (None, "Blocage")


def test_bullets_under_a_colon_are_sub_items() -> None:
    found = pieces("Le rapport comprend :\n• un titre\n• une date\nIl est signé")
    assert [(each.text, each.items) for each in found] == [
        ("Le rapport comprend :", ["un titre", "une date"]),
        ("Il est signé", []),
    ]


WORD = st.text(alphabet="abcdefgéèçàœ", min_size=3, max_size=12)
LINE = st.lists(WORD, min_size=1, max_size=4).map(lambda words: "x" + " ".join(words))
COMPETENCY = st.tuples(LINE, st.lists(LINE, min_size=1, max_size=3, unique=True))
ACTIVITY = st.tuples(LINE, st.lists(COMPETENCY, min_size=1, max_size=3, unique_by=lambda each: each[0]))
BLOC = st.tuples(LINE, st.lists(ACTIVITY, min_size=1, max_size=2, unique_by=lambda each: each[0]))
WHOLE = st.lists(BLOC, min_size=1, max_size=3, unique_by=lambda each: each[0])


def rows_of(whole: Any, repeat: bool) -> list[tuple[str, ...]]:
    """The rows that say `whole`, each parent once, or on every row."""
    rows, above = [], ("", "", "")
    for bloc, activities in whole:
        for activity, competencies in activities:
            for competency, criteria in competencies:
                for criterion in criteria:
                    parents = (bloc, activity, competency)
                    changed = [rank for rank in range(3) if parents[: rank + 1] != above[: rank + 1]]
                    shown = tuple(text if repeat or rank in changed else "" for rank, text in enumerate(parents))
                    rows.append((*shown, "", criterion))
                    above = parents
    return rows


@settings(max_examples=40, deadline=None)
@given(whole=WHOLE, repeat=st.booleans(), kind=st.sampled_from(["xlsx", "csv"]))
def test_a_table_says_back_the_tree_it_was_made_of(whole: Any, repeat: bool, kind: str) -> None:
    rows = rows_of(whole, repeat)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"table.{kind}"
        path.write_bytes(template_xlsx(rows) if kind == "xlsx" else csv_bytes(rows, ";", "utf-8"))
        found = imported(kind, path)
    said = [
        (bloc[1], [(activity[1], [(each[1], [line[1] for line in each[2]]) for each in activity[2]])
         for activity in bloc[2]])
        for bloc in outline(found.tree)
    ]  # fmt: skip
    assert said == whole
