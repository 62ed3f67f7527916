"""One developer's machine, and `make demo`."""

from certification import embedded

embedded.use_when_needed("dev")  # before the base settings read the addresses

from certification.settings.base import *  # noqa: E402, F403  after the services; environments extend one base
from certification.settings.base import BASE_DIR, LOGGING  # noqa: E402
from certification.settings.env import env  # noqa: E402

DEBUG = env.boolean("JALON_DEBUG", default=True)
SECRET_KEY = "development-only-" + "0" * 50
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
INTERNAL_IPS = ["127.0.0.1"]
MAIL_DELIVERY_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
# Demo accounts are tried out by many hands, none of which would find another's factor.
SECOND_FACTOR = env.choice("JALON_SECOND_FACTOR", ("required", "optional"), default="optional")
EMAIL_FILE_PATH = BASE_DIR / "var" / "mail"
LOGGING["root"]["level"] = env.choice("JALON_LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), default="WARNING")
WHITENOISE_USE_FINDERS = True
