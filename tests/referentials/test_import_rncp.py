"""The open data of France compétences: one fiche out of many, forms 4.1 and 3, in flat memory."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from certification.referentials import importers
from certification.referentials.importers import Imported, ImportRefused
from certification.referentials.importers.registry import IMPORTERS
from certification.referentials.validation import problems_of
from tests.referentials import large_flux, office
from tests.referentials.conftest import of_the_form

GHOST = (
    "<CORRESPONDANCES><CORRESPONDANCE><SOURCE><BLOC_COMPETENCES><CODE>RNCP9BC01</CODE></BLOC_COMPETENCES></SOURCE>"
    "<DESTINATION><NUMERO_FICHE>RNCP8</NUMERO_FICHE><BLOC_COMPETENCES><CODE>RNCP8BC07</CODE></BLOC_COMPETENCES>"
    "</DESTINATION></CORRESPONDANCE></CORRESPONDANCES>"
)
LEVEL = "<NOMENCLATURE_EUROPE><NIVEAU>NIV7</NIVEAU><LIBELLE>Niveau 7</LIBELLE></NOMENCLATURE_EUROPE>"
TWO = office.bloc("RNCP9BC01", "Analyser", "C1.1 Choisir\nC1.2 Dire") + office.bloc(
    "RNCP9BC02", "Modéliser", "- Un\n- Deux"
)


def read(path: Path, fiche: str = "") -> Imported:
    return IMPORTERS["rncp"].read(path, {"fiche": fiche}, lambda read, total, seen: None)


def test_a_fiche_of_form_4(tmp_path: Path) -> None:
    jury = "<SI_JURY_FC><ACTIF>Oui</ACTIF><COMPOSITION>Trois personnes</COMPOSITION></SI_JURY_FC>"
    path = office.flux(tmp_path / "f.xml", office.fiche("RNCP7"), office.fiche("RNCP9", TWO, GHOST + LEVEL + jury))
    tree = read(path, "RNCP9").tree
    assert [bloc["code"] for bloc in tree["blocs"]] == ["RNCP9BC01", "RNCP9BC02"]  # and no ghost
    assert [each["text"] for each in tree["blocs"][1]["competencies"]] == ["Un", "Deux"]
    assert tree["blocs"][0]["competencies"][0] == {"code": "C1.1", "text": "Choisir"}
    assert tree["metadata"]["juries"] == {"fc": "Trois personnes"}
    assert (tree["metadata"]["level"], tree["metadata"]["rncp_code"]) == (7, "RNCP9")
    assert problems_of(tree) == []


def test_a_fiche_of_form_3(tmp_path: Path) -> None:
    flat = (
        "<SI_JURY_FC>Oui</SI_JURY_FC><JURY_FC>Deux personnes</JURY_FC><SI_JURY_CL>Non</SI_JURY_CL><JURY_CL>x</JURY_CL>"
    )
    named = "<NOMENCLATURE_EUROPE><NIVEAU>NIV6</NIVEAU><INTITULE>Niveau 6</INTITULE></NOMENCLATURE_EUROPE>"
    path = office.flux(tmp_path / "f.xml", office.fiche("RNCP9", TWO, flat + named), version="3.0")
    found = read(path)
    assert found.tree["metadata"]["juries"] == {"fc": "Deux personnes"}
    assert found.tree["metadata"]["level"] == 6
    assert [str(each.place) for each in found.remarks if each.code == "version"] == ["VERSION_FLUX"]


def test_duplicate_codes_and_missing_elements_are_told(tmp_path: Path) -> None:
    twice = office.bloc("01", "Un", "Faire") + office.bloc("01", "Deux", "Dire") + "<BLOC_COMPETENCES/>"
    found = read(office.flux(tmp_path / "f.xml", office.fiche("RNCP9", twice)))
    told = {(each.code, each.path) for each in found.remarks}
    assert {("duplicate", "blocs[1]"), ("missing", "blocs[2]"), ("empty", "blocs[2]")} <= told
    assert [bloc.get("code") for bloc in found.tree["blocs"]] == ["01", None, None]
    assert [bloc["title"] for bloc in found.tree["blocs"]] == ["Un", "Deux", "Bloc 3"]
    assert of_the_form(problems_of(found.tree)) == []


def test_a_fiche_of_the_specific_register_has_no_bloc(tmp_path: Path) -> None:
    more = "<CAPACITES_ATTESTEES><![CDATA[- Mesurer\n- Décrire]]></CAPACITES_ATTESTEES>"
    found = read(office.flux(tmp_path / "f.xml", office.fiche("RS12", "", more)), "rs12")
    assert [each["text"] for each in found.tree["competencies"]] == ["Mesurer", "Décrire"]
    assert any(each.code == "no_blocs" for each in found.remarks)


def test_the_published_archive_is_read_without_unpacking(tmp_path: Path) -> None:
    inside = office.flux(tmp_path / "export_fiches_RNCP_V4_1.xml", office.fiche("RNCP9", TWO))
    with zipfile.ZipFile(tmp_path / "export.zip", "w", zipfile.ZIP_DEFLATED) as package:
        package.write(inside, inside.name)
    assert len(read(tmp_path / "export.zip", "9").tree["blocs"]) == 2


@pytest.mark.parametrize("number", ["RNCP404", "RS9", "bonjour"])
def test_a_number_that_is_not_there(tmp_path: Path, number: str) -> None:
    with pytest.raises(ImportRefused) as refused:
        read(office.flux(tmp_path / "f.xml", office.fiche("RNCP9", TWO)), number)
    assert refused.value.code == "fiche"


def test_several_fiches_need_a_number(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused) as refused:
        read(office.flux(tmp_path / "f.xml", office.fiche("RNCP9"), office.fiche("RNCP10")))
    assert refused.value.code == "fiche"


def test_another_encoding(tmp_path: Path) -> None:
    path = office.flux(tmp_path / "f.xml", office.fiche("RNCP9", office.bloc("1", "Modéliser", "Prédire")),
                       encoding="ISO-8859-1")  # fmt: skip
    assert read(path).tree["blocs"][0]["title"] == "Modéliser"


def test_a_large_file_is_streamed_and_its_progress_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """30 MB here; docs/referentials.md gives the command and the measure for 470 MB."""
    monkeypatch.setattr(importers, "TELL_SECONDS", 0.05)  # else a fast machine would be done before the first step
    path = tmp_path / "large.xml"
    fiches = large_flux.write(path, 30_000_000)
    steps: list[tuple[int, int, int]] = []
    found = importers.read("rncp", path, {"fiche": "RNCP99"}, lambda *step: steps.append(step))
    assert len(found.tree["blocs"]) == 2
    assert len(steps) > 1
    assert steps == sorted(steps)
    assert steps[-1] == (path.stat().st_size, path.stat().st_size, fiches + 1)
    assert _memory_of_reading(path) < 300_000_000


READ_ALONE = """
import resource, sys
from pathlib import Path
from certification.referentials import importers
importers.read("rncp", Path(sys.argv[1]), {"fiche": "RNCP99"})
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def _memory_of_reading(path: Path) -> int:
    """Peak memory of the reader in bytes, from a process that has no other child to confuse it with."""
    done = subprocess.run([sys.executable, "-c", READ_ALONE, path], capture_output=True, text=True, check=True)
    return int(done.stdout) * 1024
