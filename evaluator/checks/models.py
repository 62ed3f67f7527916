"""Models really fitted, and how they are evaluated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from evaluator.checks import _code, _values
from evaluator.checks._static import Hit, Hits, Names, check
from evaluator.checks.base import Check
from evaluator.facts.base import Facts

_DUMMY = _code.matches(r"(?:[\w.]+\.)?Dummy(?:Classifier|Regressor)|statsforecast\.models\.(?:Naive|HistoricAverage)")
_METRIC = _code.matches(r"sklearn\.metrics\.\w+")
_CONSTANT = {"numpy.full()", "numpy.full_like()", "numpy.repeat()", "numpy.zeros_like()", "numpy.tile()", "constant"}

_CROSS_VALIDATE = _code.matches(
    r"(?:[\w.]+\.)?(?:cross_val_score|cross_val_predict|cross_validate)|(?:xgboost|lightgbm|catboost)\.cv"
    r"|(?:fb)?prophet\.diagnostics\.cross_validation|sklearn\.model_selection\.(?:validation_curve|learning_curve)"
    r"|pycaret\.(?:classification|regression)\.(?:compare_models|create_model|tune_model)"
)
_FOLDS = _code.matches(r"(?:[\w.]+\.)?\w*(?:KFold|TimeSeriesSplit|LeaveOneOut|LeaveOneGroupOut|LeavePOut)\.split")
_WITH_FOLDS = _code.matches(
    r"(?:[\w.]+\.)?\w*SearchCV|sklearn\.linear_model\.\w+CV|sklearn\.feature_selection\.RFECV"
    r"|pyspark\.ml\.tuning\.CrossValidator"
)

_LINEAR = _code.matches(
    r"(?:sklearn|cuml|dask_ml)\.linear_model\.\w+|sklearn\.svm\.Linear\w+|sklearn\.discriminant_analysis\.Linear\w+"
    r"|statsmodels\.[\w.]*(?:OLS|WLS|GLS|Logit|GLM|ols|logit|glm|wls)(?:\(\))?|sklearn\.cross_decomposition\.PLSRegression"
    r"|pyspark\.ml\.(?:regression|classification)\.(?:LinearRegression|LogisticRegression|LinearSVC)"
)
_FORMULA = _code.matches(r"statsmodels\.[\w.]+")
_ANOVA = _code.matches(r"statsmodels\.[\w.]*anova_lm")
_KERNEL = _code.matches(r"(?:sklearn|cuml)\.svm\.(?:Nu)?(?:SVC|SVR)")
_NONLINEAR = _code.matches(
    r"sklearn\.tree\.\w+|(?:sklearn|cuml|imblearn)\.ensemble\.(?!IsolationForest|RandomTreesEmbedding)\w+"
    r"|sklearn\.naive_bayes\.GaussianNB|(?:sklearn|cuml)\.neighbors\.(?:KNeighbors|RadiusNeighbors)\w+|sklearn\.neural_network\.MLP\w+"
    r"|sklearn\.gaussian_process\.\w+|sklearn\.kernel_ridge\.KernelRidge|sklearn\.discriminant_analysis\.Quadratic\w+"
    r"|(?:xgboost|lightgbm|catboost)\.(?:[\w.]+\.)?(?:XGB\w+|LGBM\w+|CatBoost\w*)"
    r"|(?:tensorflow\.)?keras\.(?:[\w.]+\.)?(?:Sequential|Model|Functional)|ngboost\.\w+|interpret\.glassbox\.\w+"
    r"|pyspark\.ml\.(?:regression|classification)\.(?:RandomForest|GBT|DecisionTree|Multilayer)\w+"
    r"|pytorch_tabnet\.[\w.]+|(?:[\w.]+\.)?Keras(?:Classifier|Regressor)|torch\.nn\.Module|skorch\.\w+"
    r"|transformers\.TF\w+\.from_pretrained\(\)|(?:pytorch_)?lightning\.(?:pytorch\.)?Trainer"
    r"|segmentation_models\.(?:Unet|FPN|Linknet|PSPNet)|skmultilearn\.adapt\.\w+"
)
_TRAINED_BY_CALL = _code.matches(
    r"(?:xgboost|lightgbm|catboost)\.train|torch\.optim\.\w+\.step|transformers\.\w*Trainer\.train|ultralytics\.YOLO\.train"
    r"|(?:fastai[\w.]*|\?)\.(?:fine_tune|fit_one_cycle)|keras_?tuner\.(?:[\w.]+\.)?\w+\.search"
)
_TRIES_ALL = _code.matches(
    r"pycaret\.(?:classification|regression)\.compare_models|lazypredict\.Supervised\.Lazy\w+\.fit"
)
_AROUND_ANOTHER = _code.matches(r"(?:sklearn|imblearn)\.ensemble\.\w*(?:AdaBoost|Bagging|Stacking|Voting)\w*")

_SPLIT = _code.matches(
    r"(?:[\w.?()]+\.)?(?:iterative_)?train_test_split|splitfolders\.(?:ratio|fixed)|[\w.]+\.utils\.split_dataset|(?:pyspark[\w.]*|pandas\.DataFrame|\?)\.randomSplit"
    r"|(?:[\w.]+\.)?\w*(?:ShuffleSplit|TimeSeriesSplit|PredefinedSplit)\.split|[\w.]+\.random_split"
    r"|operator\.hold_out|pycaret\.\w+\.setup"
)
_OUT_OF_FOLDERS = _code.matches(r"[\w.?]+\.(?:fit|flow|ImageDataGenerator|(?:image|text|audio)_dataset_from_directory)")


def is_model(name: str) -> bool:
    """Whether a class is a supervised estimator: linear, or not."""
    return _LINEAR(name) or _KERNEL(name) or _NONLINEAR(name)


def modelling_first(facts: Facts, hits: Sequence[Hit]) -> list[Hit]:
    """``hits`` with those first that stand where a supervised model is fitted."""
    programs = {fit.program for fit in _code.fits(facts) if is_model(fit.name)}
    return sorted(hits, key=lambda hit: hit.program not in programs)


def _dummies(facts: Facts) -> list[Hit]:
    """Dummy estimators fitted, else a constant prediction given to a metric."""
    fitted: list[Hit] = [fit for fit in _code.fits(facts) if _DUMMY(fit.name)]
    return fitted or [*_code.found(facts, _scores_a_constant)]


def _scores_a_constant(call: _code.Call) -> bool:
    given = [*call.args[1:2], *(call.keywords.get(name) for name in ("y_pred", "y_score", "y_prob"))]
    return _METRIC(call.name) and any(isinstance(arg, Mapping) and arg.get("type") in _CONSTANT for arg in given)


def _cross_validations(facts: Facts) -> list[Hit]:
    by_call: list[Hit] = [*_code.found(facts, lambda call: _CROSS_VALIDATE(call.name))]
    searches: list[Hit] = [fit for fit in _code.fits(facts) if _WITH_FOLDS(fit.name)]
    return [*by_call, *searches] or [*_code.found(facts, lambda call: _FOLDS(call.name))]


def _linear_models(facts: Facts) -> list[Hit]:
    """Linear estimators fitted; one made for an analysis of variance is a test, no model."""
    tests = {_beside(call) for call in _code.calls(facts) if _ANOVA(call.name)}
    linear = [
        fit for fit in _code.fits(facts) if _LINEAR(fit.name) or (_KERNEL(fit.name) and _kernel(facts, fit) == "linear")
    ]
    kept: list[Hit] = [fit for fit in linear if not (_FORMULA(fit.name) and _beside(fit) in tests)]
    return [*kept, *_code.found(facts, lambda call: _TRIES_ALL(call.name))]


def _beside(hit: Hit) -> tuple[str, int | None, int]:
    """The cell of a hit, or its line in a script."""
    return hit.at.path, hit.at.cell, hit.at.line if hit.at.cell is None else 0


def _nonlinear_models(facts: Facts) -> list[Hit]:
    fitted: list[Hit] = [fit for fit in _code.fits(facts) if _is_nonlinear(facts, fit)]
    return [*fitted, *_code.found(facts, lambda call: _TRAINED_BY_CALL(call.name) or _TRIES_ALL(call.name))]


def _is_nonlinear(facts: Facts, fit: _code.Fit) -> bool:
    if _KERNEL(fit.name):
        return _kernel(facts, fit) != "linear"
    if _AROUND_ANOTHER(fit.name) and any(_LINEAR(name) for name in fit.inner):
        return any(_NONLINEAR(name) for name in fit.inner)  # boosting a linear model alone stays linear
    return _NONLINEAR(fit.name)


def _kernel(facts: Facts, fit: _code.Fit) -> str:
    """The one kernel that the estimator was built with, empty when it is not a single constant."""
    for call in _code.calls(facts):
        if call.name == fit.name and call.at == fit.built:
            kernels = call.keyword("kernel")
            return kernels.pop() if len(kernels) == 1 else ""
    return ""


def _splits(facts: Facts) -> list[Hit]:
    return [*_code.found(facts, lambda call: _SPLIT(call.name) or _holds_out(call))]


def _holds_out(call: _code.Call) -> bool:
    """A share kept for validation; or rows drawn, and the others."""
    if call.name == "operator.getitem":
        return "random" in _values.marks(call.args[1])
    return _OUT_OF_FOLDERS(call.name) and "validation_split" in call.keywords


def _check(code: str, hits: Hits, fr: str, en: str, handed: Names | None = None, version: int = 3) -> Check:
    return check(code, "models", hits, {"fr": fr, "en": en}, handed=handed, version=version)


# Where each kind of model is fitted, for whoever compares the kinds.
HITS: Mapping[str, Hits] = {
    "model.dummy_baseline": _dummies,
    "model.linear": _linear_models,
    "model.nonlinear": _nonlinear_models,
}

CHECKS: tuple[Check, ...] = (
    _check("model.linear", _linear_models, "Modèle linéaire", "Linear model", _LINEAR),
    _check("model.nonlinear", _nonlinear_models, "Modèle non linéaire", "Non-linear model", _NONLINEAR, version=4),
    _check("model.train_test_split", _splits, "Séparation entraînement et test", "Train and test split"),
    _check("model.dummy_baseline", _dummies, "Modèle de référence naïf", "Dummy baseline", _DUMMY, version=2),
    _check("model.cross_validation", _cross_validations, "Validation croisée", "Cross-validation", _WITH_FOLDS),
)


def _fitted(code: str, fr: str, en: str) -> _code.Words:
    return _code.words(
        code,
        {
            "met": f"{fr} est entraîné dans {{path}} ({{count:endroit|endroits}} au total).",
            "not_met": f"{fr} réellement entraîné n’a pas été trouvé dans le code.",
        },
        {
            "met": f"{en} is fitted in {{path}} ({{count:place|places}} in all).",
            "not_met": f"{en} really fitted was not found in the code.",
        },
    )


MESSAGES: _code.Words = (
    _fitted("model.linear", "Un modèle linéaire", "A linear model")
    | _fitted("model.nonlinear", "Un modèle non linéaire", "A non-linear model")
    | _fitted("model.dummy_baseline", "Un modèle de référence naïf", "A dummy baseline")
    | _code.words(
        "model.train_test_split",
        {
            "met": "Les données sont séparées pour l’évaluation dans {path} ({count:endroit|endroits} au total).",
            "not_met": "Aucune séparation des données pour l’évaluation n’a été trouvée dans le code.",
        },
        {
            "met": "The data are split for evaluation in {path} ({count:place|places} in all).",
            "not_met": "No split of the data for evaluation was found in the code.",
        },
    )
    | _code.words(
        "model.cross_validation",
        {
            "met": "Une validation croisée est menée dans {path} ({count:endroit|endroits} au total).",
            "not_met": "Aucune validation croisée n’a été trouvée dans le code.",
        },
        {
            "met": "Cross-validation is carried out in {path} ({count:place|places} in all).",
            "not_met": "No cross-validation was found in the code.",
        },
    )
)
