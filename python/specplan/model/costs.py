"""The costs of builds: recorded in files, and estimated from them.

A file records the cost of a hash, of a version of a package, or of a package; the most specific one
counts. A build without a recorded cost gets an estimate, the median over the most similar builds
with one:

1. other hashes of the same package and version;
2. other versions of the same package;
3. all builds with a recorded cost.

Without any file a build costs 1, so costs count builds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from statistics import median as exact_median
from types import MappingProxyType
from typing import Final

from specplan.aliases import Unit
from specplan.records import dataclass

__all__ = ["UNIT_COSTS", "Cost", "Costs", "median"]


def median(costs: Iterable[float]) -> float:
    """Return the median of decimals, without errors of binary arithmetic.

    Examples:
        >>> median([0.1, 0.2])
        0.15
    """
    return float(exact_median(Decimal(str(each)) for each in costs))


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of one build.

    Attributes:
        amount: The amount, in the unit of its costs; finite and not negative.
        estimated: Whether it is an estimate, because no file records it.
    """

    amount: float
    estimated: bool


_ONE: Final = Cost(1.0, estimated=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """The costs in files. All are finite and not negative.

    Attributes:
        by_hash: Seconds by DAG hash.
        by_version: Seconds by package and version.
        by_package: Seconds by package.
        named: Package and version of hashes, if a file records them. They are used to estimate
            other hashes.
    """

    by_hash: Mapping[str, float]
    by_version: Mapping[tuple[str, str], float]
    by_package: Mapping[str, float]
    named: Mapping[str, tuple[str, str]]

    @property
    def unit(self) -> Unit:
        """The unit of the amounts."""
        return "seconds" if self.by_hash or self.by_version or self.by_package else "builds"

    def of(self, specs: Iterable[tuple[str, str, str]]) -> dict[str, Cost]:
        """Return the cost of each spec by its hash.

        The specs also map each hash to its package and version, so passing more specs than needed
        improves the estimates.

        Args:
            specs: The hash, package and version of each.

        Complexity: linear, and a sort for the medians.
        """
        specs = list(specs)
        if self.unit == "builds":
            return {dag_hash: _ONE for dag_hash, _, _ in specs}
        known = _Known(self, specs)
        return {spec[0]: self._cost(*spec, known) for spec in specs}

    def _cost(self, dag_hash: str, name: str, version: str, known: _Known) -> Cost:
        cost = self.by_hash.get(dag_hash)
        if cost is None:
            cost = self.by_version.get((name, version))
        if cost is None:
            cost = self.by_package.get(name)
        if cost is None:
            return Cost(known.like(name, version), estimated=True)
        return Cost(cost, estimated=False)


class _Known:
    """Medians of known costs."""

    def __init__(self, costs: Costs, specs: Iterable[tuple[str, str, str]]) -> None:
        named = {dag_hash: (name, version) for dag_hash, name, version in specs}
        versions: dict[tuple[str, str], list[float]] = {}
        packages: dict[str, list[float]] = {}
        for dag_hash, seconds in costs.by_hash.items():
            key = named.get(dag_hash) or costs.named.get(dag_hash)
            if key is not None:
                versions.setdefault(key, []).append(seconds)
                packages.setdefault(key[0], []).append(seconds)
        for (name, _), seconds in costs.by_version.items():
            packages.setdefault(name, []).append(seconds)
        from statistics import median  # noqa: PLC0415 - most runs have no file of costs

        self._versions = {key: median(each) for key, each in versions.items()}
        self._packages = {name: median(each) for name, each in packages.items()}
        self._all = median(
            [
                *costs.by_hash.values(),
                *costs.by_version.values(),
                *costs.by_package.values(),
            ]
        )

    def like(self, name: str, version: str) -> float:
        """Return the estimate for a package and version that no file records."""
        found = self._versions.get((name, version))
        return self._packages.get(name, self._all) if found is None else found


#: Every build costs 1.
UNIT_COSTS: Final = Costs(
    by_hash=MappingProxyType({}),
    by_version=MappingProxyType({}),
    by_package=MappingProxyType({}),
    named=MappingProxyType({}),
)
