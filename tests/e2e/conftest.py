"""One Chromium for the folder; visitors whose browsers had nothing to complain about."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Playwright, sync_playwright

from tests.e2e.visitors import PICTURES, Visitor
from tests.workers import Worker

QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="package")
def warm_worker(own_database: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    """One for the folder, started by the first test that needs it; its jobs start warm, as those of the platform do."""
    environment = os.environ | own_database | {"JALON_SANDBOX_WARM": "on"}
    running = Worker(environment, str(settings.REDIS_URL), tmp_path_factory.mktemp("worker") / "worker.log")
    yield running
    running.kill()


@pytest.fixture
def worker(warm_worker: Worker, transactional_db: None) -> Iterator[Worker]:
    """Not started yet, or at rest; what it said is printed when the test fails."""
    yield warm_worker
    warm_worker.rest()
    print(warm_worker.log.read_text()[-4000:] if warm_worker.log.exists() else "the worker never started")


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """One for all, as there is one loop in this thread; Django need not fear it, nothing here is awaited."""
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as started:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield started


@pytest.fixture(scope="package")
def browser(playwright: Playwright) -> Iterator[Browser]:
    launched = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=QUIET)
    yield launched
    launched.close()


@pytest.fixture
def visit(browser: Browser, live_server: Any, request: pytest.FixtureRequest) -> Iterator[Callable[..., Visitor]]:
    """``visit()`` opens a window for one more person; at the end none may have had an error.

    When the test fails, what each person had before their eyes is in ``var/screenshots/failed-*.png``.
    """
    visitors: list[Visitor] = []
    failed = request.session.testsfailed

    def arrive(dark: bool = False) -> Visitor:
        visitors.append(Visitor(browser, live_server.url, dark=dark))
        return visitors[-1]

    yield arrive
    problems = [problem for visitor in visitors for problem in visitor.problems]
    for number, visitor in enumerate(visitors):
        if request.session.testsfailed > failed:
            PICTURES.mkdir(parents=True, exist_ok=True)
            visitor.page.screenshot(path=PICTURES / f"failed-{request.node.name}-{number}.png", full_page=True)
        visitor.context.close()
    assert problems == []
