"""The door and the pages of accounts."""

from tests.web.permissions import Row

ROWS = [
    Row("web:home", {"anonymous": 302}, otherwise=302),
]
