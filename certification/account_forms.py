"""Forms of the account pages that are not quite allauth's."""

from __future__ import annotations

from allauth.account import forms
from allauth.core import ratelimit
from django.http import HttpRequest


class ResetPasswordForm(forms.ResetPasswordForm):  # type: ignore[misc]  # allauth ships no types
    """Allauth's, by which no mailbox is filled by asking again and again."""

    def save(self, request: HttpRequest, **kwargs: object) -> str:
        """Past the limit the same answer is given and no letter sent: the earlier ones are in the mailbox."""
        email = str(self.cleaned_data["email"])
        if ratelimit.consume(request, action="reset_password_letters", key=email):
            super().save(request, **kwargs)
        return email
