"""Forms of the account pages that are not quite allauth's."""

from __future__ import annotations

from allauth.account import forms
from allauth.core import ratelimit
from django.http import HttpRequest


class ResetPasswordForm(forms.ResetPasswordForm):  # type: ignore[misc]  # allauth ships no types
    """The link goes to the address that the account holds, and no mailbox is filled by asking again and again."""

    def clean_email(self) -> str:
        """The account's own writing of its address: what was typed may be another mailbox that looks the same."""
        typed = str(super().clean_email())
        return str(self.users[0].email) if self.users else typed

    def save(self, request: HttpRequest, **kwargs: object) -> str:
        """Past the limit the same answer is given and no letter sent: the earlier ones are in the mailbox."""
        email = str(self.cleaned_data["email"])
        if ratelimit.consume(request, action="reset_password_letters", key=email):
            super().save(request, **kwargs)
        return email
