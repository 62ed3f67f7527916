"""Whatever a request holds, no address answers with a fault of ours: paths, queries, forms, bodies, headers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from assessments.models import Upload, Work
from tests import factories
from tests.savepoints import undone
from tests.web.permissions import ROLES, Row, Scene
from tests.web.test_permissions import ROWS, client_for, in_pieces

HUGE = "9" * 20
ENDLESS = "9" * 5000

# What stands for a key in a path, as it is written in the address.
KEYS = (HUGE, ENDLESS, "%00", "1%00", "%ED%A0%80", "9223372036854775808")
# Every field at once; and, where it stands alone, what the commonest mistakes do not hold.
ALONE = ("\0", ENDLESS)
SIGNS = "\u202e['\";--\x01\x1b\ufffe"
VALUES = ("a\0b", HUGE, ENDLESS, SIGNS + "x" * 20_000)
IN_ADDRESSES = ("a\0b", HUGE, ENDLESS, SIGNS)  # no server lets a longer line than these make through
NESTED = "[" * 100_000 + "]" * 100_000
BODIES = (
    NESTED,
    '{"a":' * 100_000 + "1" + "}" * 100_000,
    "null",
    "[]",
    '"a"',
    "9" * 5000,
    "{" + '"a":1,' * 2,
    '{"username": "\\u0000", "password": "\\u0000", "name": "\\u0000", "size": 1}',
    '{"username": "\\ud800", "password": "\\udfff", "name": "\\ud800", "size": 1}',
    '{"username": {"a": []}, "password": [1], "name": "a", "size": 99999999999999999999}',
    f'{{"username": 1e999, "password": NaN, "name": "a", "size": {"9" * 4000}}}',
    '{"name": "a", "size": -1}',
    '{"name": "a", "size": 1e400}',
    '{"name": "' + "a" * 5000 + '", "size": 1}',
    "\xff\xfe\x00",
    "",
)
READS_JSON = ("api:", "web:upload_start")
QUERIES = (
    "q", "sort", "page", "session", "state", "when", "mentor", "work", "status", "bloc", "part", "about", "resultat",
    "depuis", "path", "edition", "format", "attente", "role", "active", "name", "limit", "offset", "filter", "fields",
    "orderBy", "number", "next", "form", "reference", "check", "vers", "node", "rang", "kind", "rank",
)  # fmt: skip
KNOWN_QUERIES = {
    "web:admin_sessions": ("q", "sort", "page", "when"),
    "web:admin_session": ("q", "sort", "page", "mentor"),
    "web:admin_session_works": ("q", "sort", "page", "state"),
    "web:admin_session_similarities": ("q", "sort", "page", "bloc", "part"),
    "web:admin_slot_new": ("work",),
    "web:admin_people": ("q", "sort", "page", "role", "active"),
    "web:admin_runs": ("q", "sort", "page", "status", "session"),
    "web:admin_shadow_check": ("session", "page"),
    "web:admin_journal": ("q", "page", "about"),
    "web:admin_referential": ("attente", "format"),
    "web:admin_referential_export": ("format",),
    "web:admin_difference": ("avec", "depuis", "edition"),
    "web:admin_edition_new": ("depuis", "edition"),
    "web:admin_carry_over": ("depuis", "edition", "vers"),
    "web:admin_editor": ("path", "vers", "node"),
    "web:admin_editor_node": ("path",),
    "web:admin_import": ("page",),
    "web:admin_reference_new": ("name",),
    "web:mentor_home": ("q", "session", "state", "page"),
    "web:submission": ("resultat",),
    "web:submission_results": ("depuis", "resultat"),
    "web:file_view": ("path",),
    "web:styleguide": ("page",),
    "web:verify_form": ("number",),
    "api:work-list": ("limit", "offset"),
    "api:upload-list": ("limit", "offset"),
    "case:documents": ("limit", "offset", "sort", "orderBy", "filter", "fields"),
}
FIELDS = (
    "next", "outcome", "comment", "motive", "level", "do", "fiche", "page", "bloc", "submission", "path", "kind",
    "rank", "check", "other", "to", "language", "name", "title", "email", "full_name", "roles", "candidates", "session",
    "login", "password", "oldpassword", "password1", "password2", "username", "starts_at", "work", "jurors",
    "act", "seen", "reason", "link", "join-user", "leave-juror", "preside-seen", "user", "certification", "valid_from",
    "reference", "employer", "sex", "access_paths", "source", "minimum", "qualified", "external_share",
    "president", "starts_on", "ends_on", "deposit_deadline", "place", "quorum", "referential", "edition", "code",
)  # fmt: skip
HEADERS: tuple[dict[str, str], ...] = (
    {"Upload-Offset": HUGE},
    {"Upload-Offset": ENDLESS},
    {"Upload-Offset": "-1"},
    {"Upload-Offset": "\u0661"},
    {"Accept-Language": "\0" * 10},
    {"Accept-Language": "a" * 10_000},
    {"Accept": "application/json"},
    {"Accept": "\0"},
    {"Referer": "http://[" + "a" * 5000},
    {"HX-Request": "true", "HX-Current-URL": "http://[", "HX-Target": "\0"},
    {"Cookie": 'sessionid="\\000"; django_language="\\000\\377"; csrftoken="\\000"'},
    {"Cookie": "sessionid=" + "9" * 5000},
    {"Authorization": "Token \0"},
    {"Authorization": "Token " + "9" * 5000},
    {"Authorization": "Basic \0"},
    {"X-Forwarded-For": "\0, [::"},
    {"Range": f"bytes={HUGE}-{HUGE}"},
    {"If-Modified-Since": "\0" + HUGE},
    {"If-None-Match": '"\0"'},
)
TYPES = (
    "application/x-www-form-urlencoded; charset=rot13",
    "application/x-www-form-urlencoded; charset=idna",
    "application/x-www-form-urlencoded; charset=utf-16",
    "application/json; charset=base64",
    "multipart/form-data",
    "multipart/form-data; boundary=\0",
    "multipart/form-data; boundary=a; charset=hex",
    "text/plain",
    "\0",
    "a" * 5000,
)
NAMES = (
    "\0.zip",
    "a\0b.zip",
    "../../etc/passwd",
    "a" * 5000 + ".zip",
    "\u202egpj.zip",
    "\ud800.zip",
    "",
    "..",
    "\r\nX: y.zip",
)


MANY = 40
"""Rows that one test asks, so that the test processes deal them out."""
ASKED = in_pieces(ROWS, MANY)
READ = in_pieces([row for row in ROWS if row.method == "get"], MANY)
POSTED = in_pieces([row for row in ROWS if row.method == "post"], MANY)
SENT = in_pieces([row for row in ROWS if row.method in ("post", "patch", "delete")], MANY)


@pytest.fixture
def scene(db: None) -> Scene:
    world = factories.world()
    slot = factories.scheduled(world)
    return Scene(world, slot.submission, slot)


@pytest.fixture
def everyone(scene: Scene) -> dict[str, Client]:
    """A client for each role, that answers 500 as a browser would see it."""
    clients = {role: client_for(scene, role) for role in ROLES}
    for client in clients.values():
        client.raise_request_exception = False
    return clients


class Answers:
    """The answers that are faults of ours; what a request changed is taken back."""

    def __init__(self) -> None:
        self.faults: list[tuple[Any, ...]] = []
        self.count = 0

    def ask(self, label: tuple[Any, ...], send: Callable[[], Any]) -> None:
        with undone():
            status = send().status_code
        self.count += 1
        if status >= 500:
            self.faults.append((*(str(part)[:60] for part in label), status))


@pytest.fixture
def answers() -> Iterator[Answers]:
    found = Answers()
    yield found
    assert found.count
    assert "\n".join(map(str, found.faults)) == ""


def with_hostile_keys(row: Row, scene: Scene) -> Iterator[str]:
    """The address of a row, each of its parts that names something replaced."""
    kwargs = row.kwargs(scene)
    url = reverse(row.name, kwargs=kwargs)
    for value in kwargs.values():
        part = re.search(rf"(?<=/){re.escape(str(value))}(?=/|$)", url)
        if part is None:
            continue
        for key in KEYS:
            yield url[: part.start()] + key + url[part.end() :]


def reader(row: Row, *roles: str) -> str:
    """The first of ``roles`` whom the row lets in, or the last one."""
    return next((role for role in roles if row.expected.get(role, row.otherwise) < 400), roles[-1])


@pytest.mark.parametrize("piece", ASKED)
def test_keys_in_paths(scene: Scene, everyone: dict[str, Client], answers: Answers, piece: str) -> None:
    seen = set()
    for row in ASKED[piece]:
        roles = {reader(row, "administrator", "president", "juror", "mentor", "candidate", "anonymous")}
        with undone():
            for url in with_hostile_keys(row, scene):
                for role in roles:
                    if (row.method, url, role) not in seen:
                        seen.add((row.method, url, role))
                        answers.ask((row.name, url, role), partial(everyone[role].generic, row.method.upper(), url))


@pytest.mark.parametrize("piece", READ)
def test_queries(scene: Scene, everyone: dict[str, Client], answers: Answers, piece: str) -> None:
    for row in READ[piece]:
        get = everyone[reader(row, "administrator", "president", "mentor", "candidate", "anonymous")].get
        with undone():
            url = reverse(row.name, kwargs=row.kwargs(scene))
            for value in IN_ADDRESSES:
                answers.ask((row.name, "every", value), partial(get, url, dict.fromkeys(QUERIES, value)))
            for name in KNOWN_QUERIES.get(row.name, ()):
                for value in ALONE:
                    answers.ask((row.name, name, value), partial(get, url, {name: value}))


@pytest.mark.parametrize("piece", POSTED)
def test_forms(scene: Scene, everyone: dict[str, Client], answers: Answers, piece: str) -> None:
    for row in POSTED[piece]:
        client = everyone[reader(row, "administrator", "president", "juror", "mentor", "candidate")]
        with undone():
            url = reverse(row.name, kwargs=row.kwargs(scene))
            page = client.get(url).content.decode(errors="replace")
            named = set(re.findall(r'name="([^"]+)"', page)) - {"csrfmiddlewaretoken"}
            for value in VALUES:
                form = dict.fromkeys(named | {*FIELDS}, value)
                answers.ask((row.name, "every", value), partial(client.post, url, form))
            for name in sorted(named):
                for value in ("\0", HUGE):
                    answers.ask((row.name, name, value), partial(client.post, url, {name: value}))


@pytest.mark.parametrize("piece", SENT)
def test_bodies(scene: Scene, everyone: dict[str, Client], answers: Answers, piece: str) -> None:
    for row in SENT[piece]:
        with undone():
            url = reverse(row.name, kwargs=row.kwargs(scene))
            for role in ("anonymous", reader(row, "administrator", "candidate"))[row.name != "api:token" :]:
                send = partial(everyone[role].generic, row.method.upper(), url)
                for body in BODIES if row.name.startswith(READS_JSON) else ():
                    ask = partial(send, body.encode("utf-8", "surrogatepass"), content_type="application/json")
                    answers.ask((row.name, "body", body), ask)
                for kind in TYPES:
                    answers.ask((row.name, kind), partial(send, b"a=\xff&b=%ff%00", content_type=kind))


def test_headers(scene: Scene, everyone: dict[str, Client], answers: Answers) -> None:
    for row in ROWS[::12]:  # all of them go through the same middleware
        with undone():
            url = reverse(row.name, kwargs=row.kwargs(scene))
            for role in ("anonymous", reader(row, "administrator", "president", "juror", "mentor", "candidate")):
                for headers in HEADERS:
                    client = everyone[role]
                    cookies = client.cookies.copy()
                    answers.ask((row.name, headers), partial(client.generic, row.method.upper(), url, headers=headers))
                    client.cookies = cookies


def test_names_of_files(scene: Scene, everyone: dict[str, Client], answers: Answers) -> None:
    Work.objects.filter(pk=scene.world.work.pk).update(state="draft")
    own = {"pk": scene.world.work.pk}
    candidate = everyone["candidate"]
    for name in NAMES:
        parts = (
            b'--b\r\nContent-Disposition: form-data; name="%s"; filename="%s"\r\n\r\nPK\r\n--b--\r\n'
            % (field, name.encode("utf-8", "surrogatepass"))
            for field in (b"archive", b"file")
        )
        for url, part in zip(
            (reverse("web:upload_plain", kwargs=own), reverse("api:work-uploads", kwargs=own)), parts, strict=True
        ):
            answers.ask(
                (url, name),
                partial(candidate.generic, "POST", url, part, content_type="multipart/form-data; boundary=b"),
            )
        body = json.dumps({"name": name, "size": 3})
        start = reverse("web:upload_start", kwargs=own)
        answers.ask((start, name), partial(candidate.generic, "POST", start, body, content_type="application/json"))


def test_pieces_of_an_archive(scene: Scene, everyone: dict[str, Client], answers: Answers) -> None:
    Work.objects.filter(pk=scene.world.work.pk).update(state="draft")
    upload = Upload.objects.create(work=scene.world.work, file_name="projet.zip", size=3)
    url = reverse("web:upload_piece", kwargs={"pk": upload.pk})
    for offset in (HUGE, ENDLESS, "-1", "1.0", "\u0661", "", "0x1", " 0", "+0"):
        send = partial(everyone["candidate"].generic, "PATCH", url, b"PK", headers={"Upload-Offset": offset})
        answers.ask(("offset", offset), send)
        assert not (200 <= send().status_code < 300), offset


def test_a_name_that_turns_its_own_letters_round_is_shown_as_such(scene: Scene, everyone: dict[str, Client]) -> None:
    Work.objects.filter(pk=scene.world.work.pk).update(state="draft")
    own = {"pk": scene.world.work.pk}
    body = json.dumps({"name": "projet\u202epiz.exe", "size": 3})
    started = everyone["candidate"].generic(
        "POST", reverse("web:upload_start", kwargs=own), body, content_type="application/json"
    )
    assert started.status_code == 201
    scene.world.candidate.full_name = "\u05d3\u05d5\u05d3 \u202eCamille"
    scene.world.candidate.save()
    for role, route in (("candidate", "web:work"), ("administrator", "web:admin_people")):
        page = everyone[role].get(reverse(route, kwargs=own if route == "web:work" else {})).content.decode()
        assert "\u202e" not in page
        assert "\u2039U+202E\u203a" in page
    assert "\u05d3\u05d5\u05d3" in page  # letters of any script are left alone
