"""What an old package needs beside it: the later versions that break it, though its own metadata let them in.

From the release notes of the packages and the dates of their versions. A version that the project asks for comes
first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from evaluator.versions import release

# scikit-learn's minor series -> the first versions of its companions that came after it and break it.
SERIES = {
    (1, 0): {"numpy": "<1.24", "scipy": "<1.9", "pandas": "<1.5", "joblib": "<1.3"},
    (1, 1): {"numpy": "<1.24", "scipy": "<1.11", "pandas": "<2", "joblib": "<1.3"},
    (1, 2): {"numpy": "<1.25", "scipy": "<1.11", "pandas": "<2.1", "joblib": "<1.4"},
    (1, 3): {"numpy": "<2", "scipy": "<1.12", "pandas": "<2.2", "joblib": "<1.5"},
    (1, 4): {"numpy": "<2.1", "scipy": "<1.13", "pandas": "<2.3", "joblib": "<1.5"},
    (1, 5): {"numpy": "<2.1", "scipy": "<1.15", "pandas": "<2.3"},
    (1, 6): {"numpy": "<2.3", "scipy": "<1.16", "pandas": "<2.3"},
    (1, 7): {"numpy": "<2.4", "scipy": "<1.17", "pandas": "<2.4"},
}
BOUND_TO_SERIES = frozenset({"imbalanced-learn"})  # each of its versions is made for one or two of them
# (package, the version from which it needs no care, what it bears until then), in the order in which they are
# applied: a bound on one package may call for one on the next.
_UNTIL: tuple[tuple[str, tuple[int, ...], Mapping[str, str]], ...] = (
    ("imbalanced-learn", (0, 11), {"scikit-learn": "<1.3"}),
    ("imbalanced-learn", (0, 12), {"scikit-learn": "<1.4"}),
    ("imbalanced-learn", (0, 13), {"scikit-learn": "<1.6"}),
    ("scikit-learn", (1, 2), {"imbalanced-learn": "<0.10"}),
    ("scikit-learn", (1, 3), {"imbalanced-learn": "<0.11"}),
    ("scikit-learn", (1, 4), {"imbalanced-learn": "<0.12"}),
    ("scikit-learn", (1, 6), {"imbalanced-learn": "<0.13"}),
    ("lightgbm", (4, 6), {"scikit-learn": "<1.6"}),  # an argument of its checks was renamed
    ("xgboost", (2, 1, 4), {"scikit-learn": "<1.6"}),
    ("shap", (0, 42), {"numpy": "<1.24"}),  # numpy.bool
    ("shap", (0, 46), {"numpy": "<2"}),
    ("scikit-learn", (1, 5), {"numpy": "<2"}),
    ("pandas", (2, 2), {"numpy": "<2"}),  # its wheels were made with numpy 1
    ("numpy", (2,), {"pyarrow": "<22"}),
    ("seaborn", (0, 13), {"matplotlib": "<3.9"}),  # matplotlib.cm.register_cmap
    ("streamlit", (1, 12), {"protobuf": "<3.21"}),  # "Descriptors cannot be created directly"
    ("streamlit", (1, 23), {"altair": "<5"}),  # altair.vegalite.v4
    ("dash", (2, 11), {"flask": "<2.3"}),
    ("flask", (2, 3), {"werkzeug": "<3"}),  # werkzeug.urls.url_quote
)
_ALWAYS = {"setuptools": "<81"}  # later ones have no pkg_resources, which packages that ask for setuptools ask for


def series_of(spec: str) -> tuple[int, ...]:
    """``==1.2.2`` → ``(1, 2)``; empty when no series is asked for."""
    return release(spec[2:])[:2] if spec.startswith(("==", "~=")) else ()


def accompanied(specs: Mapping[str, str]) -> dict[str, str]:
    """``specs``, the clauses by name, with what an old scikit-learn needs beside it, where nothing else is asked."""
    bounds = beside(specs)
    return {name: spec or bounds.get(name, "") for name, spec in specs.items()} | {
        name: bound for name, bound in bounds.items() if name not in specs
    }


def beside(specs: Mapping[str, str]) -> Mapping[str, str]:
    """The bounds that the series of scikit-learn in ``specs`` calls for."""
    series = series_of(specs.get("scikit-learn", ""))
    return SERIES.get((series[0], series[1]), {}) if len(series) == 2 else {}


def bounds(specs: Mapping[str, str]) -> list[str]:
    """Lines that bound what comes along with ``specs`` without being asked for, such as ``werkzeug<3``."""
    found: dict[str, str] = {}
    for name, until, needed in _UNTIL:
        if _older(specs.get(name) or found.get(name, ""), until):
            for other, bound in needed.items():
                found.setdefault(other, bound)
    return [f"{name}{bound}" for name, bound in sorted((_ALWAYS | found).items()) if not specs.get(name)]


def _older(spec: str, until: Iterable[int]) -> bool:
    """Whether ``spec`` asks for a version before ``until`` and lets none of the later in."""
    limit = tuple(until)
    if spec.startswith(("==", "~=")):
        return () < release(spec[2:]) < limit
    upper = [release(clause[1:]) for clause in spec.split(",") if clause.startswith("<") and clause[1:2] != "="]
    return any(() < bound <= limit for bound in upper)
