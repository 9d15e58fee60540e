"""The schedule of builds."""

from __future__ import annotations

from typing import Literal, TypeAlias

from specplan.records import dataclass

__all__ = ["BoundReason", "Run", "Schedule", "Shard"]


#: The reason why no schedule can be shorter: the most expensive chain of builds; the total work
#: divided among the runners; a set of builds that keeps all runners busy, with builds before and
#: after it.
BoundReason: TypeAlias = Literal["critical_path", "work", "crowding"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One build on one runner.

    Attributes:
        hash: The DAG hash of the build.
        start: Its start, in the unit of costs; a schedule starts at 0.
        finish: Its end.
    """

    hash: str
    start: float
    finish: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """The builds of one runner.

    Attributes:
        runner: Its number, counted from 1.
        busy: The time it spends building; it waits for the rest of the schedule.
        runs: Its builds, in order.
    """

    runner: int
    busy: float
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """The time and the runner of each build.

    It is made by list scheduling: of the builds that can start, the one that starts the most
    expensive chain of builds goes first.

    Attributes:
        runners: The number of runners; each builds one spec at a time.
        makespan: The end of the last build, in the unit of costs.
        lower_bound: A lower bound on the makespan of any schedule on this number of runners.
        reason: The reason for the lower bound.
        widths: The number of builds in each stage, which is the maximum number of runners with work
            while the stages run one after the other.
        shards: By runner. A runner without a build has no shard.
    """

    runners: int
    makespan: float
    lower_bound: float
    reason: BoundReason
    widths: tuple[int, ...]
    shards: tuple[Shard, ...]

    @property
    def gap(self) -> float:
        """The share by which the makespan exceeds its lower bound; 0 if it is optimal."""
        return self.makespan / self.lower_bound - 1 if self.lower_bound else 0.0
