"""What a README says: the goal of the project, and names of files and folders that can be looked for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

_GOAL = re.compile(
    r"\b(objectifs?|buts?|mission|contexte|problematique|finalite|presentation|enjeux?|sujet|besoin"
    r"|goals?|purpose|objectives?|overview|about|context|introduction|aims?|description)\b"
)
_GOAL_SENTENCE = re.compile(
    r"\b(ce (projet|depot|travail)|le projet|l'objectif|vise a|a pour (but|objectif)|consiste a|il s'agit de|permet de"
    r"|this (project|repository|repo|work)|the (goal|aim|purpose|project)|we (aim|want|build|predict))\b"
)
_ITEM = re.compile(r"\s*([-*+]|\d+[.)])\s")
_PROSE_AFTER_TITLE = 6
_PROSE_AT_START = 15
_EXTENSIONS = (
    "py|ipynb|csv|tsv|parquet|xlsx?|json|ya?ml|toml|txt|md|rst|pdf|pptx?|docx?|pkl|pickle|joblib|sav|onnx|h5|keras|pt|pth"
    "|html|css|js|png|jpe?g|svg|sh|sql|cfg|ini|lock|zip|r|rmd|dockerfile"
)
_NAME = r"[\w.@+&-]+"
_PATH = re.compile(
    rf"(?<![\w/.:@-])((?:\.{{0,2}}/)?(?:{_NAME}/)+(?:{_NAME})?|{_NAME}\.(?:{_EXTENSIONS}))(?![\w/-])", re.IGNORECASE
)
_QUOTED = re.compile(r"`([^`\n]{2,120})`")
_BOLD_ITEM = re.compile(r"^\s*[-*+]\s+\*\*([^*\n]{2,80})\*\*")
_TREE = re.compile(r"^[\s│|]*(?:[├└|`+]\s*[-─—]+|[├└])\s*(.+)$")
_LINK = re.compile(r"(?:https?|ftp|git|s3|file)://\S+|\bwww\.\S+|git@\S+")
_FENCE = re.compile(r"^\s*(```|~~~)")
_COMMENT = re.compile(r"\s+(?:#|←|<-|—|–|//|-\s|:\s).*$")
_WORDS = re.compile(r"[^/.]+(?:/[^/.]+)+")  # « avec/sans »
_SOFTWARE = re.compile(r"(?:node|next|vue|nuxt|d3|chart|plotly|three)\.js|pyspark\.sql", re.IGNORECASE)
_CALL = re.compile(r"[=(){}<>$*?%|;\"']|\s")
# What a project rightly leaves out of its deposit: data, secrets, environments, what running creates.
_LEFT_OUT = re.compile(
    r"(^|/)(\.env|\.venv|venv|env|\.git|node_modules|__pycache__|mlruns|\.gitignore|data|donnees|datasets?|logs?|tmp"
    r"|outputs?|build|dist)(/|$)|\.(csv|tsv|parquet|xlsx?|zip|gz|h5|env|log|png|jpe?g|svg|pptx?)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A name as the README writes it; ``line`` is 1-based. Not ``certain`` when it may be words, as in ``and/or``."""

    name: str
    line: int
    certain: bool = True


@dataclass(frozen=True, slots=True)
class Structure:
    """Mentions that stand in the tree, and those that do not although they should."""

    found: Sequence[Mention]
    missing: Sequence[Mention]


def plain(text: str) -> str:
    """Lower case, without accents, straight apostrophes."""
    decomposed = unicodedata.normalize("NFKD", text.replace("’", "'"))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).lower()


def goal_line(text: str) -> int | None:
    """The 1-based line where the goal is told: under a heading that says so, in a sentence, or as an introduction."""
    heading, prose = False, 0
    for number, line in _prose_lines(text):
        if line.lstrip().startswith("#"):
            heading, prose = bool(_GOAL.search(plain(line))), 0
            continue
        words = len(line.split())
        if words >= _PROSE_AFTER_TITLE and (heading or _GOAL_SENTENCE.search(plain(line))):
            return number
        prose += 0 if _ITEM.match(line) else words
        if prose >= _PROSE_AT_START and number <= 30:
            return number
    return None


def structure(text: str, folder: str, files: Iterable[str]) -> Structure:
    """The names that the README of ``folder`` mentions, looked for among the real files."""
    tree = _Tree(files, folder)
    found: dict[str, Mention] = {}
    missing: dict[str, Mention] = {}
    for mention in [*mentions(text), *_named_folders(text, tree)]:
        key = mention.name.lower()
        if tree.has(mention.name):
            found.setdefault(key, mention)
        elif mention.certain and not _LEFT_OUT.search(mention.name):
            missing.setdefault(key, mention)
    return Structure(list(found.values()), list(missing.values()))


def mentions(text: str) -> Iterator[Mention]:
    """Names in trees, between backquotes, in bold items, and paths in the text; addresses and routes are not."""
    fenced = False
    for number, line in enumerate(text.splitlines(), start=1):
        if _FENCE.match(line):
            fenced = not fenced
            continue
        clean = _LINK.sub(" ", line)
        branch = _TREE.match(clean)
        found = [Mention(_branch_name(branch[1]), number)] if branch else _written(clean, number, fenced=fenced)
        yield from (mention for mention in found if _plausible(mention.name))


def _written(line: str, number: int, *, fenced: bool) -> Iterator[Mention]:
    quoted = [] if fenced else _QUOTED.findall(line)
    bold = _BOLD_ITEM.match(line)
    candidates = [*quoted, *([bold[1]] if bold else [])]
    yield from (Mention(name.strip(), number) for name in candidates if _path_like(name.strip()))
    for match in _PATH.finditer(_QUOTED.sub(" ", line)):
        yield Mention(match[1], number, certain=not _WORDS.fullmatch(match[1]))


def _path_like(name: str) -> bool:
    return bool(_PATH.fullmatch(name)) and not _CALL.search(name)


def _branch_name(text: str) -> str:
    return _COMMENT.sub("", text).strip().strip("`*")


def _plausible(name: str) -> bool:
    """Not a route (``/predict``), a place-holder, a package's version or a software's name (``Node.js``)."""
    if not name or name.startswith(("/", "-", "…")) or _CALL.search(name.strip()) or "://" in name:
        return False
    if name.rpartition("/")[2].lower().startswith("readme"):
        return False  # a README that names itself tells nothing
    if _SOFTWARE.fullmatch(name):
        return False
    letters = sum(letter.isalpha() for letter in name)
    return letters >= 2 and len(name) <= 120 and not name.endswith("...")


def _named_folders(text: str, tree: _Tree) -> Iterator[Mention]:
    """Real folders named in plain words: « le dossier notebooks contient »."""
    word = re.compile(r"(?:dossiers?|repertoires?|fichiers?|folders?|director(?:y|ies)|files?)\W+([\w.-]+)")
    for number, line in enumerate(text.splitlines(), start=1):
        for match in word.finditer(plain(line)):
            if tree.has(match[1]):
                yield Mention(match[1], number)


def _prose_lines(text: str) -> Iterator[tuple[int, str]]:
    fenced = False
    for number, line in enumerate(text.splitlines(), start=1):
        if _FENCE.match(line):
            fenced = not fenced
        elif not fenced and line.strip() and not line.lstrip().startswith(("|", "![", "[!", "<", "- [", "* [")):
            yield number, line


class _Tree:
    """The real files, asked for by path, by the end of a path, or by name alone; case and accents do not matter."""

    def __init__(self, files: Iterable[str], folder: str) -> None:
        self._folder = plain(folder)
        self._ends: set[str] = set()
        for path in files:
            parts = PurePosixPath(plain(path)).parts
            for end in range(1, len(parts) + 1):
                self._ends.update("/".join(parts[start:end]) for start in range(end))

    def has(self, name: str) -> bool:
        wanted = plain(name).strip().removeprefix("./").strip("/")
        wanted = wanted.removeprefix("../")
        root = self._folder.rpartition("/")[2]
        return bool(wanted) and (wanted in self._ends or (wanted == root and bool(root)))
