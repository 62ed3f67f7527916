"""What the log of accesses calls its lines, and a browser in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from allauth.mfa.models import Authenticator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.domain.access import AccessKind

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

KINDS: Final[dict[AccessKind, StrPromise]] = {
    AccessKind.LOGIN: gettext_lazy("Connexion"),
    AccessKind.LOGIN_FAILED: gettext_lazy("Connexion refusée : adresse ou mot de passe"),
    AccessKind.LOGOUT: gettext_lazy("Déconnexion"),
    AccessKind.FACTOR_USED: gettext_lazy("Second facteur présenté"),
    AccessKind.FACTOR_FAILED: gettext_lazy("Second facteur refusé"),
    AccessKind.FACTOR_ADDED: gettext_lazy("Second facteur ajouté"),
    AccessKind.FACTOR_REMOVED: gettext_lazy("Second facteur retiré"),
    AccessKind.CODES_RENEWED: gettext_lazy("Codes de secours renouvelés"),
    AccessKind.PASSWORD_CHANGED: gettext_lazy("Mot de passe changé"),
    AccessKind.SESSION_ENDED: gettext_lazy("Session fermée à distance"),
    AccessKind.SESSION_EXPIRED: gettext_lazy("Session arrivée à son terme"),
    AccessKind.TOKEN_EXCHANGED: gettext_lazy("Jeton obtenu contre le mot de passe"),
    AccessKind.DOCUMENT_DOWNLOADED: gettext_lazy("Document téléchargé"),
    AccessKind.ARCHIVE_DOWNLOADED: gettext_lazy("Archive téléchargée"),
    AccessKind.DOCUMENT_VERIFIED: gettext_lazy("Document vérifié"),
}

FACTORS: Final[dict[str, StrPromise]] = {
    Authenticator.Type.TOTP: gettext_lazy("application d’authentification"),
    Authenticator.Type.WEBAUTHN: gettext_lazy("clé d’accès"),
    Authenticator.Type.RECOVERY_CODES: gettext_lazy("codes de secours"),
}

# The first that the browser names; Edge and Opera name Chrome too, Chrome names Safari, tools name none of them.
BROWSERS: Final = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
    ("curl", "curl"),
    ("python", "Python"),
)
SYSTEMS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def device_of(agent: str) -> str:
    """Browser and system, as far as the browser says; nobody has to tell the truth in it."""
    browser = next((name for mark, name in BROWSERS if mark in agent), "")
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    if browser and system:
        return _("%(browser)s sous %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("Appareil inconnu")
