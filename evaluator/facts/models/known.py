"""Who is who among the names that a model file imports. An allow-list: what is not known is said to be unknown."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Import root -> distribution, as requirements name it.
DISTRIBUTIONS = {
    "sklearn": "scikit-learn",
    "numpy": "numpy",
    "scipy": "scipy",
    "pandas": "pandas",
    "joblib": "joblib",
    "imblearn": "imbalanced-learn",
    "xgboost": "xgboost",
    "lightgbm": "lightgbm",
    "catboost": "catboost",
    "statsmodels": "statsmodels",
    "keras": "keras",
    "tensorflow": "tensorflow",
    "torch": "torch",
    "torchvision": "torchvision",
    "transformers": "transformers",
    "sentence_transformers": "sentence-transformers",
    "skorch": "skorch",
    "shap": "shap",
    "lime": "lime",
    "category_encoders": "category-encoders",
    "feature_engine": "feature-engine",
    "prophet": "prophet",
    "pmdarima": "pmdarima",
    "surprise": "scikit-surprise",
    "gensim": "gensim",
    "spacy": "spacy",
    "nltk": "nltk",
    "umap": "umap-learn",
    "hdbscan": "hdbscan",
    "mlxtend": "mlxtend",
    "ngboost": "ngboost",
    "implicit": "implicit",
    "lightfm": "lightfm",
    "interpret": "interpret",
    "optuna": "optuna",
    "skopt": "scikit-optimize",
    "tpot": "tpot",
    "flaml": "flaml",
    "pycaret": "pycaret",
    "kmodes": "kmodes",
    "pyarrow": "pyarrow",
    "polars": "polars",
    "sktime": "sktime",
    "lifelines": "lifelines",
    "mlflow": "mlflow",
    "skops": "skops",
    "onnx": "onnx",
}

_DATA = {
    "builtins": _words(
        "bool bytearray bytes complex dict float frozenset int list long object range set slice str tuple unicode"
        " xrange Ellipsis NotImplemented type"
    ),
    "copyreg": frozenset({"_reconstructor", "__newobj__", "__newobj_ex__"}),
    "collections": frozenset({"OrderedDict", "defaultdict", "Counter", "deque", "ChainMap"}),
    "datetime": frozenset({"date", "datetime", "time", "timedelta", "timezone"}),
    "decimal": frozenset({"Decimal"}),
    "fractions": frozenset({"Fraction"}),
    "uuid": frozenset({"UUID", "SafeUUID"}),
    "pathlib": frozenset({"PosixPath", "PurePosixPath", "WindowsPath", "PureWindowsPath", "Path", "PurePath"}),
    "re": frozenset({"_compile"}),
    "functools": frozenset({"partial"}),
    "array": frozenset({"array", "_array_reconstructor"}),
    "types": frozenset({"SimpleNamespace"}),
    "zoneinfo": frozenset({"ZoneInfo._unpickle"}),
    "_codecs": frozenset({"encode"}),
}
_SAME_MODULE = {"__builtin__": "builtins", "copy_reg": "copyreg", "pathlib._local": "pathlib"}

_DANGEROUS_ROOTS = _words(
    "os posix nt ntpath posixpath subprocess _posixsubprocess socket _socket ssl sys importlib imp runpy pty shutil"
    " ctypes _ctypes cffi commands popen2 platform webbrowser http httplib urllib urllib2 urllib3 requests httpx"
    " aiohttp ftplib smtplib telnetlib paramiko socketserver multiprocessing _winapi msvcrt signal code codeop pdb bdb"
    " cProfile profile timeit trace pydoc pip ensurepip venv pickle _pickle cPickle marshal shelve dbm sqlite3 asyncio"
    " tempfile fileinput linecache glob zipimport pkgutil gc inspect atexit threading _thread"
    " resource fcntl mmap idlelib lib2to3 distutils setuptools doctest test"
)
_DANGEROUS_BUILTINS = _words(
    "eval exec compile execfile open input raw_input __import__ apply reload breakpoint globals locals vars delattr"
    " setattr exit quit help memoryview file"
)
_DANGEROUS_PATHS = _words(
    "joblib.load numpy.load numpy.memmap numpy.fromfile numpy.loadtxt numpy.savetxt numpy.save pandas.eval"
    " pandas.read_pickle torch.load torch.hub.load torch.save mlflow.pyfunc.load_model joblib.numpy_pickle.load"
    " io.open _io.open io.FileIO _io.FileIO operator.methodcaller functools.reduce"
)
_DANGEROUS_PREFIXES = ("numpy.testing", "numpy.f2py", "numpy.distutils", "pandas.io.", "torch.hub.", "torch.utils.cpp_")
# Modules that other modules hold as attributes: numpy.os, pandas.io.common.subprocess.
_HELD_MODULES = _words("os posix nt subprocess socket sys shutil importlib builtins __builtins__ ctypes pickle pty")


def judged(module: str, name: str) -> str:
    """``"safe"``, ``"dangerous"`` or ``"unknown"`` for one imported name.

    An import whose name is hidden is dangerous, and so is a path that goes through a dangerous module
    (``numpy.os.system``).
    """
    module = _SAME_MODULE.get(module, module)
    path = f"{module}.{name}"
    root = module.partition(".")[0]
    if "?" in module or root in _DANGEROUS_ROOTS or path in _DANGEROUS_PATHS or path.startswith(_DANGEROUS_PREFIXES):
        return "dangerous"
    if _through_dangerous(name) or (module == "builtins" and name in _DANGEROUS_BUILTINS):
        return "dangerous"
    if name in _DATA.get(module, ()) or root in DISTRIBUTIONS:
        return "safe"
    return "unknown"


def _through_dangerous(name: str) -> bool:
    """A dotted name reaches attributes of attributes; the first parts may be modules."""
    return any(part in _HELD_MODULES for part in name.split("."))


def distribution(module: str) -> str | None:
    return DISTRIBUTIONS.get(module.partition(".")[0])
