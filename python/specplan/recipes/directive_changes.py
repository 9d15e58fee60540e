"""Changes in the directives that a concretizer reads."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from specplan.recipes.dependency_changes import are_met
from specplan.recipes.findings import RecipeFinding
from specplan.recipes.patches import applies, when_position
from specplan.recipes.unread import UnreadError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from specplan.recipes.conditions import Conditions
    from specplan.recipes.dependency_changes import Dependencies
    from specplan.recipes.directives import Called, Directives
    from specplan.recipes.model import ChangeClass, RecipeVerdict

__all__ = ["changed_calls", "directive_changes", "freed_by"]

#: Directives that a concretizer reads, besides versions and patches.
_SOLVED: Final = frozenset(
    [
        "build_system",
        "can_splice",
        "conflicts",
        "depends_on",
        "extends",
        "provides",
        "requires",
        "variant",
        "_language",
    ]
)


def directive_changes(
    old: Sequence[Directives],
    new: Sequence[Directives],
    decide: Conditions | None,
    dependencies: Dependencies | None = None,
) -> Iterator[RecipeFinding]:
    """Compare the parts that a concretizer reads, and resources.

    Args:
        old: The older directives.
        new: The newer directives.
        decide: Returns whether a spec satisfies a condition; None for any spec.
        dependencies: The spec's dependencies; None if they are not recorded.
    """
    for what in _changed_beside(old, new):
        yield RecipeFinding("directives", "may_change", f"{what} changed")
    for name, kind, verdict in _COMPARED:
        before, after = _called(old, name), _called(new, name)
        counting = [each for each in changed_calls(before, after) if _counts(each, decide)]
        if not counting:
            continue
        if decide is None or not _says_the_same(name, before, after, decide, dependencies):
            yield RecipeFinding(kind, verdict, f"`{name}` changed")
            if any(each.argument("patches", 3) is not None for each in counting):
                yield RecipeFinding(
                    "patch", "may_change", "a patch of a dependency may have changed"
                )


def _changed_beside(old: Sequence[Directives], new: Sequence[Directives]) -> Iterator[str]:
    """Yield changes outside of directives, in the parts on which both sides depend."""
    before, after = ([each.beside for each in side] for side in (old, new))
    for what in dict.fromkeys(what for each in (*before, *after) for what in each):
        one, other = ([each[what] for each in side if what in each] for side in (before, after))
        if one and other and one != other:
            yield what


#: Directives that have no additional effect when repeated.
_CONSTRAINTS: Final = frozenset({"conflicts", "depends_on", "extends", "provides", "requires"})


def _says_the_same(
    name: str,
    old: Sequence[Called],
    new: Sequence[Called],
    decide: Conditions,
    dependencies: Dependencies | None,
) -> bool:
    """Return whether directives mean the same for a spec, under any conditions."""
    try:
        before = {_unconditional(call): call for call in _applying(old, new, decide)}
        after = {_unconditional(call): call for call in _applying(new, old, decide)}
        if name == "variant":
            # If two declare the same variant, their order may matter.
            return [*before] == [*after]
        removed = [call for key, call in before.items() if key not in after]
        added = [call for key, call in after.items() if key not in before]
        if name == "depends_on" and dependencies is not None:
            return are_met(removed, added, after.values(), dependencies)
        if name == "conflicts" and not removed:
            # A new one does not affect a spec without the forbidden combination: the spec stays
            # possible, and nothing else becomes possible.
            return not any(_is_met(each, decide) for each in added)
    except UnreadError:
        return False
    return name in _CONSTRAINTS and not removed and not added


def _applying(
    calls: Sequence[Called], others: Sequence[Called], decide: Conditions
) -> Iterator[Called]:
    """Yield the directives that apply to a spec; unchanged ones may be undecided.

    Raises:
        UnreadError: If it is undecided whether a changed one applies.
    """
    kept = {each.key for each in others}
    for call in calls:
        counts = _decided(call, decide)
        if counts:
            yield call
        elif counts is None and call.key not in kept:
            raise UnreadError(f"line {call.lines[0]}: it is unclear whether it applies")


def _decided(call: Called, decide: Conditions) -> bool | None:
    """Return whether a directive applies to a spec; None if undecided."""
    try:
        return applies(call, decide)
    except UnreadError:
        return None


#: Arguments that no concretizer reads, each with its position among the positional arguments.
_WORDS: Final[dict[str, tuple[str, int | None]]] = {
    "conflicts": ("msg", 2),
    "requires": ("msg", None),
    "variant": ("description", 2),
}


def _unconditional(call: Called) -> tuple[object, ...]:
    """Return the keys that distinguish calls that apply to a spec."""
    return _meaning(call, is_conditional=False)


def _meaning(call: Called, *, is_conditional: bool = True) -> tuple[object, ...]:
    """Return the keys that distinguish calls, with their conditions or without."""
    said, said_at = _WORDS.get(call.name, ("", None))
    places = {said_at} if is_conditional else {when_position(call.name), said_at}
    positional = [None if at in places else repr(each) for at, each in enumerate(call.positional)]
    while positional and positional[-1] is None:
        positional.pop()
    beside = {said} if is_conditional else {"when", said}
    keywords = ((key, repr(each)) for key, each in call.keywords.items() if key not in beside)
    return (*positional, *sorted(keywords), *call.guards, call.written)


#: Directives that only remove choices of a concretizer.
_LIMITS: Final = frozenset({"conflicts", "depends_on", "extends", "requires"})


def freed_by(old: Sequence[Directives], new: Sequence[Directives]) -> str | None:
    """Return the directive by which newer directives may allow something that older ones did not.

    It may concern other versions or variants than those of a spec: if these become possible, a
    concretizer may prefer them. A new limit only removes choices, as long as the spec meets it.
    """
    for name in sorted(_SOLVED):
        before, after = (Counter(map(_meaning, _called(side, name))) for side in (old, new))
        if before - after or (name not in _LIMITS and after - before):
            return name
    return None


def _is_met(call: Called, decide: Conditions) -> bool:
    """Return whether a conflict applies to a spec.

    Raises:
        UnreadError: If that is open.
    """
    forbidden = call.argument("conflict_spec", 0)
    if not isinstance(forbidden, str):
        raise UnreadError(f"line {call.lines[0]}: the conflict is not a plain text")
    return decide(forbidden) is not False


_COMPARED: Final[tuple[tuple[str, ChangeClass, RecipeVerdict], ...]] = (
    *((name, "directives", "may_change") for name in sorted(_SOLVED)),
    ("resource", "resource", "blind"),
)


def _called(directives: Iterable[Directives], name: str) -> list[Called]:
    return [call for each in directives for call in each.named(name)]


def changed_calls(old: Sequence[Called], new: Sequence[Called]) -> Iterator[Called]:
    """Yield the calls that one side has more often than the other."""
    before, after = Counter(each.key for each in old), Counter(each.key for each in new)
    yield from (each for each in old if before[each.key] > after[each.key])
    yield from (each for each in new if after[each.key] > before[each.key])


def _counts(call: Called, decide: Conditions | None) -> bool:
    """Return whether a directive may apply to a spec."""
    return decide is None or _decided(call, decide) is not False
