"""Fixtures of the engine's tests."""

from collections.abc import Iterator

import pytest

from evaluator.runtimes import default_runtime
from evaluator.sandbox import warm
from tests.evaluator import sandboxed


@pytest.fixture(params=["cold", "warm"])
def start(request: pytest.FixtureRequest) -> Iterator[str]:
    """Both ways in which a job starts: what holds for one holds for the other."""
    way: str = request.param
    with sandboxed.starting(way):
        yield way


@pytest.fixture
def warm_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Evaluations start their jobs warm, as a worker's do: for tests of what jobs answer, and not of how they start."""
    assert sandboxed.WARM.wait(default_runtime()) == ""
    monkeypatch.setenv("JALON_SANDBOX_WARM", "on")
    monkeypatch.setattr(warm, "_shared", sandboxed.WARM)
