"""The engine: facts from a candidate's bundle, checks over facts, results with evidence.

Plain Python. It knows neither Django nor Celery and is usable alone: ``python -m evaluator check PATH``.
"""

ENGINE_VERSION = "1.0"
