"""``check``: run checks over a bundle, and tell the results in a terminal, as JSON or as a page."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from evaluator import messages
from evaluator.checks import REGISTRY
from evaluator.cli.against import beside
from evaluator.cli.page import page
from evaluator.cli.references import HELP, naming, references_of
from evaluator.cli.terminal import Progress, WrongUsage, print_result, print_totals
from evaluator.facts.outside import OUTSIDE
from evaluator.grid import Row, rows_of
from evaluator.references import PARAMETER, References
from evaluator.runner import CheckRequest, FolderStore, Limits, Report, evaluate


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", type=Path, metavar="PATH")
    parser.add_argument("--checks", default="", help="codes separated by commas; all of them by default")
    parser.add_argument("--referential", metavar="CODE", help="the checks that a référentiel names")
    parser.add_argument("--bloc", metavar="B", help="of this bloc only")
    parser.add_argument("--params", default="{}", help='JSON: {"code": {"parameter": value}}')
    parser.add_argument("--reference", action="append", default=[], metavar="NAME=FILE:TARGET[:IDENTIFIER]", help=HELP)
    parser.add_argument("--store", type=Path, default=None, help="folder where facts are kept between calls")
    parser.add_argument("--html", type=Path, default=None, metavar="FILE", help="write a page with all the evidence")
    parser.add_argument(
        "--against", type=Path, action="append", default=[], metavar="PATH", help="compare with this other project"
    )
    parser.add_argument(
        "--given", type=Path, action="append", default=[], metavar="PATH", help="material given to all, not compared"
    )
    parser.add_argument("--no-build", action="store_true", help="install no Python environment for the project")


def check(options: argparse.Namespace) -> int:
    """Raises WrongUsage, and SubmissionFault or EngineFault for what stopped everything."""
    references = references_of(options.reference)
    rows = [replace(row, requests=tuple(naming(row.requests, references))) for row in _rows(options, references)]
    requests = _each_once(rows)
    progress = Progress(len(requests), options.lang)

    def heard(result: Any) -> None:
        progress.result(result)
        if not options.json:
            progress.clear()
            print_result(result, options.lang)

    store = FolderStore(options.store) if options.store else None
    limits = Limits(runtime_seconds=0.0) if options.no_build else Limits()
    outside = beside(options.path, options.against, options.given, store) if options.against else OUTSIDE
    with evaluate(
        options.path,
        requests,
        on_result=heard,
        on_phase=progress.phase,
        fact_store=store,
        references=references,
        outside=outside,
        limits=limits,
    ) as report:
        progress.clear()
        if options.html:
            _write(options.html, page(options.path.resolve().name, report, rows, options.lang))
        if options.json:
            print(json.dumps(_document(report, options.lang), ensure_ascii=False, indent=2))
        else:
            print_totals(report.results)
    return 0


def _document(report: Report, lang: str) -> dict[str, Any]:
    return {
        "engine": report.engine,
        "bundle": {"sha256": report.bundle_sha256, "files": report.files, "bytes": report.bytes},
        "runtime": report.runtime,
        "results": [result.to_json(messages.render(result.finding.message, lang)) for result in report.results],
    }


def _write(target: Path, text: str) -> None:
    try:
        target.write_text(text, encoding="utf-8")
    except OSError as error:
        raise WrongUsage(f"{target} cannot be written: {error.strerror}") from error


def _each_once(rows: Sequence[Row]) -> list[CheckRequest]:
    requests: list[CheckRequest] = []
    for row in rows:
        requests += [request for request in row.requests if request not in requests]
    return requests


def _rows(options: argparse.Namespace, references: References) -> list[Row]:
    """What is asked, by criterion when a référentiel asks it. Raises WrongUsage when it makes no sense."""
    if options.bloc and not options.referential:
        raise WrongUsage("--bloc goes with --referential")
    for path in (options.path, *options.against, *options.given):
        if not path.exists():
            raise WrongUsage(f"no such file or folder: {path}")
    if options.referential:
        try:
            return rows_of(options.referential, options.bloc)
        except LookupError as error:
            raise WrongUsage(str(error.args[0])) from error
    return [Row("", "", tuple(_named(options.checks, _params(options.params), references)))]


def _named(listed: str, params: dict[str, dict[str, Any]], references: References) -> list[CheckRequest]:
    """The checks named, else all those that can do with the parameters given."""
    codes = [code.strip() for code in listed.split(",") if code.strip()]
    unknown = [code for code in codes if code not in REGISTRY]
    if unknown:
        raise WrongUsage(f"unknown check: {', '.join(unknown)}")
    if not codes:
        known = {PARAMETER} if len(references) == 1 else set()
        codes = [code for code in REGISTRY if _needed(code) <= set(params.get(code, {})) | known]
    return [CheckRequest(code, params.get(code, {})) for code in codes]


def _needed(code: str) -> set[str]:
    """The parameters without which a check cannot run."""
    schema = REGISTRY[code].parameters
    return {name for name in schema.get("required", ()) if "default" not in schema["properties"][name]}


def _params(text: str) -> dict[str, dict[str, Any]]:
    try:
        params = json.loads(text)
    except ValueError as error:
        raise WrongUsage(f"--params is no JSON: {error}") from error
    if not isinstance(params, dict) or not all(isinstance(value, dict) for value in params.values()):
        raise WrongUsage('--params has the form {"code": {"parameter": value}}')
    return params
