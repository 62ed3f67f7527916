"""What the command line writes for people: results, totals, progress, faults."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any, TextIO

from evaluator import messages
from evaluator.errors import EvaluatorError
from evaluator.phases import phase_words
from evaluator.results import Cause, Evidence, Outcome, Result

SIGNS = {Outcome.MET: "✓", Outcome.NOT_MET: "✗", Outcome.UNDECIDED: "?", Outcome.ERROR: "!"}
_COLOURS = {Outcome.MET: "32", Outcome.NOT_MET: "31", Outcome.UNDECIDED: "33", Outcome.ERROR: "35"}
_SHOWN = 3
_EXCERPT = 100
_FAINT = "2"


class WrongUsage(Exception):
    """What was asked makes no sense; the text says why."""


class Progress:
    """Tells on the standard error what is going on: a line written over itself, or one line a step in a file."""

    def __init__(self, total: int, lang: str, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._live = self._stream.isatty()
        self._total = total
        self._lang = lang
        self._done = 0
        self._phase = ""

    def phase(self, name: str) -> None:
        self._phase = phase_words(name, self._lang) or name
        self._write()

    def result(self, result: Result) -> None:
        self._done += 1
        if self._live:
            self._write()

    def clear(self) -> None:
        """Take the line away, so that something else can be written."""
        if self._live:
            self._stream.write("\r\033[K")
            self._stream.flush()

    def _write(self) -> None:
        line = f"{self._done}/{self._total}  {self._phase}…"
        self._stream.write(f"\r\033[K{line}" if self._live else f"{line}\n")
        self._stream.flush()


def print_result(result: Result, lang: str) -> None:
    """The sentence, then the places to look at."""
    finding = result.finding
    sign = _coloured(SIGNS[finding.outcome], _COLOURS[finding.outcome])
    blame = f" [{finding.cause.value}]" if finding.cause else ""
    sentence = printable(messages.render(finding.message, lang))
    print(f"{sign} {result.check}{blame}  {sentence}  {_coloured(f'({result.seconds:.2f} s)', _FAINT)}")
    for item in finding.evidence[:_SHOWN]:
        first = item.excerpt.strip().splitlines()[:1]
        print(printable(f"    {place(item, lang)}  {first[0][:_EXCERPT] if first else ''}".rstrip()), flush=True)


def place(item: Evidence, lang: str) -> str:
    """Where evidence stands: the file, and the cell, line or page in it; ranks as people count, from 1."""
    words = {"cell": ("cellule", "cell"), "line": ("ligne", "line"), "page": ("page", "page")}
    position = 0 if lang == "fr" else 1
    found = item.path or str(item.detail.get("reference") or "")
    for name, value in (
        ("cell", None if item.cell is None else item.cell + 1),
        ("line", item.line),
        ("page", item.page),
    ):
        found += f" {words[name][position]} {value}" if value is not None else ""
    return found


def totals(results: Sequence[Result]) -> dict[Outcome, int]:
    """How many results of each outcome, those that are there, in the order of the outcomes."""
    counts = {outcome: sum(result.finding.outcome is outcome for result in results) for outcome in Outcome}
    return {outcome: count for outcome, count in counts.items() if count}


def print_totals(results: Sequence[Result]) -> None:
    ours = sum(result.finding.cause is Cause.PLATFORM for result in results)
    text = ", ".join(f"{count} {outcome.value}" for outcome, count in totals(results).items())
    print(text + (f" ({ours} by our fault)" if ours else ""))


def printable(text: str) -> str:
    """Without what commands a terminal or turns a line around; the spaces of French typography stay."""
    return "".join(sign if sign.isprintable() or sign in "\u00a0\u202f" else "\ufffd" for sign in text)


def tell_fault(fault: EvaluatorError, *, json_wanted: bool, lang: str) -> None:
    """A fault that stopped everything: in JSON a document without results, else on the error output."""
    sentence = messages.render(fault.message, lang)
    if json_wanted:
        document: Mapping[str, Any] = {
            "error": {"cause": fault.cause.value, "code": fault.code, "params": fault.params, "summary": sentence},
            "results": [],
        }
        print(json.dumps(document, ensure_ascii=False, indent=2))
    print(printable(sentence), file=sys.stderr)


def _coloured(text: str, colour: str) -> str:
    plain = not sys.stdout.isatty() or "NO_COLOR" in os.environ
    return text if plain else f"\033[{colour}m{text}\033[0m"
