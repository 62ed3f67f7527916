"""A juror's own hours."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.models import Session
from assessments.selectors.planning import sessions_to_sit_in
from assessments.web.administration.planning_forms import SpanForm


class OwnHoursForm(SpanForm):
    session = forms.ModelChoiceField(Session.objects.none(), label=_("Session"), empty_label=_("À choisir"))
    field_order = ("session",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["session"].queryset = sessions_to_sit_in()  # type: ignore[attr-defined]  # a choice of sessions
