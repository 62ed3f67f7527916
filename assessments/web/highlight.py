"""Source code as rows of numbered lines, coloured by classes and never by inline style."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import TextLexer, get_lexer_by_name
from pygments.util import ClassNotFound

_COLOURED = 100_000  # characters; colouring takes seconds beyond, while somebody waits
# A notebook names its own language: not every lexer there is may be asked for.
_LANGUAGES = frozenset(
    {"python", "python3", "ipython", "ipython3", "r", "julia", "sql", "bash", "json", "toml", "yaml"}
)


@dataclass(frozen=True, slots=True)
class CodeLine:
    """``number`` is the 1-based line of the file or cell; ``html`` is escaped by Pygments."""

    number: int
    html: SafeString
    marked: bool


def _lexer(language: str) -> Lexer:
    try:
        lexer: Lexer = get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        lexer = TextLexer(stripnl=False, ensurenl=False)
    return lexer


def code_lines(
    source: str, language: str = "python", *, start: int = 1, marked: Collection[int] = ()
) -> list[CodeLine]:
    """The lines of ``source``, the first one numbered ``start``; ``marked`` holds numbers of lines."""
    normalised = source.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")
    lexer = _lexer(language if len(normalised) <= _COLOURED and language in _LANGUAGES else "text")
    html = highlight(normalised, lexer, HtmlFormatter(nowrap=True))
    lines = html.rstrip("\n").split("\n")
    return [
        CodeLine(number, mark_safe(line), number in marked)  # noqa: S308 - escaped by Pygments
        for number, line in enumerate(lines, start=start)
    ]


def parse_marks(marks: str) -> frozenset[int]:
    """``"3,7-9"`` as the numbers 3, 7, 8 and 9. Raises ``ValueError`` for anything else."""
    numbers: set[int] = set()
    for part in filter(None, (piece.strip() for piece in marks.split(","))):
        first, _, last = part.partition("-")
        numbers.update(range(int(first), int(last or first) + 1))
    return frozenset(numbers)
