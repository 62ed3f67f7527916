"""How the work is written and left: comments, complexity, credentials, the state of saved notebooks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from evaluator.checks.base import Check, lost
from evaluator.checks.quality_messages import MESSAGES
from evaluator.facts.base import Facts
from evaluator.results import Evidence, EvidenceKind, Finding, Message, Outcome

__all__ = ["CHECKS", "MESSAGES"]

_COMMENTED = "repository.functions_commented"
_SECRETS = "repository.secrets"
_QUALITY = "code.quality"
_OUTPUTS = "notebook.outputs"
_SHOWN = 8
_COMPLEX = 10  # McCabe's own bound


def functions_commented(facts: Facts, params: Mapping[str, Any]) -> Finding:
    """The share of functions with a docstring or a comment: met from ``enough``, not met below ``too_few``."""
    functions = facts["quality"]["functions"]
    if not functions:
        return Finding(Outcome.UNDECIDED, Message(f"{_COMMENTED}.undecided_none"))
    commented = [item for item in functions if item["comment"]]
    bare = [item for item in functions if not item["comment"]]
    share = len(commented) / len(functions)
    counted = {"total": len(functions), "commented": len(commented), "share": round(100 * share)}
    if share >= params["enough"]:
        return Finding(Outcome.MET, Message(f"{_COMMENTED}.met", counted), _places(commented))
    if share < params["too_few"]:
        return Finding(Outcome.NOT_MET, Message(f"{_COMMENTED}.not_met", counted), _places(bare))
    return Finding(Outcome.UNDECIDED, Message(f"{_COMMENTED}.undecided", counted), _places(bare))


def _places(items: Iterable[Mapping[str, Any]]) -> list[Evidence]:
    """One place for each item, at most eight, spread over the files: the first of each, then the next ones."""
    turns: dict[str, int] = {}
    ranked: list[tuple[int, int, Mapping[str, Any]]] = []
    for number, item in enumerate(items):
        turn = turns[item["path"]] = turns.get(item["path"], -1) + 1
        ranked.append((turn, number, item))
    return [_place(item) for _, _, item in sorted(ranked, key=lambda one: one[:2])[:_SHOWN]]


def _place(item: Mapping[str, Any]) -> Evidence:
    return Evidence(
        EvidenceKind.CODE,
        item["path"],
        cell=item["cell"],
        line=item["line"],
        end_line=item.get("end_line", item["line"]),
        excerpt=item["excerpt"],
        sha256=item.get("sha256"),
    )


def secrets(facts: Facts, params: Mapping[str, Any]) -> Finding:
    """No credential in clear. The excerpts were masked where they were read: no value ever comes here."""
    found = facts["secrets"]["found"]
    if found:
        evidence = [_secret(item) for item in found[:_SHOWN]]
        counted = {"count": len(found), "path": found[0]["path"], "files": len({item["path"] for item in found})}
        return Finding(Outcome.NOT_MET, Message(f"{_SECRETS}.not_met", counted), evidence)
    if facts["secrets"]["truncated"]:
        return Finding(Outcome.UNDECIDED, Message(f"{_SECRETS}.undecided_long"))
    files = facts["secrets"]["files"]
    if not files:
        return Finding(Outcome.UNDECIDED, Message(f"{_SECRETS}.undecided_none"))
    read = [Evidence(EvidenceKind.FILE, item["path"], sha256=item["sha256"]) for item in facts["secrets"]["read"]]
    return Finding(Outcome.MET, Message(f"{_SECRETS}.met", {"files": files}), read)


def _secret(item: Mapping[str, Any]) -> Evidence:
    return Evidence(
        EvidenceKind.CODE if item["cell"] is not None else EvidenceKind.FILE,
        item["path"],
        cell=item["cell"],
        line=item["line"],
        end_line=item["line"],
        output=item["output"],
        excerpt=item["excerpt"],
        sha256=item["sha256"],
        detail={"kind": item["kind"]},
    )


def quality(facts: Facts, params: Mapping[str, Any]) -> Finding:
    """What a mentor may talk about: statements that do not parse, long-winded functions, imports without use."""
    fact = facts["quality"]
    if not fact["files"]:
        return Finding(Outcome.UNDECIDED, Message(f"{_QUALITY}.undecided_none"))
    intricate = sorted(
        (item for item in fact["functions"] if item["complexity"] > _COMPLEX), key=lambda item: -item["complexity"]
    )
    counted = {
        "files": fact["files"],
        "functions": len(fact["functions"]),
        "broken": len(fact["broken"]) + len(fact["errors"]),
        "complex": len(intricate),
        "unused": len(fact["unused"]),
    }
    shown = [*_told(fact["broken"], "broken"), *_told(intricate, "complex"), *_told(fact["unused"], "unused")]
    code = "undecided" if shown else "undecided_clean"
    return Finding(Outcome.UNDECIDED, Message(f"{_QUALITY}.{code}", counted), shown[:_SHOWN])


def _told(items: Sequence[Mapping[str, Any]], what: str) -> list[Evidence]:
    detail = [{"fact": what, **({"complexity": item["complexity"]} if what == "complex" else {})} for item in items[:4]]
    return [
        Evidence(
            EvidenceKind.CODE,
            item["path"],
            cell=item["cell"],
            line=item["line"],
            end_line=item.get("end_line", item["line"]),
            excerpt=item["excerpt"],
            detail=more,
        )
        for item, more in zip(items[:4], detail, strict=True)
    ]


def outputs(facts: Facts, params: Mapping[str, Any]) -> Finding:
    """Every saved notebook was run from top to bottom, without an error shown."""
    notebooks = {path: fact for path, fact in facts["notebooks"].items() if not fact["error"] and _code_cells(fact)}
    if not notebooks:
        return lost(facts["notebooks"]) or Finding(Outcome.UNDECIDED, Message(f"{_OUTPUTS}.undecided_none"))
    flaws = [flaw for path, fact in notebooks.items() for flaw in _flaws(path, fact)]
    if not flaws:
        evidence = [Evidence(EvidenceKind.FILE, path, sha256=fact["sha256"]) for path, fact in notebooks.items()]
        met = Finding(Outcome.MET, Message(f"{_OUTPUTS}.met", {"count": len(notebooks)}), evidence[:_SHOWN])
        return lost(facts["notebooks"]) or met
    flaws.sort(key=lambda flaw: _ORDER.index(flaw[0]))
    kind, first = flaws[0]
    told = {"path": first.path, "cell": (first.cell or 0) + 1, "count": len({item.path for _, item in flaws})}
    told["total"] = len(notebooks)
    outcome = Outcome.UNDECIDED if kind == "uncounted" else Outcome.NOT_MET
    ending = "undecided_uncounted" if kind == "uncounted" else f"not_met_{kind}"
    return Finding(outcome, Message(f"{_OUTPUTS}.{ending}", told), [item for _, item in flaws][:_SHOWN])


_ORDER = ("error", "order", "not_run", "uncounted")


def _code_cells(fact: Mapping[str, Any]) -> list[tuple[int, Mapping[str, Any]]]:
    """The cells that hold something to run, with their position."""
    return [
        (number, cell)
        for number, cell in enumerate(fact["cells"])
        if cell["type"] == "code" and any(_does_something(line) for line in cell["source"].splitlines())
    ]


def _does_something(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _flaws(path: str, fact: Mapping[str, Any]) -> list[tuple[str, Evidence]]:
    """The first flaw of each kind in a notebook: an error shown, a cell out of order, a cell not run."""
    cells = _code_cells(fact)
    found: dict[str, Evidence] = {}
    last = 0
    counted = any(cell["execution_count"] is not None for _, cell in cells)
    for number, cell in cells:
        count = cell["execution_count"]
        error = next((position for position, output in enumerate(cell["outputs"]) if output["kind"] == "error"), None)
        if error is not None:
            found.setdefault("error", _cell(path, fact, number, error))
        if count is None:
            found.setdefault("not_run" if counted or not cell["outputs"] else "uncounted", _cell(path, fact, number))
        elif count < last:
            found.setdefault("order", _cell(path, fact, number))
        last = max(last, count or 0)
    if "uncounted" in found:
        found.pop("not_run", None)  # the tool that saved it kept no count: a cell without output may have run
    return list(found.items())


def _cell(path: str, fact: Mapping[str, Any], number: int, output: int | None = None) -> Evidence:
    cell = fact["cells"][number]
    told = cell["outputs"][output]["text"].strip().splitlines()[-1:] if output is not None else []
    excerpt = (told or cell["source"].strip().splitlines()[:1] or [""])[0][:300]
    return Evidence(EvidenceKind.CODE, path, cell=number, output=output, excerpt=excerpt, sha256=fact["sha256"])


_SHARES = {
    "type": "object",
    "properties": {
        "enough": {"type": "number", "minimum": 0, "maximum": 1, "default": 0.6},
        "too_few": {"type": "number", "minimum": 0, "maximum": 1, "default": 0.4},
    },
    "additionalProperties": False,
}


def _title(fr: str, en: str) -> Mapping[str, str]:
    return {"fr": fr, "en": en}


CHECKS: tuple[Check, ...] = (
    Check(
        _COMMENTED,
        2,
        "repository",
        _title("Fonctions commentées", "Commented functions"),
        ("quality",),
        functions_commented,
        _SHARES,
    ),
    Check(_SECRETS, 1, "repository", _title("Secrets en clair", "Credentials in clear"), ("secrets",), secrets),
    Check(
        _OUTPUTS,
        1,
        "notebooks",
        _title("Notebook exécuté dans l’ordre", "Notebook run in order"),
        ("notebooks",),
        outputs,
    ),
    Check(
        _QUALITY,
        1,
        "repository",
        _title("Qualité du code, pour le mentor", "Code quality, for the mentor"),
        ("quality",),
        quality,
        advisory=True,
    ),
)
