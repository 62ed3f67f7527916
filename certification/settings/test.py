"""The test suite: real PostgreSQL and real Redis, fast password hashing, no mail leaves."""

import os
import shutil
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

from certification import embedded
from certification.keeper.server import REDIS_DATABASES
from certification.keeper.state import try_lock

TESTS = Path(__file__).resolve().parents[2] / "var" / "tests"


def take_slot() -> str:
    """The first number that no other run of the tests holds; held until this process ends.

    Two runs at once in one folder then have databases and files of their own. The files of an earlier run go.
    """
    TESTS.mkdir(parents=True, exist_ok=True)
    for number in count():
        descriptor = os.open(TESTS / f"{number}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        if try_lock(descriptor):
            break
        os.close(descriptor)
    shutil.rmtree(TESTS / str(number), ignore_errors=True)
    return str(number)


# All of it before the base settings read the environment, which child processes inherit.
embedded.use_when_needed("test")
SLOT = os.environ.get("JALON_TEST_SLOT") or take_slot()
os.environ["JALON_TEST_SLOT"] = SLOT
# Parallel test processes have files of their own, since the numbers of their rows, which name some, are the same.
WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
os.environ["JALON_DATA_DIR"] = str(TESTS / SLOT / f"data-{WORKER}")
# Two cores for everything are slower than what a person may be made to wait for; tests of the limits set them.
for variable, seconds in {"LOCK": 20, "STATEMENT": 120, "IDLE": 120}.items():
    os.environ.setdefault(f"JALON_DATABASE_{variable}_SECONDS", str(seconds))
os.environ.setdefault("JALON_REDIS_SECONDS", "5")

from certification.settings.base import *  # noqa: E402, F403  after the services; environments extend one base
from certification.settings.base import CACHES, DATABASES, LOGGING, REDIS_URL  # noqa: E402

# They have their own PostgreSQL database too (pytest-django), and their own Redis one.
DATABASES["default"]["TEST"] = {"NAME": f"test_jalon_{SLOT}"}
REDIS_URL = urlsplit(REDIS_URL)._replace(path=f"/{(1 + 8 * int(SLOT) + WORKER) % REDIS_DATABASES}").geturl()
CELERY_BROKER_URL = REDIS_URL
CACHES["default"]["LOCATION"] = REDIS_URL

MIGRATION_DATABASE = {}

WHITENOISE_USE_FINDERS = True
# Found when asked for: gathering every static file first would be done again by each test client.
WHITENOISE_AUTOREFRESH = True
SECRET_KEY = "tests-only-" + "0" * 50
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
MAIL_DELIVERY_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
LOGGING["root"]["level"] = "WARNING"
# The tests of the second factor ask for it; the others are about what comes behind.
SECOND_FACTOR = "optional"
