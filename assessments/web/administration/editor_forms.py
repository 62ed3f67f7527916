"""The form of each part of a référentiel, made from the description of its fields. Rules stand in `editing`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.web.administration import editor_parameters as parameters
from assessments.web.administration import editor_words as words
from assessments.web.administration.editor_edition_forms import AwardRuleForm, EditionForm, PartForm, ScaleForm
from assessments.web.administration.editor_widgets import FRENCH, FrenchBoxes, FrenchSelect
from certification.referentials.links import reference_fields
from certification.referentials.models import DeliverableKind
from certification.referentials.places import ROOT, Place, Tree, holders_of, place_at
from certification.referentials.references import activities_of, bloc_name, competencies_of
from certification.referentials.spec import CHECK, DELIVERABLE, Field, Part
from certification.referentials.validation import Catalogue

SCALE, AWARD_RULE = "scale", "award_rule"
OF_THE_EDITION = (ROOT, SCALE, AWARD_RULE)
"""Parts of the edition itself, shown in the tree beside its content."""
_YES_NO = [("", _("non précisé")), ("true", _("oui")), ("false", _("non"))]


class NodeForm(PartForm):
    """The fields of a part of the content, as the form of an edition describes them."""

    def __init__(self, tree: Tree, place: Place, catalogue: Catalogue, data: Any = None) -> None:
        self.part, self.place, self.node = place.part, place.path, place.node
        self.schema = catalogue.get(self.node["code"], {}) if self.part is CHECK else {}
        initial = {"text": self.node} if self.part.plain else _initial(self.part, self.node)
        super().__init__(data, initial=initial)
        for name, field in self.part.fields.items():
            if field.kind != "mapping" and not (self.part is CHECK and name == "code"):
                made = _field(name, field, tree, place)
                if not isinstance(made, forms.MultipleChoiceField) or made.choices:
                    self.fields[name] = made
        self.fields.update(parameters.parameter_fields(self.schema))

    def values(self) -> dict[str, Any]:
        found = {
            name: _value(self.cleaned_data[name], field, None if self.part.plain else self.node[name])
            for name, field in self.part.fields.items()
            if name in self.cleaned_data
        }
        if self.part is CHECK and self.schema:
            found["params"] = parameters.typed_parameters(self.schema, self.cleaned_data)
        return found


def form_of(tree: Tree, path: str, catalogue: Catalogue, data: Any = None) -> PartForm:
    """The form of the part at `path`, filled with `data` if any; raises UnknownPlace."""
    special: dict[str, Callable[..., PartForm]] = {ROOT: EditionForm, SCALE: ScaleForm, AWARD_RULE: AwardRuleForm}
    if path in special:
        return special[path](tree, data)
    return NodeForm(tree, place_at(tree, path), catalogue, data)


def _initial(part: Part, node: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: node[name] for name, field in part.fields.items() if field.kind != "mapping"}
    for name, field in part.fields.items():
        if field.kind == "bool" and field.default is None:
            found[name] = {True: "true", False: "false"}.get(node[name], "")
    return found | (parameters.initial_parameters(node["params"]) if part is CHECK else {})


def _value(typed: Any, field: Field, before: Any) -> Any:
    """What was typed, as the tree writes it: nothing is None, references keep their order."""
    if field.kind in ("competencies", "activities", "choices"):
        kept = [each for each in before if each in typed]
        return kept + [each for each in typed if each not in kept]
    if field.kind == "bool" and field.default is None:
        return {"true": True, "false": False}.get(typed)
    if isinstance(typed, str):
        return typed.replace("\r\n", "\n").replace("\r", "\n") or None
    return field.fresh_default() if typed is None else typed


def _field(name: str, field: Field, tree: Tree, place: Place) -> forms.Field:
    options: dict[str, Any] = {
        "label": words.FIELDS[name],
        "help_text": words.HELPS.get(name, ""),
        "required": field.required,
    }
    if name == "code" and field.required:
        options["help_text"] = ""
    if field.kind == "text":
        return _text_field(field, options)
    if field.kind == "int":
        options |= {"min_value": field.minimum, "max_value": field.maximum, "required": field.default is not None}
        return forms.IntegerField(**options)
    if field.kind == "bool" and field.default is not None:
        return forms.BooleanField(**options | {"required": False})
    choices = _choices(name, field, tree, place)
    if field.kind in ("choices", "competencies", "activities"):
        boxes = forms.CheckboxSelectMultiple if field.kind == "choices" else FrenchBoxes
        return forms.MultipleChoiceField(choices=choices, widget=boxes, **options)
    named = field.kind in ("bloc", "option_group", "deliverable")
    return forms.ChoiceField(choices=choices, widget=FrenchSelect if named else forms.Select, **options)


def _text_field(field: Field, options: dict[str, Any]) -> forms.Field:
    if field.length is not None and field.length < 300:
        return forms.CharField(max_length=field.length, **options)
    widget = forms.Textarea(attrs={"rows": 2, **FRENCH})
    return forms.CharField(max_length=field.length, widget=widget, **options)


def _choices(name: str, field: Field, tree: Tree, place: Place) -> list[tuple[str, Any]]:
    if field.kind == "bool":
        return _YES_NO
    if field.kind == "choice":
        labels = dict(DeliverableKind.choices) if place.part is DELIVERABLE else words.CHOICES[name]
        return [(code, labels[code]) for code in field.choices]
    if field.kind == "choices":
        return list(words.ASSESSORS.items())
    if field.kind in ("competencies", "activities"):
        return _named(field.kind, tree, place, place.node[name])
    return [("", _("aucun")), *_single(field.kind, tree, place)]


def _single(kind: str, tree: Tree, place: Place) -> Iterator[tuple[str, str]]:
    if kind == "bloc":
        named = [(bloc_name(bloc), bloc["title"]) for bloc in tree["blocs"]]
    elif kind == "option_group":
        named = [(group["code"], group["title"]) for group in tree["option_groups"]]
    else:
        listed = [each for holder in holders_of(tree, "deliverables") for each in holder.node["deliverables"]]
        named = [(each["key"], each["text"]) for each in listed if each is not place.node]
    return ((name, f"{name} – {_cut(title)}") for name, title in named if name)


def _named(kind: str, tree: Tree, place: Place, present: list[str]) -> list[tuple[str, str]]:
    """Competencies, or activities, by the shortest name they have from where the part stands."""
    references = competencies_of(tree) if kind == "competencies" else activities_of(tree)
    bloc = _bloc_of(tree, place)
    found: dict[str, str] = {}
    for target in references.targets:
        try:
            name = references.canonical(target, bloc)
        except LookupError:
            continue  # without a name of its own it cannot be referred to
        node = place_at(tree, target.path).node
        found[name] = f"{name} – {_cut(node.get('text') or node.get('title'))}"
    return list(({name: name for name in present} | found).items())


def _bloc_of(tree: Tree, place: Place) -> str | None:
    if place.path.startswith("blocs["):
        return bloc_name(place_at(tree, place.path.partition(".")[0]).node)
    if any(kind == "bloc" for _, kind in reference_fields(place.part)):
        named = [bloc for bloc in tree["blocs"] if place.node["bloc"] in (bloc["code"], bloc["key"])]
        return bloc_name(named[0]) if named and place.node["bloc"] else None
    return None


def _cut(text: str, most: int = 110) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
