"""The conditions of recipes, evaluated for specs of a lock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

    from specplan._core import Catalog

from specplan import _core
from specplan.errors import SpecSyntaxError
from specplan.recipes.unread import UnreadError

__all__ = ["Conditions", "Decided", "SpecsOfLock"]

#: The truth of a condition; None if Spack only decides at run time.
Decided: TypeAlias = bool | None


class Conditions(Protocol):
    """The facts that decide the conditions of a recipe for one spec."""

    def __call__(self, condition: str, /) -> Decided:
        """Return whether the spec satisfies a condition.

        Raises:
            UnreadError: If Spack's decision cannot be determined.
        """


class SpecsOfLock:
    """The specs of a lock, which decide a condition for all specs at once.

    Args:
        catalog: The catalog of the lock.
        by_package: The hashes of the specs of each package.
    """

    __slots__ = ("_answers", "_by_package", "_catalog")

    def __init__(self, catalog: Catalog, by_package: dict[str, list[str]]) -> None:
        self._catalog = catalog
        self._by_package = by_package
        self._answers: dict[tuple[str, str], tuple[set[str], dict[str, str]]] = {}

    def of(self, package: str, dag_hash: str) -> Conditions:
        """Return the facts that decide conditions for one spec."""

        def decide(condition: str) -> Decided:
            holds, undecided = self._answer(package, condition)
            if dag_hash in undecided:
                raise UnreadError(f"`{condition}`: {undecided[dag_hash]}")
            return dag_hash in holds

        return decide

    def _answer(self, package: str, condition: str) -> tuple[set[str], dict[str, str]]:
        key = (package, condition)
        if key not in self._answers:
            self._answers[key] = self._asked(self._by_package.get(package, ()), condition)
        return self._answers[key]

    def _asked(self, hashes: Sequence[str], condition: str) -> tuple[set[str], dict[str, str]]:
        if not condition.strip():
            # An empty condition always holds.
            return set(hashes), {}
        try:
            found = self._catalog.find(condition, _core.Query.hashes(list(hashes)), None)
        except SpecSyntaxError as error:
            fault = str(error).split("\n", 1)[0]
            return set(), dict.fromkeys(hashes, fault)
        undecided = {each.spec.hash: each.reason for each in found.unknown}
        return {each.hash for each in found.specs}, undecided
