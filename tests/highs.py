"""What HiGHS answers to a program in whole numbers: an oracle for the solver.

HiGHS computes in floating point with tolerances, so its answers are compared with room for these.
It is installed with the requirements of benches.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

#: The tolerated difference of HiGHS from the answer in whole numbers.
TOLERANCE = 1e-6

#: The time limit of its search, in seconds.
_SECONDS = 20.0


@dataclass
class Program:
    """What is to be minimized: columns that are 0 or 1, and rows with a lower limit."""

    #: By column what it costs.
    costs: list[float] = field(default_factory=list)
    #: The lower limit of a row, and its columns with their factors.
    rows: list[tuple[float, list[int], list[float]]] = field(default_factory=list)

    def at_least(self, limit: float, columns: Sequence[int], factors: Sequence[float]) -> None:
        """Add a row: the columns times their factors are at least so much together."""
        self.rows.append((limit, [*columns], [*factors]))


@dataclass(frozen=True)
class Optimum:
    """The least value that HiGHS found, and a bound below which it found none."""

    value: float
    bound: float


def minimum(program: Program) -> Optimum:
    """Return what HiGHS says of a program that some choice of columns meets."""
    highspy: Any = import_module("highspy")  # it has no types
    solver = highspy.Highs()
    solver.silent()
    for option, value in (("threads", 1), ("mip_rel_gap", 0.0), ("time_limit", _SECONDS)):
        solver.setOptionValue(option, value)
    for column, cost in enumerate(program.costs):
        solver.addVar(0, 1)
        solver.changeColCost(column, float(cost))
        solver.changeColIntegrality(column, highspy.HighsVarType.kInteger)
    for limit, columns, factors in program.rows:
        solver.addRow(limit, highspy.kHighsInf, len(columns), columns, factors)
    solver.run()
    info = solver.getInfo()
    value = info.objective_function_value
    # Where presolve decides everything, there is no search and no bound of one.
    is_optimal = solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return Optimum(value=value, bound=value if is_optimal else info.mip_dual_bound)
