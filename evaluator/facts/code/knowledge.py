"""What is known of the libraries: what their calls return, which calls fit an estimator, which await a choice.

Types are qualified names. Three families are folded into one name each, because their members are used alike:
``pandas.DataFrame`` (frames, series, group-bys, and their cousins), ``matplotlib.Axes``, ``streamlit`` (the module
and its containers).
"""

from __future__ import annotations

import sys

from evaluator.facts.code.values import UNSEEN

FRAME = "pandas.DataFrame"
AXES = "matplotlib.Axes"
FIGURE = "matplotlib.Figure"
GRID = "seaborn.FacetGrid"
STREAMLIT = "streamlit"
WRITER = "pyspark.sql.DataFrameWriter"
FOLDED = (FRAME, AXES, UNSEEN)

_FRAME_MAKERS = ("pandas.", "modin.pandas.", "geopandas.", "cudf.", "dask.dataframe.", "polars.", "databricks.koalas.")
_NOT_FRAMES = {"pandas.Timestamp", "pandas.Timedelta", "pandas.to_datetime", "pandas.set_option", "pandas.ExcelWriter"}
_TO_FRAME = {"toPandas", "to_pandas", "to_dataframe", "to_frame", "pandas_api"}
_FRAME_PLOTS = {"plot", "hist", "boxplot"}
_GRIDS = {
    "catplot",
    "relplot",
    "displot",
    "lmplot",
    "jointplot",
    "pairplot",
    "factorplot",
    "FacetGrid",
    "PairGrid",
    "JointGrid",
}
_OPAQUE = {
    "torch", "tensorflow", "keras", "mlflow", "cv2", "numpy", "requests", "logging", "os", "sys", "json", "pathlib",
    "datetime", "time", "re", "nltk", "spacy", "gensim", "transformers", "PIL", "boto3", "wandb", "missingno",
    "folium", "IPython", "subprocess", "collections", "itertools", "math", "random", "statsmodels", "builtins",
}  # fmt: skip
_LIBRARIES = _OPAQUE | {
    "pandas", "matplotlib", "seaborn", "plotly", "sklearn", "scipy", "xgboost", "lightgbm", "catboost",
    "streamlit", "dash", "gradio", "panel", "bokeh", "altair", "fastapi", "flask", "django", "uvicorn",
    "pydantic", "shap", "lime", "imblearn", "umap", "yellowbrick", "pyspark", "polars", "geopandas", "joblib",
    "optuna", "hyperopt", "category_encoders", "pylab", "ipywidgets", "tqdm", "skimage", "streamlit_shap",
    "pymongo", "sqlalchemy", "bs4", "selenium", "scrapy", "wordcloud", "pingouin", "prophet", "pmdarima",
    "cudf", "dask", "holoviews", "hvplot", "evidently", "pytest", "textblob", "stanza", "sentence_transformers",
}  # fmt: skip
_KEEP_PARTS = {"make_pipeline", "make_column_transformer", "make_union", "clone", "deepcopy", "copy", "clone_model"}
# Methods that call the function they are given with one item at a time, and with what else they are told to give.
_ITEM_BY_ITEM = {
    "apply", "map", "applymap", "progress_apply", "progress_map", "parallel_apply", "parallel_map", "transform",
    "filter", "imap", "imap_unordered", "map_async", "pipe", "flatMap", "foreach", "mapPartitions", "map_partitions",
    "mapInPandas", "applyInPandas",
}  # fmt: skip
_OF_THE_CALLER = {"axis", "args", "raw", "result_type", "meta", "func", "na_action", "convert_dtype", "chunksize"}
_SAME_OWNER = {
    "fit", "set_params", "set_output", "partial_fit", "set_fit_request", "set_score_request", "copy", "options",
}  # fmt: skip
_FIT_METHODS = {
    "fit", "fit_transform", "fit_predict", "partial_fit", "fit_resample", "fit_generator", "fit_regularized",
    "train_on_batch",
}  # fmt: skip
_FIT_FUNCTIONS = {
    "cross_val_score", "cross_validate", "cross_val_predict", "learning_curve", "validation_curve",
    "permutation_test_score",
}  # fmt: skip
_WIDGETS = {
    "selectbox", "multiselect", "slider", "select_slider", "radio", "checkbox", "button", "text_input", "number_input",
    "date_input", "time_input", "file_uploader", "toggle", "pills", "segmented_control", "form_submit_button",
    "text_area", "color_picker", "camera_input", "chat_input", "data_editor", "feedback",
}  # fmt: skip
_CONTAINERS = {
    "columns", "beta_columns", "tabs", "container", "beta_container", "expander", "beta_expander", "empty", "form",
    "popover", "sidebar", "status",
}  # fmt: skip
_ENTRY_DECORATORS = {
    "route", "api", "get", "post", "put", "delete", "patch", "api_route", "websocket", "callback", "interact",
    "interact_manual", "command", "on_event", "api_view", "before_request", "plot", "render_plot", "render_plotly",
    "depends", "fragment", "dialog", "flow", "main", "expose", "cell", "app_context_processor", "before_first_request",
}  # fmt: skip
_BY_REFERENCE = {
    "apply", "map", "applymap", "map_dataframe", "map_diag", "map_lower", "map_upper", "map_offdiag", "pipe", "agg",
    "transform", "aggregate", "submit", "starmap", "imap", "reduce", "filter", "groupby", "apply_async", "interact",
    "interactive", "interactive_output", "delayed", "interact_manual", "plot_joint", "plot_marginals",
}  # fmt: skip
_RENAMED = {
    "pylab": "matplotlib.pyplot",
    "matplotlib.pylab": "matplotlib.pyplot",
    "plotly.offline.iplot": "plotly.offline.iplot",
    "plotly.graph_objs": "plotly.graph_objects",
    "tensorflow.python.keras": "tensorflow.keras",
    "tensorflow.compat.v1": "tensorflow",
    "keras_preprocessing": "keras.preprocessing",
    "keras.src.legacy": "keras",
    "keras.src": "keras",
    "tf_keras": "keras",
    "streamlit.sidebar": STREAMLIT,
}
# Results that hold one value repeated: as a prediction, a baseline that learns nothing.
CONSTANTS = {"constant", "numpy.full()", "numpy.full_like()", "numpy.repeat()", "numpy.zeros_like()", "numpy.tile()"}
USUAL_ALIASES = {
    "plt": "matplotlib.pyplot",
    "sns": "seaborn",
    "pd": "pandas",
    "np": "numpy",
    "px": "plotly.express",
    "go": "plotly.graph_objects",
    "msno": "missingno",
    "st": "streamlit",
    "alt": "altair",
    "spark": "pyspark.sql.SparkSession",  # bound by the notebook's kernel on a cluster, as is the next
    "sc": "pyspark.SparkContext",
}
_CALLED_AS_FUNCTIONS = {
    "spacy", "stanza", "transformers", "tensorflow", "tensorflow_hub", "keras", "torch", "torchvision", "timm",
}  # fmt: skip
# What makes the object that a server is pointed at.
DJANGO_ENTRIES = {"django.core.wsgi.get_wsgi_application", "django.core.asgi.get_asgi_application"}
_TELLING = {
    "is_stop", "is_punct", "is_alpha", "is_digit", "is_space", "like_num", "like_url", "lemma", "codes", "stop_words",
    "STOP_WORDS", "ENGLISH_STOP_WORDS", "params", "tvalues", "pvalues",
}  # fmt: skip
_WORD_LISTS = ("STOP_WORDS", "string.punctuation", ".Defaults.stop_words")
_TELLING_OF = {"textblob.TextBlob": {"words", "tokens", "sentences"}, "bs4.BeautifulSoup": {"text", "strings"}}
# Functions of a library that build an estimator, as a class does.
_ESTIMATOR_FUNCTIONS = {
    "ols": "OLS", "wls": "WLS", "gls": "GLS", "logit": "Logit", "glm": "GLM", "probit": "Probit", "poisson": "Poisson",
}  # fmt: skip


def last(name: str) -> str:
    return name.rpartition(".")[2]


def root(name: str) -> str:
    return name.partition(".")[0]


def is_library(name: str) -> bool:
    """Whether ``name`` belongs to a library known here or to Python's own."""
    return root(name) in _LIBRARIES or root(name) in sys.stdlib_module_names


def canonical(name: str) -> str:
    """One name for a thing that libraries offer under several."""
    for old, new in _RENAMED.items():
        if name == old or name.startswith(old + "."):
            return new + name[len(old) :]
    return name


def attribute(name: str, attribute_name: str, owned: bool) -> str:
    """The qualified name of an attribute of ``name``; attributes of folded objects stay in their family."""
    if owned:
        for family in FOLDED:
            if name in {f"{family}.write", f"{family}.writeStream"}:
                return f"{WRITER}.{attribute_name}"  # ``frame.write.mode("overwrite")``
            if name.startswith(family + ".") and not name.endswith((".plot", ".hvplot", ".iplot", ".columns")):
                return f"{family}.{attribute_name}"
    return canonical(f"{name}.{attribute_name}")


def is_tool(name: str) -> bool:
    """Whether an object of this type is called as a function: spaCy's pipeline, a tokeniser, a network."""
    return name not in FOLDED and root(name) in _CALLED_AS_FUNCTIONS


def is_class(name: str) -> bool:
    """Whether a qualified name looks like a class by the convention that all libraries here follow.

    What a class loads from a catalogue (``AutoModel.from_pretrained()``) is one of its objects.
    """
    return last(name.removesuffix(".from_pretrained()")).lstrip("_")[:1].isupper()


def result_type(name: str) -> str:
    """The type of what a call to ``name`` returns; ``?`` when it may be anything."""
    if name.startswith(WRITER + "."):
        return WRITER
    for rule in (_plot_result, _frame_result, _streamlit_result):
        found = rule(name)
        if found:
            return found
    if is_class(name):
        return name
    if name in DJANGO_ENTRIES:
        return f"{name}()"
    if name.startswith("statsmodels.") and last(name) in _ESTIMATOR_FUNCTIONS:
        return f"{name.rpartition('.')[0]}.{_ESTIMATOR_FUNCTIONS[last(name)]}"
    if last(name) in {"make_pipeline", "make_column_transformer", "make_union"}:
        return "sklearn.pipeline.Pipeline"
    return f"{name}()" if root(name) in _OPAQUE else UNSEEN


def _plot_result(name: str) -> str | None:
    tail = last(name)
    if name.startswith("seaborn."):
        return GRID if tail in _GRIDS else AXES
    if tail in {"gca", "add_subplot", "subplot", "twinx", "twiny", "axes", "subplot2grid", "add_axes", "Axes3D"}:
        return AXES
    if tail == "figure" or tail == "gcf":
        return FIGURE if name.startswith("matplotlib.") else name
    if name.startswith(AXES) and tail in {"ravel", "flatten", "reshape", "tolist"}:
        return AXES
    if name.startswith("altair.") and not is_class(name):
        return "altair.Chart"
    return "plotly.Figure" if name.startswith("plotly.express.") else None


def _frame_result(name: str) -> str | None:
    if name.startswith(FRAME + "."):
        return AXES if name.split(".")[2] in _FRAME_PLOTS else FRAME
    if last(name) in _TO_FRAME:
        return FRAME
    return FRAME if name.startswith(_FRAME_MAKERS) and name not in _NOT_FRAMES else None


def _streamlit_result(name: str) -> str | None:
    if not name.startswith(STREAMLIT + "."):
        return None
    return STREAMLIT if last(name) in _CONTAINERS else f"{name}()"


def is_imputer(kind: str) -> bool:
    """Whether a class fills missing values: an estimator inside it predicts no target."""
    return last(kind).endswith("Imputer")


def keeps_parts(name: str) -> bool:
    """Whether the result of calling ``name`` holds its arguments: a pipeline, a clone, an instance."""
    return is_class(name) or last(name) in _KEEP_PARTS


def keeps_arguments(name: str) -> bool:
    """Whether the method ``name`` puts its arguments into its object: ``pipeline.set_params(model=...)``."""
    return last(name) in {"set_params", "add", "append"}


def returns_owner(name: str) -> bool:
    return last(name) in _SAME_OWNER and not name.startswith("openTSNE.")  # its ``fit`` gives the points


def calls_item_by_item(name: str) -> bool:
    """Whether the method ``name`` calls a function with an item, the function's own defaults, and what it is told."""
    return last(name) in _ITEM_BY_ITEM


def is_of_the_caller(keyword: str) -> bool:
    """Whether a keyword of ``frame.apply`` and its like is for the method, not for the function given to it."""
    return keyword in _OF_THE_CALLER


def is_fit(name: str) -> bool:
    return last(name) in _FIT_METHODS


def fits_arguments(name: str) -> bool:
    return last(name) in _FIT_FUNCTIONS


def is_choice(name: str) -> bool:
    """Whether calling ``name`` returns what a user chose."""
    return last(name) in _WIDGETS and root(name) in {STREAMLIT, "?"} and name.startswith(STREAMLIT)


def calls_decorated(name: str) -> bool:
    """Whether a function decorated by ``name`` is called by the library later."""
    return last(name) in _ENTRY_DECORATORS and name not in {"streamlit.cache"}


def calls_by_reference(name: str) -> bool:
    """Whether a library function given to ``name`` is called by it."""
    return last(name) in _BY_REFERENCE or name == f"{GRID}.plot"


def tells(name: str) -> bool:
    """Whether reading an attribute is work to be seen: what was learnt (``coef_``), or spaCy's tokens (``lemma_``)."""
    attribute_name = last(name)
    if attribute_name in _TELLING or name == "string.punctuation":
        return True
    if attribute_name in _TELLING_OF.get(name.rpartition(".")[0], ()):
        return True
    return attribute_name.endswith("_") and not attribute_name.startswith("_")


def is_word_list(name: str) -> bool:
    """Whether a name imported from a library is a list of words, or signs, to leave out of texts."""
    return name.endswith(_WORD_LISTS) and not name.startswith("wordcloud.")
