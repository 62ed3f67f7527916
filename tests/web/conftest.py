"""The pages' tests start from an empty cache: what one test asked too often is not held against the next."""

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    cache.clear()
