"""Everything said of a référentiel is said in French and in English, and nothing else is."""

from __future__ import annotations

import re
import string
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from certification.referentials import wording
from certification.referentials.carry_over import row_fault
from certification.referentials.errors import EditionFrozen, InvalidTree, Problem
from certification.referentials.importers.base import Imported, ImportRefused, Remark
from certification.referentials.validation import parameter_problems, problems_of
from certification.referentials.wording import LANGUAGES, MESSAGES, NOTHING, Message, say

SOURCES = Path(wording.__file__).parents[1]
SAID = re.compile(r'\bsay\(\s*"([^"]+)"')
FRENCH = re.compile(r"[éèêàùçœ«»]|\b(?:le|la|les|un|une|des|est|pas|aucun|dans)\b", re.IGNORECASE)


def fields(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("code", MESSAGES)
def test_each_sentence_is_whole_in_both_languages(code: str) -> None:
    french, english = (MESSAGES[code][language] for language in LANGUAGES)
    assert bool(french) == bool(english)
    assert fields(french) == fields(english)
    assert "'" not in french
    assert not FRENCH.search(english.replace("France compétences", "").replace("{", " {"))


def test_what_is_said_is_worded_and_what_is_worded_is_said() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES.rglob("*.py"))
    said = set(SAID.findall(text))
    assert said <= MESSAGES.keys()
    named = {code for code in MESSAGES if f'"{code}"' in text.replace(f'"{code}": {{', "")}
    built = ("", "part.", "column.", "type.", "tell.", "status.", "help.", "kind.")
    assert {code for code in MESSAGES.keys() - named if not code.startswith(built[1:]) and code} == set()


def test_a_message_is_worded_in_the_language_in_force() -> None:
    message = say("place.sheet_line", sheet="Bilan", line=3)
    with translation.override("fr"):
        assert str(message) == "feuille «\u00a0Bilan\u00a0», ligne 3"
    with translation.override("en-gb"):
        assert str(message) == "sheet ‘Bilan’, line 3"
    with translation.override(None):
        assert str(message).startswith("feuille")


def test_a_message_within_a_message_follows_its_language() -> None:
    message = say("look.duplicate", place=say("place.line", line=4))
    assert (message.said("fr"), message.said("en")) == ("Même texte que ligne 4.", "Same text as line 4.")
    assert Message.from_json(message.as_json()) == message


def test_a_message_known_no_more_shows_its_code_and_one_unknown_is_refused() -> None:
    assert Message("look.gone", {"a": 1}).said("en") == "look.gone"
    with pytest.raises(KeyError):
        say("look.gone")


def test_a_parameter_reaches_nothing_of_ours() -> None:
    assert "__class__" in say("form.code_twice", text="{text.__class__}").said("en")


def test_refusals_and_remarks_go_through_json_whole() -> None:
    refused = ImportRefused("nesting", say("read.nesting", limit=60), say("place.line", line=2))
    assert str(ImportRefused.from_json(refused.as_json())) == "ligne 2\u00a0: Plus de 60 niveaux imbriqués."
    remark = Remark("blocs[0]", NOTHING, "empty", say("look.bloc_empty"), "info")
    found = Imported({"code": "a"}, (remark,))
    assert Imported.from_json(found.as_json()) == found


def test_problems_and_errors_are_said_in_english(tree: dict[str, Any]) -> None:
    tree["scale"] = [{"code": "A", "label": {"fr": "x"}, "acquired": "oui"}]
    tree["metadata"] = {"level": 9}
    with translation.override("en"):
        said = [str(each) for each in problems_of(tree)]
        assert "metadata.level: 9 is above 8." in said
        assert 'scale: [{"code": "A", "label": {"fr": "x"}, "acquired": "oui"}] is shorter than the least, 2.' in said
        assert "scale[0].label: en is missing." in said
        assert 'scale[0].acquired: true or false expected, not "oui".' in said
        assert str(InvalidTree([Problem("", "type", say("form.mapping"))])) == "(root): a set of keys is expected here."
        assert str(EditionFrozen(say("edition.no_draft", edition="A (1)"))) == "The edition ‘A (1)’ is no draft."
        assert str(row_fault("split", 1)) == "A split names at least two items of the new edition."
        assert not row_fault("split", 2)


def test_parameters_of_checks_are_refused_in_both_languages() -> None:
    schema = {
        "type": "object",
        "properties": {"minimum": {"type": "integer", "minimum": 1}, "metric": {"enum": ["r2", "mae"]}},
        "additionalProperties": False,
    }
    (low, other, unknown) = parameter_problems("p", {"minimum": 0, "metric": "x", "autre": 1}, schema)
    assert low.message.said("en") == "parameter refused: 0 is below 1."
    assert other.message.said("en") == 'parameter refused: "x" is not one of "r2", "mae".'
    assert unknown.message.said("en") == "parameter refused: autre is not expected here."
    assert unknown.message.said("fr") == "paramètre refusé\u00a0: autre n’est pas attendu ici."
