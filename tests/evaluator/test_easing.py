"""What is given up of an environment that cannot be had, and what an old package needs beside it."""

from __future__ import annotations

import pytest

from evaluator.runtimes.companions import bounds
from evaluator.runtimes.easing import eased
from evaluator.runtimes.wishes import Wish

UNUSABLE = (
    "Because {0} has no usable wheels and you require {0}, we can conclude that your requirements are unsatisfiable."
)
NOTHING_LEFT = "Because all versions of {0} have no usable wheels and you require {0}, we can conclude that"


def wish(*lines: str, of_model: bool = False) -> Wish:
    return Wish(tuple(sorted(lines)), "pins", of_model)


def lines(found: Wish | None) -> tuple[str, ...]:
    assert found is not None
    assert found.origin == "nearest"
    return found.requirements


def test_a_version_gives_way_to_a_near_one_then_to_any_and_the_others_stay() -> None:
    near = lines(eased(wish("flask==2.2.3", "shap==0.41.0"), UNUSABLE.format("shap==0.41.0")))
    assert near == ("flask==2.2.3", "shap>=0.41.0,<0.44")
    reason = "Because shap>=0.41.0,<0.44 has no usable wheels and you require shap>=0.41.0,<0.44, we can"
    assert lines(eased(Wish(near, "nearest"), reason)) == ("flask==2.2.3", "shap")


def test_a_package_that_has_no_wheel_at_all_is_left_out() -> None:
    assert lines(eased(wish("flask==2.2.3", "lime"), NOTHING_LEFT.format("lime"))) == ("flask==2.2.3",)
    reason = "Because lime was not found in the package registry and you require lime, we can conclude"
    assert lines(eased(wish("flask==2.2.3", "lime"), reason)) == ("flask==2.2.3",)


def test_of_two_pins_that_contradict_each_other_the_one_that_matters_least_gives_way() -> None:
    reason = (
        "Because mlflow==2.20.3 depends on mlflow-skinny==2.20.3 and you require mlflow==2.20.3, we can conclude that "
        "you require mlflow-skinny==2.20.3. And because you require mlflow-skinny==2.16.2, we can conclude that"
    )
    found = eased(wish("fastapi==0.115.5", "mlflow==2.20.3", "mlflow-skinny==2.16.2"), reason)
    assert "fastapi==0.115.5" in lines(found)
    found = eased(wish("numpy==1.24.4", "seaborn==0.13"), "Because numpy==1.24.4 and seaborn==0.13 depends on numpy>=2")
    assert lines(found) == ("numpy==1.24.4", "seaborn>=0.13,<0.16")


def test_what_brings_along_something_that_cannot_be_had_is_left_out() -> None:
    said = (
        "Because htmlmin==0.1.12 has no usable wheels and profiling>=3 depends on htmlmin>=0.1.12, we can conclude "
        "that profiling>=3 cannot be used. And because st-profiling depends on profiling>=3 and you require "
        "st-profiling"
    )
    assert lines(eased(wish("st-profiling", "streamlit==1.8.1"), said)) == ("streamlit==1.8.1",)


def test_what_is_made_for_one_series_of_scikit_learn_follows_it() -> None:
    asked = wish("imbalanced-learn==0.9.0", "scikit-learn==1.0.*", "scipy<1.9")
    found = lines(eased(asked, UNUSABLE.format("scikit-learn==1.0.*")))
    assert {"imbalanced-learn", "scikit-learn==1.1.*"} <= set(found)
    assert "imbalanced-learn<0.10" in bounds({"scikit-learn": "==1.1.*", "imbalanced-learn": ""})


def test_an_old_scikit_learn_gives_way_to_the_next_series_with_its_own_companions() -> None:
    asked = wish("joblib<1.3", "numpy<1.24", "pandas==1.4.4", "scikit-learn==1.0.2", "scipy<1.9")
    first = eased(asked, UNUSABLE.format("scikit-learn==1.0.2"))
    assert "scikit-learn==1.0.*" in lines(first)
    assert first is not None
    second = lines(eased(first, UNUSABLE.format("scikit-learn==1.0.*")))
    assert second == ("joblib<1.3", "numpy<1.24", "pandas==1.4.4", "scikit-learn==1.1.*", "scipy<1.11")


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        (wish("numpy", "scikit-learn==1.0.2", of_model=True), UNUSABLE.format("scikit-learn==1.0.2")),
        (wish("dash", "numpy"), NOTHING_LEFT.format("dash")),
        (wish("lime"), NOTHING_LEFT.format("lime")),
        (wish("numpy==1.24.4"), "something else went wrong"),
    ],
)
def test_what_cannot_be_given_up(asked: Wish, reason: str) -> None:
    assert eased(asked, reason) is None


@pytest.mark.parametrize(
    ("specs", "found"),
    [
        ({}, ["setuptools<81"]),
        ({"setuptools": "==90"}, []),
        ({"flask": "==2.2.3"}, ["setuptools<81", "werkzeug<3"]),
        ({"flask": "==2.2.3", "werkzeug": "==2.1.0"}, ["setuptools<81"]),
        ({"flask": ">=2.0"}, ["setuptools<81"]),
        ({"flask": "==2.3.0"}, ["setuptools<81"]),
        ({"pandas": ">=1.3.5,<1.6"}, ["numpy<2", "pyarrow<22", "setuptools<81"]),
        ({"numpy": "<1.25"}, ["pyarrow<22", "setuptools<81"]),
        ({"imbalanced-learn": "==0.10.1"}, ["numpy<2", "pyarrow<22", "scikit-learn<1.3", "setuptools<81"]),
        ({"streamlit": "==1.8.1"}, ["altair<5", "protobuf<3.21", "setuptools<81"]),
        ({"dash": "==2.9.1"}, ["flask<2.3", "setuptools<81", "werkzeug<3"]),
    ],
)
def test_what_comes_along_is_bounded_by_the_time_of_what_is_asked(specs: dict[str, str], found: list[str]) -> None:
    assert bounds(specs) == found
