"""Forms of juries: composing, members, habilitations, rules of composition. Rules stand in the services."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.models import AccessPath, Juror, Role, User
from assessments.models.composition import Sex
from assessments.models.juries import SittingKind
from assessments.selectors.administration.people import holders_of
from assessments.web.administration.forms import DateInput, MomentInput, PeopleChoice, PersonChoice
from certification.referentials.models import Certification

REASON = forms.Textarea(attrs={"rows": 2})


class SittingEditForm(forms.Form):
    name = forms.CharField(max_length=200, label=_("Nom de la séance"))
    starts_at = forms.DateTimeField(label=_("Début"), widget=MomentInput)
    place = forms.CharField(max_length=200, required=False, label=_("Lieu"))
    quorum = forms.IntegerField(
        min_value=1,
        initial=2,
        label=_("Quorum"),
        help_text=_("Nombre de membres présents, et de bulletins, sans lequel rien n’est décidé."),
    )
    reason = forms.CharField(
        required=False,
        max_length=5000,
        label=_("Motif"),
        widget=REASON,
        help_text=_("À écrire si la composition appelle un avertissement : il est gardé au journal."),
    )


class SittingForm(SittingEditForm):
    kind = forms.ChoiceField(
        choices=SittingKind.choices,
        initial=SittingKind.EVALUATION,
        label=_("Nature de la séance"),
        widget=forms.RadioSelect,
        help_text=_(
            "Un jury d’évaluation entend les soutenances ; un jury de certification attribue les blocs et le titre."
        ),
    )
    jurors = PeopleChoice(User.objects.none(), label=_("Jurés"))
    president = PersonChoice(
        User.objects.none(),
        label=_("Préside"),
        empty_label=_("À choisir"),
        help_text=_("L’un des jurés choisis ci-dessus."),
    )

    field_order = ("kind", "name", "starts_at", "place", "jurors", "president", "quorum", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("jurors", "president"):
            self.fields[name].queryset = holders_of(Role.JUROR)  # type: ignore[attr-defined]  # a ModelChoiceField


class ReasonForm(forms.Form):
    reason = forms.CharField(max_length=5000, label=_("Motif"), widget=REASON)


class JoinForm(forms.Form):
    user = PersonChoice(User.objects.none(), label=_("Nouveau membre"), empty_label=_("À choisir"))

    def __init__(self, *args: Any, jurors: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = jurors  # type: ignore[attr-defined]  # a ModelChoiceField


class MemberForm(ReasonForm):
    """A member of the jury, and why. ``seen``: the presidency that the page showed."""

    juror = forms.ModelChoiceField(Juror.objects.none(), label=_("Membre"), empty_label=_("À choisir"))
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    field_order = ("juror", "reason", "seen")

    def __init__(self, *args: Any, jurors: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["juror"].queryset = jurors  # type: ignore[attr-defined]  # a ModelChoiceField


class HabilitationForm(forms.Form):
    user = PersonChoice(User.objects.none(), label=_("Juré"), empty_label=_("À choisir"))
    certification = forms.ModelChoiceField(
        Certification.objects.all(), label=_("Certification"), empty_label=_("À choisir")
    )
    qualified = forms.BooleanField(
        required=False,
        label=_("Personne qualifiée au titre de la certification"),
        help_text=_("La VAE en demande une au moins dans le jury (article D6412-6)."),
    )
    external = forms.BooleanField(
        required=False,
        label=_("Membre extérieur"),
        help_text=_("Au certificateur, à ses partenaires et à l’organisme de formation."),
    )
    valid_from = forms.DateField(label=_("Valable depuis le"), widget=DateInput, initial=timezone.localdate)
    valid_until = forms.DateField(required=False, label=_("Jusqu’au"), widget=DateInput)
    reference = forms.CharField(max_length=200, label=_("Référence de l’acte"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = holders_of(Role.JUROR)  # type: ignore[attr-defined]  # a ModelChoiceField


class HabilitationEndForm(forms.Form):
    valid_until = forms.DateField(label=_("Dernier jour"), widget=DateInput, initial=timezone.localdate)


class ProfileForm(forms.Form):
    employer = forms.CharField(
        max_length=200,
        required=False,
        label=_("Employeur"),
        help_text=_("Un juré ne juge pas quelqu’un du même employeur. Écrivez-le de la même façon pour chacun."),
    )
    sex = forms.ChoiceField(
        choices=[("", _("Non renseigné")), *Sex.choices],
        required=False,
        label=_("Femme ou homme"),
        help_text=_("Sert seulement à vérifier que les jurys de VAE sont mixtes (article D6412-6)."),
    )


class RuleForm(forms.Form):
    access_paths = forms.MultipleChoiceField(
        choices=AccessPath.choices, label=_("Voies d’accès"), widget=forms.CheckboxSelectMultiple
    )
    source = forms.CharField(max_length=5000, label=_("Texte d’où vient la règle"), widget=REASON)
    valid_from = forms.DateField(label=_("Depuis le"), widget=DateInput, initial=timezone.localdate)
    minimum = forms.IntegerField(min_value=2, max_value=50, initial=2, label=_("Membres au moins"))
    quorum = forms.IntegerField(min_value=2, max_value=50, initial=2, label=_("Quorum au moins"))
    qualified = forms.IntegerField(min_value=0, max_value=50, initial=0, label=_("Personnes qualifiées au moins"))
    external_share = forms.IntegerField(
        min_value=0, max_value=100, initial=50, label=_("Part de membres extérieurs, en pour cent")
    )
    external_refuses = forms.BooleanField(
        required=False,
        label=_("Sans cette part, le jury est refusé"),
        help_text=_("Sinon, un avertissement à motiver."),
    )
    mixed = forms.BooleanField(required=False, label=_("Avertir si le jury n’a pas femmes et hommes"))
