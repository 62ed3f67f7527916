"""Topics, passages and slides: checks over documents."""

from __future__ import annotations

from typing import Any

import pytest

from evaluator.checks import REGISTRY, _words
from evaluator.results import Finding


def page(number: int, text: str, *headings: str, landscape: bool = False) -> dict[str, Any]:
    named = [{"text": heading, "size": 15.0, "top": 0.0} for heading in headings]
    lines = "\n".join([*headings, text])
    return {
        "number": number,
        "text": lines,
        "headings": named,
        "figures": 0,
        "landscape": landscape,
        "attachment": None,
    }


def document(*pages: dict[str, Any], kind: str = "pdf") -> dict[str, Any]:
    return {"sha256": "a" * 64, "kind": kind, "title": "", "count": len(pages), "pages": list(pages), "error": None}


def run(code: str, documents: dict[str, Any], files: tuple[str, ...] = (), **params: Any) -> Finding:
    check = REGISTRY[code]
    defaults = {
        name: schema["default"] for name, schema in check.parameters["properties"].items() if "default" in schema
    }
    facts = {"documents": documents, "files": [{"path": path, "size": 1, "sha256": "b" * 64} for path in files]}
    return check.run(facts, defaults | params)


NOTE = document(
    page(1, "Le modèle retenu est une forêt aléatoire, entraînée sur les données de l'année.", "1. Modélisation"),
    page(2, "Le coût métier compte dix fois plus les faux négatifs que les faux positifs. Voilà tout."),
    page(3, "Les variables importantes sont le revenu et l'âge.", "3. Interprétabilité globale et locale"),
)


@pytest.mark.parametrize(
    ("topics", "outcome", "first"),
    [
        (["interprétabilité"], "met", 3),
        (["Modélisations"], "met", 1),
        (["fonction coût|coût métier"], "met", 2),
        (["coût métier", "interprétabilité"], "met", 2),
        (["limites et améliorations"], "not_met", None),
        (["interprétabilité", "dérive des données"], "not_met", 3),
        (["faux métier revenu"], "not_met", None),
    ],
)
def test_topics_are_found_in_headings_then_in_the_text(topics: list[str], outcome: str, first: int | None) -> None:
    finding = run("document.sections", {"note.pdf": NOTE}, topics=topics)
    assert finding.outcome.value == outcome
    assert next((item.page for item in finding.evidence), None) == first


def test_some_topics_may_suffice_and_the_others_are_named() -> None:
    finding = run("document.sections", {"note.pdf": NOTE}, topics=["coût métier", "dérive|drift"], at_least=1)
    assert (finding.outcome.value, finding.message.params["missing"]) == ("met", ["dérive"])


def test_pages_that_are_pictures_are_for_a_person() -> None:
    for code, asked in (("document.sections", {"topics": ["coût"]}), ("document.evidence", {"words": ["coût"]})):
        finding = run(code, {"note.pdf": document(page(1, ""))}, **asked)
        assert (finding.outcome.value, finding.evidence[0].path) == ("undecided", "note.pdf")


def test_passages_are_ranked_and_never_decide() -> None:
    finding = run("document.evidence", {"note.pdf": NOTE}, words=["coût des faux négatifs"])
    assert finding.outcome.value == "undecided"
    assert finding.evidence[0].page == 2
    assert "dix fois plus" in finding.evidence[0].excerpt
    scores = [item.detail["score"] for item in finding.evidence]
    assert scores == sorted(scores, reverse=True)
    assert 0 < scores[0] <= 1


def test_no_passage_shares_a_word_with_what_is_asked() -> None:
    finding = run("document.evidence", {"note.pdf": NOTE}, words=["blockchain"])
    assert finding.message.code == "document.evidence.undecided_nothing"


def test_no_document_at_all() -> None:
    assert run("document.sections", {}, topics=["coût"]).outcome.value == "not_met"
    assert run("document.evidence", {}, words=["coût"]).outcome.value == "undecided"
    assert run("slides.present", {}).outcome.value == "not_met"


def test_stems_join_inflections_and_drop_what_tells_nothing() -> None:
    assert _words.stems("Les interprétations du modèle") == _words.stems("l'interprétation des modèles")
    assert _words.stems("de la à et pour d'un") == []


@pytest.mark.parametrize(
    ("words", "wanted", "near"),
    [
        ("coût très élevé du métier", "coût métier", True),
        ("métier coût", "coût métier", True),
        ("coût", "coût coût", False),
        ("coût un deux trois quatre cinq six sept huit métier", "coût métier", False),
        ("coût", "", False),
    ],
)
def test_words_of_a_topic_stand_close_to_one_another(words: str, wanted: str, near: bool) -> None:
    assert _words.holds(_words.stems(words), _words.stems(wanted)) is near


WIDE = document(*(page(number, "texte", landscape=True) for number in range(1, 11)))
TALL = document(*(page(number, "texte") for number in range(1, 11)))


@pytest.mark.parametrize(
    ("documents", "params", "code"),
    [
        ({"oral.pptx": WIDE | {"kind": "pptx"}}, {}, "met"),
        ({"oral.pdf": WIDE}, {"minutes": 10}, "met_minutes"),
        ({"oral.pdf": WIDE}, {"minutes": 3}, "undecided_count"),
        ({"oral.pdf": WIDE}, {"minutes": 60}, "undecided_count"),
        ({"oral.pdf": WIDE}, {"max_slides": 9}, "not_met_more"),
        ({"note.pdf": TALL}, {}, "not_met"),
        ({"presentation.pdf": TALL}, {}, "undecided_shape"),
        ({"annexe.pdf": TALL, "b/oral.pdf": WIDE}, {}, "met"),
    ],
)
def test_slides(documents: dict[str, Any], params: dict[str, Any], code: str) -> None:
    assert run("slides.present", documents, **params).message.code == f"slides.present.{code}"


def test_slides_named_as_such_come_first() -> None:
    finding = run("slides.present", {"annexes.pdf": WIDE, "Soutenance.pdf": WIDE})
    assert finding.evidence[0].path == "Soutenance.pdf"


def test_slides_in_a_format_that_is_not_read_are_for_a_person() -> None:
    finding = run("slides.present", {}, files=("oral.odp",))
    assert (finding.message.code, finding.evidence[0].path) == ("slides.present.undecided_format", "oral.odp")
