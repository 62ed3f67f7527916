"""A report as one HTML file: no script, nothing fetched, figures inside. Whatever a bundle holds is text there."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from html import escape
from itertools import groupby
from pathlib import Path

from evaluator import messages
from evaluator.checks import REGISTRY
from evaluator.cli.terminal import SIGNS, place, printable, totals
from evaluator.grid import Row
from evaluator.limits import MB
from evaluator.parameters import completed
from evaluator.results import Evidence, Outcome, Result
from evaluator.runner import CheckRequest, Report

_SHOWN = 8
_PICTURES = 40 * MB
_PNG = b"\x89PNG"
_WORDS = {
    "fr": {
        "title": "Évaluation de {name}",
        "about": "Moteur {engine}, le {date}. {files} fichiers, empreinte {digest}.",
        "note": "La machine propose, une personne décide : ce rapport n’est pas une note.",
        "others": "et {count} autres endroits",
        "met": "satisfait",
        "not_met": "non satisfait",
        "undecided": "indécidable",
        "error": "erreur",
    },
    "en": {
        "title": "Evaluation of {name}",
        "about": "Engine {engine}, {date}. {files} files, digest {digest}.",
        "note": "The machine proposes, a person decides: this report is no mark.",
        "others": "and {count} other places",
        "met": "met",
        "not_met": "not met",
        "undecided": "undecided",
        "error": "error",
    },
}
_STYLE = """
:root { color-scheme: light dark; font: 16px/1.55 system-ui, sans-serif; }
body { max-width: 62rem; margin: 0 auto; padding: 2rem 1rem 5rem; color: light-dark(#23211c, #ece7dc);
  background: light-dark(#f8f5ee, #191814); }
h1 { font: 600 1.9rem/1.2 ui-serif, Georgia, serif; margin: 0 0 .5rem; }
h2 { font: 600 1.35rem/1.3 ui-serif, Georgia, serif; margin: 3rem 0 .5rem; }
h3 { font-size: 1rem; font-weight: 600; margin: 2rem 0 .5rem; }
.about, .place, summary small { color: light-dark(#5d574b, #b4ac9c); font-size: .85rem; }
.totals { display: flex; flex-wrap: wrap; gap: .75rem; padding: 0; list-style: none; }
.totals li, details { background: light-dark(#fffdf8, #211f1b); border: 1px solid light-dark(#e0d8c8, #38352d);
  border-radius: .4rem; }
.totals li { padding: .4rem .8rem; }
details { margin: .5rem 0; border-left-width: .3rem; }
summary { padding: .6rem .9rem; cursor: pointer; overflow-wrap: anywhere; }
summary b { margin-right: .5rem; }
.met { border-left-color: light-dark(#22663a, #8fd09b); } .met b { color: light-dark(#22663a, #8fd09b); }
.not_met { border-left-color: light-dark(#98301f, #f2a491); } .not_met b { color: light-dark(#98301f, #f2a491); }
.undecided { border-left-color: light-dark(#765000, #e3bd6c); } .undecided b { color: light-dark(#765000, #e3bd6c); }
.error { border-left-color: light-dark(#5b3b97, #c5adf1); } .error b { color: light-dark(#5b3b97, #c5adf1); }
.evidence { padding: 0 .9rem .9rem; }
.place { overflow-wrap: anywhere; margin: .8rem 0 .2rem; font-family: ui-monospace, monospace; }
pre { margin: 0; padding: .6rem .8rem; overflow-x: auto; font: .85rem/1.5 ui-monospace, monospace;
  background: light-dark(#f0ebe0, #131210); border-radius: .3rem; }
img { display: block; max-width: 100%; margin-top: .4rem; background: #fff;
  border: 1px solid light-dark(#e0d8c8, #38352d); }
@media print { details { break-inside: avoid; } }
"""


def page(name: str, report: Report, rows: Sequence[Row], lang: str) -> str:
    """The report of ``name``, by criterion where a référentiel asked; what is not met stands open."""
    words = _WORDS[lang]
    title = words["title"].format(name=printable(name))
    results = {_key(result.check, result.params): result for result in report.results}
    pictures = _Pictures(report.attachments)
    about = words["about"].format(
        engine=report.engine,
        date=datetime.now().astimezone().strftime("%Y-%m-%d %H:%M"),
        files=report.files,
        digest=report.bundle_sha256[:16],
    )
    counts = "".join(
        f"<li>{SIGNS[outcome]} {_counted(count, words[outcome.value], lang)}</li>"
        for outcome, count in totals(report.results).items()
    )
    body = "".join(_blocs(rows, results, pictures, lang))
    return (
        f'<!doctype html>\n<html lang="{lang}"><head><meta charset="utf-8">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; img-src data:; '
        "style-src 'unsafe-inline'\">"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>"
        f'<body><h1>{escape(title)}</h1><p class="about">{escape(about)}</p><p>{escape(words["note"])}</p>'
        f'<ul class="totals">{counts}</ul>{body}</body></html>\n'
    )


class _Pictures:
    """Figures as data, until the page would be too heavy; each is written once a place."""

    def __init__(self, files: Mapping[str, Path]) -> None:
        self._files = files
        self._left = _PICTURES

    def tag(self, item: Evidence) -> str:
        file = self._files.get(item.attachment or "")
        if file is None or file.stat().st_size > self._left:
            return ""
        data = file.read_bytes()
        self._left -= len(data)
        kind = "png" if data.startswith(_PNG) else "jpeg"
        encoded = base64.b64encode(data).decode()
        return f'<img alt="{escape(printable(item.path), quote=True)}" src="data:image/{kind};base64,{encoded}">'


def _blocs(rows: Sequence[Row], results: Mapping[str, Result], pictures: _Pictures, lang: str) -> Iterator[str]:
    for bloc, inside in groupby(rows, key=lambda row: row.bloc):
        if bloc:
            yield f"<h2>{escape(bloc)}</h2>"
        for row in inside:
            if row.text:
                yield f"<h3>{escape(row.text)}</h3>"
            for request in row.requests:
                yield _result(results[_asked(request)], pictures, lang)


def _result(result: Result, pictures: _Pictures, lang: str) -> str:
    finding = result.finding
    title = REGISTRY[result.check].title[lang] if result.check in REGISTRY else result.check
    sentence = printable(messages.render(finding.message, lang))
    opened = " open" if finding.outcome is Outcome.NOT_MET else ""
    shown = "".join(_evidence(item, pictures, lang) for item in finding.evidence[:_SHOWN])
    others = len(finding.evidence) - _SHOWN
    if others > 0:
        shown += f'<p class="place">{escape(_WORDS[lang]["others"].format(count=others))}</p>'
    shown = f'<div class="evidence">{shown}</div>' if shown else ""
    outcome = _WORDS[lang][finding.outcome.value]
    return (
        f'<details class="{finding.outcome.value}"{opened}><summary><b>{SIGNS[finding.outcome]} {escape(outcome)}</b>'
        f"{escape(title)} <small>{escape(result.check)}</small><br>{escape(sentence)}</summary>"
        f"{shown}</details>"
    )


def _evidence(item: Evidence, pictures: _Pictures, lang: str) -> str:
    lines = (printable(line) for line in item.excerpt.splitlines())
    excerpt = f"<pre>{escape(chr(10).join(lines))}</pre>" if item.excerpt.strip() else ""
    return f'<p class="place">{escape(printable(place(item, lang)))}</p>{excerpt}{pictures.tag(item)}'


def _counted(count: int, word: str, lang: str) -> str:
    """French agrees its adjectives from two on, and its nouns the same way."""
    plural = "s" if lang == "fr" and count > 1 else ""
    return f"{count} {word}{plural}"


def _asked(request: CheckRequest) -> str:
    return _key(request.code, completed(request.code, request.params))


def _key(code: str, params: Mapping[str, object]) -> str:
    return f"{code} {sorted((name, repr(value)) for name, value in params.items())}"
