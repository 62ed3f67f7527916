"""Heads of the journal outside the database: signed, kept, mailed, published, and nobody else's."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from joserfc import jws
from joserfc.jwk import OKPKey

from assessments import tasks
from assessments.models import JournalEntry
from assessments.services import anchors
from assessments.services.anchors import AnchorsUnusable
from assessments.services.verification import Verification
from tests import factories
from tests.tampering import codes

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.ANCHOR_DIR, settings.ANCHOR_KEY_FILE = str(tmp_path / "anchors"), str(tmp_path / "key.json")
    (tmp_path / "anchors").mkdir()
    anchors.make_key()
    return tmp_path / "anchors"


def test_the_journal_counts_without_gaps() -> None:
    factories.scheduled(factories.world())
    numbers = list(JournalEntry.objects.order_by("pk").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_head_is_appended_to_the_years_file(folder: Path) -> None:
    assert anchors.anchor() is None  # nothing has been done yet
    factories.submitted(factories.world())
    tasks.anchor_journal()
    tasks.anchor_journal()
    (path,) = anchors.files()
    lines = path.read_text().split()
    assert len(lines) == 2
    last = JournalEntry.objects.latest("number")
    claims = json.loads(jws.deserialize_compact(lines[0], anchors.public_keys(), algorithms=["Ed25519"]).payload)
    assert (claims["number"], claims["hash"]) == (last.number, last.hash)
    assert codes(heads=[path]) == set()


def test_a_head_that_we_did_not_sign_is_found(folder: Path) -> None:
    factories.submitted(factories.world())
    head = anchors.last_head()
    assert head is not None
    foreign = OKPKey.generate_key("Ed25519")
    claims = json.dumps({"number": head.number, "hash": head.hash, "at": head.at})
    kid = anchors.published()["keys"][0]["kid"]
    forged = jws.serialize_compact({"alg": "Ed25519", "kid": kid}, claims, foreign, algorithms=["Ed25519"])
    unsigned = "eyJhbGciOiJub25lIn0.e30."
    for line in (forged, unsigned, "whatever", anchors.sign(head)[:-4] + "AAAA"):
        path = folder / "kept.jws"
        path.write_text(line + "\n")
        assert codes(heads=[path]) == {"head.unsigned"}, line


def test_a_key_is_made_once_and_the_one_before_goes_on_proving(folder: Path, settings: Any) -> None:
    factories.submitted(factories.world())
    anchors.anchor()
    key = Path(settings.ANCHOR_KEY_FILE)
    assert key.stat().st_mode & 0o777 == 0o600
    with pytest.raises(CommandError, match="File exists"):
        call_command("anchor", "--new-key")
    key.unlink()
    said = io.StringIO()
    call_command("anchor", "--new-key", stdout=said)
    call_command("anchor", stdout=said)
    assert codes(heads=anchors.files()) == set()
    published = Client().get(reverse("web:anchor_keys")).json()
    assert [sorted(key) for key in published["keys"]] == [["alg", "crv", "kid", "kty", "use", "x"]] * 2


def test_a_head_is_mailed_to_those_named(folder: Path, settings: Any) -> None:
    factories.submitted(factories.world())
    tasks.mail_head()
    assert mail.outbox == []
    settings.ANCHOR_EMAILS = ["greffe@example.org"]
    tasks.mail_head()
    (sent,) = mail.outbox
    assert sent.to == ["greffe@example.org"]
    signed = next(line for line in str(sent.body).splitlines() if line.startswith("ey"))
    assert jws.deserialize_compact(signed, anchors.public_keys(), algorithms=["Ed25519"])


def test_without_a_key_nothing_is_signed(settings: Any, tmp_path: Path) -> None:
    settings.ANCHOR_DIR, settings.ANCHOR_KEY_FILE = str(tmp_path), ""
    factories.submitted(factories.world())
    tasks.anchor_journal()
    assert anchors.files() == []
    assert anchors.published() == {"keys": []}
    with pytest.raises(CommandError, match="JALON_ANCHOR_KEY_FILE is not set"):
        call_command("anchor")


def test_a_head_that_comes_while_the_rest_is_read_is_left_for_the_next_time(folder: Path) -> None:
    factories.submitted(factories.world())
    anchors.anchor()
    (path,) = anchors.files()
    size = path.stat().st_size
    anchors.anchor()
    assert len(list(anchors.read(path, anchors.public_keys(), size))) == 1


def test_a_line_that_was_cut_short_does_not_take_the_next_one_with_it(folder: Path) -> None:
    factories.submitted(factories.world())
    anchors.anchor()
    (path,) = anchors.files()
    path.write_text(path.read_text().rstrip()[:-20])
    anchors.anchor()
    told = [fault.about for fault in Verification(heads=[path]).faults()]
    assert len(told) == 1
    assert len([head for _place, head in anchors.read(path, anchors.public_keys(), path.stat().st_size) if head]) == 1


def test_a_key_that_cannot_be_published_is_not_kept(settings: Any, tmp_path: Path) -> None:
    settings.ANCHOR_DIR, settings.ANCHOR_KEY_FILE = str(tmp_path / "nowhere"), str(tmp_path / "key.json")
    with pytest.raises(CommandError, match=r"keys\.json: No such file"):
        call_command("anchor", "--new-key")
    assert not (tmp_path / "key.json").exists()
    (tmp_path / "nowhere").mkdir()
    anchors.make_key()


def test_nothing_is_signed_with_a_key_that_nobody_can_verify(folder: Path) -> None:
    factories.submitted(factories.world())
    (folder / "keys.json").unlink()
    with pytest.raises(AnchorsUnusable, match="public half"):
        anchors.anchor()
    assert anchors.files() == []
