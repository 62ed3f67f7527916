"""The keeper itself: starts both servers, revives them, stops them after the last user."""

import os
import secrets
import signal
import sys
import time

from certification.keeper.postgres import Postgres
from certification.keeper.server import Redis, Server
from certification.keeper.state import KeeperError, Plan, read_json, try_lock, write_json

TICK = 0.1  # seconds between two looks at the servers and at the users' lock
RESTARTS = 10  # in RESTART_WINDOW seconds, before giving up
RESTART_WINDOW = 60.0


class Keeper:
    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.state = plan.root / "state.json"
        self.ready = plan.root / "ready.json"
        known = read_json(self.state)
        password = known.get("password") or secrets.token_hex(24)
        write_json(self.state, known | {"password": password})
        self.password = str(password)
        self.postgres = Postgres(plan, self.password)
        self.redis = Redis(plan, self.password)
        self.postgres.port, self.redis.port = known.get("postgres"), known.get("redis")
        self.restarts: list[float] = []
        self.asked_to_stop = False

    def run(self) -> None:
        """Keeps the servers until the last user is gone. Raises KeeperError."""
        signal.signal(signal.SIGTERM, self._stop_asked)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        users = os.open(self.plan.root / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            self._start(self.redis, self.postgres)
            while not self.asked_to_stop and not try_lock(users):
                self._revive()
                time.sleep(TICK)
        finally:
            self.ready.unlink(missing_ok=True)
            self.redis.stop()
            self.postgres.stop()

    def _stop_asked(self, *_: object) -> None:
        self.asked_to_stop = True

    def _start(self, *servers: Server) -> None:
        for server in servers:
            server.start()
        ports = {"postgres": self.postgres.port, "redis": self.redis.port}
        write_json(self.state, {"password": self.password, **ports})
        write_json(self.ready, {"password": self.password, **ports})

    def _revive(self) -> None:
        for server in (self.redis, self.postgres):
            if server.running():
                continue
            now = time.monotonic()
            self.restarts = [moment for moment in self.restarts if now - moment < RESTART_WINDOW] + [now]
            if len(self.restarts) > RESTARTS:
                raise KeeperError(f"{server.name} keeps ending; see {server.log_path}")
            self._start(server)


def main() -> int:
    """Reads the plan on standard input; holds `keeper.lock` all its life."""
    plan = Plan.load(sys.stdin.read())
    lock = os.open(plan.root / "keeper.lock", os.O_RDWR | os.O_CREAT, 0o600)
    if not try_lock(lock):
        return 0
    os.ftruncate(lock, 0)
    os.write(lock, str(os.getpid()).encode())
    try:
        Keeper(plan).run()
    except KeeperError as error:
        (plan.root / "failure").write_text(str(error))
        return 1
    finally:
        # Before the users' lock goes: whoever then obtains that one must find no keeper.
        os.close(lock)
    return 0
