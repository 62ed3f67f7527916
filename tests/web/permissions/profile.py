"""One's own account: everyone has one, nobody sees another's."""

from tests.web.permissions import Row

ROWS = [
    Row("web:profile", {"anonymous": 302}, otherwise=200),
    Row("web:token_create", {"anonymous": 302}, "post", otherwise=200),
    Row("web:token_revoke", {"anonymous": 302}, "post", otherwise=302),
]
