"""What each program of the platform is given, and how long it may wait: one row for each `JALON_PROCESS`.

A program that needs no secret is given none: the worker that runs candidates' code, above all, holds neither the key
that signs sessions nor the password of the mail server nor that of the database's owner. `docker/compose.yml` hands
out the same variables, and a test compares the two.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Role:
    """Needs of one program. The four times are in seconds; zero: without limit.

    `signs`: it makes or reads signatures (sessions, forms, reset links), so that it needs `JALON_SECRET_KEY`; any
    other gets a key of its own, of which nothing is valid elsewhere. `addressed`: it answers to host names. `links`:
    it writes links to the platform. `mails`: it sends what the others left in the database, and alone is given the
    sender's address and the mail server's password. `bell_seconds`: how long Redis is given to answer.
    `lock_seconds`, `statement_seconds`, `idle_seconds`: how long PostgreSQL lets it wait for a lock, run one
    statement, and leave a transaction open without saying anything.
    """

    signs: bool = False
    addressed: bool = False
    links: bool = False
    mails: bool = False
    bell_seconds: int = 5
    lock_seconds: int = 30
    statement_seconds: int = 300
    idle_seconds: int = 300


ROLES = {
    # A person waits: an answer that does not come soon is told as such.
    "web": Role(
        signs=True,
        addressed=True,
        links=True,
        bell_seconds=1,
        lock_seconds=3,
        statement_seconds=20,
        idle_seconds=60,
    ),
    # Candidates' code runs under it.
    "worker": Role(),
    # It calls addresses that candidates chose.
    "prober": Role(links=True),
    # Upkeep, documents, mail.
    "mailer": Role(links=True, mails=True),
    "beat": Role(),
    # As the database's owner. It waits little for a lock: whoever comes after would wait behind it.
    "migrate": Role(lock_seconds=10, statement_seconds=0, idle_seconds=0),
    # An administrator at a terminal.
    "command": Role(links=True, statement_seconds=0, idle_seconds=0),
}
