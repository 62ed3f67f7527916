"""What référentiels are said to have wrong, in French and in English.

A message is a code and its parameters: it goes from the reading child to the page as JSON, waits in storage, and is
worded in the language of whoever reads it, when it is read.
"""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.translation import get_language

from certification.referentials.wording import commands, forms, places, reading

LANGUAGES = ("fr", "en")
MESSAGES: Mapping[str, Mapping[str, str]] = {
    **forms.MESSAGES,
    **reading.MESSAGES,
    **places.MESSAGES,
    **commands.MESSAGES,
}
_NO_BREAK = "\u00a0"
_TIGHT = re.compile(r" (?=[:;?!»](?:\s|$|[.,)]))|(?<=«) ")


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence of MESSAGES with its parameters: texts, whole numbers, lists of texts, other messages.

    `str` words it in the language in force; outside Django, as in the reading child, in French.
    """

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def __hash__(self) -> int:
        return hash(self.code)

    def __str__(self) -> str:
        return self.said(get_language() if settings.configured else None)

    def said(self, language: str | None) -> str:
        """The sentence in `language`, `fr`, `en` or a variant such as `en-gb`; French for any other.

        A code that is known no more, as in an import kept from before an upgrade, is shown as it is.
        """
        short = (language or "").split("-")[0]
        short = short if short in LANGUAGES else "fr"
        sentence = MESSAGES.get(self.code, {}).get(short, self.code)
        if short == "fr":  # before the parameters come in: they are quoted as they are
            sentence = _TIGHT.sub(_NO_BREAK, sentence)
        return _Formatter(short).vformat(sentence, (), self.params)

    def as_json(self) -> dict[str, Any]:
        """The same for JSON; `from_json` reads it back."""
        params = {name: each.as_json() if isinstance(each, Message) else each for name, each in self.params.items()}
        return {"code": self.code, "params": params}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Message:
        params = value["params"].items()
        return cls(
            value["code"], {name: cls.from_json(each) if isinstance(each, dict) else each for name, each in params}
        )

    def __bool__(self) -> bool:
        return bool(self.code)


NOTHING = Message("")
"""Nothing to say: the empty sentence, as the place of what stands nowhere in particular."""


def say(code: str, /, **params: Any) -> Message:
    """The message `code` of MESSAGES. Raises KeyError when there is none."""
    MESSAGES[code]
    return Message(code, params)


class _Formatter(string.Formatter):
    """Lists with commas, messages in the same language, `{count:critère|critères}` as a number of things."""

    def __init__(self, language: str) -> None:
        self._language = language

    def get_field(self, field_name: str, args: Any, kwargs: Mapping[str, Any]) -> Any:
        # No attribute nor item is followed: parameters come from files sent by others.
        return kwargs.get(field_name, "…"), field_name

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, Message):
            return value.said(self._language)
        if isinstance(value, list | tuple):
            return ", ".join(str(each) for each in value)
        if "|" not in format_spec:
            return str(value)
        singular, plural = format_spec.split("|")
        alone = value == 1 or (self._language == "fr" and value == 0)
        return f"{value} {singular if alone else plural}"
