"""Names to addresses, once for each hop, in a time of our own choosing."""

from __future__ import annotations

import queue
import socket
import threading
from collections.abc import Callable, Sequence
from ipaddress import ip_address

from evaluator.probes.failure import ProbeFailure
from evaluator.probes.policy import Address

Resolve = Callable[[str, float], Sequence[Address]]


def system_resolve(host: str, seconds: float) -> list[Address]:
    """Every address of ``host`` by the system's resolver, in its order, each once.

    The name is asked for as absolute: the search domains of this machine never complete it. ``getaddrinfo`` knows
    no time limit, hence the thread, which outlives a slow answer by what the system's resolver itself allows.

    Raises:
        ProbeFailure: ``probe.dns_unknown`` (no such name), ``probe.dns`` (no answer).
    """
    answers: queue.SimpleQueue[list[Address] | OSError] = queue.SimpleQueue()
    threading.Thread(target=_ask, args=(f"{host}.", answers), name="probe-dns", daemon=True).start()
    try:
        answer = answers.get(timeout=max(seconds, 0.001))
    except queue.Empty as error:
        raise ProbeFailure("probe.dns", doubtful=True, host=host) from error
    if isinstance(answer, OSError):
        unknown = answer.errno in (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME))
        raise ProbeFailure("probe.dns_unknown" if unknown else "probe.dns", doubtful=True, host=host)
    return answer


def _ask(name: str, answers: queue.SimpleQueue[list[Address] | OSError]) -> None:
    try:
        found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    except (OSError, UnicodeError) as error:
        answers.put(error if isinstance(error, OSError) else OSError(socket.EAI_NONAME, str(error)))
        return
    addresses = [ip_address(str(row[4][0]).partition("%")[0]) for row in found]
    answers.put(list(dict.fromkeys(addresses)))
