"""What every test may count on: real PostgreSQL and Redis, and a run that fails when a test is skipped."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "certification.settings.test")

from certification import embedded

# Before pytest-django reads the settings. The parallel workers inherit the addresses from the first process.
embedded.use_when_needed()
