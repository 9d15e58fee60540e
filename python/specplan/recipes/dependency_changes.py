"""Changed dependencies of a recipe, compared with those that a spec has.

If constraints are added, a concretizer takes the same spec again as long as it meets them: nothing
new becomes possible. So the constraints on a spec may grow, but not shrink.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from specplan._core import AbstractSpec
from specplan.recipes.unread import UnreadError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from specplan.recipes.conditions import Conditions
    from specplan.recipes.directives import Called

__all__ = ["Dependencies", "are_met"]

#: The default types of a dependency.
_TYPES = ("build", "link")


class Dependencies(Protocol):
    """The direct dependencies of a spec, as a lock records them."""

    def __call__(self, package: str, /) -> tuple[frozenset[str], Conditions] | None:
        """Return the spec's use of a package and the facts for conditions; None without one."""


def are_met(
    removed: Iterable[Called],
    added: Iterable[Called],
    now: Iterable[Called],
    dependencies: Dependencies,
) -> bool:
    """Return whether a spec must meet at least its former constraints, and meets them.

    Args:
        removed: The directives that no longer apply to it.
        added: Those that newly apply to it.
        now: All that apply to it.
        dependencies: Its dependencies.

    Raises:
        UnreadError: If that is undecided.
    """
    now = list(now)
    return all(any(_implies(each, old) for each in now) for old in removed) and all(
        _is_met(each, dependencies) for each in added
    )


def _is_met(call: Called, dependencies: Dependencies) -> bool:
    spec = _spec(call)
    found = None if spec.name is None else dependencies(spec.name)
    if found is None:
        return False
    types, decide = found
    return _types(call) <= types and decide(str(spec)) is True


def _implies(new: Called, old: Called) -> bool:
    """Return whether everything that meets one directive also meets another one."""
    one, other = _spec(new), _spec(old)
    if one.name != other.name or not _types(old) <= _types(new):
        return False
    try:
        return str(one.constrain(other)) == str(one)
    except ValueError:
        # They cannot be combined.
        return False


def _spec(call: Called) -> AbstractSpec:
    text = call.argument("spec", 0)
    if not isinstance(text, str) or call.argument("patches", 3) is not None or call.written:
        raise UnreadError(f"line {call.lines[0]}: the dependency is not a plain text")
    try:
        return AbstractSpec(text)
    except ValueError as error:
        raise UnreadError(f"line {call.lines[0]}: {error}") from error


def _types(call: Called) -> frozenset[str]:
    given = call.argument("type", 2)
    if given is None:
        return frozenset(_TYPES)
    if isinstance(given, str):
        return frozenset([given])
    if isinstance(given, (list, tuple)) and all(isinstance(each, str) for each in given):
        return frozenset(given)
    raise UnreadError(f"line {call.lines[0]}: the types of the dependency are not plain texts")
