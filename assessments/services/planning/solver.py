"""Finds a plan by constraint programming (OR-Tools CP-SAT): in a worker, within a time, the best so far.

One panel at most sits in each part of a day in a room, and hears what fits there, one after the other: the search
chooses who sits where and how many of each kind of work are heard where, not the minute of each passage. Works that
nothing tells apart (length, who is barred, where they may be) are one kind: of 300 works some fifty are left.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable

from assessments.domain.planning import Given, Plan
from assessments.services.planning.model import Model

Progress = Callable[[float], None]


def seconds_for(works: int) -> float:
    """How long to search: a second for thirty works, 45 s for three hundred and more."""
    return min(45.0, max(1.0, math.pow(works / 30, 1.65)))


def solve(
    given: Given,
    *,
    before: Plan | None = None,
    seconds: float | None = None,
    workers: int = 0,
    progress: Progress = lambda share: None,
) -> Plan:
    """The best plan found within ``seconds``, with the bound below which none can cost.

    With ``before``, a plan that moves as few works and replaces as few jurors of it as can be. ``progress`` is told
    what share of the time has gone, at each better plan. ``workers``: how many searches at once, as many as there are
    cores, at most four, for 0. Works that fit nowhere are left out of the plan, and named.
    """
    if not given.works:
        return Plan((), optimal=True)
    # A hundred megabytes that no other process of the platform has to hold.
    from ortools.sat.python import cp_model

    model = Model(given, before, cp_model.CpModel())
    solver = cp_model.CpSolver()
    limit = seconds if seconds is not None else seconds_for(len(given.works))
    solver.parameters.max_time_in_seconds = limit
    solver.parameters.num_workers = workers or min(4, os.cpu_count() or 1)
    solver.parameters.random_seed = 1
    solver.parameters.relative_gap_limit = 0.01

    class Listener(cp_model.CpSolverSolutionCallback):
        def on_solution_callback(self) -> None:
            progress(min(1.0, self.WallTime() / limit))

    status = solver.solve(model.model, Listener())
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Plan((), tuple(each.work for each in given.works), bound=solver.BestObjectiveBound())
    plan = model.plan(solver.Value)
    return Plan(
        plan.panels,
        plan.unplaced,
        solver.ObjectiveValue(),
        solver.BestObjectiveBound(),
        status == cp_model.OPTIMAL,
        plan.moved,
    )
