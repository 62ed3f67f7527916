"""Facts that no bundle holds: what the caller of the engine knows from outside, or nothing.

``probes`` is ``{"missing", "api", "dashboard"}``. ``missing`` is a message (``{"code", "params"}``) where nobody
probes, None on the platform; the two others are None until there is a probe, and then
``{"exchange", "failed", "series"}``: the latest exchange that was not spoilt by our own network (see
``evaluator.probes.prober``), the latest one when it was, and every probe since the deposit as
``[{"at", "standing"}]``.

``similar`` is ``{"missing", "people", "common", "works"}``: why there is nothing to compare with, a message, or None;
the number of other people whose works were compared; the part of this work's code that too many of them hold to count.
Of each of the nearest works, the strongest first: ``{"name", "share", "text", "shared", "passages"}``, see
``evaluator.similarity``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

OUTSIDE: Mapping[str, Mapping[str, Any]] = {
    "probes": {"missing": {"code": "probe.offline", "params": {}}, "api": None, "dashboard": None},
    "similar": {"missing": {"code": "similarity.offline", "params": {}}, "people": 0, "common": 0.0, "works": []},
}
