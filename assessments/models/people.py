"""People log in by e-mail and hold one or several roles."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    CANDIDATE = "candidate", _("candidat")
    MENTOR = "mentor", _("mentor")
    JUROR = "juror", _("juré")
    ADMINISTRATOR = "administrator", _("administrateur")


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create a person; the e-mail is stored in lower case, a missing password is unusable."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").strip().lower())

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create an administrator: the way to the first one, by ``manage.py createsuperuser``."""
        roles = sorted({Role.ADMINISTRATOR.value, *fields.pop("roles", [])})
        return self.create_user(email, password, is_superuser=True, roles=roles, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    email = models.EmailField(_("adresse e-mail"), max_length=254)
    full_name = models.CharField(_("nom complet"), max_length=200)
    roles = ArrayField(models.CharField(max_length=20, choices=Role.choices), default=list, blank=True)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        verbose_name = _("personne")
        verbose_name_plural = _("personnes")
        ordering = ["full_name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["email"], name="user_email_unique"),
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="user_email_lower"),
            models.CheckConstraint(condition=models.Q(roles__contained_by=Role.values), name="user_roles_known"),
        ]

    def __str__(self) -> str:
        return self.full_name or self.email

    def has_role(self, role: Role) -> bool:
        return self.is_active and role.value in self.roles

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """A session holds for one password and one address: another of either ends it (``update_session_auth_hash``).

        The name is Django's own: what compares sessions, their fallbacks too, asks it here.
        """
        standing = f"{self.password}\n{self.email}"
        return salted_hmac("assessments.User.session", standing, secret=secret, algorithm="sha256").hexdigest()

    @property
    def is_administrator(self) -> bool:
        return self.has_role(Role.ADMINISTRATOR)
