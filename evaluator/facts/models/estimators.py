"""Which objects of a pickle are estimators that predict, and which only prepare or explain."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from evaluator.facts.models.known import distribution
from evaluator.facts.models.values import Built, Global, Pairs, attributes, parts

_DEPTH = 8
_VISITS = 20_000

# Sub-packages of scikit-learn whose classes predict (or group), old private paths included.
_PREDICTING = (
    "linear_model ensemble tree svm neighbors naive_bayes neural_network gaussian_process discriminant_analysis mixture"
    " cluster isotonic multiclass multioutput dummy calibration semi_supervised covariance cross_decomposition"
    " kernel_ridge"
)
_SKLEARN = frozenset(_PREDICTING.split())
_SEARCHES = ("SearchCV", "ThresholdClassifier", "ThresholdClassifierCV")
_NOT_MODELS = frozenset({"KDTree", "BallTree", "RandomTreesEmbedding", "NeighborhoodComponentsAnalysis"})
_TRANSFORMERS = ("Transformer",)
_OTHERS = {
    "imblearn": ("imblearn.ensemble.",),
    "xgboost": ("xgboost.",),
    "lightgbm": ("lightgbm.",),
    "catboost": ("catboost.",),
    "statsmodels": ("statsmodels.",),
    "keras": ("keras.",),
    "tensorflow": ("tensorflow.",),
    "torch": ("torch.nn.",),
    "skorch": ("skorch.",),
    "transformers": ("transformers.models.", "transformers.pipelines."),
    "sentence_transformers": ("sentence_transformers.",),
    "prophet": ("prophet.",),
    "pmdarima": ("pmdarima.",),
    "surprise": ("surprise.prediction_algorithms.",),
    "gensim": ("gensim.models.",),
    "hdbscan": ("hdbscan.",),
    "mlxtend": ("mlxtend.classifier.", "mlxtend.regressor."),
    "ngboost": ("ngboost.",),
    "implicit": ("implicit.",),
    "lightfm": ("lightfm.",),
    "interpret": ("interpret.glassbox.",),
    "flaml": ("flaml.",),
    "kmodes": ("kmodes.",),
    "sktime": ("sktime.",),
    "lifelines": ("lifelines.",),
}
_DATA_CLASSES = frozenset({"DMatrix", "QuantileDMatrix", "Dataset", "Pool", "Tokenizer", "Trainset"})
_CONTAINERS = frozenset({"sklearn.utils.Bunch", "sklearn.utils._bunch.Bunch", "collections.OrderedDict"})
_PIPELINES = ("sklearn.pipeline.Pipeline", "imblearn.pipeline.Pipeline")
_WRAPPERS = ("sklearn.compose._target.TransformedTargetRegressor",)


def estimators(tops: list[Any]) -> list[str]:
    """Dotted classes of the estimators at the top, in containers, or inside objects of the project's own classes.

    What stands inside a known transformer or explainer is not looked at: an explainer holds the model it explains.
    """
    found: dict[str, None] = {}
    for thing in _reachable(tops):
        if is_estimator(thing):
            found.setdefault(thing.path)
    return list(found)


def is_estimator(thing: Built) -> bool:
    path = thing.path
    if path in _PIPELINES:
        return any(is_estimator(step) for step in _steps(thing)[-1:])
    if path in _WRAPPERS:
        return True
    root, _, rest = path.partition(".")
    name = path.rpartition(".")[2]
    if name in _NOT_MODELS or name in _DATA_CLASSES or name.endswith(_TRANSFORMERS):
        return False
    if root == "sklearn":
        return _sklearn(rest, name)
    return path.startswith(_OTHERS.get(root, ())) if root in _OTHERS and name[:1].isupper() else False


def _sklearn(rest: str, name: str) -> bool:
    package = rest.partition(".")[0]
    if not name[:1].isupper():
        return False
    return package in _SKLEARN or (package in {"model_selection", "grid_search"} and name.endswith(_SEARCHES))


def _steps(pipeline: Built) -> list[Built]:
    """The steps of a pipeline in order; named by pairs in its attribute ``steps``."""
    steps = attributes(pipeline).get("steps")
    if not isinstance(steps, list):
        return []
    pairs = [step for step in steps if isinstance(step, tuple | list) and len(step) == 2]
    return [step[1] for step in pairs if isinstance(step[1], Built)]


def _reachable(tops: list[Any]) -> Iterator[Built]:
    queue = [(top, 0) for top in tops]
    seen = {id(top) for top in tops}
    for value, depth in queue:
        if isinstance(value, Built):
            yield value
        if depth >= _DEPTH or not _looked_into(value):
            continue
        for part in parts(value):
            if isinstance(part, list | tuple | Pairs | Built) and id(part) not in seen and len(queue) < _VISITS:
                seen.add(id(part))
                queue.append((part, depth + 1))


def _looked_into(value: Any) -> bool:
    """Containers, and objects of classes that no known library owns."""
    if not isinstance(value, Built):
        return True
    if not isinstance(value.maker, Global):
        return True
    return value.path in _CONTAINERS or distribution(value.maker.module) is None
