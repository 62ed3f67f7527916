"""French is the source; the English catalogue says all of it, and the compiled one is the same."""

from __future__ import annotations

import gettext
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ENGLISH = Path("certification/locale/en/LC_MESSAGES/django.po")
FAILINGS = ("fuzzy", "untranslated")
# %(name)s and %d of Python, {name} of the pages' scripts, and the elements of HTML.
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w+\}|</?(?:kbd|strong|em|a)\b[^>]*>")

Catalogue = dict[str | tuple[str, int], str]


def compiled(path: Path) -> Catalogue:
    """By msgid, and by msgid with the rank of the plural form; the header left out."""
    with path.open("rb") as stream:
        catalogue: Catalogue = dict(gettext.GNUTranslations(stream)._catalog)  # type: ignore[attr-defined]
    return {msgid: words for msgid, words in catalogue.items() if msgid}


def compile_(source: Path, target: Path) -> str:
    """What msgfmt says of ``source``: "915 translated messages."."""
    command = ["msgfmt", "--check-format", "--statistics", f"--output-file={target}", str(source)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | {"LC_ALL": "C"})
    assert answer.returncode == 0, answer.stderr
    return answer.stderr


@pytest.fixture(scope="module")
def english() -> Catalogue:
    return compiled(ROOT / ENGLISH.with_suffix(".mo"))


def test_the_english_catalogue_is_whole_and_compiled(english: Catalogue, tmp_path: Path) -> None:
    said = compile_(ROOT / ENGLISH, tmp_path / "django.mo")
    assert not [word for word in FAILINGS if word in said], said
    assert compiled(tmp_path / "django.mo") == english


def test_every_sentence_of_the_interface_is_in_the_catalogue(english: Catalogue, tmp_path: Path) -> None:
    """Collected again from a copy of the sources, as ``make messages`` does."""
    for folder in ("assessments", "certification", "templates"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("samples", "__pycache__"))
    collect = ["makemessages", "--locale=en", "--no-obsolete", "--no-wrap", "--add-location=file"]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "DJANGO_SETTINGS_MODULE": "tests.platform.collecting"}
    command = [sys.executable, "-m", "django", *collect]
    answer = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    said = compile_(tmp_path / ENGLISH, tmp_path / "django.mo")
    assert not [word for word in FAILINGS if word in said], f"{said}: run make messages, then translate"
    assert english.keys() - compiled(tmp_path / "django.mo").keys() == set(), "no longer used: run make messages"


def test_placeholders_and_markup_agree(english: Catalogue) -> None:
    wrong = []
    for msgid, words in english.items():
        french = msgid if isinstance(msgid, str) else msgid[0]
        if Counter(PLACEHOLDER.findall(french)) != Counter(PLACEHOLDER.findall(words)):
            wrong.append((french, words))
    assert wrong == []


def test_french_is_set_as_a_printer_sets_it(english: Catalogue) -> None:
    """A line never breaks before ; : ? ! nor inside guillemets, and the apostrophe is the curly one."""
    loose = re.compile(r" [;:?!»](?:\s|$|[.,)])|« |\w'\w")
    wrong = [msgid for msgid in english if loose.search(msgid if isinstance(msgid, str) else msgid[0])]
    assert wrong == []
