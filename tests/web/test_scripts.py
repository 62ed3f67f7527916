"""The modules of static/js in Chromium, against the contracts written at their tops.

No server: pages are rendered here, their requests answered by the test. The strict policy of production applies.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.template import engines
from django.utils import translation
from playwright.sync_api import Browser, Page, Request, Route, expect, sync_playwright

from assessments.web.components import CriterionView, Level

pytestmark = pytest.mark.e2e

ORIGIN = "http://jalon.test"
STATIC = Path(__file__).parents[2] / "static"
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'"
MODULES = "".join(
    f'<script type="module" src="/static/js/{path.name}"></script>' for path in sorted((STATIC / "js").glob("*.js"))
)
SCALE = [Level("acquired", "Acquis", "met"), Level("not_acquired", "Non acquis", "not-met")]
Answer = dict[str, Any]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield launched
        launched.close()


class Stage:
    """A page made of ``body``; ``answer`` replies to what its scripts ask, and ``asked`` remembers it."""

    def __init__(self, page: Page, body: str, answer: Callable[[Request], Answer], **context: Any) -> None:
        self.page, self.answer, self.asked, self.errors = page, answer, [], []
        with translation.override("fr"):
            template = engines["django"].from_string("{% load jalon %}" + body)
            self.html = f'<!DOCTYPE html><html lang="fr"><body>{template.render(context)}{MODULES}</body></html>'
        page.on("pageerror", lambda error: self.errors.append(error))
        page.on("dialog", lambda dialog: dialog.accept())
        page.route(f"{ORIGIN}/**", self._reply)
        page.goto(f"{ORIGIN}/page/")

    def _reply(self, route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN)
        if path.startswith("/static/"):
            route.fulfill(path=STATIC.parent / path.lstrip("/"))
        elif route.request.is_navigation_request():
            headers = {"Content-Security-Policy": POLICY}
            route.fulfill(content_type="text/html; charset=utf-8", body=self.html, headers=headers)
        elif path == "/favicon.ico":
            route.fulfill(status=204)
        else:
            self.asked.append((route.request.method, path))
            route.fulfill(**self.answer(route.request))


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="fr-FR")
    yield context.new_page()
    context.close()


UPLOAD = '{% upload start_url="/start/" action="/plain/" label="Archive" %}'


class Receiver:
    """The server's side of an upload: pieces of four bytes, and a failure at the second piece."""

    def __init__(self, fail_at: int = 0) -> None:
        self.received, self.size, self.pieces, self.fail_at = b"", 0, 0, fail_at

    def __call__(self, request: Request) -> Answer:
        if request.method == "POST":
            self.size = json.loads(request.post_data or "")["size"]
            return {"status": 201, "body": json.dumps({"url": "/u/1/", "offset": 0, "chunk": 4})}
        if request.method == "HEAD":
            return {"status": 200, "headers": {"Upload-Offset": str(len(self.received)), "Upload-Chunk": "4"}}
        self.pieces += 1
        if self.pieces == self.fail_at:
            return {"status": 503}
        assert int(request.headers["upload-offset"]) == len(self.received)
        assert request.headers["content-type"] == "application/offset+octet-stream"
        self.received += request.post_data_buffer or b""
        if len(self.received) == self.size:
            return {"status": 200, "body": json.dumps({"next": "/page/#fin"})}
        return {"status": 204, "headers": {"Upload-Offset": str(len(self.received))}}


def send(page: Page, content: bytes) -> None:
    page.set_input_files("[type=file]", {"name": "projet.zip", "mimeType": "application/zip", "buffer": content})
    page.get_by_role("button", name="Envoyer l’archive").click()


def test_an_upload_goes_in_pieces_and_survives_a_failure_of_the_server(page: Page) -> None:
    receiver = Receiver(fail_at=2)
    stage = Stage(page, UPLOAD, receiver)
    send(page, b"0123456789")
    page.wait_for_url("**/page/#fin")
    assert receiver.received == b"0123456789"
    assert [method for method, _path in stage.asked] == ["POST", "PATCH", "PATCH", "HEAD", "PATCH", "PATCH"]
    assert not stage.errors


def test_a_refused_upload_says_why_and_can_be_tried_again(page: Page) -> None:
    answer = {"status": 422, "content_type": "application/json", "body": json.dumps({"detail": "Archive chiffrée."})}
    Stage(page, UPLOAD, lambda request: answer)
    send(page, b"0123")
    expect(page.get_by_role("alert")).to_have_text("Archive chiffrée.")
    expect(page.get_by_role("button", name="Envoyer l’archive")).to_be_visible()


def test_what_another_act_holds_is_sent_again_and_a_full_disk_is_said(page: Page) -> None:
    receiver, refusals = Receiver(), [
        {"status": 503, "headers": {"Retry-After": "5"}, "body": json.dumps({"detail": "Une autre action."})},
        {"status": 507, "body": json.dumps({"detail": "La plateforme manque de place."})},
    ]  # fmt: skip

    def answer(request: Request) -> Answer:
        return refusals.pop(0) if request.method == "PATCH" and refusals else receiver(request)

    Stage(page, UPLOAD, answer)
    send(page, b"0123")
    expect(page.get_by_text("La plateforme manque de place.")).to_be_visible()
    page.wait_for_url("**/page/#fin")
    assert receiver.received == b"0123"


AUTOSAVE = """<form data-autosave action="/save/" method="post"><input type="hidden" name="version" value="1">
<textarea name="comment"></textarea>{% autosave_status %}</form>"""


def saved(request: Request) -> Answer:
    return {"status": 200, "content_type": "application/json", "body": json.dumps({"version": "2"})}


def test_what_is_typed_is_saved_and_the_hour_said(page: Page) -> None:
    stage = Stage(page, AUTOSAVE, saved)
    page.fill("textarea", "Bon travail")
    expect(page.get_by_role("status")).to_contain_text("Enregistré à")
    assert page.input_value("[name=version]") == "2"
    assert stage.asked == [("POST", "/save/")]


def test_leaving_a_field_saves_nothing_anew(page: Page) -> None:
    stage = Stage(page, AUTOSAVE, saved)
    page.locator("textarea").press_sequentially("Bon travail")
    expect(page.get_by_role("status")).to_contain_text("Enregistré à")
    sent = len(stage.asked)
    page.locator("textarea").blur()
    page.wait_for_timeout(1500)  # longer than a change waits before it is saved
    assert len(stage.asked) == sent


def test_what_could_not_be_saved_comes_back_with_the_page(page: Page) -> None:
    stage = Stage(page, AUTOSAVE, lambda request: {"status": 500})
    page.fill("textarea", "À ne pas perdre")
    expect(page.get_by_role("status")).to_contain_text("Pas encore enregistré")
    stage.answer = saved
    page.reload()
    assert page.input_value("textarea") == "À ne pas perdre"
    expect(page.get_by_role("status")).to_contain_text("Enregistré à")
    assert page.evaluate("localStorage.length") == 0


def test_a_page_that_was_closed_meanwhile_stops_saving(page: Page) -> None:
    answer = {"status": 409, "content_type": "application/json", "body": json.dumps({"detail": "Avis déjà rendu."})}
    stage = Stage(page, AUTOSAVE, lambda request: answer)
    page.fill("textarea", "Trop tard")
    expect(page.get_by_role("status")).to_have_text("Avis déjà rendu.")
    page.fill("textarea", "Encore")
    page.wait_for_timeout(1000)
    assert len(stage.asked) == 1


CONFIRM = """<form action="/sent/" data-confirm="sure"><button>Renvoyer</button></form>
{% dialog id="sure" title="Renvoyer ?" confirm="Oui, renvoyer" %}<p>Le candidat sera prévenu.</p>{% enddialog %}"""


def test_a_form_asks_before_it_is_sent(page: Page) -> None:
    Stage(page, CONFIRM, saved)
    page.get_by_role("button", name="Renvoyer", exact=True).click()
    page.get_by_role("button", name="Annuler").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.url.endswith("/page/")
    page.get_by_role("button", name="Renvoyer", exact=True).click()
    page.get_by_role("button", name="Oui, renvoyer").click()
    page.wait_for_url("**/sent/*")


def test_keys_walk_through_the_grid_but_not_while_typing(page: Page) -> None:
    rows = [CriterionView(str(n), f"CE{n}", "Texte", levels=SCALE) for n in (1, 2)]
    Stage(page, "{% for row in rows %}{% criterion_row row %}{% endfor %}", saved, rows=rows)
    for key in "jj2":
        page.keyboard.press(key)
    expect(page.locator("[name=level-2][value=not_acquired]")).to_be_checked()
    page.keyboard.press("c")
    page.keyboard.type("j1")
    assert page.input_value("#comment-2") == "j1"
    page.keyboard.press("Escape")
    page.keyboard.press("k")
    page.keyboard.press("1")
    expect(page.locator("[name=level-1][value=acquired]")).to_be_checked()
