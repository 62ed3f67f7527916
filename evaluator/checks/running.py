"""Notebooks run again from top to bottom."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from evaluator.checks import _documents, _running
from evaluator.checks.base import Check, lost
from evaluator.facts.base import Facts
from evaluator.results import Cause, Evidence, EvidenceKind, Finding, Message, Outcome

_NO_MODULE = re.compile(r"No module named '([\w.]+)'")
_EXCERPT = 800
_SHOWN = 8


def executes(facts: Facts, params: Mapping[str, Any]) -> Finding:
    """Every notebook runs from its first cell to its last in the sandbox, with the data delivered and no network."""
    fact = facts["notebook_runs"]
    wanted = _documents.matching([run["path"] for run in fact["runs"]], params.get("notebook"))
    runs = [run for run in fact["runs"] if run["path"] in wanted]
    named = _documents.matching(facts["notebooks"], params.get("notebook"))
    unread = lost({path: facts["notebooks"][path] for path in named})
    if not runs:
        return unread or Finding(Outcome.UNDECIDED, Message("notebook.executes.undecided_none"))
    judged = [(run, *_judged(run, fact, facts)) for run in runs]
    for outcome in (Outcome.NOT_MET, Outcome.ERROR, Outcome.UNDECIDED):
        chosen = [(run, message) for run, verdict, message in judged if verdict is outcome]
        if chosen:
            evidence = [_place(facts, run) for run, _ in chosen][:_SHOWN]
            return Finding(outcome, chosen[0][1], evidence, Cause.CANDIDATE if outcome is Outcome.ERROR else None)
    if unread:
        return unread
    if fact["left_out"]:
        told = {"count": len(runs), "paths": fact["left_out"][:_SHOWN]}
        return Finding(Outcome.UNDECIDED, Message("notebook.executes.undecided_left_out", told), _places(facts, runs))
    told = {"count": len(runs), "path": runs[0]["path"], "seconds": sum(run["seconds"] for run in runs)}
    return Finding(Outcome.MET, Message("notebook.executes.met", told), _places(facts, runs))


def _judged(run: Mapping[str, Any], fact: Mapping[str, Any], facts: Facts) -> tuple[Outcome, Message]:
    told: dict[str, Any] = {"path": run["path"]}
    if run["fault"]:
        return Outcome.ERROR, Message(run["fault"]["code"], {**run["fault"]["params"], **told})
    if run["ended"] == "done":
        return Outcome.MET, Message("notebook.executes.met", told)
    if run["ended"] in {"timeout", "dead"}:
        told |= {"done": run["done"], "cells": run["cells"]}
        return Outcome.UNDECIDED, Message(f"notebook.executes.undecided_{run['ended']}", told)
    error = run["error"] or {"cell": 0, "ename": "", "evalue": "", "traceback": ""}
    text = f"{error['ename']}: {error['evalue']}"
    told |= {"cell": error["cell"] + 1, "type": error["ename"], "message": error["evalue"][:300]}
    reason = _not_the_candidates(text, fact, facts)
    if reason:
        return Outcome.UNDECIDED, Message(
            f"notebook.executes.undecided_{reason}", told | {"why": fact["runtime"]["fault"]}
        )
    return Outcome.NOT_MET, Message("notebook.executes.not_met", told)


def _not_the_candidates(text: str, fact: Mapping[str, Any], facts: Facts) -> str | None:
    """Why an error does not tell that the notebook is wrong: data or libraries that are not here, no network."""
    if _running.asks_for_network(text):
        return "network"
    if _running.asks_for_data(text):
        return "data"
    module = _NO_MODULE.search(text)
    if module and not _is_own(module[1], facts):
        return "library"
    return "runtime" if fact["runtime"]["fault"] else None


def _is_own(module: str, facts: Facts) -> bool:
    top = module.partition(".")[0]
    return any(top in {part.removesuffix(".py") for part in str(row["path"]).split("/")} for row in facts["files"])


def _places(facts: Facts, runs: list[Mapping[str, Any]]) -> list[Evidence]:
    return [_place(facts, run) for run in runs[:_SHOWN]]


def _place(facts: Facts, run: Mapping[str, Any]) -> Evidence:
    """The cell that failed with its error, else the notebook."""
    error = run.get("error")
    if not error:
        return Evidence(EvidenceKind.FILE, run["path"], excerpt="", sha256=run["sha256"])
    cells = facts["notebooks"].get(run["path"], {}).get("cells", [])
    source = cells[error["cell"]]["source"] if error["cell"] < len(cells) else ""
    shown = f"{source[:_EXCERPT]}\n\n{error['ename']}: {error['evalue']}"
    return Evidence(EvidenceKind.CODE, run["path"], cell=error["cell"], line=1, excerpt=shown, sha256=run["sha256"])


CHECKS: tuple[Check, ...] = (
    Check(
        code="notebook.executes",
        version=1,
        family="notebook",
        title={"fr": "Le notebook s’exécute de bout en bout", "en": "The notebook runs from end to end"},
        facts=("files", "notebooks", "notebook_runs"),
        run=executes,
        parameters={
            "type": "object",
            "additionalProperties": False,
            "properties": {"notebook": _documents.DOCUMENT_PARAMETER},
        },
    ),
)

MESSAGES: dict[str, dict[str, str]] = {
    "notebook.executes.met": {
        "fr": "{count:notebook s’exécute|notebooks s’exécutent} de bout en bout, dont {path}, en {seconds:.0f} s.",
        "en": "{count:notebook runs|notebooks run} from end to end, {path} among them, in {seconds:.0f} s.",
    },
    "notebook.executes.not_met": {
        "fr": "Dans {path}, la cellule {cell} s’arrête sur une erreur : {type}, {message}",
        "en": "In {path}, cell {cell} stops on an error: {type}, {message}",
    },
    "notebook.executes.undecided_none": {
        "fr": "Aucun notebook Python lisible correspondant n’a été trouvé dans le dépôt.",
        "en": "No matching Python notebook that can be read was found in the submission.",
    },
    "notebook.executes.undecided_data": {
        "fr": "{path} lit un fichier qui n’est pas dans le dépôt (cellule {cell} : {message}).",
        "en": "{path} reads a file that is not in the submission (cell {cell}: {message}).",
    },
    "notebook.executes.undecided_network": {
        "fr": "{path} appelle le réseau, fermé ici (cellule {cell} : {type}).",
        "en": "{path} calls the network, which is closed here (cell {cell}: {type}).",
    },
    "notebook.executes.undecided_library": {
        "fr": "{path} demande une bibliothèque absente de l’environnement d’évaluation (cellule {cell} : {message}).",
        "en": "{path} asks for a library that the evaluation environment does not have (cell {cell}: {message}).",
    },
    "notebook.executes.undecided_runtime": {
        "fr": "{path} s’arrête à la cellule {cell} ({type}), dans un autre environnement que le sien. {why}",
        "en": "{path} stops at cell {cell} ({type}), in another environment than its own. {why}",
    },
    "notebook.executes.undecided_timeout": {
        "fr": "{path} est trop long à exécuter ici : {done} cellules sur {cells} ont tourné dans le temps accordé.",
        "en": "{path} takes too long to run here: {done} cells out of {cells} ran in the time allowed.",
    },
    "notebook.executes.undecided_dead": {
        "fr": "L’exécution de {path} s’est interrompue, le plus souvent faute de mémoire, après {done} cellules sur "
        "{cells}.",
        "en": "The run of {path} was interrupted, most often for want of memory, after {done} cells out of {cells}.",
    },
    "notebook.executes.undecided_left_out": {
        "fr": "{count:notebook s’exécute|notebooks s’exécutent} de bout en bout ; le temps a manqué pour {paths}.",
        "en": "{count:notebook runs|notebooks run} from end to end; there was no time for {paths}.",
    },
}
