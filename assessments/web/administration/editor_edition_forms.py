"""The forms of an edition itself: what starts one, what identifies it, its marking scale, its award rule."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.utils.translation import gettext_lazy as _

from assessments.models.sessions import AccessPath
from assessments.web.administration import editor_parameters as parameters
from assessments.web.administration import editor_words as words
from assessments.web.administration.editor_parameters import LinesField
from assessments.web.administration.editor_widgets import FRENCH
from certification.referentials.editing import Refusal
from certification.referentials.places import ROOT, Tree

_WITH_THRESHOLD = ("share", "points")
_SHORT = {"code", "key", "weight", "choose", "page_limit", "minimum"}


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

    marks_optional = False

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
        help_text = "" if rank else _("Un niveau dont tout est vide est laissé de côté.")
        number = {"rank": rank + 1}
        self.fields[f"code_{rank}"] = forms.CharField(
            label=_("Niveau %(rank)d : code") % number, max_length=40, required=False, help_text=help_text
        )
        for lang, label in (("fr", _("en français")), ("en", _("en anglais"))):
            widget = forms.TextInput(attrs={"lang": lang})
            self.fields[f"{lang}_{rank}"] = forms.CharField(label=label, required=False, widget=widget)
        self.fields[f"acquired_{rank}"] = forms.BooleanField(label=_("vaut acquisition"), required=False)
        self.fields[f"assessed_{rank}"] = forms.BooleanField(label=_("a été évalué"), required=False)

    def shown(self) -> Iterator[tuple[Any, str]]:
        for bound in self:
            yield bound, "level" if bound.name.startswith("code") else "half"  # each level begins on a line of its own

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

    marks_optional = False

    bloc = forms.ChoiceField(
        label=_("Un bloc est obtenu"),
        choices=list(words.BLOC_RULES.items()),
        required=False,
        help_text=_("Sans blocs, la règle vaut pour le référentiel entier."),
    )
    threshold = forms.FloatField(
        label=_("Part, ou points, à atteindre"),
        min_value=0,
        required=False,
        help_text=_("Une part est entre 0 et 1 ; les points s’ajoutent selon les poids."),
    )
    repeated = forms.ChoiceField(
        label=_("Une ligne évaluée dans plusieurs épreuves"),
        choices=list(words.REPEATED_RULES.items()),
        required=False,
    )
    certification = forms.ChoiceField(
        label=_("La certification est obtenue"), choices=list(words.CERTIFICATION_RULES.items()), required=False
    )
    assessments = forms.MultipleChoiceField(
        label=_("Épreuves de la certification exigées avec les blocs"),
        choices=list(words.CHOICES["kind"].items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    exempt = forms.MultipleChoiceField(
        label=_("Voies d’accès dispensées de ces épreuves"),
        choices=AccessPath.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    text = forms.CharField(
        label=_("La règle telle qu’imprimée"), widget=forms.Textarea(attrs={"rows": 3, **FRENCH}), required=False
    )
    stated = LinesField(label=_("Ce qu’elle énonce"), required=False, help_text=_("Une par ligne."))
    implied = LinesField(label=_("Ce qui est supposé"), required=False, help_text=_("Une par ligne."))

    def __init__(self, tree: Tree, data: Any = None) -> None:
        rule = tree["award_rule"]
        bloc, whole = rule.get("bloc", {}), rule.get("certification", {})
        initial = {"bloc": bloc.get("rule"), "threshold": bloc.get("threshold"), "certification": whole.get("rule")}
        initial["repeated"] = bloc.get("repeated", "all")
        initial |= {name: whole.get(name, []) for name in ("assessments", "exempt")}
        super().__init__(data, initial=initial | {name: rule.get(name) for name in ("text", "stated", "implied")})

    def clean(self) -> dict[str, Any]:
        typed = self.cleaned_data
        if typed.get("bloc") in _WITH_THRESHOLD and not typed.get("threshold"):
            missing = {"share": _("Donnez la part à atteindre."), "points": _("Donnez les points à atteindre.")}
            self.add_error("threshold", missing[typed["bloc"]])
        if typed.get("bloc") == "share" and (typed.get("threshold") or 0) > 1:
            self.add_error("threshold", _("Une part ne dépasse pas 1."))
        if not typed.get("certification") and (typed.get("assessments") or typed.get("exempt")):
            self.add_error("certification", _("Dites comment la certification est obtenue."))
        return typed

    def values(self) -> dict[str, Any]:
        typed = self.cleaned_data
        rule: dict[str, Any] = {}
        if typed["bloc"]:
            rule["bloc"] = {"rule": typed["bloc"]}
        if typed["bloc"] in _WITH_THRESHOLD:
            rule["bloc"]["threshold"] = typed["threshold"]
        if typed["bloc"] and typed["repeated"] not in ("", "all"):
            rule["bloc"]["repeated"] = typed["repeated"]
        if typed["certification"]:
            asked = {name: typed[name] for name in ("assessments", "exempt") if typed[name]}
            rule["certification"] = {"rule": typed["certification"], **asked}
        if typed["text"]:
            rule["text"] = typed["text"]
        if typed["stated"] or typed["implied"]:
            rule |= {name: typed[name] for name in ("stated", "implied")}
        return {"award_rule": rule}

    def field_of(self, path: str) -> str:
        """`award_rule.bloc.threshold`: the threshold; `award_rule.bloc`: the rule itself."""
        name = path.rpartition(".")[2].partition("[")[0]
        return name if name in self.fields else "certification" if "certification" in path else "bloc"
