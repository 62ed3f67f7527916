"""Forms of planning: what a plan is asked for, rooms, hours, where a passage goes."""

from __future__ import annotations

from datetime import time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from assessments.domain.planning import SMALLEST, Plan
from assessments.models import Role, Room, Session, Sitting, Slot, User
from assessments.selectors.administration.people import holders_of
from assessments.selectors.planning import clock
from assessments.services.planning.drafts import working_days
from assessments.web.administration.forms import DateInput, MomentInput, PeopleChoice, PersonChoice


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class RoomsChoice(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # generic in the stubs only
    widget = forms.CheckboxSelectMultiple


class PlanForm(forms.Form):
    first_day = forms.DateField(label=_("Premier jour"), widget=DateInput)
    last_day = forms.DateField(
        label=_("Dernier jour"), widget=DateInput, help_text=_("Les samedis et les dimanches ne sont pas pris.")
    )
    morning_from = forms.TimeField(label=_("Matin, de"), widget=TimeInput, initial=time(9), required=False)
    morning_to = forms.TimeField(label=_("à"), widget=TimeInput, initial=time(12, 30), required=False)
    afternoon_from = forms.TimeField(label=_("Après-midi, de"), widget=TimeInput, initial=time(13, 30), required=False)
    afternoon_to = forms.TimeField(label=_("à"), widget=TimeInput, initial=time(17, 30), required=False)
    rooms = RoomsChoice(Room.objects.none(), label=_("Salles"))
    jurors = PeopleChoice(User.objects.none(), label=_("Jurés"))
    size = forms.IntegerField(
        min_value=SMALLEST, max_value=15, initial=3, label=_("Jurés par jury"), help_text=_("Deux au moins.")
    )

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rooms"].queryset = Room.objects.of(session)  # type: ignore[attr-defined]  # a choice of rooms
        self.fields["jurors"].queryset = holders_of(Role.JUROR)  # type: ignore[attr-defined]  # a choice of people

    def clean(self) -> dict[str, Any]:
        typed = dict(super().clean() or {})
        first, last = typed.get("first_day"), typed.get("last_day")
        if first and last and not 0 <= (last - first).days <= 366:
            raise ValidationError(_("Le dernier jour vient après le premier, dans l’année."))
        return typed

    def asked(self) -> dict[str, Any]:
        """What the service is called with."""
        typed = self.cleaned_data
        halves = (("morning_from", "morning_to"), ("afternoon_from", "afternoon_to"))
        return {
            "days": working_days(typed["first_day"], typed["last_day"]),
            "hours": [
                (_minutes(typed[one]), _minutes(typed[other])) for one, other in halves if typed[one] and typed[other]
            ],
            **{name: list(typed[name]) for name in ("rooms", "jurors")},
            "size": typed["size"],
        }


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


class PlanMoveForm(forms.Form):
    panel = forms.TypedChoiceField(label=_("Jury"), coerce=int)
    starts = forms.TimeField(label=_("Heure de passage"), widget=TimeInput)

    def __init__(self, *args: Any, plan: Plan, rooms: dict[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["panel"].choices = [  # type: ignore[attr-defined]  # a choice
            (number, f"{panel.day:%d/%m/%Y} {clock(panel.starts)}–{clock(panel.ends)}, {rooms.get(panel.room, '')}")
            for number, panel in enumerate(plan.panels)
        ]

    def minutes(self) -> int:
        return _minutes(self.cleaned_data["starts"])


class ReseatForm(forms.Form):
    jurors = PeopleChoice(User.objects.none(), label=_("Jurés"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["jurors"].queryset = holders_of(Role.JUROR)  # type: ignore[attr-defined]  # a choice of people


class SlotMoveForm(forms.Form):
    sitting = forms.ModelChoiceField(Sitting.objects.none(), label=_("Jury"), empty_label=None)
    starts_at = forms.DateTimeField(label=_("Heure de passage"), widget=MomentInput)
    minutes = forms.IntegerField(min_value=5, max_value=480, label=_("Durée en minutes"))
    room = forms.ModelChoiceField(
        Room.objects.none(), required=False, label=_("Salle"), empty_label=_("Le lieu de la séance")
    )

    def __init__(self, *args: Any, slot: Slot, **kwargs: Any) -> None:
        names = ("sitting", "starts_at", "minutes", "room")
        kwargs["initial"] = {name: getattr(slot, name) for name in names}
        super().__init__(*args, **kwargs)
        sittings = slot.sitting.session.sittings.filter(kind=slot.sitting.kind)
        self.fields["sitting"].queryset = sittings  # type: ignore[attr-defined]  # a choice of sittings
        self.fields["room"].queryset = Room.objects.of(slot.sitting.session)  # type: ignore[attr-defined]  # of rooms


class CancelForm(forms.Form):
    reason = forms.CharField(
        label=_("Motif de l’annulation"),
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Gardé au journal. Les personnes convoquées apprennent l’annulation, non le motif."),
    )


class RoomForm(forms.Form):
    name = forms.CharField(max_length=200, label=_("Nom de la salle"))
    link = forms.CharField(
        max_length=500,
        required=False,
        label=_("Lien de visioconférence"),
        help_text=_("Laissez vide pour une salle où l’on vient."),
    )
    capacity = forms.IntegerField(
        min_value=2, max_value=10_000, required=False, label=_("Places"), help_text=_("Jurés et candidat compris.")
    )
    shared = forms.BooleanField(required=False, label=_("Partagée entre toutes les sessions"))


class SpanForm(forms.Form):
    """Hours, and whether a juror can come in them."""

    starts_at = forms.DateTimeField(label=_("De"), widget=MomentInput)
    ends_at = forms.DateTimeField(label=_("À"), widget=MomentInput)
    free = forms.TypedChoiceField(
        label=_("Pendant ces heures"),
        choices=[("yes", _("disponible")), ("no", _("absent"))],
        coerce=lambda said: said == "yes",
    )


class HoursForm(SpanForm):
    """Hours of a juror, as an administrator says them."""

    person = PersonChoice(User.objects.none(), label=_("Juré"), empty_label=_("À choisir"))
    field_order = ("person",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = holders_of(Role.JUROR)  # type: ignore[attr-defined]  # a choice of people


class JuryTimeForm(forms.Form):
    minutes = forms.IntegerField(
        min_value=0,
        max_value=240,
        label=_("Temps du jury après chaque passage, en minutes"),
        help_text=_("Ajouté à la durée de l’épreuve : le jury note ou souffle, sans le candidat."),
    )
