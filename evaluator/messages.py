"""Words every message of the engine, in French or in English, from its code and parameters."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any

from evaluator import faults
from evaluator.bundle import messages as bundles
from evaluator.checks import MODULES
from evaluator.limits import GB, KB, MB
from evaluator.registry import Registry
from evaluator.results import Message

LANGUAGES = ("fr", "en")
_UNKNOWN = {
    "fr": "Message sans libellé : {code}.",
    "en": "Message without wording: {code}.",
}
_NO_BREAK = "\u00a0"
_TIGHT = re.compile(r" (?=[:;?!»](?:\s|$|[.,)]))|(?<=«) ")
_UNITS = {"fr": ("octets", "ko", "Mo", "Go"), "en": ("bytes", "kB", "MB", "GB")}


def _entries() -> Iterator[tuple[str, Mapping[str, str]]]:
    modules: tuple[ModuleType, ...] = (faults, bundles, *MODULES)
    for module in modules:
        for code, wording in module.MESSAGES.items():
            if not all(wording.get(lang) for lang in LANGUAGES):
                raise ValueError(f"{code} is not worded in both languages")
            yield code, wording


CATALOGUE: Registry[Mapping[str, str]] = Registry(_entries())


def render(message: Message, lang: str = "fr") -> str:
    """The sentence of ``message`` in ``lang`` (``fr``, ``en``, or a variant such as ``en-gb``).

    Never fails: an unknown code says so by name, and a parameter that is not given shows as an ellipsis. Beside the
    formats of ``str.format``, ``{limit:size}`` words a number of bytes and ``{count:page|pages}`` a number of things.
    A parameter that is itself a message, ``{"code": …, "params": …}``, is worded in the same language.
    """
    short = lang.split("-")[0].lower()
    if short not in LANGUAGES:
        short = "fr"
    wording = CATALOGUE.get(message.code)
    formatter = _Formatter(short)
    if wording is None:
        return formatter.format(_UNKNOWN[short], code=message.code)
    sentence = wording[short]
    if short == "fr":
        sentence = _TIGHT.sub(_NO_BREAK, sentence)  # before the parameters come in: they are quoted as they are
    return formatter.format(sentence, **message.params)


class _Formatter(string.Formatter):
    """Numbers as the language writes them, lists with commas, absent parameters shown as such."""

    def __init__(self, lang: str) -> None:
        self._lang = lang

    def get_value(self, key: int | str, args: Any, kwargs: Mapping[str, Any]) -> Any:
        return kwargs.get(str(key), "…")

    def get_field(self, field_name: str, args: Any, kwargs: Mapping[str, Any]) -> Any:
        # No attribute nor item is followed: parameters come from candidates' material.
        return self.get_value(field_name, args, kwargs), field_name

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, list | tuple):
            return ", ".join(self.format_field(item, "") for item in value)
        if isinstance(value, Mapping):
            return self._mapping(value)
        if isinstance(value, int | float):
            return self._quantity(value, format_spec)
        return self._text(value, format_spec)

    def _mapping(self, value: Mapping[str, Any]) -> str:
        code, params = value.get("code"), value.get("params")
        if set(value) == {"code", "params"} and isinstance(code, str) and isinstance(params, Mapping):
            return render(Message(code, params), self._lang)
        return str(value)

    def _quantity(self, value: float, format_spec: str) -> str:
        if format_spec == "size":
            return self._size(value)
        if "|" in format_spec:
            return f"{self._number(str(value))}{_NO_BREAK}{self._noun(value, *format_spec.split('|', 1))}"
        if isinstance(value, float):
            return self._number(format(value, format_spec or ".4g"))
        return self._text(value, format_spec)

    def _noun(self, count: float, one: str, many: str) -> str:
        """French keeps the singular below two, zero included; English for one alone."""
        return one if count == 1 or (self._lang == "fr" and count < 2) else many

    @staticmethod
    def _text(value: Any, format_spec: str) -> str:
        try:
            return format(value, format_spec)
        except (TypeError, ValueError):
            return str(value)

    def _number(self, text: str) -> str:
        return text.replace(".", ",") if self._lang == "fr" else text

    def _size(self, value: float) -> str:
        units = _UNITS[self._lang]
        for unit, bound in zip(reversed(units[1:]), (GB, MB, KB), strict=True):
            if value >= bound:
                return f"{self._number(format(value / bound, '.3g'))} {unit}"
        return f"{value:g} {units[0]}"
