"""Words of a text as stems, and the passages of a document that are nearest to a set of words."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import snowballstemmer

from evaluator.checks._readme import plain

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_ELISION = re.compile(r"\b(?:[cdjlmnst]|qu|lorsqu|puisqu|jusqu)[’']", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+")
_PASSAGE = 60  # words: about four lines, what an eye takes in
_LOOSE = 4  # words that may stand between those of a topic
# Articles, pronouns, prepositions and auxiliaries: they tell nothing of the subject.
_EMPTY = frozenset(
    plain(
        "à afin ai ainsi alors après au aucun aussi autre autres aux avait avant avec avoir avons c car ce "
        "ceci cela ces cet cette ceux chaque chez ci comme comment contre d dans de depuis des deux donc "
        "dont du elle elles en encore entre es est et étaient était étant été être eu eux fait faire fois "
        "font hors il ils j je l la le les leur leurs lors lui m ma mais me même mes moins mon n ne ni non "
        "nos notre nous on ont or ou où par parce pas pendant peu peut peuvent plus plusieurs pour pourquoi "
        "puis qu quand que quel quelle quelles quels qui quoi s sa sans se sera ses si soit son sont sous "
        "sur t ta tandis te tel telle telles tels tes toi ton tous tout toute toutes très tu un une vers via "
        "voici voilà vos votre vous y a an and are as at be been but by can for from had has have he her his "
        "in into is it its not of on our she that the their them there these they this those to was we were "
        "which will with you your"
    ).split()
)


@dataclass(frozen=True, slots=True)
class Passage:
    """A few sentences of one page. ``score`` is the cosine of its words with those asked for, from 0 to 1."""

    path: str
    page: Mapping[str, Any]
    text: str
    score: float


def stems(text: str) -> list[str]:
    """The stems (Snowball, French) of the words that tell something, in order, without accents."""
    return [stem for stem in (_stem(word) for word in _words(text)) if stem]


def holds(stemmed: Sequence[str], wanted: Sequence[str]) -> bool:
    """Whether all ``wanted`` stems stand close to one another, in any order."""
    if not wanted:
        return False
    needed = Counter(wanted)
    span = len(wanted) + _LOOSE
    starts = (place for place, stem in enumerate(stemmed) if stem in needed)
    return any(not needed - Counter(stemmed[place : place + span]) for place in starts)


def passages(path: str, page: Mapping[str, Any]) -> Iterator[str]:
    """The text of a page in runs of whole sentences of about sixty words."""
    held: list[str] = []
    count = 0
    for sentence in _SENTENCE.split(page["text"]):
        words = sentence.split()
        if held and count + len(words) > _PASSAGE:
            yield " ".join(held)
            held, count = [], 0
        held += words
        count += len(words)
    if held:
        yield " ".join(held)


def ranked(documents: Mapping[str, Any], words: Iterable[str], limit: int) -> list[Passage]:
    """The passages nearest to ``words``, best first; those that share no word with them are left out.

    TF-IDF with sublinear frequencies, compared by cosine: Manning, Raghavan and Schütze, *Introduction to
    Information Retrieval* (2008), chapter 6.
    """
    found = [
        (path, page, text, Counter(stems(text)))
        for path, fact in documents.items()
        for page in fact["pages"]
        for text in passages(path, page)
    ]
    present = Counter(stem for *_, counts in found for stem in counts)
    weights = {stem: math.log(1 + len(found) / count) for stem, count in present.items()}
    asked = _vector(Counter(stem for word in words for stem in stems(word)), weights)
    scored = [Passage(path, page, text, _cosine(asked, _vector(counts, weights))) for path, page, text, counts in found]
    near = [passage for passage in scored if passage.score > 0]
    return sorted(near, key=lambda passage: -passage.score)[:limit]


def _words(text: str) -> Iterator[str]:
    for match in _WORD.finditer(_ELISION.sub(" ", text)):
        yield from match[0].split("-")


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    bare = plain(word)
    if len(bare) < 2 or bare in _EMPTY:
        return ""
    return plain(snowballstemmer.stemmer("french").stemWord(word.lower()))


def _vector(counts: Counter[str], weights: Mapping[str, float]) -> dict[str, float]:
    return {stem: (1 + math.log(count)) * weights.get(stem, 0.0) for stem, count in counts.items()}


def _cosine(asked: Mapping[str, float], found: Mapping[str, float]) -> float:
    lengths = math.sqrt(sum(value**2 for value in asked.values()) * sum(value**2 for value in found.values()))
    return sum(value * found.get(stem, 0.0) for stem, value in asked.items()) / lengths if lengths else 0.0
