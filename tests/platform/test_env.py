"""Settings are read once, typed, and refuse early with one message that says what is wanted."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from certification.settings.env import Environment, parse_database


def test_what_is_set_is_read_in_its_type(tmp_path: Path) -> None:
    env = Environment(
        {"T": " text ", "B": "Yes", "I": "42", "W": "a, b,", "C": "x", "F": str(tmp_path / "new"), "S": "s" * 50}
    )
    assert env.text("T") == "text"
    assert env.boolean("B") is True
    assert env.integer("I") == 42
    assert env.words("W") == ["a", "b"]
    assert env.choice("C", ("x", "y")) == "x"
    assert env.folder("F").is_dir()
    assert env.secret("S") == "s" * 50


def test_defaults_stand_in_for_what_is_missing_or_empty() -> None:
    env = Environment({"EMPTY": "  "})
    assert env.text("EMPTY", default="other") == "other"
    assert env.boolean("MISSING", default=False) is False


@pytest.mark.parametrize(
    ("value", "read", "expected"),
    [
        (None, lambda env: env.text("NAME", form="a host name"), "NAME is not set; expected: a host name"),
        ("maybe", lambda env: env.boolean("NAME"), "expected: true or false"),
        ("many", lambda env: env.integer("NAME"), "expected: a whole number from 0"),
        ("-1", lambda env: env.integer("NAME"), "too small"),
        ("z", lambda env: env.choice("NAME", ("x", "y")), "one of x, y"),
        ("relative/path", lambda env: env.folder("NAME"), "absolute path"),
        ("/proc/nothing/here", lambda env: env.folder("NAME"), "can be written"),
        ("short", lambda env: env.secret("NAME"), "at least 50 random characters"),
        ("mysql://host/name", lambda env: env.database("NAME"), "postgresql://"),
        ("postgresql://host", lambda env: env.database("NAME"), "names no database"),
        ("postgresql://host:port/name", lambda env: env.database("NAME"), "expected: postgresql://"),
        ("http://host", lambda env: env.redis("NAME"), "redis://"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(value, read, expected: str) -> None:
    env = Environment({} if value is None else {"NAME": value})
    with pytest.raises(ImproperlyConfigured, match=r"^NAME ") as caught:
        read(env)
    assert expected in str(caught.value)


def test_a_refused_secret_is_not_repeated() -> None:
    with pytest.raises(ImproperlyConfigured) as caught:
        Environment({"NAME": "hunter2"}).secret("NAME")
    assert "hunter2" not in str(caught.value)


def test_a_database_address_is_read_in_full() -> None:
    assert parse_database("postgresql://me%40home:p%2Fw@db.example:5433/jalon?sslmode=require") == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "jalon",
        "USER": "me@home",
        "PASSWORD": "p/w",
        "HOST": "db.example",
        "PORT": "5433",
        "OPTIONS": {"sslmode": "require"},
    }


def test_ports_and_networks_that_probes_may_reach() -> None:
    env = Environment({"P": "8000, 8501", "N": "10.20.0.0/16,fd12:3456:789a::/48"})
    assert env.ports("P") == [8000, 8501]
    assert [str(network) for network in env.private_networks("N")] == ["10.20.0.0/16", "fd12:3456:789a::/48"]
    assert env.private_networks("MISSING", default=()) == ()


@pytest.mark.parametrize("raw", ["0", "65536", "-1", "http", "80 443"])
def test_what_is_no_port(raw: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="TCP ports"):
        Environment({"P": raw}).ports("P")


@pytest.mark.parametrize("raw", ["0.0.0.0/0", "127.0.0.0/8", "169.254.169.254/32", "8.8.8.8/32", "10.0.0.0/8,::1/128"])
def test_what_no_setting_opens_to_probes(raw: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="private networks"):
        Environment({"N": raw}).private_networks("N")


def test_a_value_may_lie_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s" * 50 + "\n")
    env = Environment({"NAME_FILE": str(tmp_path / "secret"), "OTHER": "x", "OTHER_FILE": "/nowhere"})
    assert env.secret("NAME") == "s" * 50
    assert env.text("OTHER") == "x"
    with pytest.raises(ImproperlyConfigured, match=r"^LOST_FILE cannot be read"):
        Environment({"LOST_FILE": str(tmp_path / "lost")}).text("LOST")
