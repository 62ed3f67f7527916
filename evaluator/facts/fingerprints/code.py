"""Python as tokens to compare: what an author names is abstracted, what a library names is kept.

Comments, documentation strings, layout, imports and the idioms of every notebook are left out. A variable, a function
of the project, its parameters and its methods become ``V``, a number ``N``, a string ``S``; keywords, built-ins,
imported names (by the name they have at home, whatever their alias), attributes and keyword arguments of calls to
libraries stay as they are.
"""

from __future__ import annotations

import builtins
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from evaluator.facts.fingerprints.idioms import is_idiom
from evaluator.facts.fingerprints.lexer import Lexeme, statements
from evaluator.facts.fingerprints.reading import Unit
from evaluator.facts.fingerprints.winnowing import Token

_BUILTINS = frozenset(dir(builtins))
_VARIABLE, _NUMBER, _STRING = "V", "N", "S"
_DEFINING = frozenset({"def", "class"})

Statement = list[Lexeme]


class Project:
    """The code of one bundle: who names what is known from all its files together."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self._statements: dict[tuple[str, int | None], list[Statement]] = {}
        self._aliases: dict[str, dict[str, str]] = defaultdict(dict)
        self._defined: set[str] = set()
        for unit in units:
            if unit.kind == "code":
                self._modules_of(unit.path)
                self._statements[unit.path, unit.cell] = list(statements(unit.source))
        for (path, _cell), found in self._statements.items():
            for statement in found:
                self._learn(statement, self._aliases[path])

    def _modules_of(self, path: str) -> None:
        """The packages and modules of the project are named by its author too."""
        pure = PurePosixPath(path)
        self._defined.update(pure.parts[:-1], [pure.stem])

    def _learn(self, statement: Statement, aliases: dict[str, str]) -> None:
        if is_import(statement):
            aliases.update(imported(statement, self._defined))
            return
        for before, lexeme, after in _with_neighbours(statement):
            if lexeme.kind != "name":
                continue
            is_named_here = before in _DEFINING
            is_own_attribute = before == "." and after == "=" and statement[0].text == "self"
            if is_named_here or is_own_attribute:
                self._defined.add(lexeme.text)

    def tokens(self, unit: Unit) -> list[Token]:
        """What is compared of a unit, in order."""
        found: list[Token] = []
        aliases = self._aliases[unit.path]
        for statement in self._statements[unit.path, unit.cell]:
            if is_import(statement) or _is_documentation(statement):
                continue
            tokens = self._compared(statement, aliases)
            if not is_idiom([token.text for token in tokens]):
                found.extend(tokens)
        return found

    def _compared(self, statement: Statement, aliases: Mapping[str, str]) -> list[Token]:
        calls: list[bool] = []  # for each bracket that is open: is it a call of something that a library names?
        tokens: list[Token] = []
        for before, lexeme, after in _with_neighbours(statement):
            text = lexeme.text
            if lexeme.kind == "name":
                text = self._name(lexeme.text, before, after, aliases, keywords=bool(calls and calls[-1]))
            elif lexeme.kind == "number":
                text = _NUMBER
            elif lexeme.kind == "string":
                text = _STRING
            elif text in "([{":
                calls.append(bool(tokens) and _is_foreign(tokens[-1].text))
            elif text in ")]}" and calls:
                calls.pop()
            tokens.append(Token(text, lexeme.line))
        return tokens

    def _name(self, name: str, before: str, after: str, aliases: Mapping[str, str], *, keywords: bool) -> str:
        if before == ".":
            return _VARIABLE if name in self._defined else name
        if after == "=" and keywords:
            return name
        if name in aliases:
            return aliases[name]
        return name if name in _BUILTINS else _VARIABLE


def _is_foreign(text: str) -> bool:
    """Whether what stands before a bracket is a name that was kept."""
    return text.isidentifier() and text not in (_VARIABLE, _NUMBER, _STRING)


def _with_neighbours(statement: Sequence[Lexeme]) -> Iterator[tuple[str, Lexeme, str]]:
    """Each lexeme between the texts of those around it, empty at the ends."""
    texts = ["", *(lexeme.text for lexeme in statement), ""]
    for place, lexeme in enumerate(statement):
        yield texts[place], lexeme, texts[place + 2]


def is_import(statement: Statement) -> bool:
    first = statement[0].text
    return first == "import" or (first == "from" and any(lexeme.text == "import" for lexeme in statement))


def imported(statement: Statement, own: set[str]) -> dict[str, str]:
    """What each name that an import binds is called at home: the last part of it, ``V`` for a module of the project."""
    names = [lexeme.text for lexeme in statement]
    if names[0] == "from":
        place = names.index("import")
        is_own = names[1] == "." or names[1] in own
        return {alias: _VARIABLE if is_own else name for name, alias in _bound(names[place + 1 :])}
    pairs = _bound(names[1:])
    return {alias: _VARIABLE if name.split(".")[0] in own else name.rpartition(".")[2] for name, alias in pairs}


def _bound(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each dotted name between commas, with the name by which it is known here."""
    for part in " ".join(name for name in names if name not in "()").split(","):
        name, _, alias = part.partition(" as ")
        name = name.replace(" ", "")
        yield name, alias.strip() or name.partition(".")[0]


def _is_documentation(statement: Statement) -> bool:
    return all(lexeme.kind == "string" for lexeme in statement)
