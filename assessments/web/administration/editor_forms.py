"""The form of each part of a référentiel, made from the description of its fields. Rules stand in `editing`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.utils.translation import gettext_lazy as _

from assessments.web.administration import editor_parameters as parameters
from assessments.web.administration import editor_words as words
from assessments.web.administration.editor_parameters import LinesField
from assessments.web.administration.editor_widgets import FRENCH, FrenchBoxes, FrenchSelect
from certification.referentials.editing import Refusal
from certification.referentials.links import reference_fields
from certification.referentials.models import DeliverableKind
from certification.referentials.places import ROOT, Place, Tree, holders_of, place_at
from certification.referentials.references import activities_of, bloc_name, competencies_of
from certification.referentials.spec import CHECK, DELIVERABLE, Field, Part
from certification.referentials.validation import Catalogue

SCALE, AWARD_RULE = "scale", "award_rule"
OF_THE_EDITION = (ROOT, SCALE, AWARD_RULE)
"""Parts of the edition itself, shown in the tree beside its content."""
_SHORT = {"code", "key", "weight", "choose", "page_limit", "minimum"}
_YES_NO = [("", _("non précisé")), ("true", _("oui")), ("false", _("non"))]


class NewEditionForm(forms.Form):
    """What a new référentiel starts with."""

    title = forms.CharField(label=_("Intitulé de la certification"), max_length=300)
    code = forms.CharField(
        label=_("Code"), max_length=80, help_text=_("Minuscules, chiffres et tirets, comme « soudure-des-donnees ».")
    )
    edition = forms.CharField(label=_("Édition"), max_length=60, help_text=_("Une étiquette, comme l’année."))


class PartForm(forms.Form):
    """What can be changed of one part. `values` are those for `editing.edit`."""

    place = ROOT

    def values(self) -> dict[str, Any]:
        raise NotImplementedError

    def shown(self) -> Iterator[tuple[Any, str]]:
        """Each field with the width it takes."""
        for bound in self:
            narrow = bound.name in _SHORT or isinstance(bound.field, forms.IntegerField | forms.FloatField)
            yield bound, "short" if narrow else "full"

    def refuse(self, refusal: Refusal) -> None:
        """Say a refusal beside the fields it is about, what was typed staying."""
        if not refusal.problems:
            self.add_error(None, words.refusal_sentence(refusal))
        for problem in refusal.problems:
            name = self.field_of(problem.path)
            self.add_error(name if name in self.fields else None, str(problem.message))

    def field_of(self, path: str) -> str:
        """The field that shows what stands at a path of the tree."""
        rest = path.removeprefix(self.place).lstrip(".")
        if rest.startswith("params."):
            return parameters.PREFIX + rest.removeprefix("params.").partition("[")[0]
        return rest.partition("[")[0].partition(".")[0] or NON_FIELD_ERRORS


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


class EditionForm(PartForm):
    """What identifies an edition; its code and its label do not change."""

    title = forms.CharField(label=_("Intitulé"), max_length=300, widget=forms.TextInput(attrs=FRENCH))
    certifier = forms.CharField(label=_("Certificateur"), max_length=300, required=False)
    rncp_code = forms.CharField(label=_("Code RNCP ou RS"), max_length=30, required=False)
    level = forms.IntegerField(label=_("Niveau"), min_value=1, max_value=8, required=False)
    notes = LinesField(label=_("Décisions de lecture et remarques"), required=False, help_text=_("Une par ligne."))

    def __init__(self, tree: Tree, data: Any = None) -> None:
        self.metadata = tree["metadata"]
        notes = tree["notes"]
        named = {name: self.metadata.get(name) for name in ("certifier", "rncp_code", "level")}
        super().__init__(data, initial={"title": tree["title"], "notes": notes, **named})
        if not all(isinstance(note, str) and "\n" not in note for note in notes):
            del self.fields["notes"]  # richer than lines: left as they are

    def values(self) -> dict[str, Any]:
        typed = dict(self.cleaned_data)
        found: dict[str, Any] = {"title": typed.pop("title")}
        if "notes" in typed:
            found["notes"] = typed.pop("notes")
        metadata = {**self.metadata, **typed}
        found["metadata"] = {name: each for name, each in metadata.items() if name not in typed or each}
        return found

    def field_of(self, path: str) -> str:
        return super().field_of(path.removeprefix("metadata."))


class ScaleForm(PartForm):
    """The levels of a mark, the best first; a line left without code and words is left out."""

    def __init__(self, tree: Tree, data: Any = None) -> None:
        levels = tree["scale"]
        initial: dict[str, Any] = {}
        for rank, level in enumerate(levels):
            initial |= {f"code_{rank}": level["code"], f"acquired_{rank}": level["acquired"]}
            initial |= {f"{lang}_{rank}": level["label"][lang] for lang in ("fr", "en")}
            initial[f"assessed_{rank}"] = level.get("assessed", True)
        super().__init__(data, initial=initial | {f"assessed_{len(levels)}": True})
        self.ranks = range(len(levels) + 1)
        for rank in self.ranks:
            self._level(rank)

    def _level(self, rank: int) -> None:
        number = {"rank": rank + 1}
        self.fields[f"code_{rank}"] = forms.CharField(
            label=_("Niveau %(rank)d : code") % number, max_length=40, required=False
        )
        for lang, label in (("fr", _("en français")), ("en", _("en anglais"))):
            widget = forms.TextInput(attrs={"lang": lang})
            self.fields[f"{lang}_{rank}"] = forms.CharField(label=label, required=False, widget=widget)
        self.fields[f"acquired_{rank}"] = forms.BooleanField(label=_("vaut acquisition"), required=False)
        self.fields[f"assessed_{rank}"] = forms.BooleanField(label=_("a été évalué"), required=False)

    def shown(self) -> Iterator[tuple[Any, str]]:
        for bound in self:
            yield bound, "full" if bound.name.startswith("code") else "half"  # each level on a line of its own

    def values(self) -> dict[str, Any]:
        levels = []
        for rank in self.ranks:
            code, fr, en, acquired, assessed = (
                self.cleaned_data[f"{name}_{rank}"] for name in ("code", "fr", "en", "acquired", "assessed")
            )
            if code or fr or en:
                level = {"code": code, "label": {"fr": fr, "en": en}, "acquired": acquired}
                levels.append(level if assessed else level | {"assessed": False})
        return {"scale": levels}

    def field_of(self, path: str) -> str:
        rank, _, name = path.removeprefix("scale[").partition("].")
        return f"{name.rpartition('.')[2]}_{rank}"


class AwardRuleForm(PartForm):
    """How a bloc and the certification are obtained, where the référentiel says it."""

    bloc = forms.ChoiceField(label=_("Un bloc est obtenu"), choices=list(words.BLOC_RULES.items()), required=False)
    threshold = forms.FloatField(
        label=_("Part à atteindre"), min_value=0, max_value=1, required=False, help_text=_("Entre 0 et 1.")
    )
    certification = forms.ChoiceField(
        label=_("La certification est obtenue"), choices=list(words.CERTIFICATION_RULES.items()), required=False
    )

    def __init__(self, tree: Tree, data: Any = None) -> None:
        bloc, whole = tree["award_rule"].get("bloc", {}), tree["award_rule"].get("certification", {})
        initial = {"bloc": bloc.get("rule"), "threshold": bloc.get("threshold"), "certification": whole.get("rule")}
        super().__init__(data, initial=initial)

    def clean(self) -> dict[str, Any]:
        typed = self.cleaned_data
        if typed.get("bloc") == "share" and not typed.get("threshold"):
            self.add_error("threshold", _("Donnez la part à atteindre."))
        return typed

    def values(self) -> dict[str, Any]:
        typed, rule = self.cleaned_data, {}
        if typed["bloc"]:
            rule["bloc"] = {"rule": typed["bloc"]}
        if typed["bloc"] == "share":
            rule["bloc"]["threshold"] = typed["threshold"]
        if typed["certification"]:
            rule["certification"] = {"rule": typed["certification"]}
        return {"award_rule": rule}


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
