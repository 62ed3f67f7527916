"""The test suite: real PostgreSQL and real Redis, fast password hashing, no mail leaves."""

import atexit
import os
import shutil
import tempfile
from urllib.parse import urlsplit

from certification import embedded

# Both before the base settings read the environment, which child processes inherit.
embedded.use_when_needed("test")
if not os.environ.get("JALON_DATA_DIR"):
    os.environ["JALON_DATA_DIR"] = tempfile.mkdtemp(prefix="jalon-tests-")
    atexit.register(shutil.rmtree, os.environ["JALON_DATA_DIR"], ignore_errors=True)

from certification.settings.base import *  # noqa: E402, F403  after the services; environments extend one base
from certification.settings.base import CACHES, LOGGING, REDIS_URL  # noqa: E402

# Parallel test processes each have their own PostgreSQL database (pytest-django) and their own Redis one.
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
REDIS_URL = urlsplit(REDIS_URL)._replace(path=f"/{1 + int(WORKER.removeprefix('gw'))}").geturl()
CELERY_BROKER_URL = REDIS_URL
CACHES["default"]["LOCATION"] = REDIS_URL

WHITENOISE_USE_FINDERS = True
SECRET_KEY = "tests-only-" + "0" * 50
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
LOGGING["root"]["level"] = "WARNING"
