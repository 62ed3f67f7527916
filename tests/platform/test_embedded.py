"""The embedded services: one pair for all who join, gone with the last of them, back after a crash."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from certification.embedded import PROJECT, Addresses, EmbeddedError, Services
from certification.keeper.postgres import fallback_for
from certification.keeper.state import read_json

JOIN = """
import sys, time
from pathlib import Path
from certification.embedded import Services
services = Services(Path(sys.argv[1]), durable=False)
print(services.join().database, flush=True)
sys.stdin.readline()
services.leave()
"""


def user(root: Path) -> subprocess.Popen[str]:
    """A process that joins, prints the database's address, and leaves when its input ends."""
    return subprocess.Popen(
        [sys.executable, "-c", JOIN, str(root)],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def address(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def eventually(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def answers(addresses: Addresses) -> bool:
    try:
        with psycopg.connect(addresses.database, connect_timeout=2) as link:
            link.execute("SELECT 1")
        return bool(redis.Redis.from_url(addresses.redis).ping())
    except (psycopg.OperationalError, redis.ConnectionError):
        return False


def server_pids(root: Path) -> dict[str, int]:
    """The pids of the keeper and of its two servers."""
    pid = int((root / "keeper.lock").read_text())
    found = {"keeper": pid}
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        name = Path(f"/proc/{child}/comm").read_text().strip()
        found["redis" if name.startswith("redis") else name] = int(child)
    return found


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A deep path, longer than a Unix socket's address may be; laid out once, stopped between tests."""
    place = tmp_path_factory.mktemp("services") / ("deep" * 15) / ("deeper" * 10)
    yield place
    Services(place).remove()


@pytest.fixture
def services(root: Path) -> Iterator[Services]:
    services = Services(root, durable=False)
    yield services
    services.leave()
    assert not services.running()


def test_both_servers_answer(services: Services) -> None:
    assert answers(services.join())


def test_joining_twice_is_joining_once(services: Services) -> None:
    assert services.join() == services.join()


def test_processes_that_start_together_share_one_pair(root: Path) -> None:
    users = [user(root) for _ in range(4)]
    addresses = {address(process) for process in users}
    pids = server_pids(root)
    for process in users:
        process.communicate("\n", timeout=60)

    assert len(addresses) == 1
    assert set(pids) == {"keeper", "postgres", "redis"}
    assert [process.returncode for process in users] == [0, 0, 0, 0]
    assert all(gone(pid) for pid in pids.values())


def test_servers_stay_until_the_last_user_leaves(services: Services, root: Path) -> None:
    addresses = services.join()
    other = user(root)
    address(other)
    pids = server_pids(root)

    services.leave()
    assert answers(addresses)

    other.communicate("\n", timeout=60)
    assert all(gone(pid) for pid in pids.values())


def test_a_killed_user_leaves_nothing_behind(root: Path) -> None:
    process = user(root)
    address(process)
    pids = server_pids(root)

    process.kill()
    process.communicate()

    eventually(lambda: all(gone(pid) for pid in pids.values()))


@pytest.mark.parametrize("name", ["postgres", "redis"])
def test_a_crashed_server_comes_back_at_the_same_address(services: Services, root: Path, name: str) -> None:
    addresses = services.join()
    os.kill(server_pids(root)[name], signal.SIGKILL)

    eventually(lambda: answers(addresses))


def test_a_killed_keeper_takes_its_servers_along_and_is_replaced(services: Services, root: Path) -> None:
    addresses = services.join()
    pids = server_pids(root)
    os.kill(pids["keeper"], signal.SIGKILL)
    eventually(lambda: all(gone(pid) for pid in pids.values()))

    assert services.join() == addresses
    assert answers(addresses)


def test_a_stale_pid_file_is_no_obstacle(services: Services, root: Path) -> None:
    services.join()
    data = next(place for place in (root, fallback_for(root)) if (place / "postgres" / "PG_VERSION").exists())
    services.leave()
    lines = [str(os.getpid()), str(data / "postgres"), "0", "5432", "", "127.0.0.1", "0 0", "ready"]
    (data / "postgres" / "postmaster.pid").write_text("\n".join(lines))

    assert answers(services.join())


def test_data_outlives_the_servers(services: Services) -> None:
    with psycopg.connect(services.join().database) as link:
        link.execute("CREATE TABLE IF NOT EXISTS kept (word text)")
        link.execute("INSERT INTO kept VALUES ('still here')")
    services.leave()

    with psycopg.connect(services.join().database) as link:
        assert link.execute("SELECT word FROM kept").fetchone() == ("still here",)


def test_a_taken_port_is_given_up_for_another(services: Services, root: Path) -> None:
    services.join()
    services.leave()
    ports = read_json(root / "state.json")
    with socket.create_server(("127.0.0.1", ports["redis"])):
        assert answers(services.join())
        assert read_json(root / "ready.json")["redis"] != ports["redis"]
        services.leave()


def test_the_password_is_for_the_owner_only(services: Services, root: Path) -> None:
    addresses = services.join()
    assert (root / "state.json").stat().st_mode & 0o077 == 0
    assert (root / "ready.json").stat().st_mode & 0o077 == 0
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(addresses.database.replace("jalon:", "jalon:wrong"), connect_timeout=2)


def test_stop_ends_them_whoever_uses_them(services: Services, root: Path) -> None:
    services.join()
    pids = server_pids(root)

    assert Services(root).stop()
    assert not Services(root).stop()
    eventually(lambda: all(gone(pid) for pid in pids.values()))


def test_missing_programs_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("certification.embedded.find_spec", lambda name: None)
    with pytest.raises(EmbeddedError, match="make setup"):
        Services(tmp_path / "none").join()


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Path]:
    """The folder of another pair of servers."""
    yield tmp_path / "test"
    Services(tmp_path / "test").remove()


def test_a_keeper_that_fails_says_why(elsewhere: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("certification.embedded.programs", lambda: (tmp_path / "pg", tmp_path / "redis"))
    with pytest.raises(EmbeddedError, match="did not start"):
        Services(elsewhere).join()


def test_a_command_prints_nothing_of_its_own(elsewhere: Path) -> None:
    environment = {key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "REDIS_URL"}}
    done = subprocess.run(
        [sys.executable, "manage.py", "version"],
        cwd=PROJECT,
        env=environment
        | {"JALON_SERVICES_DIR": str(elsewhere.parent), "DJANGO_SETTINGS_MODULE": "certification.settings.test"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""
