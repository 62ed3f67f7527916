"""The command line. ``main`` answers an exit status: 0 whatever the outcomes, 1 our own fault, 2 wrong usage."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from evaluator import messages
from evaluator.checks import REGISTRY
from evaluator.errors import EngineFault, EvaluatorError, SubmissionFault
from evaluator.results import Cause, Outcome, Result

_SIGNS = {Outcome.MET: "✓", Outcome.NOT_MET: "✗", Outcome.UNDECIDED: "?", Outcome.ERROR: "!"}
_COLOURS = {Outcome.MET: "32", Outcome.NOT_MET: "31", Outcome.UNDECIDED: "33", Outcome.ERROR: "35"}
_WRONG_USAGE = 2


class _Usage(Exception):
    """What was asked makes no sense; the text says why."""


def main(arguments: Sequence[str]) -> int:
    options = _parser().parse_args(arguments)
    try:
        status: int = options.run(options)
    except _Usage as usage:
        print(usage, file=sys.stderr)
        return _WRONG_USAGE
    except (EngineFault, SubmissionFault) as fault:
        _tell_fault(fault, options)
        return 1 if isinstance(fault, EngineFault) else 0
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m evaluator", description="Jalon's evaluation engine.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    check = commands.add_parser("check", help="run checks over a folder, an archive or a git repository")
    check.add_argument("path", type=Path, metavar="PATH")
    check.add_argument("--checks", default="", help="codes separated by commas; all of them by default")
    check.add_argument("--referential", metavar="CODE", help="the checks that a référentiel names")
    check.add_argument("--bloc", metavar="B", help="of this bloc only")
    check.add_argument("--params", default="{}", help='JSON: {"code": {"parameter": value}}')
    check.add_argument("--store", type=Path, default=None, help="folder where facts are kept between calls")
    _add_common(check, _check)

    checks = commands.add_parser("checks", help="list the catalogue")
    _add_common(checks, _checks)

    explain = commands.add_parser("explain", help="describe one check")
    explain.add_argument("code")
    _add_common(explain, _explain)

    selftest = commands.add_parser("selftest", help="try to break out of the sandbox, and tell what happened")
    _add_common(selftest, _selftest)

    runtimes = commands.add_parser("runtimes", help="Python environments for candidates' code")
    actions = runtimes.add_subparsers(required=True, metavar="ACTION")
    build = actions.add_parser("build", help="build the default runtime when it is not up to date")
    _add_common(build, _build)
    return parser


def _add_common(parser: argparse.ArgumentParser, run: Any) -> None:
    parser.add_argument("--lang", choices=messages.LANGUAGES, default="fr")
    parser.add_argument("--json", action="store_true", help="JSON alone on the standard output")
    parser.set_defaults(run=run)


def _check(options: argparse.Namespace) -> int:
    from evaluator import runner

    requests = _requests(options)
    store = runner.FolderStore(options.store) if options.store else None
    shown = None if options.json else lambda result: _print_result(result, options.lang)
    with runner.evaluate(options.path, requests, on_result=shown, fact_store=store) as report:
        if options.json:
            document = {
                "engine": report.engine,
                "bundle": {"sha256": report.bundle_sha256, "files": report.files, "bytes": report.bytes},
                "runtime": report.runtime,
                "results": [
                    result.to_json(messages.render(result.finding.message, options.lang)) for result in report.results
                ],
            }
            print(json.dumps(document, ensure_ascii=False, indent=2))
        else:
            _print_totals(report.results)
    return 0


def _requests(options: argparse.Namespace) -> list[Any]:
    """The requests of the command line. Raises _Usage when they make no sense."""
    from evaluator.runner import CheckRequest

    if options.bloc and not options.referential:
        raise _Usage("--bloc goes with --referential")
    if not options.path.exists():
        raise _Usage(f"no such file or folder: {options.path}")
    if options.referential:
        return _requests_of_referential(options)
    codes = [code.strip() for code in options.checks.split(",") if code.strip()] or list(REGISTRY)
    unknown = [code for code in codes if code not in REGISTRY]
    if unknown:
        raise _Usage(f"unknown check: {', '.join(unknown)}")
    try:
        params = json.loads(options.params)
    except ValueError as error:
        raise _Usage(f"--params is no JSON: {error}") from error
    if not isinstance(params, dict) or not all(isinstance(value, dict) for value in params.values()):
        raise _Usage('--params has the form {"code": {"parameter": value}}')
    return [CheckRequest(code, params.get(code, {})) for code in codes]


def _requests_of_referential(options: argparse.Namespace) -> list[Any]:
    from evaluator.grid import requests_of

    try:
        return requests_of(options.referential, options.bloc)
    except LookupError as error:
        raise _Usage(str(error.args[0])) from error


def _checks(options: argparse.Namespace) -> int:
    rows = [_described(code) for code in REGISTRY]
    if options.json:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return 0
    width = max(len(code) for code in REGISTRY)
    for row in rows:
        print(f"{row['check']:<{width}}  v{row['version']}  {row['title'][options.lang]}")
    return 0


def _explain(options: argparse.Namespace) -> int:
    if options.code not in REGISTRY:
        raise _Usage(f"unknown check: {options.code}")
    row = _described(options.code)
    if options.json:
        print(json.dumps(row, ensure_ascii=False, indent=2))
        return 0
    print(f"{row['check']} v{row['version']} ({row['family']})\n{row['title'][options.lang]}")
    print(f"{row['description']}\nfacts: {', '.join(row['facts'])}")
    for name, schema in row["parameters"].get("properties", {}).items():
        print(f"  {name} = {json.dumps(schema.get('default'))}")
    return 0


def _described(code: str) -> dict[str, Any]:
    check = REGISTRY[code]
    return {
        "check": check.code,
        "version": check.version,
        "family": check.family,
        "title": dict(check.title),
        "description": " ".join((check.run.__doc__ or "").split()),
        "facts": list(check.facts),
        "parameters": check.parameters,
    }


def _selftest(options: argparse.Namespace) -> int:
    from evaluator.sandbox.selftest import selftest

    report = selftest()
    if options.json:
        print(json.dumps(report.to_json(), ensure_ascii=False, indent=2))
        return 0
    print(f"isolation: {report.level.value}" + (f" ({report.reason})" if report.reason else ""))
    print(f"start: {report.start}" + (f" ({report.start_reason})" if report.start_reason else ""))
    for probe in report.probes:
        print(f"  {'✓' if probe.contained else '✗'} {probe.start} {probe.name}: {probe.observed}")
    return 0


def _build(options: argparse.Namespace) -> int:
    from evaluator.runtimes.build import build_default

    runtime, built = build_default()
    if options.json:
        print(json.dumps({"folder": str(runtime.folder), "digest": runtime.digest, "built": built}))
    else:
        print(f"{'built' if built else 'up to date'}: {runtime.folder} ({runtime.digest[:12]})")
    return 0


def _print_result(result: Result, lang: str) -> None:
    finding = result.finding
    sign = _coloured(_SIGNS[finding.outcome], _COLOURS[finding.outcome])
    blame = f" [{finding.cause.value}]" if finding.cause else ""
    sentence = _printable(messages.render(finding.message, lang))
    print(f"{sign} {result.check}{blame}  {sentence}  ({result.seconds:.2f} s)")
    for item in finding.evidence[:3]:
        place = item.path + (f" cell {item.cell}" if item.cell is not None else "")
        place += f" line {item.line}" if item.line is not None else ""
        place += f" page {item.page}" if item.page is not None else ""
        first = item.excerpt.strip().splitlines()[:1]
        print(_printable(f"    {place}  {first[0][:100] if first else ''}".rstrip()), flush=True)


def _print_totals(results: Sequence[Result]) -> None:
    counts = {outcome: sum(result.finding.outcome is outcome for result in results) for outcome in Outcome}
    ours = sum(result.finding.cause is Cause.PLATFORM for result in results)
    text = ", ".join(f"{count} {outcome.value}" for outcome, count in counts.items() if count)
    print(text + (f" ({ours} by our fault)" if ours else ""))


def _printable(text: str) -> str:
    """Without what commands a terminal or turns a line around; the spaces of French typography stay."""
    return "".join(sign if sign.isprintable() or sign in "\u00a0\u202f" else "\ufffd" for sign in text)


def _coloured(text: str, colour: str) -> str:
    plain = not sys.stdout.isatty() or "NO_COLOR" in os.environ
    return text if plain else f"\033[{colour}m{text}\033[0m"


def _tell_fault(fault: EvaluatorError, options: argparse.Namespace) -> None:
    """A fault that stopped everything: in JSON a document without results, else on the error output."""
    sentence = messages.render(fault.message, options.lang)
    if options.json:
        document: Mapping[str, Any] = {
            "error": {"cause": fault.cause.value, "code": fault.code, "params": fault.params, "summary": sentence},
            "results": [],
        }
        print(json.dumps(document, ensure_ascii=False, indent=2))
    print(_printable(sentence), file=sys.stderr)
