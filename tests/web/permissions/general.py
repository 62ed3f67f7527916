"""The door and the pages of accounts."""

from tests.web.permissions import Row

ROWS = [
    Row("web:home", {"anonymous": 302}, otherwise=302),
    Row("web:styleguide", {"anonymous": 302, "administrator": 200}, otherwise=403),
]
