"""Python cut into statements and tokens without parsing it: a broken cell, or Python 2, is cut as well."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator
from dataclasses import dataclass

_LEX = re.compile(
    r"""
    (?P<skip> \#[^\n]* | \\\n | [^\S\n]+ )
  | (?P<string> (?:[rRbBuUfF]{1,2}(?=["']))?
        (?: \"\"\"(?:\\(?:[\s\S]|\Z)|[^\\])*?(?:\"\"\"|\Z) | '''(?:\\(?:[\s\S]|\Z)|[^\\])*?(?:'''|\Z)
          | "(?:\\[\s\S]|[^"\\\n])*"? | '(?:\\[\s\S]|[^'\\\n])*'? ) )
  | (?P<number> (?: \d[\d_]*\.? | \.\d ) (?: [eE][+-]?\d | [\w.] )* )
  | (?P<name> [^\W\d]\w* )
  | (?P<newline> \n )
  | (?P<sign> \*\*=? | //=? | >>=? | <<=? | -> | := | != | [-+*/%&|^<>=@]=? | [\s\S] )
    """,
    re.VERBOSE,
)
_TOKENS = 200_000
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")


@dataclass(frozen=True, slots=True)
class Lexeme:
    """``kind`` is ``name``, ``keyword``, ``string``, ``number`` or ``sign``; ``line`` is 1-based."""

    kind: str
    text: str
    line: int


def statements(source: str) -> Iterator[list[Lexeme]]:
    """The lines of code joined as brackets tell, cut at ``;``; a block is not told from its head."""
    current: list[Lexeme] = []
    depth = 0
    for lexeme in _lexemes(source):
        ends = lexeme.text == "\n" or (lexeme.text == ";" and lexeme.kind == "sign")
        if ends:
            if depth <= 0 and current:
                yield current
                current, depth = [], 0
            continue
        if lexeme.kind == "sign":
            depth += (lexeme.text in _OPENING) - (lexeme.text in _CLOSING)
            if lexeme.text in _CLOSING and current and current[-1].text == ",":
                current.pop()  # formatters add it at will
        current.append(lexeme)
    if current:
        yield current


def _lexemes(source: str) -> Iterator[Lexeme]:
    """At most two hundred thousand."""
    line = 1
    for number, match in enumerate(_LEX.finditer(source)):
        if number >= _TOKENS:
            return
        kind, text = str(match.lastgroup), match.group()
        if kind == "name" and keyword.iskeyword(text):
            kind = "keyword"
        if kind != "skip":
            yield Lexeme(kind, text, line)
        line += text.count("\n")
