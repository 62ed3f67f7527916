"""Reference data sets: what a model sees of them, what gets out of it, and delivered predictions scored on them."""

from __future__ import annotations

import hashlib
import json
import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from sklearn.linear_model import LogisticRegression

from evaluator import profile, runner
from evaluator.errors import SubmissionFault
from evaluator.references import Reference
from evaluator.results import Finding, Outcome
from evaluator.runner import CheckRequest
from evaluator.store import FolderStore
from tests.evaluator.builders import write

pytestmark = pytest.mark.usefixtures("warm_engine")

SECRET = "cellule-secrete"
ROWS = 40


def table(rows: int = ROWS, **columns: Any) -> str:
    """A table whose class is 1 in its second half; ``clue`` is a word that nothing may repeat."""
    lines = [f"{rank},{rank / 7:.6f},{SECRET}-{rank},{int(rank >= rows / 2)}" for rank in range(rows)]
    return "\n".join(["id,x,clue,y", *lines]) + "\n"


def reference(folder: Path, text: str | None = None, **fields: Any) -> Reference:
    path = write(folder / "held", {"truth.csv": text if text is not None else table()}) / "truth.csv"
    given = {"title": "Clients 2026", "target": "y", "identifier": "id", "features": ("x",)} | fields
    return Reference(path=path, sha256=hashlib.sha256(path.read_bytes()).hexdigest(), **given)


def measured(
    folder: Path, files: Mapping[str, str | bytes], held: Reference | None, check: str = "model.metric", **params: Any
) -> tuple[Finding, str]:
    """The finding, and all that is said of it as JSON."""
    root = write(folder / "bundle", files)
    request = CheckRequest(check, {"reference": "clients", **params})
    with runner.evaluate(root, [request], references={"clients": held} if held else {}) as report:
        result = report.results[0]
        return result.finding, json.dumps(result.to_json(""))


def honest() -> bytes:
    import pandas

    frame = pandas.DataFrame({"x": [rank / 7 for rank in range(ROWS)]})
    return pickle.dumps(LogisticRegression(C=100).fit(frame, [int(rank >= ROWS / 2) for rank in range(ROWS)]))


def project(body: str) -> dict[str, str | bytes]:
    """A model whose class is in the bundle, with ``body`` as its predict."""
    lines = "\n".join(f"        {line}" for line in body.splitlines())
    module = f"class Model:\n    def predict(self, frame):\n{lines}\n"
    return {"own.py": module, "m.pkl": b"\x80\x04cown\nModel\n)\x81.", "jalon.toml": '[model]\npath = "m.pkl"\n'}


def test_a_model_is_measured_on_rows_that_its_project_does_not_hold(tmp_path: Path) -> None:
    held = reference(tmp_path)
    finding, said = measured(tmp_path, {"m.pkl": honest()}, held, threshold=0.9)
    assert finding.outcome is Outcome.MET
    detail = finding.evidence[0].detail
    assert (detail["rows"], detail["reference"], detail["reference_sha256"]) == (ROWS, "Clients 2026", held.sha256)
    assert finding.evidence[0].path == ""
    assert SECRET not in said
    assert '"y"' not in said
    assert "truth.csv" not in said


def test_the_code_of_a_bundle_sees_the_features_and_nothing_else(tmp_path: Path) -> None:
    body = f"""
import os
assert list(frame.columns) == ["x"], "other columns"
assert not os.path.exists("/reference"), "the table is there"
places = ("/bundle", "/tmp", "/dev/shm", "/attachments", "/run", "/var", "/source")
for folder, _, names in (found for place in places for found in os.walk(place)):
    for name in names:
        data = open(os.path.join(folder, name), "rb").read()
        assert b"{SECRET[:8]}" + b"{SECRET[8:]}" not in data, name
return [int(value >= {ROWS / 14}) for value in frame["x"]]
"""
    finding, _ = measured(tmp_path, project(body), reference(tmp_path))
    assert finding.outcome is Outcome.MET, finding


LEAKS = {
    "message": "raise ValueError(str(frame['x'].tolist()))",
    "type": "raise type('leak_' + str(frame['x'].iloc[3]), (Exception,), {})('x')",
    "cause": "try:\n    {}[frame['x'].iloc[3]]\nexcept KeyError as error:\n    raise OSError(1, str(frame)) from error",
    "output": "import sys\nprint(frame['x'].tolist())\nprint(frame, file=sys.stderr)\nraise RuntimeError(frame)",
    "killed": "import os, sys\nprint(frame.to_csv(), file=sys.stderr, flush=True)\nos.kill(os.getpid(), 9)",
    "exit": "raise SystemExit(str(frame['x'].tolist()))",
    "length": "return [0] * int(frame['x'].iloc[3] * 1000000)",
    "texts": "return [str(frame['x'].tolist())] * len(frame)",
    "classes": "self.classes_ = frame['x'].tolist()\nreturn frame['x'].tolist()",
    "not finite": "return [float('nan')] * len(frame)",
    "network": "import socket\nsocket.create_connection((str(frame['x'].iloc[3]), 80))",
    "lists": "return [frame['x'].tolist()] * len(frame)",
    "warnings": "import warnings\nwarnings.warn(str(frame['x'].tolist()))\nreturn [1] * len(frame)",
    "files": "open('/tmp/kept.txt', 'w').write(frame.to_csv())\nreturn [0] * len(frame)",
}


@pytest.mark.parametrize("body", LEAKS.values(), ids=LEAKS.keys())
def test_no_feature_gets_out_through_any_field_of_a_result(tmp_path: Path, body: str) -> None:
    store = FolderStore(tmp_path / "store")
    held = reference(tmp_path)
    root = write(tmp_path / "bundle", project(body))
    request = CheckRequest("model.metric", {"reference": "clients"})
    with runner.evaluate(root, [request], references={"clients": held}, fact_store=store) as report:
        result = report.results[0]
        said = json.dumps(result.to_json("")) + str(result)
    said += "".join(path.read_text() for path in (tmp_path / "store").rglob("*.json"))
    cells = {f"{rank / 7:.6f}" for rank in range(ROWS)} | {"428571"}  # the row 3 by itself, as its million would be
    assert {cell for cell in cells if cell in said and float(cell) > 1} == set()
    assert SECRET not in said
    assert "leak_" not in said
    assert float(result.seconds).is_integer()


def test_a_value_has_no_room_for_a_row(tmp_path: Path) -> None:
    finding, _ = measured(tmp_path, project("return [0.123456789 + frame['x'].iloc[9]] * len(frame)"),
                          reference(tmp_path), metric="rmse", beats_dummy=False)  # fmt: skip
    value = finding.evidence[0].detail["value"]
    assert value == float(f"{value:.4g}")


def test_without_the_data_set_nobody_is_at_fault(tmp_path: Path) -> None:
    finding, _ = measured(tmp_path, {"m.pkl": honest()}, None)
    assert (finding.outcome, finding.message.code) == (Outcome.UNDECIDED, "reference.absent")


def test_columns_that_the_data_set_lacks_are_named_as_the_model_names_them(tmp_path: Path) -> None:
    held = reference(tmp_path, table().replace("id,x,", "id,other,"), features=())
    finding, said = measured(tmp_path, {"m.pkl": honest()}, held)
    assert (finding.outcome, finding.message.code) == (Outcome.UNDECIDED, "reference.columns")
    assert finding.message.params["names"] == "x"
    assert "clue" not in said


def test_a_submission_that_holds_the_data_set_proves_nothing(tmp_path: Path) -> None:
    files = {"m.pkl": honest(), "found/elsewhere.csv": table()}
    for check in ("model.metric", "predictions.metric"):
        finding, _ = measured(tmp_path, files | {"predictions.csv": "id,pred\n1,1\n"}, reference(tmp_path), check)
        assert (finding.outcome, finding.message.code) == (Outcome.UNDECIDED, "reference.delivered")


def test_another_version_of_the_data_set_is_another_fact(tmp_path: Path) -> None:
    store = FolderStore(tmp_path / "store")
    root = write(tmp_path / "bundle", {"m.pkl": honest()})
    values = []
    for number, text in enumerate([table(), table().replace(",0\n", ",2\n", 8).replace(",1\n", ",0\n")]):
        held = reference(tmp_path / str(number), text)
        request = CheckRequest("model.metric", {"reference": "clients"})
        with runner.evaluate(root, [request], references={"clients": held}, fact_store=store) as report:
            values.append(report.results[0].finding.evidence[0].detail["value"])
    assert values[0] != values[1]


def test_what_the_candidate_declares_does_not_choose_the_metric(tmp_path: Path) -> None:
    files = {"m.pkl": honest(), "jalon.toml": '[metric]\nname = "recall"\nclaimed = 0.2\n'}
    finding, _ = measured(tmp_path, files, reference(tmp_path))
    assert (finding.outcome, finding.evidence[0].detail["metric"]) == (Outcome.MET, "accuracy")


# Predictions


def delivered(order: Any = range(ROWS), *, name: str = "id") -> str:
    return "\n".join([f"{name},prediction", *(f"{rank},{int(rank >= ROWS / 2)}" for rank in order)]) + "\n"


GOOD = {
    "in another order": delivered(reversed(range(ROWS))),
    "as pandas writes an index": "\n".join(
        [",id,prediction", *(f"{rank},{rank}.0,{rank >= ROWS / 2}" for rank in range(ROWS))]
    ),
    "of a spreadsheet": ("\ufeff" + delivered().replace(",", ";").replace("\n", "\r\n")).encode(),
    "utf-16": delivered().encode("utf-16"),
    "without identifier": "prediction\n" + "".join(f"{int(rank >= ROWS / 2)}\n" for rank in range(ROWS)),
    "blank lines": delivered().replace("\n", "\n\n"),
}


@pytest.mark.parametrize("content", GOOD.values(), ids=GOOD.keys())
def test_predictions_are_found_and_aligned(tmp_path: Path, content: str | bytes) -> None:
    files = {"livrables/predictions.csv": content, "data.csv": "a,b\n1,2\n"}
    finding, said = measured(tmp_path, files, reference(tmp_path), "predictions.metric", threshold=1)
    assert finding.outcome is Outcome.MET, finding
    assert [item.kind.value for item in finding.evidence] == ["file", "metric"]
    assert finding.evidence[0].path == "livrables/predictions.csv"
    assert SECRET not in said


BAD: dict[str, tuple[str | bytes, str]] = {
    "fewer": (delivered(range(30)), "predictions.metric.not_met_rows"),
    "twice": (delivered([*range(ROWS), 3, 3]), "predictions.metric.not_met_rows"),
    "others": (delivered(range(10, ROWS + 10)), "predictions.metric.not_met_rows"),
    "wrong": ("\n".join(["id,prediction", *(f"{rank},0" for rank in range(ROWS))]), "predictions.metric.not_met"),
    "formulas": ("\n".join(["id,prediction", *(f"{rank},=1+1" for rank in range(ROWS))]), "predictions.metric.not_met"),
    "nan": ("\n".join(["id,prediction", *(f"{rank},nan" for rank in range(ROWS))]), "predictions.metric.not_met"),
    "empty": ("\n".join(["id,prediction", *(f"{rank}," for rank in range(ROWS))]), "predictions.empty"),
    "other length": ("prediction\n1\n0\n", "predictions.wrong_length"),
}


@pytest.mark.parametrize(("content", "code"), BAD.values(), ids=BAD.keys())
def test_predictions_that_do_not_do(tmp_path: Path, content: str | bytes, code: str) -> None:
    finding, _ = measured(tmp_path, {"predictions.csv": content}, reference(tmp_path), "predictions.metric")
    assert (finding.outcome, finding.message.code) == (Outcome.NOT_MET, code)


def test_identifiers_are_named_only_as_they_were_delivered(tmp_path: Path) -> None:
    content = "id,prediction\n0,0\n0,1\nintrus,1\n"
    finding, _ = measured(tmp_path, {"predictions.csv": content}, reference(tmp_path), "predictions.metric")
    missing, twice, unknown = finding.message.params["reasons"]
    assert (missing["params"]["count"], missing["params"]["names"]) == (ROWS - 1, None)
    assert (twice["params"]["names"], unknown["params"]["names"]) == (["0"], ["intrus"])


HOSTILE: dict[str, str | bytes] = {
    "a million columns": ",".join(["c"] * 1_000_000) + "\n" + ",".join(["1"] * 1_000_000),
    "a field without end": 'id,prediction\n1,"' + "x" * 2_000_000,
    "nothing": "",
    "zeros": b"\0" * 100_000,
    "binary": bytes(range(256)) * 400,
    "a header alone": "id,prediction\n",
    "more rows than are read": "id,prediction\n" + "1,1\n" * 400_001,
    "ragged": "id,prediction\n1\n2,3,4\n",
}


@pytest.mark.parametrize("declared", [True, False], ids=["declared", "found"])
@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_predictions_are_named(tmp_path: Path, content: str | bytes, declared: bool) -> None:
    files: dict[str, str | bytes] = {"predictions.csv": content}
    if declared:
        files["jalon.toml"] = '[predictions]\npath = "predictions.csv"\n'
    finding, _ = measured(tmp_path, files, reference(tmp_path), "predictions.metric")
    assert finding.outcome in (Outcome.NOT_MET, Outcome.UNDECIDED)
    assert finding.cause is None


def test_declared_columns_are_taken(tmp_path: Path) -> None:
    content = "\n".join(["a,client,b", *(f"x,{rank},{int(rank >= ROWS / 2)}" for rank in range(ROWS))])
    toml = '[predictions]\npath = "out/r.csv"\nidentifier = "client"\ncolumn = "b"\n'
    finding, _ = measured(
        tmp_path, {"out/r.csv": content, "jalon.toml": toml}, reference(tmp_path), "predictions.metric"
    )
    assert finding.outcome is Outcome.MET


# Profiles

REFUSED: dict[str, tuple[bytes, str, str]] = {
    "ragged": (b"a,b\n1,2\n1,2,3\n", "csv", "reference.ragged"),
    "one column": (b"a\n1\n2\n", "csv", "reference.columns_count"),
    "one row": (b"a,b\n1,2\n", "csv", "reference.rows"),
    "same name": (b"a,a\n1,2\n3,4\n", "csv", "reference.column_twice"),
    "no name": (b"a,\n1,2\n3,4\n", "csv", "reference.column_unnamed"),
    "empty": (b"", "csv", "reference.columns_count"),
    "binary": (bytes(range(256)) * 40, "csv", "reference."),
    "no parquet": (b"PAR1 not really PAR1", "parquet", "reference.not_parquet"),
    "many columns": (b",".join([b"c"] * 100_000) + b"\n", "csv", "reference."),
    "endless field": (b'a,b\n1,"' + b"x" * 1_000_000, "csv", "reference."),
}


@pytest.mark.parametrize(("content", "form", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_tables_that_cannot_serve_are_refused_by_name(tmp_path: Path, content: bytes, form: str, code: str) -> None:
    path = write(tmp_path, {"table": content}) / "table"
    with pytest.raises(SubmissionFault) as caught:
        profile.profile(path, form)
    assert caught.value.code.startswith(code)


def test_a_profile_says_what_an_administrator_chooses_from(tmp_path: Path) -> None:
    path = write(tmp_path, {"table.csv": "id;âge;classe\n1;3,5;oui\n2;;non\n3;4;oui\n".encode("cp1252")}) / "table.csv"
    found = profile.profile(path, "csv")
    assert found["rows"] == 3
    assert [(column["name"], column["empty"], column["distinct"]) for column in found["columns"]] == [
        ("id", 0, 3), ("âge", 1, 2), ("classe", 0, 2),
    ]  # fmt: skip
    assert found["columns"][2]["common"] == [["oui", 2], ["non", 1]]
