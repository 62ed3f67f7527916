"""Calls of declared public addresses, from outside the sandbox, guarded against being led anywhere else."""

from __future__ import annotations

from evaluator.probes.policy import ProbeLimits, ProbePolicy, intranet_networks
from evaluator.probes.prober import Prober

__all__ = ["ProbeLimits", "ProbePolicy", "Prober", "intranet_networks"]
