"""A jury day in Chromium: the network cut, the session ended, the browser killed, two devices at once; nothing lost."""

from __future__ import annotations

import os
import re
import shutil
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session as StoredSession
from django.test import Client
from django.urls import reverse
from playwright.sync_api import BrowserContext, Error, Page, Playwright, expect

from assessments.models import Ballot, Mark, MarkNote, RulingDraft, Slot, User
from assessments.models.lines import key_of
from assessments.services import ballots, sittings
from tests import factories
from tests.e2e.visitors import DESK, PHONE, complaints, for_docs, picture
from tests.factories import World
from tests.workers import until

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
WAITING = "gardées? ici, ser"
BAR = "#kept-bar"
SLOW_STORE = """
    const asked = IDBFactory.prototype.open;
    const letGo = new Promise((resolve) => { globalThis.openStore = resolve; });
    IDBFactory.prototype.open = function (...named) {
        const request = asked.apply(this, named);
        const told = (listener) => request.addEventListener("success", () => letGo.then(listener));
        Object.defineProperty(request, "onsuccess", { set: told });
        return request;
    };
"""
"""The device answers the page's script when the test says so: it is typed in before."""
NO_STORE = "IDBFactory.prototype.open = () => { const no = {}; setTimeout(() => no.onerror()); return no; };"


class Device:
    """A browser with a profile of its own on disk, that can be killed and started again."""

    def __init__(self, playwright: Playwright, root: str, profile: Path, user: User) -> None:
        self.playwright, self.root, self.profile, self.user = playwright, root, profile, user
        self.errors: list[Any] = []
        self.start()

    def start(self) -> None:
        self.context: BrowserContext = self.playwright.chromium.launch_persistent_context(
            self.profile, executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"],
            locale="fr-FR", timezone_id="Europe/Paris", viewport=DESK,
        )  # fmt: skip
        self.context.set_default_timeout(10_000)

    def come_in(self) -> None:
        client = Client()
        client.force_login(self.user, backend="django.contrib.auth.backends.ModelBackend")
        name = settings.SESSION_COOKIE_NAME
        value = client.cookies[name].value
        far = 4_000_000_000
        self.context.add_cookies([{"name": name, "value": value, "url": self.root, "expires": far}])

    def open(self, name: str, **kwargs: Any) -> Page:
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.errors.append(error))
        page.goto(self.root + reverse(f"web:{name}", kwargs=kwargs))
        return page

    def kept(self, page: Page) -> None:
        """The worker has taken its place, and keeps this page and what it needs."""
        there = """async () => {
                const { active } = await navigator.serviceWorker.ready;
                const names = await caches.keys();
                const own = names.find((name) => name.startsWith("jalon-jury:"));
                const page = own && (await (await caches.open(own)).match(location.pathname));
                const scripts = names.includes("jalon-static") ? await (await caches.open("jalon-static")).keys() : [];
                return Boolean(active?.state === "activated" && page && scripts.length > 20);
            }"""
        until(lambda: page.evaluate(there), "the page and its scripts are kept")

    def kill(self) -> None:
        """As a battery does: no page hears of it."""
        for found in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                command = found.read_bytes().split(b"\0")
            except OSError:
                continue
            if f"--user-data-dir={self.profile}".encode() in command and b"--type=zygote" not in command:
                os.kill(int(found.parent.name), signal.SIGKILL)
        with suppress(Error):  # what is dead may say so
            self.context.close()
        for lock in self.profile.glob("Singleton*"):
            lock.unlink()


@pytest.fixture
def devices(playwright: Playwright, live_server: Any, tmp_path: Path) -> Iterator[Any]:
    started: list[Device] = []

    def start(user: User) -> Device:
        started.append(Device(playwright, live_server.url, tmp_path / f"device-{len(started)}", user))
        started[-1].come_in()
        return started[-1]

    yield start
    for device in started:
        device.context.close()
    assert [error for device in started for error in device.errors] == []


@pytest.fixture
def world(transactional_db: None) -> World:
    return factories.world()


@pytest.fixture
def slot(world: World) -> Slot:
    slot = factories.scheduled(world)
    ballots.open_ballot(actor=world.jurors[1], slot=slot)
    return slot


def comment(page: Page, number: int) -> Any:
    return page.get_by_label("Commentaire", exact=True).nth(number)


def levels() -> list[tuple[str, str]]:
    return sorted(Mark.objects.values_list("level", "comment"))


def look(page: Page, name: str) -> None:
    assert complaints(page) == []
    picture(page, f"{name}-1440")
    page.set_viewport_size(PHONE)
    picture(page, f"{name}-390")
    page.set_viewport_size(DESK)


def test_marks_outlive_the_network_the_browser_and_the_session(world: World, slot: Slot, devices: Any) -> None:
    device = devices(world.jurors[1])
    page = device.open("ballot", pk=slot.pk)
    device.kept(page)

    device.context.set_offline(True)
    for key in "j1j2":
        page.keyboard.press(key)
    comment(page, 1).fill("Axes sans unité.")
    expect(page.locator(BAR)).to_contain_text(re.compile(WAITING))
    page.reload()  # from the device
    expect(page.locator(BAR)).to_contain_text("Page gardée sur cet appareil")
    expect(comment(page, 1)).to_have_value("Axes sans unité.")
    expect(page.get_by_text("2 sur 2 critères")).to_be_visible()
    comment(page, 0).fill("Clair.")
    expect(page.locator(BAR)).to_contain_text("saisies")
    look(page, "juror-offline")
    assert Mark.objects.count() == 0

    device.kill()
    StoredSession.objects.all().delete()
    device.start()
    page = device.open("ballot", pk=slot.pk)
    expect(page.get_by_label("Courriel")).to_be_visible()
    assert page.evaluate("caches.keys()") in ([], ["jalon-static"])
    device.come_in()
    page = device.open("juror_home")  # any page of the juror sends what waits
    expect(page.locator(BAR)).to_be_hidden()
    until(lambda: Mark.objects.count() == 2, "what waited is sent")
    until(lambda: page.evaluate("globalThis.jalonCourier.courier.waiting().length") == 0, "nothing waits")
    assert levels() == [("acquired", "Clair."), ("in_progress", "Axes sans unité.")]


def test_a_page_that_is_refused_is_kept_no_more(world: World, slot: Slot, devices: Any) -> None:
    device = devices(world.jurors[1])
    page = device.open("ballot", pk=slot.pk)
    device.kept(page)
    juror = slot.sitting.jurors.get(user=world.jurors[1])
    sittings.leave(actor=world.administrator, juror=juror, reason="Malade.")
    answer = page.reload()
    assert answer is not None
    assert answer.status == 404
    kept = "async () => Boolean(await caches.match(location.pathname))"
    until(lambda: page.evaluate(kept) is False, "the page of before is gone")


def test_a_session_that_ends_while_marking_keeps_all_and_sends_it_afterwards(
    world: World, slot: Slot, devices: Any
) -> None:
    device = devices(world.jurors[1])
    page = device.open("ballot", pk=slot.pk)
    StoredSession.objects.all().delete()
    for key in "j1":
        page.keyboard.press(key)
    expect(page.locator(BAR)).to_contain_text("Votre session est terminée")
    assert Mark.objects.count() == 0
    device.come_in()
    page.get_by_role("link", name="Se reconnecter et envoyer").click()
    expect(page.get_by_text("1 sur 2 critères")).to_be_visible()
    expect(page.locator(BAR)).to_be_hidden()
    until(lambda: levels() == [("acquired", "")], "it is sent")


def test_what_is_typed_before_the_page_is_ready_to_keep_it_is_kept(world: World, slot: Slot, devices: Any) -> None:
    device = devices(world.jurors[1])
    device.context.add_init_script(SLOW_STORE)
    page = device.open("ballot", pk=slot.pk)
    for key in "j1":
        page.keyboard.press(key)
    comment(page, 0).fill("Clair.")
    page.evaluate("openStore()")
    until(lambda: levels() == [("acquired", "Clair.")], "it is sent")
    assert MarkNote.objects.count() == 0


def test_what_is_recovered_does_not_write_over_what_is_typed_meanwhile(world: World, slot: Slot, devices: Any) -> None:
    device = devices(world.jurors[1])
    page = device.open("ballot", pk=slot.pk)
    page.evaluate("globalThis.jalonCourier.opened")
    device.context.set_offline(True)
    for key in "j1":
        page.keyboard.press(key)
    comment(page, 0).fill("Clair.")
    expect(page.locator(BAR)).to_contain_text(re.compile(WAITING))
    page.close()
    device.context.set_offline(False)
    device.context.add_init_script(SLOW_STORE)
    page = device.open("ballot", pk=slot.pk)
    comment(page, 0).fill("Clair, et complet.")
    page.evaluate("openStore()")
    until(lambda: levels() == [("acquired", "Clair, et complet.")], "both are sent")
    expect(comment(page, 0)).to_have_value("Clair, et complet.")
    expect(page.get_by_text("1 sur 2 critères")).to_be_visible()


def test_nothing_is_sealed_before_the_page_knows_what_is_not_saved(world: World, slot: Slot, devices: Any) -> None:
    juror = world.jurors[1]
    for line in world.edition.criteria[1:]:
        ballots.save_mark(actor=juror, ballot=Ballot.objects.get(), line=line, level="acquired", comment="")
    device = devices(juror)
    device.context.add_init_script(SLOW_STORE)
    page = device.open("ballot", pk=slot.pk)
    comment(page, 0).fill("Clair.")
    page.get_by_role("button", name="Sceller mon bulletin").click()
    page.evaluate("openStore()")
    page.get_by_role("dialog").get_by_role("button", name=re.compile("Sceller mon bulletin pour")).click()
    expect(page.get_by_text("Votre bulletin est scellé").first).to_be_visible()
    assert levels() == [("acquired", ""), ("acquired", "Clair.")]


def test_without_a_store_a_ballot_is_saved_and_sealed_over_the_network(world: World, slot: Slot, devices: Any) -> None:
    device = devices(world.jurors[1])
    device.context.add_init_script(NO_STORE)
    page = device.open("ballot", pk=slot.pk)
    for key in "j1j2":
        page.keyboard.press(key)
    until(lambda: levels() == [("acquired", ""), ("in_progress", "")], "it is saved")
    expect(page.get_by_text("2 sur 2 critères")).to_be_visible()
    page.get_by_role("button", name="Sceller mon bulletin").click()
    page.get_by_role("dialog").get_by_role("button", name=re.compile("Sceller mon bulletin pour")).click()
    expect(page.get_by_text("Votre bulletin est scellé").first).to_be_visible()


def test_two_devices_are_told_of_each_other_and_nothing_is_written_over(world: World, slot: Slot, devices: Any) -> None:
    juror = world.jurors[1]
    line = world.edition.criteria[1]
    phone = devices(juror).open("ballot", pk=slot.pk)
    ballots.save_mark(  # on the laptop
        actor=juror, ballot=Ballot.objects.get(), line=line, level="not_acquired", comment="Lu sur l'ordinateur."
    )
    phone.keyboard.press("j")
    phone.keyboard.press("1")
    both = phone.get_by_role("group", name="Deux versions")
    expect(both).to_contain_text("a changé cela à")
    expect(both).to_contain_text("Acquis")
    expect(both).to_contain_text("Non acquis · Lu sur l'ordinateur.")
    assert levels() == [("not_acquired", "Lu sur l'ordinateur.")]
    look(phone, "juror-two-devices")
    both.get_by_role("button", name="Prendre ce qui est là-bas").click()
    expect(both).to_be_hidden()
    expect(comment(phone, 0)).to_have_value("Lu sur l'ordinateur.")
    comment(phone, 0).fill("Lu sur l'ordinateur, et complété.")
    expect(phone.get_by_text("Enregistré à")).to_be_visible()
    assert levels() == [("not_acquired", "Lu sur l'ordinateur, et complété.")]


def test_two_tabs_without_network_meet_when_it_returns(world: World, slot: Slot, devices: Any) -> None:
    device = devices(world.jurors[1])
    one = device.open("ballot", pk=slot.pk)
    device.kept(one)
    two = device.open("ballot", pk=slot.pk)
    device.context.set_offline(True)
    for page, key in ((one, "1"), (two, "2")):
        page.bring_to_front()
        page.keyboard.press("j")
        page.keyboard.press(key)
        expect(page.locator(BAR)).to_contain_text(re.compile(WAITING))
    device.context.set_offline(False)
    both = two.get_by_role("group", name="Deux versions")
    expect(both).to_contain_text("Acquis", timeout=30_000)
    assert levels() == [("acquired", "")]
    both.get_by_role("button", name="Garder ce qui est ici").click()
    expect(both).to_be_hidden()
    until(lambda: levels() == [("in_progress", "")], "what was chosen is sent")


def test_a_point_to_look_at_again_is_found_and_counted(world: World, slot: Slot, devices: Any) -> None:
    device = devices(world.jurors[1])
    page = device.open("ballot", pk=slot.pk)
    for key in "j1j2":
        page.keyboard.press(key)
    page.get_by_label(re.compile("À revoir, ")).nth(1).check()
    page.get_by_text("Note pour moi").nth(1).click()
    page.get_by_label("Note que vous seul lisez").nth(1).fill("Demander la source.")
    until(lambda: MarkNote.objects.filter(flagged=True, text="Demander la source.").exists(), "the note is kept")
    until(lambda: Mark.objects.count() == 2, "the marks are kept")
    page.get_by_label("Ne montrer que les points à revoir").check()
    expect(page.locator("#grid [data-criterion]:visible")).to_have_count(1)
    page.get_by_label("Ne montrer que les points à revoir").uncheck()
    page.get_by_role("button", name="Démarrer").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.reload()
    page.get_by_text("Questions à poser").click()
    expect(page.get_by_text("Demander la source.").first).to_be_visible()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    look(page, "juror-marking")
    for_docs(page, "juror-marking")
    page.get_by_role("button", name="Sceller mon bulletin").click()
    dialog = page.get_by_role("dialog")
    for words in (world.candidate.full_name, "Mise en situation professionnelle", "Explorer des données", "revoir"):
        expect(dialog).to_contain_text(words)
    picture(page, "juror-seal-dialog")
    dialog.get_by_role("button", name=re.compile("Sceller mon bulletin pour")).click()
    expect(page.get_by_text("Votre bulletin est scellé").first).to_be_visible()
    assert MarkNote.objects.get().text == "Demander la source."


def test_a_deliberation_is_saved_as_it_goes_and_the_dialog_names_what_is_decided(
    world: World, transactional_db: None, devices: Any
) -> None:
    slot = factories.marked(world, "acquired", "in_progress", "not_acquired")
    device = devices(world.president)
    page = device.open("deliberation", pk=slot.pk)
    for criterion in world.edition.criteria[1:]:
        page.select_option(f"#level-{key_of(criterion)}", "acquired")
        page.fill(f"#comment-{key_of(criterion)}", "Montré à l'oral.")
    page.fill("#motive", "Après débat.")
    expect(page.get_by_text("Enregistré à")).to_have_count(3, timeout=15_000)
    assert RulingDraft.objects.count() == 2
    page.close()
    page = device.open("deliberation", pk=slot.pk)
    expect(page.locator("#motive")).to_have_value("Après débat.")
    expect(page.locator(".outcome")).to_contain_text("Épreuve validée")
    look(page, "deliberation-resumed")
    for_docs(page, "deliberation")
    page.get_by_role("button", name="Enregistrer la décision").click()
    dialog = page.get_by_role("dialog")
    for words in (
        world.candidate.full_name,
        "Mise en situation professionnelle",
        "Explorer des données",
        "Épreuve validée",
    ):
        expect(dialog).to_contain_text(words)
    picture(page, "president-decide-dialog")
    dialog.get_by_role("button", name=re.compile("Enregistrer la décision pour")).click()
    expect(page.get_by_text("La décision est enregistrée")).to_be_visible()
    assert not RulingDraft.objects.exists()
