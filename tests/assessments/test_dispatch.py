"""A bell that does not answer is left alone for a while: nobody waits behind it twice."""

from types import SimpleNamespace

import pytest
from kombu.exceptions import OperationalError

from assessments import dispatch
from certification.breaker import Breaker


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The keys for which a broken bell was rung."""
    keys: list[int] = []

    def send_task(task: str, *, args: list[int], queue: str, retry: bool, expires: int) -> None:
        keys.extend(args)
        assert (queue, retry, expires) == ("untrusted", False, dispatch.HEARD_WITHIN)
        raise OperationalError

    monkeypatch.setattr(dispatch, "current_app", SimpleNamespace(send_task=send_task))
    monkeypatch.setattr(dispatch, "broken_bell", Breaker(5.0))
    return keys


@pytest.mark.django_db(transaction=True)
def test_after_a_ring_that_failed_the_next_are_left_to_the_sweeper(
    tried: list[int], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key in (1, 2, 3):
        dispatch.ring(dispatch.EVALUATE, key)
    assert tried == [1]
    assert [record.getMessage().split(",")[1].split()[1] for record in caplog.records] == ["1", "2", "3"]
    monkeypatch.setattr(dispatch.broken_bell, "clock", lambda: float("inf"))  # time passes
    dispatch.ring(dispatch.EVALUATE, 4)
    assert tried == [1, 4]
