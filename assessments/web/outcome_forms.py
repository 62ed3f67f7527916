"""Forms of what comes of a work: a passage without decision, a correction, an appeal and its answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.domain import texts
from assessments.domain.appeals import AppealEvent
from assessments.domain.lines import LineKey
from assessments.domain.passages import PassageEvent, PassageState, next_state
from assessments.domain.scale import scale_of
from assessments.models import Appeal, Decision, DecisionLine, Slot, User
from assessments.selectors.appeals import decided_lines, handlers_of
from assessments.services.decisions import Ruling
from assessments.web.assessing import levels_of
from assessments.web.wording import line_text

EVENTS = {
    PassageEvent.MISS: _("Le candidat ne s’est pas présenté"),
    PassageEvent.EXCUSE: _("Le candidat est excusé : son travail reste admis, un autre passage lui sera donné"),
    PassageEvent.ADJOURN: _("Le passage est ajourné : il reprendra à une autre date"),
}


class PassageForm(forms.Form):
    event = forms.ChoiceField(label=_("Ce qui s’est passé"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Motif"),
        required=False,
        max_length=texts.REMARK,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Nécessaire pour une excuse ou un ajournement. Le candidat le lit. Rien de médical."),
    )
    proof = forms.CharField(
        label=_("Référence du justificatif"),
        required=False,
        max_length=texts.NAME,
        help_text=_(
            "Où il est conservé, par exemple « dossier 2026-014, pièce 3 ». Le document lui-même reste hors d’ici."
        ),
    )

    def __init__(self, *args: Any, slot: Slot, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        state = PassageState(slot.state)
        choices = [(event.value, words) for event, words in EVENTS.items() if next_state(state, event)]
        self.fields["event"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField


class LineChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic in the stubs only
    def label_from_instance(self, obj: Any) -> str:
        return line_text(obj.line)[:160]


class AppealForm(forms.Form):
    line = LineChoice(
        DecisionLine.objects.none(),
        label=_("Ce que vous contestez"),
        required=False,
        empty_label=_("La décision dans son ensemble"),
    )
    motive = forms.CharField(
        label=_("Vos motifs"),
        max_length=texts.COMMENT,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_(
            "Les faits, les pages de votre dépôt ou le moment de la soutenance sur lesquels vous vous appuyez."
        ),
    )

    def __init__(self, *args: Any, decision: Decision | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if decision is None:
            del self.fields["line"]
            return
        self.fields["line"].queryset = decided_lines(decision)  # type: ignore[attr-defined]  # a ModelChoiceField


class HandlerForm(forms.Form):
    handler = forms.TypedChoiceField(
        label=_("Examiné par"),
        coerce=int,
        help_text=_("Les administrateurs qui n’ont pas pris part à la décision."),
    )

    def __init__(self, *args: Any, appeal: Appeal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {person.pk: person for person in handlers_of(appeal)}
        choices = [("", _("À choisir")), *((key, f"{who.full_name} ({who.email})") for key, who in self.people.items())]
        self.fields["handler"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["handler"].initial = appeal.handled_by_id

    def chosen(self) -> User:
        return self.people[self.cleaned_data["handler"]]


ANSWERS = {
    AppealEvent.MAINTAIN: _("Maintenir la décision"),
    AppealEvent.HEAR_AGAIN: _("Accorder un nouveau passage devant un jury"),
    AppealEvent.CORRECT: _("Constater la correction"),
}


class AnswerForm(forms.Form):
    event = forms.ChoiceField(label=_("La réponse"), widget=forms.RadioSelect)
    answer = forms.CharField(
        label=_("Ce que lit le candidat"), max_length=texts.COMMENT, widget=forms.Textarea(attrs={"rows": 6})
    )

    def __init__(self, *args: Any, appeal: Appeal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        left_out = AppealEvent.CORRECT if appeal.decision_id else AppealEvent.HEAR_AGAIN
        choices = [(event.value, words) for event, words in ANSWERS.items() if event is not left_out]
        self.fields["event"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField


class CorrectionForm(forms.Form):
    """A level for each line of the decision, as it is until another is chosen, and why."""

    motive = forms.CharField(
        label=_("Ce qui est corrigé, et pourquoi"),
        max_length=texts.COMMENT,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Gardé avec la décision et imprimé sur le rapport qui remplace l’ancien."),
    )

    def __init__(self, *args: Any, decision: Decision, lines: Sequence[DecisionLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scale = scale_of(decision.work.enrolment.session.referential.scale)
        levels = [(level.code, level.label) for level in levels_of(scale)]
        self.keys: dict[str, LineKey] = {str(line.line_key): line.line_key for line in lines}
        for line in lines:
            self.fields[str(line.line_key)] = forms.ChoiceField(
                label=line_text(line.line), choices=levels, initial=line.level
            )
        self.order_fields([*self.keys, "motive"])

    def rulings(self) -> dict[LineKey, Ruling]:
        return {key: Ruling(self.cleaned_data[name]) for name, key in self.keys.items()}
