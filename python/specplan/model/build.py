"""The builds of a plan, and its totals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

from specplan.records import dataclass

__all__ = ["Build", "Cause", "PlanTotals"]

#: The causes of a build: a change names it; it depends on one that a change names and had a binary;
#: it had none.
Cause: TypeAlias = Literal["changed", "stale", "missing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """A spec that the plan builds.

    Attributes:
        hash: The DAG hash; in a predicted plan, that of the spec before the change.
        package: The package.
        version: The version.
        platform: The platform.
        os: The operating system.
        target: The target.
        stacks: The stacks whose locks hold the spec, sorted.
        stage: Its stage: it can be built after all builds of earlier stages.
        needs: The hashes of the builds that it waits for, sorted.
        cost: Its cost, in the unit of the plan's costs.
        estimated: Whether its cost is an estimate, because no file contains it.
        cause: The reason why it is built.
        because: A shortest chain of hashes from a want to the spec, each of which needs the next.
    """

    hash: str
    package: str
    version: str
    platform: str
    os: str
    target: str
    stacks: tuple[str, ...]
    stage: int
    needs: Sequence[str]
    cost: float
    estimated: bool
    cause: Cause
    because: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanTotals:
    """The numbers of a plan.

    Attributes:
        wants: The wanted specs, including those left out.
        wants_excluded: The wants that cannot install because of a broken spec.
        builds: The builds.
        cost: Their total cost.
        stages: The stages.
        critical_path_cost: The cost of the most expensive chain of builds.
        reused: The available specs that wants or builds install.
        node_by_node: The number of builds with node-by-node pruning.
        due_to_change: The builds that are due to the change.
        untested: The binaries that contain the change and are kept.
        not_wanted: Wants that the configuration excludes; not included in any of the above.
    """

    wants: int
    wants_excluded: int
    builds: int
    cost: float
    stages: int
    critical_path_cost: float
    reused: int
    node_by_node: int
    due_to_change: int
    untested: int
    not_wanted: int
