"""Settings for collecting sentences in a copy of the sources: no database, no application, the copy's catalogue."""

from pathlib import Path

SECRET_KEY = "nothing is signed here"
LANGUAGE_CODE = "fr"
LOCALE_PATHS = [Path("certification/locale").resolve()]
