"""A skipped test fails the run: what is not exercised is not known to work."""

import gc
import os
from collections.abc import Iterable, Iterator
from itertools import chain, groupby
from pathlib import Path
from urllib.parse import urlsplit

import hypothesis
import playwright.sync_api
import pytest
import pytest_django
from django.conf import settings
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations
from django.utils import translation

from assessments.samples import build
from tests.prepared import prepared_database
from tests.workers import Worker

# Jobs that start warm or cold by the moment would hide what fails in one of both: whoever wants warmth asks for it.
os.environ.setdefault("JALON_SANDBOX_WARM", "off")
os.environ.setdefault("JALON_RUNTIME_BUILD_SECONDS", "0")  # tests reach no network

# Two cores shared by two test processes say nothing of how long an example takes by itself.
hypothesis.settings.register_profile("jalon", deadline=None)
hypothesis.settings.load_profile("jalon")

# Nor is what a page comes to within five seconds: what is expected of it is awaited longer than it takes there.
playwright.sync_api.expect.set_options(timeout=20_000)

skipped: list[str] = []
TESTS = Path(__file__).parent
PATIENT = (TESTS / "e2e", TESTS / "faults")
"""Tests that mostly wait for programs of their own: browsers, workers, servers."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever waits goes first, dealt out among the test processes, so that the others' work fills the cores meanwhile.

    Tests of one file stay together, since they may share a program. Each process is first given as many tests in a row
    as the others, the rest is taken over from whoever is behind.
    """
    processes = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    patient = [item for item in items if any(item.path.is_relative_to(folder) for folder in PATIENT)]
    files = [list(tests) for _path, tests in groupby(patient, lambda item: item.path)]
    waiting = set(patient)
    quick = [item for item in items if item not in waiting]
    share = len(items) // processes
    ordered: list[pytest.Item] = []
    for process in range(processes):
        first = list(chain.from_iterable(files[process::processes]))
        taken = share - len(first) if process < processes - 1 else len(quick)
        ordered += [*first, *quick[:taken]]
        del quick[:taken]
    items[:] = ordered


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: the collector of garbage need not go through it again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.skipped or hasattr(report, "wasxfail"):
        skipped.append(report.nodeid)


def pytest_collectreport(report: pytest.CollectReport) -> None:
    if report.skipped:
        skipped.append(report.nodeid)


def pytest_sessionfinish(session: pytest.Session) -> None:
    if skipped and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for nodeid in skipped:
        terminalreporter.write_line(f"SKIPPED, counted as a failure: {nodeid}", red=True)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings: None, django_db_blocker: pytest_django.DjangoDbBlocker
) -> None:
    """Each test process has a copy of one database."""
    with django_db_blocker.unblock():
        connection.settings_dict["TEST"]["TEMPLATE"] = prepared_database()


@pytest.fixture(scope="session", autouse=True)
def _tables_are_emptied() -> Iterator[None]:
    """Between tests that commit, Django empties the tables; no role of the product may, nor the guards let it.

    Row by row: to truncate a hundred tables that hold little takes a hundred times as long.
    """
    emptied = DatabaseOperations.execute_sql_flush

    def by_rows(self: DatabaseOperations, style: object, tables: Iterable[str], **_other: bool) -> list[str]:
        return [f"DELETE FROM {self.quote_name(table)}" for table in tables]  # noqa: S608 (names of our tables)

    def without_guards(self: DatabaseOperations, statements: list[str]) -> None:
        unguarded = ["SET LOCAL session_replication_role = replica", *statements]
        emptied(self, [*unguarded, "SET LOCAL session_replication_role = origin"])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", by_rows)
        patch.setattr(DatabaseOperations, "execute_sql_flush", without_guards)
        yield


@pytest.fixture(autouse=True)
def _own_language() -> None:
    """A page that an earlier test read in English does not choose the language of this one."""
    translation.deactivate()


@pytest.fixture(scope="session")
def own_database(django_db_setup: None) -> dict[str, str]:
    """What a program that may outlive a test finds in its environment, to work on this test process's database."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    return {
        "DJANGO_SETTINGS_MODULE": "certification.settings.test",
        "DATABASE_URL": parts._replace(path="/" + connection.settings_dict["NAME"]).geturl(),
    }


@pytest.fixture
def child_environment(own_database: dict[str, str], transactional_db: None) -> dict[str, str]:
    """The environment for a process of its own (worker, command) that works on this test's database."""
    return os.environ | own_database


@pytest.fixture
def broker_url() -> str:
    return str(settings.REDIS_URL)


@pytest.fixture
def worker(child_environment: dict[str, str], broker_url: str, tmp_path: Path) -> Iterator[Worker]:
    """Not started yet; what it said is printed when the test fails."""
    running = Worker(child_environment, broker_url, tmp_path / "worker.log")
    yield running
    running.kill()
    print(running.log.read_text()[-4000:] if running.log.exists() else "the worker never started")


@pytest.fixture(scope="session")
def good_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("samples")
    return build.archive(build.build("good", folder / "good"), folder / "good.zip")
