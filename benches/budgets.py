"""The time to choose the roots that a budget completes, compared with HiGHS on the same model.

    python -m benches.budgets

Wants are real locks (``examples/rebuild``) and generated ones (:mod:`benches.lock_inputs`), nothing
is available, and the budget is a share of the total cost. The model for HiGHS has a variable for
each build and ``y_build <= y_need`` for each need, integer only if the build is a wanted root; the
budget is one row. It gets the model in memory, a gap of 0, one thread like specplan, and the same
time limit.

Then the packages and the roots of radiuss are wanted by name, with candidates from the locks of
both dates, so that specs and builds are chosen together. specplan's time is that of a whole plan
there, including reading; HiGHS gets the model of :mod:`benches.choice_inputs`, with one additional
variable per want.

If both prove their answers, these must be equal; otherwise each must be within the other's bound.
If not, the exit code is 1.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import sys
import tempfile
import time
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import specplan
from benches.choice_inputs import real
from benches.lock_inputs import write_lock
from benches.machine import describe, table

if TYPE_CHECKING:
    from benches.choice_inputs import Choice
    from specplan._core import ItemGroupQuestion
    from specplan.planning.plan import Plan

DATES = ("2025-11", "2026-01")

REAL = Path(__file__).parents[1] / "examples" / "rebuild"

#: The allowed difference of two floating-point answers.
_TOLERANCE = 1e-6


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The answer of a contender, and its time."""

    seconds: float
    weight: float
    bound: float

    @property
    def is_proven(self) -> bool:
        """Whether it claims that nothing is worth more."""
        return self.bound - self.weight < 1 - _TOLERANCE


def by_specplan(plan: Plan, roots: set[str], limit: float, seconds: float) -> Answer:
    """Ask specplan."""
    groups: list[ItemGroupQuestion] = [([[([(root, 1)], 0)]], 0) for root in sorted(roots)]
    start = time.perf_counter()
    answer = plan._core.spend(  # noqa: SLF001 - no records are timed
        groups, cost=limit, time_limit=seconds
    )
    return Answer(
        seconds=time.perf_counter() - start, weight=answer.weight, bound=answer.upper_bound
    )


def by_highs(plan: Plan, roots: set[str], limit: float, seconds: float) -> Answer:
    """Ask HiGHS; making the model is not timed."""
    highspy: Any = import_module("highspy")  # it has no types
    solver = highspy.Highs()
    solver.silent()
    for option, value in (("threads", 1), ("mip_rel_gap", 0.0), ("time_limit", seconds)):
        solver.setOptionValue(option, value)
    at = {build.hash: number for number, build in enumerate(plan.builds)}
    infinity = highspy.kHighsInf
    for build in plan.builds:
        solver.addVar(0, 1)
        if build.hash in roots:
            number = at[build.hash]
            solver.changeColCost(number, -1.0)
            solver.changeColIntegrality(number, highspy.HighsVarType.kInteger)
    for build in plan.builds:
        for need in build.needs:
            solver.addRow(-infinity, 0, 2, [at[build.hash], at[need]], [1.0, -1.0])
    costs = [build.cost for build in plan.builds]
    solver.addRow(-infinity, limit, len(costs), list(range(len(costs))), costs)
    start = time.perf_counter()
    solver.run()
    took = time.perf_counter() - start
    return _said_by_highs(solver, took)


def _said_by_highs(solver: Any, took: float) -> Answer:
    """Return the solution of HiGHS, which may be empty; its bound may be infinite."""
    info = solver.getInfo()
    objective = info.objective_function_value
    return Answer(
        seconds=took,
        weight=round(-objective) if math.isfinite(objective) and objective < 0 else 0,
        bound=-info.mip_dual_bound,
    )


def compare(name: str, plan: Plan, roots: set[str], *, share: float, seconds: float) -> list[str]:
    """Return the row of a question, with any fault at its end."""
    limit = float(int(plan.totals.cost * share))
    ours = by_specplan(plan, roots, limit, seconds)
    theirs = by_highs(plan, roots, limit, seconds)
    return row(name, f"{share:.0%}", (len(roots), len(plan.builds)), ours, theirs)


def row(name: str, budget: str, counts: tuple[int, int], ours: Answer, theirs: Answer) -> list[str]:
    """Return the row of a question, with any fault at its end."""
    fault = ""
    if ours.is_proven and theirs.is_proven and ours.weight != theirs.weight:
        fault = "the answers differ"
    elif ours.weight > theirs.bound + _TOLERANCE or theirs.weight > ours.bound + _TOLERANCE:
        fault = "an answer is beyond a bound"
    shown = [
        f"{each.weight:g}" if each.is_proven else f"{each.weight:g} to {each.bound:g}"
        for each in (ours, theirs)
    ]
    is_decided = ours.is_proven or theirs.is_proven
    return [
        name, budget, f"{counts[0]:,}", f"{counts[1]:,}", shown[0], shown[1],
        f"{ours.seconds * 1e3:,.1f}", f"{theirs.seconds * 1e3:,.1f}",
        f"{theirs.seconds / ours.seconds:,.1f}" if is_decided else "-", fault,
    ]  # fmt: skip


def named() -> dict[str, list[str]]:
    """Return the names of the real choices, each with the packages it wants."""
    roots: set[str] = set()
    packages: set[str] = set()
    for date in DATES:
        with gzip.open(REAL / date / "radiuss" / "spack.lock.gz") as file:
            lock = json.load(file)
        specs = lock["concrete_specs"]
        roots |= {specs[each["hash"]]["name"] for each in lock["roots"]}
        packages |= {each["name"] for each in specs.values() if "external" not in each}
    return {
        "radiuss roots, nothing": sorted(roots),
        "radiuss packages, nothing": sorted(packages),
    }


def jointly_by_specplan(names: list[str], builds: int, seconds: float) -> Answer:
    """Ask specplan for wants that any spec of a name can meet."""
    locks = [REAL / date / "radiuss" / "spack.lock.gz" for date in DATES]
    start = time.perf_counter()
    plan = specplan.load("none").rebuild(
        # `@:` is any version; a bare name could be that of a folder here.
        want=[f"{name}@:" for name in names],
        candidates=locks,
        system="ubuntu24.04/x86_64_v3",
        max_builds=builds,
        time_limit=seconds,
    )
    took = time.perf_counter() - start
    if plan.budget is None:
        raise AssertionError
    return Answer(seconds=took, weight=plan.budget.weight, bound=plan.budget.upper_bound)


def jointly_by_highs(choice: Choice, builds: int, seconds: float) -> Answer:
    """Ask HiGHS the same; making the model is not timed."""
    highspy: Any = import_module("highspy")  # it has no types
    solver = highspy.Highs()
    solver.silent()
    for option, value in (("threads", 1), ("mip_rel_gap", 0.0), ("time_limit", seconds)):
        solver.setOptionValue(option, value)
    infinity = highspy.kHighsInf
    for at, _ in enumerate(choice.costs):
        solver.addVar(0, 1)
        solver.changeColIntegrality(at, highspy.HighsVarType.kInteger)
    for build, need in choice.demands:
        solver.addRow(0, infinity, 2, [need, build], [1.0, -1.0])
    for at, want in enumerate(choice.wants, len(choice.costs)):
        solver.addVar(0, 1)
        solver.changeColCost(at, -1.0)
        solver.addRow(-infinity, 0, len(want) + 1, [at, *want], [1.0, *[-1.0] * len(want)])
    paid = [at for at, cost in enumerate(choice.costs) if cost]
    solver.addRow(-infinity, builds, len(paid), paid, [1.0] * len(paid))
    start = time.perf_counter()
    solver.run()
    took = time.perf_counter() - start
    return _said_by_highs(solver, took)


def compare_jointly(choice: Choice, names: list[str], builds: int, seconds: float) -> list[str]:
    """Return the row of a joint question, with any fault at its end."""
    ours = jointly_by_specplan(names, builds, seconds)
    theirs = jointly_by_highs(choice, builds, seconds)
    return row(
        f"{choice.name}, by name", str(builds), (len(names), len(choice.costs)), ours, theirs
    )


def wanted(question: dict[str, Any]) -> set[str]:
    """Return the roots that need builds."""
    told = specplan.load("none").rebuild(**question, max_builds=0).budget
    return set() if told is None else {each.spec.hash for each in told.open}


def main() -> None:
    """Run the bench with the arguments of the command line."""
    parser = argparse.ArgumentParser(description="Measure how long a choice of roots takes.")
    parser.add_argument("--specs", type=int, nargs="*", default=[300, 1_000, 3_000, 10_000])
    parser.add_argument("--seconds", type=float, default=30.0)
    arguments = parser.parse_args()
    print(describe(["specplan", "highspy"]))
    questions: list[tuple[str, dict[str, Any]]] = []
    rows = [
        ["wants", "budget", "roots", "builds", "specplan", "HiGHS", "ms", "HiGHS ms", "times", ""]
    ]
    with tempfile.TemporaryDirectory() as scratch:
        for stack in DATES:
            lock = REAL / stack / "radiuss" / "spack.lock.gz"
            questions.append((f"radiuss {stack}", {"want": lock, "costs": REAL / "costs.csv"}))
        for seed, specs in enumerate(arguments.specs):
            lock, costs = write_lock(Path(scratch, str(specs)), specs=specs, seed=seed)
            questions.append((f"{specs:,} specs", {"want": lock, "costs": costs}))
        for name, question in questions:
            plan = specplan.load("none").rebuild(**question)
            roots = wanted(question)
            for share in (0.1, 0.3, 0.6, 0.9):
                seconds = arguments.seconds
                rows.append(compare(name, plan, roots, share=share, seconds=seconds))
    packages = named()
    for choice in real():
        rows += [
            compare_jointly(choice, packages[choice.name], builds, arguments.seconds)
            for builds in (20, 60, 120, 250)
            if choice.name in packages
        ]
    print(table(rows, text_columns=1))
    faults = [row for row in rows[1:] if row[-1]]
    times = [float(row[-2].replace(",", "")) for row in rows[1:] if row[-2] != "-"]
    print(
        f"specplan is ahead on {sum(each > 1 for each in times)} of {len(rows) - 1}, neither has "
        f"proof on {len(rows) - 1 - len(times)}, {len(faults)} disagree"
    )
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
