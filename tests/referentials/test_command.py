"""`manage.py referentials`."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from certification.referentials.models import Referential
from certification.referentials.validation import normalised
from certification.referentials.yaml_form import parse_form, write_form

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("known_checks")]
CODE = "soudure-des-donnees"


def run(*words: str) -> str:
    """What the command prints, with plain spaces."""
    out = StringIO()
    call_command("referentials", *words, stdout=out)
    return out.getvalue().replace("\xa0", " ")


@pytest.fixture
def form(tree: dict[str, Any], tmp_path: Path) -> Path:
    path = tmp_path / "soudure.yaml"
    path.write_text(write_form(tree), encoding="utf-8")
    return path


def test_every_shipped_referential_is_loaded_once() -> None:
    assert "oc-data-scientist 1 : chargé, brouillon." in run("load", "--all")
    assert "oc-data-scientist 1 : inchangé, brouillon." in run("load", "oc-data-scientist")


def test_a_file_is_loaded_published_and_archived(form: Path) -> None:
    assert run("load", "--file", str(form), "--publish") == f"{CODE} 2026 : chargé, publié.\n"
    assert run("load", "--file", str(form), "--publish") == f"{CODE} 2026 : inchangé, publié.\n"
    assert "archivé" in run("archive", CODE)
    assert Referential.objects.get().status == "archived"


def test_a_draft_is_published_by_its_label(form: Path) -> None:
    run("load", "--file", str(form))

    assert "empreinte" in run("publish", CODE, "--edition", "2026")


def test_another_content_of_a_published_edition_is_refused(form: Path, tree: dict[str, Any]) -> None:
    run("load", "--file", str(form), "--publish")
    form.write_text(write_form(tree | {"title": "Autre"}), encoding="utf-8")

    with pytest.raises(CommandError, match="nouvelle édition"):
        run("load", "--file", str(form))


def test_the_list_counts() -> None:
    run("load", "oc-data-scientist")

    (edition,) = json.loads(run("list", "--json"))
    counts = {name: number for name, number in edition.items() if isinstance(number, int)}
    assert counts == {
        "blocs": 6,
        "activities": 14,
        "tasks": 0,
        "competencies": 27,
        "criteria": 85,
        "sub_items": 5,
        "assessments": 6,
        "deliverables": 0,
        "implied_deliverables": 18,
    }
    assert "14 activités, 0 tâche, 27 compétences, 85 critères, 5 sous-éléments, 6 épreuves, 0 livrable nommé" in run(
        "list"
    )


def test_the_export_is_the_tree(form: Path, tree: dict[str, Any]) -> None:
    run("load", "--file", str(form))

    assert json.loads(run("export", CODE)) == normalised(tree)
    assert parse_form(run("export", CODE, "--format", "yaml").encode()) == normalised(tree)


def test_what_is_exported_loads_unchanged(form: Path, tmp_path: Path) -> None:
    run("load", "--file", str(form))
    again = tmp_path / "again.yaml"
    again.write_text(run("export", CODE, "--format", "yaml"), encoding="utf-8")

    assert "inchangé" in run("load", "--file", str(again))


def test_a_form_is_validated_without_loading(form: Path, tree: dict[str, Any], tmp_path: Path) -> None:
    *warnings, said = run("validate", str(form)).splitlines()
    assert said == "Le fichier est valable."
    assert {line.partition(" ")[0] for line in warnings} == {"attention"}
    assert not Referential.objects.exists()

    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(write_form(tree | {"titre": "x"}), encoding="utf-8")
    out = StringIO()
    with pytest.raises(CommandError, match=r"1 erreur"):
        call_command("referentials", "validate", str(wrong), stdout=out)
    assert out.getvalue().replace("\xa0", " ").startswith("erreur : titre : clé inconnue")


def test_coverage_is_told_bloc_by_bloc() -> None:
    run("load", "oc-data-scientist")

    assert run("coverage", "oc-data-scientist").startswith("Bloc 1 : 16 critères, dont 1 décidé,")
    assert sum(row["decided"] for row in json.loads(run("coverage", "oc-data-scientist", "--json"))) >= 4


@pytest.mark.parametrize(
    "words", [("load",), ("load", "inconnu"), ("export", "inconnu"), ("validate", "/absent.yaml"), ("autre",)]
)
def test_a_wrong_request_says_why(words: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        run(*words)


def test_coverage_of_everything_is_told_framework_by_framework() -> None:
    run("load", "oc-data-scientist", "jedha-rncp35288")

    lines = run("coverage").splitlines()
    assert [line for line in lines if not line.startswith((" ", "Total"))] == [
        "jedha-rncp35288 1",
        "oc-data-scientist 1",
    ]
    assert sum(line.startswith("  Bloc ") for line in lines) == 12
    assert lines[-1].startswith("Total : ")
    jedha, oc = json.loads(run("coverage", "--json"))
    assert (jedha["code"], oc["code"]) == ("jedha-rncp35288", "oc-data-scientist")
    for each in (jedha, oc):
        for name in ("decided", "informed", "human"):
            assert each["total"][name] == sum(bloc[name] for bloc in each["blocs"])
    assert oc["total"]["total"] == 85
    total = jedha["total"]["total"] + oc["total"]["total"]
    assert lines[-1].startswith(f"Total : {total} critères, dont ")


def test_coverage_of_nothing_says_what_to_do() -> None:
    with pytest.raises(CommandError, match="load --all"):
        run("coverage")


def test_it_speaks_english_when_asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, tree: dict[str, Any]) -> None:
    assert "oc-data-scientist 1: loaded, draft." in run("--lang", "en", "load", "oc-data-scientist")
    assert run("coverage", "oc-data-scientist", "--lang", "en").startswith(
        "Skills block 1: 16 criteria, of which 1 dec"
    )
    monkeypatch.setenv("LANGUAGE", "en_GB:fr")
    assert "14 activities, 0 tasks, 27 competencies, 85 criteria, 5 sub-items, 6 assessments" in run("list")
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(write_form(tree | {"titre": "x", "blocs": 3}), encoding="utf-8")
    out = StringIO()
    with pytest.raises(CommandError, match=r"^2 errors\.$"):
        call_command("referentials", "validate", str(wrong), stdout=out)
    assert "error: titre: unknown key; possible keys: format" in out.getvalue()
    assert "error: blocs: a list is expected here." in out.getvalue()
    with pytest.raises(CommandError, match="No framework shipped bears the code ‘inconnu’"):
        run("load", "inconnu")


def test_a_file_from_elsewhere_becomes_yaml_and_its_doubts_are_told(tmp_path: Path) -> None:
    table = "Bloc;Activité;Compétence;Critère\n1 – Dire;1.1 – Lire;C1 – Lire;=SOMME(A1)\n"
    (tmp_path / "Mon tableau.csv").write_text(table, encoding="utf-8")
    out, told, path = StringIO(), StringIO(), tmp_path / "Mon tableau.csv"
    call_command("referentials", "import", str(path), "--lang", "en", stdout=out, stderr=told, no_color=True)
    found = parse_form(out.getvalue().encode())
    assert (found["code"], found["edition"], found["title"]) == ("mon-tableau", "1", "Mon tableau")
    assert "warning: line 2: ‘=SOMME(A1)’ looks like a formula: kept as a text." in told.getvalue()
    assert "Mon tableau: 1 skills block, 1 competency, 1 criterion, 0 assessments." in told.getvalue()
    (tmp_path / "again.yaml").write_text(out.getvalue(), encoding="utf-8")
    assert "mon-tableau 1 : chargé" in run("load", "--file", str(tmp_path / "again.yaml"))


@pytest.mark.parametrize(
    ("name", "said"),
    [("photo.png", "n’est pas d’un format connu"), ("absent.csv", "No such file"), ("vide.csv", "Le fichier est vide")],
)
def test_a_file_that_cannot_be_imported_says_why(tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / "photo.png").write_bytes(b"x")
    (tmp_path / "vide.csv").write_bytes(b"")
    with pytest.raises(CommandError, match=said):
        run("import", str(tmp_path / name))
