"""Fixtures of the engine's tests."""

from collections.abc import Iterator

import pytest

from tests.evaluator import sandboxed


@pytest.fixture(params=["cold", "warm"])
def start(request: pytest.FixtureRequest) -> Iterator[str]:
    """Both ways in which a job starts: what holds for one holds for the other."""
    way: str = request.param
    with sandboxed.starting(way):
        yield way
