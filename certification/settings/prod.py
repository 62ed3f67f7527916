"""Production: everything that matters is named by the environment, nothing is guessed."""

import secrets

from certification.settings.base import *  # noqa: F403  the environments extend one base
from certification.settings.base import DATABASES, ROLE, STORAGES
from certification.settings.env import env

DEBUG = False
# Who signs nothing gets a key of its own, of which nothing is valid elsewhere.
SECRET_KEY = env.secret("JALON_SECRET_KEY") if ROLE.signs else secrets.token_urlsafe(64)
ALLOWED_HOSTS = env.words("JALON_ALLOWED_HOSTS") if ROLE.addressed else []
if ROLE.links:
    JALON_BASE_URL = env.text("JALON_BASE_URL", form="https://host").rstrip("/")
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if not host.startswith(".")]
DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
DATA_DIR = env.folder("JALON_DATA_DIR")
FILE_UPLOAD_TEMP_DIR = DATA_DIR / "uploads"
FILE_UPLOAD_TEMP_DIR.mkdir(mode=0o750, exist_ok=True)
STORAGES["default"]["OPTIONS"]["location"] = str(DATA_DIR / "files")
STORAGES["staticfiles"]["BACKEND"] = "whitenoise.storage.CompressedManifestStaticFilesStorage"

# TLS ends at the reverse proxy, which must set (never pass on) this header.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
# That proxy is there: without counting it, all visitors would be one, whose failures close the log-in to everybody.
TRUSTED_PROXIES = env.integer("JALON_TRUSTED_PROXIES", default=1)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_SECURE = True
LANGUAGE_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrf"
KNOWN_BROWSER_COOKIE_NAME = "__Host-known-browser"

if ROLE.mails:
    DEFAULT_FROM_EMAIL = env.text("JALON_EMAIL_FROM", form="an e-mail address")
    EMAIL_HOST = env.text("JALON_EMAIL_HOST", form="a host name")
    EMAIL_PORT = env.integer("JALON_EMAIL_PORT", minimum=1, default=587)
    EMAIL_HOST_USER = env.text("JALON_EMAIL_USER", default="")
    EMAIL_HOST_PASSWORD = env.text("JALON_EMAIL_PASSWORD", default="")
    EMAIL_USE_TLS = env.boolean("JALON_EMAIL_TLS", default=True)
