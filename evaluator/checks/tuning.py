"""How a model was tuned, measured and explained."""

from __future__ import annotations

from evaluator.checks import _code, _values
from evaluator.checks._static import Hit, built, check, fitted, named
from evaluator.checks.models import is_model, modelling_first
from evaluator.facts.base import Facts

_SEARCHES = _code.matches(
    r"(?:[\w.]+\.)?\w*SearchCV|pyspark\.ml\.tuning\.(?:CrossValidator|TrainValidationSplit)"
    r"|tpot\.\w+|autosklearn\.[\w.]+|flaml\.(?:\w+\.)*AutoML|ray\.tune\.(?:\w+\.)*Tuner"
)
_SELF_TUNED = _code.matches(r"sklearn\.linear_model\.(?:Ridge|Lasso|ElasticNet|LogisticRegression|MultiTask\w+)CV")
_SEARCHES_BY_CALL = _code.matches(
    r"(?:[\w.]+\.)?(?:optimize|optuna[\w.()]*\.optimize)|hyperopt\.fmin|skopt\.(?:\w+_minimize|optimizer\.\w+_minimize)"
    r"|(?:keras_tuner|kerastuner)\.[\w.]+\.search|bayes_opt\.BayesianOptimization\.maximize"
    r"|sklearn\.model_selection\.(?:ParameterGrid|ParameterSampler|validation_curve)|catboost\.\w+\.(?:grid|randomized)_search"
    r"|pycaret\.[\w.]+\.tune_model|ray\.tune\.run"
)
_OPTIMIZE = _code.matches(r"optuna[\w.()]*\.optimize|\?\.optimize")
_NOT_TUNED = {"random_state", "seed", "random_seed", "verbose", "n_jobs", "cv", "verbosity", "name", "class_weight"}

_ERRORS = _code.matches(
    r"(?:[\w.]+\.)?(?:root_mean_squared_error|mean_absolute_error|rmse|mae|RootMeanSquaredError|MeanAbsoluteError)"
)
_SQUARED = _code.matches(r"(?:[\w.]+\.)?mean_squared_error")
_ROOTS = _code.matches(r"(?:numpy|math|cmath)\.sqrt|operator\.pow|numpy\.power")
_MEANS = _code.matches(r"(?:numpy|statistics)\.(?:mean|average|nanmean|fmean)|(?:pandas\.DataFrame|\?)\.mean")
_SCORERS = {
    "neg_mean_absolute_error", "neg_root_mean_squared_error", "rmse", "mae", "mean_absolute_error",
    "root_mean_squared_error", "RMSE", "MAE",
}  # fmt: skip
_TRAINS_WITH_A_DICTIONARY = _code.matches(r"(?:xgboost|lightgbm|catboost)\.(?:train|cv)")
_TAKES_SCORERS = {"scoring", "metrics", "eval_metric", "metric", "metricName", "loss_function", "refit", "objective"}

_LEARNT = _code.matches(
    r"(?:[\w.()]+|\?)\.(?:feature_importances_|coef_|importances_mean|feature_log_prob_|best_estimator_\.coef_)"
    r"|statsmodels\.[\w.()]+\.(?:params|tvalues|pvalues)"
)
_EXPLAINS = _code.matches(
    r"(?:[\w.]+\.)?(?:permutation_importance|plot_importance|plot_feature_importances?)|eli5\.\w+(?:\.\w+)*"
    r"|shap\.(?!initjs|getjs|datasets)[\w.()]+|lime\.[\w.]+|(?:lightgbm|catboost|xgboost|\?)[\w.()]*\.(?:feature_importance"
    r"|get_feature_importance|get_score|get_fscore)|dalex\.[\w.]+|alibi\.explainers\.\w+|fasttreeshap\.\w+"
    r"|interpret\.[\w.()]+\.explain_\w+|streamlit_shap\.st_shap|explainerdashboard\.\w+|treeinterpreter\.[\w.]+"
)
_VISUALIZERS = _code.matches(r"(?:[\w.]+\.)?FeatureImportances|eli5\.sklearn\.PermutationImportance")


def _searched(facts: Facts) -> list[Hit]:
    """Searches by a library, else estimators that tune themselves, or an explicit loop over values."""
    searches = [*fitted(facts, _SEARCHES), *named(facts, _searches)]
    return searches or [*fitted(facts, _SELF_TUNED), *_swept(facts)]


def _searches(name: str) -> bool:
    return _OPTIMIZE(name) or (_SEARCHES_BY_CALL(name) and not name.endswith(".optimize"))


def _swept(facts: Facts) -> list[Hit]:
    """Supervised estimators fitted with a parameter that takes several values in turn."""
    models = [fit for fit in _code.fits(facts) if is_model(fit.name)]
    kept: list[Hit] = [fit for fit in models if any(map(_is_swept, built(facts, fit)))]
    names = {fit.name for fit in models}
    changed = (call for call in _code.calls(facts) if call.method == "set_params" and call.owner in names)
    return [*kept, *(call for call in changed if call.loops and _is_swept(call))]


def _is_swept(call: _code.Call) -> bool:
    given = [*call.args, *(value for name, value in call.keywords.items() if name not in _NOT_TUNED)]
    return any(map(_values.takes_several_values, given))


def _errors(facts: Facts) -> list[Hit]:
    """RMSE or MAE computed by name, by hand, or asked of a function that scores."""
    computed = [call for call in _code.calls(facts) if _computes_error(call)]
    return modelling_first(facts, computed) or [call for call in _code.calls(facts) if _asks_for_error(call)]


def _computes_error(call: _code.Call) -> bool:
    if _ERRORS(call.name) or (_SQUARED(call.name) and call.keywords.get("squared") is False):
        return True
    marks = _values.marks(call.args[0]) if call.args else frozenset()
    if _ROOTS(call.name):
        return "squared_error" in marks and _is_root(call)
    return _MEANS(call.name) and "absolute" in marks | call.on


def _is_root(call: _code.Call) -> bool:
    return call.method == "sqrt" or 0.5 in _values.numbers(call.args[-1])


def _asks_for_error(call: _code.Call) -> bool:
    """A measure asked for by its name, or given as a function: ``make_scorer(mean_absolute_error)``."""
    given = [*call.args, *call.keywords.values()]
    if any(_ERRORS(_values.kind(value)) for value in given):
        return True
    if _TRAINS_WITH_A_DICTIONARY(call.name) and any(map(_names_error, given)):
        return True
    return any(_names_error(value) for name, value in call.keywords.items() if name in _TAKES_SCORERS)


def _names_error(value: object) -> bool:
    if isinstance(value, dict):
        return any(item in _SCORERS for item in [*value.get("any", []), *value.get("holds", [])])
    return isinstance(value, str) and value in _SCORERS


def _explained(facts: Facts) -> list[Hit]:
    """What the model learnt read, or an explainer used; cells that do it themselves before calls of a helper."""
    learnt = [read for read in _code.reads(facts) if _LEARNT(read.name)]
    hits = [*learnt, *named(facts, _EXPLAINS), *fitted(facts, _VISUALIZERS)]
    return sorted(hits, key=lambda hit: bool(hit.via))


CHECKS = (
    check(
        "model.hyperparameter_search",
        "models",
        _searched,
        {"fr": "Recherche des hyperparamètres", "en": "Search for hyperparameters"},
        handed=_SEARCHES,
        version=2,
    ),
    check(
        "metric.rmse_or_mae",
        "models",
        _errors,
        {"fr": "RMSE ou MAE", "en": "RMSE or MAE"},
        version=2,
    ),
    check(
        "model.feature_importance",
        "models",
        _explained,
        {"fr": "Importance des variables", "en": "Importance of the variables"},
        version=2,
    ),
)

MESSAGES: _code.Words = (
    _code.words(
        "model.hyperparameter_search",
        {
            "met": "Des hyperparamètres sont cherchés dans {path} ({count:endroit|endroits} au total).",
            "not_met": "Aucune recherche d’hyperparamètres n’a été trouvée dans le code.",
        },
        {
            "met": "Hyperparameters are searched for in {path} ({count:place|places} in all).",
            "not_met": "No search for hyperparameters was found in the code.",
        },
    )
    | _code.words(
        "metric.rmse_or_mae",
        {
            "met": "La RMSE ou la MAE est calculée dans {path} ({count:endroit|endroits} au total).",
            "not_met": "Aucun calcul de RMSE ni de MAE n’a été trouvé dans le code.",
        },
        {
            "met": "The RMSE or the MAE is computed in {path} ({count:place|places} in all).",
            "not_met": "No computation of RMSE or MAE was found in the code.",
        },
    )
    | _code.words(
        "model.feature_importance",
        {
            "met": "L’importance des variables est étudiée dans {path} ({count:endroit|endroits} au total).",
            "not_met": "Aucune étude de l’importance des variables n’a été trouvée dans le code.",
        },
        {
            "met": "The importance of the variables is studied in {path} ({count:place|places} in all).",
            "not_met": "No study of the importance of the variables was found in the code.",
        },
    )
)
