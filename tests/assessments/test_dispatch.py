"""A bell that does not answer is left alone for a while: nobody waits behind it twice."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from kombu.exceptions import OperationalError

from assessments import dispatch


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The keys for which a broken bell was rung."""
    keys: list[int] = []

    def send_task(task: str, *, args: list[int], queue: str, retry: bool, expires: int) -> None:
        keys.extend(args)
        assert (queue, retry, expires) == ("untrusted", False, dispatch.HEARD_WITHIN)
        raise OperationalError

    monkeypatch.setattr(dispatch, "current_app", SimpleNamespace(send_task=send_task))
    dispatch.broken_bell.reset()
    yield keys
    dispatch.broken_bell.reset()


@pytest.mark.django_db(transaction=True)
def test_after_a_ring_that_failed_the_next_are_left_to_the_sweeper(
    tried: list[int], caplog: pytest.LogCaptureFixture
) -> None:
    for key in (1, 2, 3):
        dispatch.ring(dispatch.EVALUATE, key)
    assert tried == [1]
    assert [record.getMessage().split(",")[1].split()[1] for record in caplog.records] == ["1", "2", "3"]
    dispatch.broken_bell.reset()  # as time does
    dispatch.ring(dispatch.EVALUATE, 4)
    assert tried == [1, 4]
