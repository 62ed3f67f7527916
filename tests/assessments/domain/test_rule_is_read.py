"""Every key that an award rule may hold is read by the award: none is a promise that stops halfway."""

from __future__ import annotations

from typing import Any

from assessments.domain.award import Rule
from certification.referentials.rules import AWARD_RULE_SCHEMA

OF_THE_JURY = {"certification.rule"}
"""`all_blocs` and `jury` propose alike (`Rule.of`); validation holds `all_blocs` to the blocs there are."""
OF_THE_TEXT = {"text", "stated", "implied"}
"""What the référentiel prints of the rule, for its readers."""


class Told(dict[str, Any]):
    """A rule that tells which of its keys are asked for."""

    def __init__(self, content: dict[str, Any], asked: set[str], place: str = "") -> None:
        below = {
            key: Told(value, asked, f"{place}{key}.") if isinstance(value, dict) else value
            for key, value in content.items()
        }
        super().__init__(below)
        self._asked, self._place = asked, place

    def get(self, key: str, default: Any = None) -> Any:
        self._asked.add(f"{self._place}{key}")
        return super().get(key, default)

    def __getitem__(self, key: str) -> Any:
        return self.get(key)


def test_every_key_of_a_rule_is_read() -> None:
    asked: set[str] = set()
    rule = {
        "bloc": {"rule": "share", "threshold": 0.5, "repeated": "best"},
        "certification": {"rule": "all_blocs", "assessments": ["thesis"], "exempt": ["VAE"]},
    }
    Rule.of(Told(rule, asked))
    known = AWARD_RULE_SCHEMA["properties"]
    parts = {name: part for name, part in known.items() if part.get("type") == "object"}
    keys = {f"{name}.{key}" for name, part in parts.items() for key in part["properties"]}
    assert known.keys() - parts.keys() == OF_THE_TEXT
    assert keys - asked == OF_THE_JURY
    assert {f"{name}.{key}" for name, part in rule.items() for key in part} == keys
