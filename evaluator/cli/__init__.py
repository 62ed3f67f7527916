"""The command line. ``main`` answers an exit status: 0 whatever the outcomes, 1 our own fault, 2 wrong usage."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import Any

from evaluator import messages
from evaluator.cli import catalogue, checking, machine
from evaluator.cli.terminal import WrongUsage, tell_fault
from evaluator.errors import EngineFault, SubmissionFault

__all__ = ["main"]

_WRONG_USAGE = 2


def main(arguments: Sequence[str]) -> int:
    options = _parser().parse_args(arguments)
    try:
        status: int = options.run(options)
    except WrongUsage as usage:
        print(usage, file=sys.stderr)
        return _WRONG_USAGE
    except (EngineFault, SubmissionFault) as fault:
        tell_fault(fault, json_wanted=options.json, lang=options.lang)
        return 1 if isinstance(fault, EngineFault) else 0
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m evaluator", description="Jalon's evaluation engine.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    check = commands.add_parser("check", help="run checks over a folder, an archive or a git repository")
    checking.add_arguments(check)
    _add_common(check, checking.check)

    checks = commands.add_parser("checks", help="list the catalogue")
    _add_common(checks, catalogue.checks)

    explain = commands.add_parser("explain", help="describe one check")
    explain.add_argument("code")
    _add_common(explain, catalogue.explain)

    selftest = commands.add_parser("selftest", help="try to break out of the sandbox, and tell what happened")
    _add_common(selftest, machine.selftest)

    runtimes = commands.add_parser("runtimes", help="Python environments for candidates' code")
    actions = runtimes.add_subparsers(required=True, metavar="ACTION")
    build = actions.add_parser("build", help="build the default environment when it is not up to date")
    _add_common(build, machine.build)
    listing = actions.add_parser("list", help="the environments that bundles asked for, and what became of them")
    _add_common(listing, machine.runtimes)
    prune = actions.add_parser("prune", help="remove the environments not used for some days")
    prune.add_argument("--days", type=float, default=30.0)
    _add_common(prune, machine.prune)
    return parser


def _add_common(parser: argparse.ArgumentParser, run: Any) -> None:
    parser.add_argument("--lang", choices=messages.LANGUAGES, default="fr")
    parser.add_argument("--json", action="store_true", help="JSON alone on the standard output")
    parser.set_defaults(run=run)
