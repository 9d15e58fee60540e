"""The time to find and prove the optimal choice, compared with HiGHS on the same model.

    python -m benches.choices --time-limit 60

- *specplan* is ``specplan._core.choose``, which gets the numbers;
- *HiGHS* gets a mixed-integer program: a variable for each build, not less than that of any build
  that needs it, and for each want, at least one of its builds. Only solving is timed, not passing
  the model. Its tolerances require a proof: an absolute gap below 1, because costs are whole
  numbers, and a relative gap of 0.

Both use one thread, take turns, and get the same time. An instance is won by the first to prove the
optimum or, without a proof, by the smaller gap between solution and bound. If both prove it, the
costs must be equal; otherwise the bounds of each must not contradict the solution of the other. If
not, the exit code is 1.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass
from itertools import chain

import highspy
import numpy as np

from benches.choice_inputs import Choice, generated, real
from benches.machine import describe, table
from specplan import _core

#: The size of the tolerances of HiGHS.
TOLERANCE = 1e-6


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The solution and proof of a contender, and its time."""

    seconds: float
    cost: float
    bound: float

    @property
    def proven(self) -> bool:
        """Whether no cheaper whole cost is possible."""
        return self.cost - self.bound < 1 - TOLERANCE

    def __str__(self) -> str:
        return f"{self.seconds:.3f} s" if self.proven else f"gap {self.gap:.1%}"

    @property
    def gap(self) -> float:
        """The largest possible excess of the solution over the optimum."""
        return (self.cost - self.bound) / max(self.cost, 1)


def solved_by_specplan(choice: Choice, time_limit: float) -> Answer:
    """Solve with specplan."""
    start = time.perf_counter()
    chosen = _core.choose(
        costs=choice.costs, demands=choice.demands, wants=choice.wants, time_limit=time_limit
    )
    return Answer(seconds=time.perf_counter() - start, cost=chosen.cost, bound=chosen.lower_bound)


def solved_by_highs(choice: Choice, time_limit: float) -> Answer:
    """Solve with HiGHS."""
    builds = len(choice.costs)
    rows = [*([0] * len(choice.demands)), *([1] * len(choice.wants))]
    starts = [0]
    columns: list[int] = []
    values: list[float] = []
    for build, need in choice.demands:
        columns += (build, need)
        values += (-1, 1)
        starts.append(len(columns))
    for want in choice.wants:
        distinct = sorted(set(want))
        columns += distinct
        values += [1] * len(distinct)
        starts.append(len(columns))
    model = highspy.HighsLp()
    model.num_col_ = builds
    model.num_row_ = len(rows)
    model.col_cost_ = np.array(choice.costs, dtype=float)
    model.col_lower_ = np.zeros(builds)
    model.col_upper_ = np.ones(builds)
    model.row_lower_ = np.array(rows, dtype=float)
    model.row_upper_ = np.full(len(rows), highspy.kHighsInf)
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = np.array(starts)
    model.a_matrix_.index_ = np.array(columns)
    model.a_matrix_.value_ = np.array(values, dtype=float)
    model.integrality_ = [highspy.HighsVarType.kInteger] * builds
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    for option, value in (
        ("output_flag", False),
        ("threads", 1),
        ("time_limit", time_limit),
        ("mip_rel_gap", 0.0),
        ("mip_abs_gap", 1 - TOLERANCE),
    ):
        solver.setOptionValue(option, value)
    solver.passModel(model)
    start = time.perf_counter()
    solver.run()
    seconds = time.perf_counter() - start
    info = solver.getInfo()
    # If everything has a binary, HiGHS reports no search and no bound.
    optimal = solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
    cost = info.objective_function_value
    return Answer(seconds=seconds, cost=cost, bound=cost if optimal else info.mip_dual_bound)


def contradiction(specplan: Answer, highs: Answer) -> str | None:
    """Return the contradiction between two answers, if there is one."""
    slack = TOLERANCE * max(1, abs(specplan.cost))
    if specplan.proven and highs.proven and abs(specplan.cost - highs.cost) > slack:
        return f"optimum {specplan.cost} or {highs.cost}"
    if specplan.bound > highs.cost + slack:
        return f"specplan's bound {specplan.bound} is above HiGHS's solution {highs.cost}"
    if highs.bound > specplan.cost + 1:
        return f"HiGHS's bound {highs.bound} is above specplan's solution {specplan.cost}"
    return None


def is_won(specplan: Answer, highs: Answer) -> bool:
    """Return whether specplan is ahead."""
    if specplan.proven or highs.proven:
        return specplan.proven and (not highs.proven or specplan.seconds <= highs.seconds)
    return specplan.gap <= highs.gap


def main() -> int:
    """Run the bench and print its table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--time-limit", type=float, default=60.0, help="seconds for each")
    parser.add_argument(
        "--largest", type=int, default=100_000, help="most alternatives of a generated choice"
    )
    arguments = parser.parse_args()
    print(describe(["specplan", "highspy"]))
    rows = [("instance", "wants", "builds", "least cost", "specplan", "HiGHS", "ahead")]
    won = faults = 0
    for choice in chain(real(), generated(largest=arguments.largest)):
        specplan = solved_by_specplan(choice, arguments.time_limit)
        highs = solved_by_highs(choice, arguments.time_limit)
        if (fault := contradiction(specplan, highs)) is not None:
            faults += 1
            print(f"{choice.name}: {fault}", file=sys.stderr)
        ahead = is_won(specplan, highs)
        won += ahead
        low, high = max(specplan.bound, highs.bound), min(specplan.cost, highs.cost)
        rows.append(
            (
                choice.name,
                f"{len(choice.wants):,}",
                f"{len(choice.costs):,}",
                f"{high:,.0f}" if high - low < 1 - TOLERANCE else f"{low:,.0f} to {high:,.0f}",
                str(specplan),
                str(highs),
                "specplan" if ahead else "HiGHS",
            )
        )
    print(table(rows))
    print(f"specplan is ahead on {won} of {len(rows) - 1}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
