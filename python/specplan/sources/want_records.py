"""The wants of locks and environments, as records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specplan.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import TypeAlias

    from specplan import _core
    from specplan.model import LeftOut
    from specplan.sources.environments.environment import Environment
    from specplan.sources.lock_root import LockRoot
    from specplan.sources.named_want import NamedWant

    #: Reads the binaries of stacks as wants, one per stack.
    AvailableWants: TypeAlias = Callable[[NamedWant], tuple["WantedLock", ...]]


__all__ = ["WantedEnvironment", "WantedLock", "rows_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedLock:
    """The wants of one lock.

    Attributes:
        stack: The stack: as given, or else the name of the lock's folder, else of the file.
        source: The file, as it was given.
        roots: Its roots in the order of the file; two of them may share a hash.
        core: The compiled catalog of the lock's specs, with their edges; none of them
            is available.
        is_included: Whether an environment includes it, so that its roots are wanted with
            those of the environment.
        is_available: Whether these are binaries of the caches, not specs of a file.
        left_out: Its parts that could not be taken into account.
    """

    stack: str
    source: str
    roots: tuple[LockRoot, ...]
    core: _core.Catalog
    is_included: bool = False
    is_available: bool = False
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedEnvironment:
    """The wants of one environment.

    Attributes:
        stack: The stack: as given, or else the name of the environment's folder, else of the file.
        source: The file.
        environment: Its roots and systems.
        is_typed: Whether it is a typed abstract spec, not a file.
        is_not_concretized: Whether its roots are those that the lock beside it lacks.
    """

    stack: str
    source: str
    environment: Environment
    is_typed: bool = False
    is_not_concretized: bool = False


def rows_of(wants: Iterable[WantedLock]) -> list[_core.Catalog]:
    """Return the rows of wants, each once even if several wants share them."""
    return list({id(each.core): each.core for each in wants}.values())
