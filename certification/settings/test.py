"""The test suite: real PostgreSQL and real Redis, fast password hashing, no mail leaves."""

import tempfile
from pathlib import Path

from certification.settings.base import *  # noqa: F403  the environments extend one base
from certification.settings.base import LOGGING, STORAGES

SECRET_KEY = "tests-only-" + "0" * 50
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
DATA_DIR = Path(tempfile.gettempdir()) / "jalon-tests"
FILE_UPLOAD_TEMP_DIR = None
STORAGES["default"]["OPTIONS"]["location"] = str(DATA_DIR / "files")
LOGGING["root"]["level"] = "WARNING"
