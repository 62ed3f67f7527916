"""Widgets that say in which language the texts of a référentiel are: French, whatever the reader's (WCAG 3.1.2)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.html import format_html

FRENCH = {"lang": "fr"}


class FrenchSelect(forms.Select):
    """A choice between parts of a référentiel; the empty choice is in the reader's language."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)
        return {**option, "attrs": {**option["attrs"], **FRENCH}} if value else option


class FrenchBoxes(forms.CheckboxSelectMultiple):
    """Several of the parts of a référentiel."""

    def create_option(self, name: str, value: Any, label: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return super().create_option(name, value, format_html('<span lang="fr">{}</span>', label), *args, **kwargs)
