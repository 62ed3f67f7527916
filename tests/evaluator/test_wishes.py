"""Which environment a bundle asks for."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluator.runtimes.wishes import Wish, for_app, for_model, is_met


def passport(classes: tuple[str, ...] = (), **libraries: str) -> dict[str, Any]:
    named = {name.replace("_", "-"): version for name, version in libraries.items()}
    versions = {name: [version] for name, version in named.items()}
    return {"versions": versions, "packages": sorted(named), "classes": list(classes)}


def declares(path: str = "requirements.txt", **specs: str) -> dict[str, Any]:
    entries = [{"name": name.replace("_", "-"), "spec": spec, "line": 1} for name, spec in specs.items()]
    return {"files": [{"path": path, "entries": entries, "locked": False}], "main": path}


NOTHING: dict[str, Any] = {"files": [], "main": None}


def test_the_versions_inside_a_model_come_before_those_declared() -> None:
    wish = for_model(passport(scikit_learn="1.2.2"), "model.pkl", declares(scikit_learn="==1.4.0", pandas="==1.5.3"))[0]
    assert wish.origin == "model"
    assert {"scikit-learn==1.2.2", "pandas==1.5.3"} <= set(wish.requirements)


def test_an_old_scikit_learn_is_given_the_companions_of_its_time() -> None:
    wish = for_model(passport(scikit_learn="1.2.2"), "model.pkl", NOTHING)[0]
    assert wish.requirements == ("joblib<1.4", "numpy<1.25", "pandas<2.1", "scikit-learn==1.2.2", "scipy<1.11")


def test_a_model_that_names_no_version_wishes_for_nothing() -> None:
    assert for_model(passport(), "model.pkl", NOTHING) == []


def test_what_an_mlflow_folder_says_of_its_file_yields_to_the_file() -> None:
    folder = passport(scikit_learn="1.2.2", mlflow="2.9.0")
    folder["versions"]["scikit-learn"].append("1.6.1")
    wish = for_model(folder, "m/MLmodel", NOTHING)[0]
    assert "scikit-learn==1.6.1" in wish.requirements
    assert not any(line.startswith("mlflow") for line in wish.requirements)


def test_only_what_the_model_needs_is_taken_from_the_pins() -> None:
    wish = for_model(passport(lightgbm="4.6.0"), "m.pkl", declares(jupyter="==1.0", numpy="==1.26.4", torch="==2.1"))[0]
    assert wish.requirements == ("joblib", "lightgbm==4.6.0", "numpy==1.26.4", "pandas")


def test_a_pickle_of_numpy_2_is_not_read_by_numpy_1() -> None:
    wish = for_model(passport(("numpy._core.multiarray._reconstruct",), lightgbm="4.6.0"), "m.pkl", NOTHING)[0]
    assert "numpy>=2" in wish.requirements


def test_a_wrapper_of_another_library_needs_scikit_learn() -> None:
    known = passport(("xgboost.sklearn.XGBClassifier",), xgboost="1.7.3")
    assert "scikit-learn" in for_model(known, "m.pkl", NOTHING)[0].requirements
    assert "scikit-learn==1.2.1" in for_model(known, "m.pkl", declares(scikit_learn="==1.2.1"))[0].requirements


def test_the_nearest_series_follow_upwards() -> None:
    wishes = for_model(passport(scikit_learn="1.0.2"), "model.pkl", NOTHING)
    series = [line for wish in wishes for line in wish.requirements if line.startswith("scikit-learn")]
    assert series == ["scikit-learn==1.0.2", "scikit-learn==1.0.*", "scikit-learn==1.1.*", "scikit-learn==1.2.*"]
    assert [wish.origin for wish in wishes] == ["model", "nearest", "nearest", "nearest"]


def test_the_nearest_series_keep_the_library_of_the_model() -> None:
    asked = for_model({**passport(scikit_learn="0.24.2"), "packages": ["lightgbm"]}, "model.pkl", NOTHING)
    assert all("lightgbm" in wish.requirements for wish in asked)
    pinned = {**passport(scikit_learn="0.24.2"), "packages": ["lightgbm"]}
    assert all(
        "lightgbm==3.3.2" in wish.requirements for wish in for_model(pinned, "m.pkl", declares(lightgbm="==3.3.2"))
    )


def test_a_range_of_scikit_learn_is_given_no_companions() -> None:
    """The newest is taken, which needs none."""
    wish = for_app("app.py", declares(flask="==3.0.2", scikit_learn=">=1.0"))[0]
    assert wish.requirements == ("flask==3.0.2", "scikit-learn>=1.0")


def test_what_an_application_leaves_open_its_model_tells() -> None:
    known = passport(scikit_learn="1.2.2", mlflow="2.9.0")
    declared = declares(flask="==3.0.2", scikit_learn="", pandas="==1.5.3")
    wish = for_app("app.py", declared, passport=known)[0]
    assert {"scikit-learn==1.2.2", "pandas==1.5.3", "scipy<1.11"} <= set(wish.requirements)
    assert not any(line.startswith("mlflow") for line in wish.requirements)
    other = for_app("app.py", declares(scikit_learn="==1.4.2"), passport=known)[0]
    assert "scikit-learn==1.4.2" in other.requirements
    assert for_app("app.py", NOTHING, passport=known) == []


def test_packages_without_versions_are_wished_for_too() -> None:
    wish = for_app("app.py", declares(streamlit="", shap=""), "streamlit")[0]
    assert wish.requirements == ("shap", "streamlit")
    assert not is_met(wish, {"streamlit": "1.0"})
    assert is_met(wish, {"streamlit": "1.0", "shap": "0.1"})


def test_what_serves_a_dashboard_is_wished_for_where_it_is_not_declared() -> None:
    assert for_app("app.py", declares(pandas="==2.0.0"), "dash")[0].requirements == ("dash", "pandas==2.0.0")


def test_the_nearest_file_of_requirements_is_taken() -> None:
    files = declares(flask="==2.0.0")["files"] + declares("api/requirements.txt", flask="==3.0.2")["files"]
    pins, nearest = for_app("api/app.py", {"files": files, "main": "requirements.txt"})
    assert pins.requirements == nearest.requirements == ("flask==3.0.2",)
    assert for_app("other/app.py", {"files": files, "main": "requirements.txt"})[0].requirements == ("flask==2.0.0",)


def test_an_asgi_application_is_given_a_server_and_loses_secondary_pins_at_last() -> None:
    pins, nearest = for_app("app.py", declares(fastapi="==0.110.0", shap="==0.41.0"))
    assert pins.requirements == ("fastapi==0.110.0", "shap==0.41.0", "uvicorn")
    assert nearest.requirements == ("fastapi==0.110.0", "shap", "uvicorn")


@pytest.mark.parametrize(
    ("spec", "kept"),
    [
        ("==1.2.3", "==1.2.3"),
        ("=1.2.3", "==1.2.3"),
        (">=1.0,<2", ">=1.0,<2"),
        ("@ https://example.org/a.whl", ""),
        ("==1.0 --hash=sha256:aa", ""),
        ("==1.0; python_version < '3'", "==1.0"),
        ("==../../etc", ""),
        ("^1.2", ""),
        ("", ""),
    ],
)
def test_only_version_clauses_pass(spec: str, kept: str) -> None:
    wish = for_app("app.py", declares(flask=spec, werkzeug="==3.0"))[0]
    assert wish.requirements[0] == f"flask{kept}"


@given(name=st.text(max_size=30), spec=st.text(max_size=30))
def test_nothing_but_names_and_versions_reaches_the_installer(name: str, spec: str) -> None:
    entries = [{"name": name, "spec": spec, "line": 1}, {"name": "flask", "spec": "==3.0", "line": 2}]
    dependencies = {"files": [{"path": "r.txt", "entries": entries, "locked": False}], "main": "r.txt"}
    for wish in for_app("app.py", dependencies):
        for line in wish.requirements:
            assert not set(line) & set("\n\r /:@;\\#-+ ") - {"-", "+"}
            assert line[0].isalnum()


@pytest.mark.parametrize(
    ("line", "met"),
    [
        ("numpy", True),
        ("numpy==2.4.0", True),
        ("numpy==2.3.6", False),
        ("numpy<2", False),
        ("numpy>=2", True),
        ("absent", False),
    ],
)
def test_what_is_installed_is_enough_to_the_minor_version(line: str, met: bool) -> None:
    assert is_met(Wish((line,), "pins"), {"numpy": "2.4.6"}) is met


def test_the_digest_tells_wishes_apart() -> None:
    assert Wish(("a",), "pins").digest == Wish(("a",), "model").digest != Wish(("b",), "pins").digest
