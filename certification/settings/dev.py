"""One developer's machine, and `make demo`."""

from certification.settings.base import *  # noqa: F403  the environments extend one base
from certification.settings.base import LOGGING
from certification.settings.env import env

DEBUG = env.boolean("JALON_DEBUG", default=True)
SECRET_KEY = "development-only-" + "0" * 50
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
INTERNAL_IPS = ["127.0.0.1"]
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = BASE_DIR / "var" / "mail"  # noqa: F405  from base
LOGGING["root"]["level"] = env.choice("JALON_LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), default="WARNING")
