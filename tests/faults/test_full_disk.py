"""A disk that is really full: a small file system over the web server's data folder, in a namespace of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from assessments.models import Upload
from certification.serving.limits import PIECE
from tests import factories
from tests.faults.sites import Script, Site

pytestmark = pytest.mark.django_db(transaction=True)
MEGABYTE = 1024 * 1024
SMALL_DISK = 'mount -t tmpfs -o size=18m none "$0" && exec "$@"'


@pytest.fixture
def site(child_environment: dict[str, str], tmp_path: Path) -> Iterator[Site]:
    within = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", SMALL_DISK, str(settings.DATA_DIR)]
    environment = child_environment | {"JALON_DISK_FLOOR_BYTES": "0"}
    running = Site(environment, tmp_path / "web.log", "--workers=1", "--threads=2", within=within)
    running.wait()
    yield running
    running.stop()
    print(running.log.read_text()[-4000:])


def test_a_full_disk_is_named_nothing_is_lost_and_the_rest_is_alive(site: Site) -> None:
    world = factories.world()
    script = Script(site, world)
    upload = Upload.objects.create(work=world.work, file_name="projet.zip", size=60 * MEGABYTE)
    url = reverse("web:upload_piece", kwargs={"pk": upload.pk})
    piece = b"x" * PIECE
    first = 2 * len(piece)
    for offset in range(0, first, len(piece)):
        assert script.ask("PATCH", url, piece, Upload_Offset=str(offset))[0] == 204

    status, told, _headers = script.ask("PATCH", url, piece, Upload_Offset=str(first))
    assert (status, told["code"]) == (507, "storage.full")
    assert "manque de place" in told["detail"]

    # What came before is there, and a shorter piece that fits goes on from it.
    assert script.ask("HEAD", url)[2]["Upload-Offset"] == str(first)
    assert script.ask("PATCH", url, b"x" * MEGABYTE, Upload_Offset=str(first))[0] == 204
    assert Upload.objects.get(pk=upload.pk).offset == 9 * MEGABYTE

    announced = json.dumps({"name": "a.zip", "size": 50 * MEGABYTE}).encode()
    status, told, _headers = script.ask("POST", reverse("web:upload_start", kwargs={"pk": world.work.pk}), announced)
    assert (status, told["code"]) == (507, "storage.full")
    assert Upload.objects.get(pk=upload.pk).offset == 9 * MEGABYTE
    for page in ("/healthz", "/comptes/login/"):
        assert site.status(page) == 200
