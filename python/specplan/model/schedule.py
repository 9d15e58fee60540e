"""The schedule of builds."""

from __future__ import annotations

from typing import Literal, TypeAlias

from specplan.records import dataclass

__all__ = ["BoundReason", "Run", "Schedule", "Shard"]


#: Why no schedule is shorter: the dearest chain of builds runs one after the other; the runners
#: share all the work; some builds have work for all runners, and builds before and after them.
BoundReason: TypeAlias = Literal["critical_path", "work", "crowding"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One build on one runner.

    Attributes:
        hash: The DAG hash of the build.
        start: When it starts, in the unit of costs; a schedule starts at 0.
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
        busy: How long it builds; it waits for the rest of the schedule.
        runs: Its builds, in order.
    """

    runner: int
    busy: float
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """The time and the runner of each build.

    It is made by list scheduling: of the builds that can start, the one goes first that has
    the dearest chain of builds ahead of it.

    Attributes:
        runners: How many runners there are; each builds one spec at a time.
        makespan: When the last build is done, in the unit of costs.
        lower_bound: What no schedule on this number of runners comes below.
        reason: Why.
        widths: How many builds each stage has: at most this number of runners have work at once
            while the stages run one after the other.
        shards: By runner. A runner that gets nothing to build has no shard.
    """

    runners: int
    makespan: float
    lower_bound: float
    reason: BoundReason
    widths: tuple[int, ...]
    shards: tuple[Shard, ...]

    @property
    def gap(self) -> float:
        """The share by which it exceeds its lower bound; 0 if no schedule is shorter."""
        return self.makespan / self.lower_bound - 1 if self.lower_bound else 0.0
