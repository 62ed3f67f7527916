"""A bare warm process: executes, for each line of JSON on its input, the code that it holds, and answers one line.

Run by the runtime's interpreter, without any isolation: what a sandboxed job is measured against.
"""

import contextlib
import io
import json
import sys

import joblib  # noqa: F401 (warm: imported before the work)
import pandas  # noqa: F401
import sklearn.ensemble
import sklearn.impute
import sklearn.metrics
import sklearn.pipeline
import sklearn.preprocessing  # noqa: F401

for line in sys.stdin:
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(json.loads(line), {})  # noqa: S102 (this is its purpose)
    print(json.dumps(said.getvalue()), flush=True)
