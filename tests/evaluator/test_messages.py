"""Sentences are written as their language writes numbers and plurals."""

import pytest

from evaluator import messages
from evaluator.results import Message


@pytest.mark.parametrize(
    ("pages", "lang", "words"),
    [
        (0.4, "fr", "0,4\u00a0page,"),
        (0.4, "en", "0.4\u00a0pages,"),
        (1, "en", "1\u00a0page,"),
        (2.5, "fr", "2,5\u00a0pages,"),
    ],
)
def test_a_count_before_its_noun(pages: float, lang: str, words: str) -> None:
    sentence = messages.render(Message("document.page_limit.met", {"path": "n.pdf", "pages": pages, "limit": 2}), lang)
    assert words.rstrip(",") in sentence


def test_every_sentence_stands_in_both_languages() -> None:
    assert [code for code, words in messages.CATALOGUE.items() if set(words) != {"fr", "en"}] == []
