"""One Chromium for the folder; visitors whose browsers had nothing to complain about."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from tests.e2e.visitors import PICTURES, Visitor

QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture
def child_environment(child_environment: dict[str, str]) -> dict[str, str]:
    """Workers start their jobs warm, as those of the platform do."""
    return child_environment | {"JALON_SANDBOX_WARM": "on"}


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
