"""Forms of the administrator: what is typed, in which shape. Rules stand in the services."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from assessments.domain.appeals import DAYS as APPEAL_DAYS
from assessments.models import AccessPath, Role, Room, Session, User, Work
from assessments.selectors.administration.people import holders_of
from assessments.services.entrants import Entrant, NamesDiffer
from assessments.services.errors import Refused, conflicts_refused
from certification.referentials.models import Bloc, Referential

Done = TypeVar("Done")

MAX_LINES = 500
_NAMED = re.compile(r"^(?P<name>[^<>;,\t]*?)\s*[<;,\t]\s*(?P<email>[^<>;,\s]+@[^<>;,\s]+)\s*>?$")
_REVERSED = re.compile(r"^(?P<email>[^<>;,\s]+@[^<>;,\s]+)\s*[;,\t]\s*(?P<name>[^<>;,\t]+)$")


def carried_out(form: forms.BaseForm, act: Callable[[], Done]) -> Done | None:
    """Call a service once the form is valid; a refusal is said at the head of the form, what was typed stays."""
    if not form.is_valid():
        return None
    try:
        with conflicts_refused():
            return act()
    except Refused as refused:
        form.add_error(None, ValidationError(str(refused), code=refused.code))
        return None


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class MomentInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class PersonChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic in the stubs only
    """A person by name and address: two may bear the same name."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.full_name} ({obj.email})"


class PeopleChoice(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # generic in the stubs only
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.full_name} ({obj.email})"


class WorkChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic in the stubs only
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.enrolment.candidate.full_name} – {obj.assessment.bloc or obj.assessment}"


class SessionForm(forms.Form):
    referential = forms.ModelChoiceField(
        Referential.objects.none(),
        label=_("Édition du référentiel"),
        empty_label=_("À choisir"),
        help_text=_("Les éditions publiées. Elle ne change plus une fois la session ouverte."),
    )
    name = forms.CharField(
        max_length=200, label=_("Nom de la session"), help_text=_("Tel qu’il figurera sur les documents délivrés.")
    )
    starts_on = forms.DateField(label=_("Début"), widget=DateInput)
    ends_on = forms.DateField(label=_("Fin"), widget=DateInput)
    deposit_deadline = forms.DateTimeField(
        label=_("Date limite de dépôt"),
        widget=MomentInput,
        help_text=_("Heure de Paris. Après elle, les candidats ne peuvent plus déposer."),
    )
    max_attempts = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=99,
        label=_("Tentatives par épreuve"),
        help_text=_("Celles d’une session antérieure comptent. Vide : autant qu’il en faut."),
    )
    appeal_days = forms.IntegerField(
        initial=APPEAL_DAYS,
        min_value=1,
        max_value=3650,
        label=_("Délai de recours, en jours"),
        help_text=_(
            "À partir de la décision. Deux mois est le délai ordinaire (Code de justice administrative, R421-1)."
        ),
    )

    def __init__(self, *args: Any, session: Session | None = None, **kwargs: Any) -> None:
        if session is not None:
            fields = ("name", "starts_on", "ends_on", "deposit_deadline", "max_attempts", "appeal_days")
            kwargs["initial"] = {name: getattr(session, name) for name in fields}
        super().__init__(*args, **kwargs)
        if session is not None:
            del self.fields["referential"]
        else:
            published = Referential.objects.published().select_related("certification")
            self.fields["referential"].queryset = published  # type: ignore[attr-defined]  # a ModelChoiceField


class TermsForm(forms.Form):
    """The terms of an enrolment, for one candidate or for a list of them."""

    mentor = PersonChoice(User.objects.none(), required=False, label=_("Mentor"), empty_label=_("Pas encore désigné"))
    access_path = forms.ChoiceField(choices=AccessPath.choices, initial=AccessPath.FC, label=_("Voie d’accès"))
    options = forms.ModelMultipleChoiceField(
        Bloc.objects.none(), required=False, label=_("Options choisies"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        blocs = Bloc.objects.filter(referential=session.referential_id, option_group__isnull=False)
        if blocs.exists():
            self.fields["options"].queryset = blocs  # type: ignore[attr-defined]  # a ModelMultipleChoiceField
        else:
            del self.fields["options"]
        self.fields["mentor"].queryset = holders_of(Role.MENTOR)  # type: ignore[attr-defined]  # a ModelChoiceField


class EnrolForm(TermsForm):
    people = forms.CharField(
        strip=False,  # lines are told by their number
        label=_("Candidats"),
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=_(
            "Une personne par ligne : « adresse », « Nom <adresse> » ou « adresse ; Nom ». "
            "Le nom est nécessaire pour qui n’a pas encore de compte : un message d’accueil lui sera envoyé."
        ),
    )
    field_order = ("people", "mentor", "access_path", "options")
    differing: NamesDiffer | None = None
    """The names of the list that are not those of the accounts, for a person to read before anyone is enrolled."""

    def clean_people(self) -> list[Entrant]:
        numbered = enumerate(self.cleaned_data["people"].splitlines(), start=1)
        lines = [(number, line.strip()) for number, line in numbered if line.strip()]
        if not lines:
            raise ValidationError(self.fields["people"].error_messages["required"])
        if len(lines) > MAX_LINES:
            raise ValidationError(_("Inscrivez au plus %(limit)d personnes à la fois."), params={"limit": MAX_LINES})
        entrants = [_entrant(line, number) for number, line in lines]
        wrong = [line for (_number, line), entrant in zip(lines, entrants, strict=True) if entrant is None]
        if wrong:
            raise ValidationError(
                [ValidationError(_("Adresse illisible : « %(line)s »."), params={"line": line[:80]}) for line in wrong]
            )
        return _named_where_needed([entrant for entrant in entrants if entrant])


def _entrant(line: str, number: int) -> Entrant | None:
    """One line of the list; None when it holds no address."""
    found = _NAMED.match(line) or _REVERSED.match(line)
    email, name = (found["email"], found["name"]) if found else (line, "")
    try:
        validate_email(email)
    except ValidationError:
        return None
    return Entrant(email.lower(), name.strip().strip('"').strip(), number)


def _named_where_needed(entrants: list[Entrant]) -> list[Entrant]:
    nameless = [entrant.email for entrant in entrants if not entrant.full_name]
    known = set(User.objects.filter(email__in=nameless).values_list("email", flat=True))
    missing = [email for email in nameless if email not in known]
    if missing:
        raise ValidationError(
            [ValidationError(_("Pas de compte pour %(email)s : ajoutez son nom."), params={"email": email})
             for email in missing]
        )  # fmt: skip
    return entrants


class EnrolmentForm(TermsForm):
    """The terms of one enrolment."""


class SlotForm(forms.Form):
    work = WorkChoice(
        Work.objects.none(),
        label=_("Travail"),
        empty_label=_("À choisir"),
        help_text=_("Les travaux admis à la soutenance dans cette session."),
    )
    starts_at = forms.DateTimeField(label=_("Heure de passage"), widget=MomentInput)
    minutes = forms.IntegerField(
        min_value=5,
        max_value=480,
        required=False,
        label=_("Durée en minutes"),
        help_text=_("Laissez vide pour celle que disent l’épreuve et la session."),
    )
    room = forms.ModelChoiceField(
        Room.objects.none(), required=False, label=_("Salle"), empty_label=_("Le lieu de la séance")
    )

    def __init__(self, *args: Any, works: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["room"].queryset = Room.objects.of(session)  # type: ignore[attr-defined]  # a ModelChoiceField
        self.fields["work"].queryset = works  # type: ignore[attr-defined]  # a ModelChoiceField


class PersonForm(forms.Form):
    full_name = forms.CharField(
        max_length=200, label=_("Nom complet"), help_text=_("Tel qu’il figurera sur les documents délivrés.")
    )
    email = forms.EmailField(max_length=254, label=_("Adresse électronique"))
    roles = forms.TypedMultipleChoiceField(
        choices=Role.choices,
        coerce=Role,
        required=False,
        label=_("Rôles"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Une personne peut en tenir plusieurs."),
    )


class PersonEditForm(PersonForm):
    active = forms.BooleanField(
        required=False,
        label=_("Le compte est ouvert"),
        help_text=_("Fermé, il n’est plus possible de s’y connecter ; rien de ce qui a été fait n’est effacé."),
    )
