"""Credentials in clear: where a line of text holds one, and the text with its value hidden.

Two kinds are recognised: values whose form says what they are (the prefixes that services print on their keys), and
values given to a name that says it (``password = "…"``, ``X-Api-Key: …``) unless they are placeholders. What is
hidden stays hidden: nothing of a value is kept, not even its length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

HIDDEN = "••••••"
_LONGEST_LINE = 20_000

_BY_FORM = (
    ("cloud", r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    ("cloud", r"(?<=AccountKey=)[A-Za-z0-9+/=]{40,120}"),
    ("cloud", r"\bAIza[0-9A-Za-z_-]{35}"),
    ("cloud", r"\bdapi[0-9a-f]{32}\b"),
    ("token", r"\bgh[pousr]_[A-Za-z0-9]{30,100}|\bgithub_pat_\w{22,100}|\bglpat-[\w-]{20,60}"),
    ("token", r"\bhf_[A-Za-z0-9]{30,60}"),
    ("token", r"\bsk-(?:proj-|ant-|or-)?[A-Za-z0-9_-]{20,200}|\b[rs]k_live_[A-Za-z0-9]{20,100}"),
    ("token", r"\bxox[abeprs]-[A-Za-z0-9-]{10,100}|\bSG\.[\w-]{16,40}\.[\w-]{16,60}"),
    ("token", r"(?<=hooks\.slack\.com/services/)[\w/]{20,80}"),
    ("token", r"\beyJ[\w-]{10,500}\.eyJ[\w-]{10,2000}\.[\w-]{10,1000}"),
    ("token", r"(?i:(?<=bearer )|(?<=basic ))[A-Za-z0-9._~+/=-]{20,2000}"),
)
_FORMS = tuple((kind, re.compile(pattern)) for kind, pattern in _BY_FORM)
_BESIDE_CLOUD_KEY = re.compile(r"(?<![\w/+])[A-Za-z0-9/+]{40}(?![\w/+=])")
_IN_ADDRESS = re.compile(r"\b[a-z][\w+.-]{1,20}://[^\s/:@'\"<>{}]{1,80}:([^\s/@'\"<>{}]{3,120})@", re.IGNORECASE)
_QUERY = re.compile(
    r"[?&](?:api[_-]?key|appid|app[_-]?key|access[_-]?token|token|key|sig)=([A-Za-z0-9%_-]{16,200})", re.IGNORECASE
)
_NAME = (
    r"(?:pass(?:word|wd|phrase)|pwd|mot[_-]?de[_-]?passe|mdp|secret(?:[_-]?(?:access[_-]?)?key)?|client[_-]?secret"
    r"|(?:\w{2,12}[_-]?)?(?:api|access|auth|subscription|app|private|account|storage)[_-]?key(?:[_-]?id)?"
    r"|(?:access|auth|api|bot|hub|refresh|personal)[_-]?token|token|credentials?)"
)
_QUOTED = re.compile(
    rf"(?<![A-Za-z])({_NAME})[\"']?\]?\s{{0,4}}(?:=>|[:=,])\s{{0,4}}[bru]?([\"'])([^\"'\s]{{4,300}})\2", re.IGNORECASE
)
_PLAIN_SETTING = re.compile(
    rf"^\s{{0,12}}(?:export\s|set\s|ENV\s|-\s)?\s{{0,4}}[\w.-]{{0,40}}?({_NAME})\s{{0,4}}[:=]\s{{0,4}}([^\s\"'#]{{4,300}})",
    re.IGNORECASE,
)
_PASSWORD_NAME = re.compile(r"pass|pwd|mdp", re.IGNORECASE)
_PLACEHOLDER = re.compile(
    r"x{3,}|\*{2,}|\.{3}|…|•|^<.*>$|^[{\[].*[}\]]$|\$\{|\$\(|^\$\w+$|^%\w*|\{\w*\}|\w\(|your|votre|\bton_|\bmon_|example|exemple"
    r"|change[_-]?(?:me|it|z)|placeholder|dummy|insert|replace|redacted|hidden|masqu|getenv|environ|todo"
    r"|^(?:env|none|null|true|false|test|root|admin|postgres|user|str|string|auto|default|1234\w*)$"
    r"|^(?:my|new|the)?[_-]?(?:secret|pass(?:word|wd)?|mdp|token|api[_-]?key|key)[_-]?(?:key|here|ici|123|1234)?$",
    re.IGNORECASE,
)
_DRAWN = re.compile(r"[A-Za-z0-9_+/=-]{16,200}")
_TURNS = re.compile(r"[0-9](?=[A-Za-z])|[A-Za-z](?=[0-9])")
_MANY_TURNS = 5
_SECRET_NAME = re.compile(rf"(?:\w*[_-])?{_NAME}", re.IGNORECASE)
_KEY_BEGINS = re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----")
_KEY_ENDS = re.compile(r"-----END (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----")
_WORTH_A_LOOK = re.compile(
    r"AKIA|ASIA|AIza|dapi|gh[pousr]_|github_pat_|glpat-|hf_|sk-|k_live_|xox|SG\.|hooks\.slack|eyJ|AccountKey=|://|-----BEGIN"
    r"|(?i:bearer|basic|passw|passphrase|pwd|passe|mdp|secret|key|token|credential|appid)"
)


@dataclass(frozen=True, slots=True)
class Secret:
    """Columns ``start`` to ``end`` (0-based, end excluded) of a line hold a value of this ``kind``."""

    kind: str
    start: int
    end: int


def find(line: str, *, settings: bool = False) -> list[Secret]:
    """The credentials of one line, in order, apart; ``settings`` reads unquoted values too (``.env``, YAML…)."""
    if len(line) > _LONGEST_LINE or not _WORTH_A_LOOK.search(line):
        return []
    kept: list[Secret] = []
    for secret in sorted(_candidates(line, settings), key=lambda one: (one.start, -one.end)):
        if not kept or secret.start >= kept[-1].end:
            kept.append(secret)
    return kept


def _candidates(line: str, settings: bool) -> Iterator[Secret]:
    if begins := _KEY_BEGINS.search(line):
        yield Secret("private_key", begins.end(), len(line))
    yield from _by_form(line)
    yield from _in_addresses(line)
    for found in _QUOTED.finditer(line) if '"' in line or "'" in line else ():
        yield from _named(found[1], found[3], found.start(3))
    if settings and (given := _PLAIN_SETTING.match(line)) is not None:
        yield from _named(given[1], given[2], given.start(2))


def _by_form(line: str) -> Iterator[Secret]:
    for kind, form in _FORMS:
        for found in form.finditer(line):
            yield Secret(kind, *found.span())
            if found[0].startswith(("AKIA", "ASIA")):
                yield from (Secret(kind, *other.span()) for other in _BESIDE_CLOUD_KEY.finditer(line))


def _in_addresses(line: str) -> Iterator[Secret]:
    for found in _IN_ADDRESS.finditer(line) if "@" in line else ():
        if not _PLACEHOLDER.search(found[1]):
            yield Secret("password", *found.span(1))
    for found in _QUERY.finditer(line) if "=" in line else ():
        if _is_key(found[1]):
            yield Secret("token", *found.span(1))


def _named(name: str, value: str, start: int) -> Iterator[Secret]:
    is_password = _PASSWORD_NAME.search(name) is not None
    if _PLACEHOLDER.search(value) or len(set(value)) < 4:
        return
    if is_password or _is_key(value):
        yield Secret("password" if is_password else "token", start, start + len(value))


def _is_key(value: str) -> bool:
    """Long and mixed enough to be drawn at random: a word, a path or a column's name is not."""
    mixed = any(letter.isdigit() for letter in value) and any(letter.isalpha() for letter in value)
    return (
        len(value) >= 16 and mixed and len(set(value)) >= 8 and "/" not in value[:2] and not _PLACEHOLDER.search(value)
    )


def is_drawn(text: str) -> bool:
    """Whether a text on its own was drawn at random: letters and digits in turn, as no name or word has them."""
    return _DRAWN.fullmatch(text) is not None and len(_TURNS.findall(text)) >= _MANY_TURNS


def names_secret(name: str) -> bool:
    """Whether a name says that its value is a credential: ``password``, ``X-Api-Key``."""
    return _SECRET_NAME.fullmatch(name) is not None


def mask(text: str, *, settings: bool = False) -> str:
    """``text`` with every credential hidden, line for line."""
    if not _WORTH_A_LOOK.search(text):
        return text
    lines = text.split("\n")
    inside = False
    for number, line in enumerate(lines):
        if inside:
            inside = not _KEY_ENDS.search(line)
            lines[number] = HIDDEN if inside else line
            continue
        pieces = [line[start : start + _LONGEST_LINE] for start in range(0, len(line), _LONGEST_LINE)]
        lines[number] = "".join(hide(piece, find(piece, settings=settings)) for piece in pieces)
        inside = bool(_KEY_BEGINS.search(line)) and not _KEY_ENDS.search(line) and number + 1 < len(lines)
    return "\n".join(lines)


def hide(line: str, secrets: list[Secret]) -> str:
    """``line`` with these values hidden."""
    for secret in reversed(secrets):
        line = line[: secret.start] + HIDDEN + line[secret.end :]
    return line


def masked(value: Any) -> Any:
    """``value``, of JSON types, with the credentials of its texts hidden; keys, which are paths and names, stay."""
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, Mapping):
        return {
            key: HIDDEN if isinstance(item, str) and item and names_secret(str(key)) else masked(item)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [masked(item) for item in value]
    return value
