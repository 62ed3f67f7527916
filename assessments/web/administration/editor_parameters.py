"""A form from the JSON schema of a check's parameters, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from assessments.web.administration.editor_words import PARAMETERS
from certification.referentials.spec import PLACEHOLDER

PREFIX = "param_"
Schema = Mapping[str, Any]
_NUMBERS = {"integer": forms.IntegerField, "number": forms.FloatField}


class LinesField(forms.CharField):
    """A list of texts, one per line."""

    widget = forms.Textarea(attrs={"rows": 3})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        return [line.strip() for line in super().clean(value).splitlines() if line.strip()]


class JsonField(forms.CharField):
    """Whatever no simpler field can hold, as JSON."""

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            return json.loads(text) if text else None
        except ValueError as error:
            raise ValidationError(_("Ce texte n’est pas du JSON.")) from error


def parameter_fields(schema: Schema) -> dict[str, forms.Field]:
    """One field for each parameter, named `param_<name>`; an empty one leaves the parameter out."""
    required = schema.get("required", ())
    return {
        f"{PREFIX}{name}": _field(name, each, name in required) for name, each in schema.get("properties", {}).items()
    }


def initial_parameters(params: Mapping[str, Any]) -> dict[str, Any]:
    """What the fields show of parameters already given."""
    return {
        f"{PREFIX}{name}": json.dumps(value) if isinstance(value, bool) else value for name, value in params.items()
    }


def typed_parameters(schema: Schema, cleaned: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters that were typed; those left empty are left to their default."""
    found = {name: _read(each, cleaned.get(f"{PREFIX}{name}")) for name, each in schema.get("properties", {}).items()}
    return {name: value for name, value in found.items() if value not in (None, "", [])}


def required_parameters(schema: Schema) -> dict[str, Any]:
    """Something for each parameter that a check cannot do without: its default, else what must be written over."""
    properties = schema.get("properties", {})
    return {name: _to_start_with(properties.get(name, {})) for name in schema.get("required", ())}


def _to_start_with(schema: Schema) -> Any:
    if "default" in schema:
        return schema["default"]
    if "enum" in schema:
        return schema["enum"][0]
    kind = _kind(schema)
    if kind == "array":
        return [_to_start_with(schema.get("items", {})) for _each in range(max(schema.get("minItems", 1), 1))]
    if kind in _NUMBERS:
        return schema.get("minimum", schema.get("maximum", 1))
    return {"object": required_parameters(schema), "boolean": False}.get(kind, PLACEHOLDER)


def _field(name: str, schema: Schema, required: bool) -> forms.Field:
    options = {"label": PARAMETERS.get(name, name), "required": required, "help_text": _default(schema)}
    kind = _kind(schema)
    if "enum" in schema or kind == "boolean":
        return forms.ChoiceField(choices=_choices(schema, required), **options)
    if kind in _NUMBERS:
        return _NUMBERS[kind](min_value=schema.get("minimum"), max_value=schema.get("maximum"), **options)
    if kind == "array" and schema.get("items", {}).get("type") == "string":
        return LinesField(**options | {"help_text": _("Un par ligne.")})
    if kind == "string":
        return forms.CharField(max_length=schema.get("maxLength"), **options)
    return JsonField(**options)


def _kind(schema: Schema) -> str:
    """The type of a parameter, whether it may also be null or not."""
    kinds = schema.get("type", "")
    if isinstance(kinds, str):
        return kinds
    return next((each for each in kinds if each != "null"), "")


def _choices(schema: Schema, required: bool) -> list[tuple[str, str]]:
    if "enum" in schema:
        named = [(str(each), str(each)) for each in schema["enum"] if each is not None]
    else:
        named = [("true", _("oui")), ("false", _("non"))]
    return named if required else [("", _("par défaut")), *named]


def _default(schema: Schema) -> str:
    default = schema.get("default")
    if default is None:
        return ""
    shown = {True: _("oui"), False: _("non")}[default] if isinstance(default, bool) else default
    return _("Par défaut : %(value)s.") % {"value": shown}


def _read(schema: Schema, value: Any) -> Any:
    if _kind(schema) == "boolean":
        return {"true": True, "false": False}.get(str(value))
    if "enum" in schema:
        return next((each for each in schema["enum"] if each is not None and str(each) == value), None)
    return value
