"""The ``specs:`` of an environment: a list whose items may be groups of specs."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Final

from specplan.model.roots import DEFAULT_GROUP
from specplan.records import dataclass
from specplan.sources.environments.sections import entry, near, only_known
from specplan.sources.environments.yaml_tree import Mapping, Mark, Node, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterable

    from specplan.sources.environments.matrix import Expansion, Item

__all__ = ["Group", "read_groups"]

#: The maximum number of groups in a hint.
_NAMED: Final = 10

_KEYS: Final = ("group", "specs", "matrix", "exclude", "needs", "explicit", "override")

#: The sections of a whole environment that Spack refuses in an override.
_NOT_OVERRIDDEN: Final = ("specs", "include_concrete")


@dataclass(slots=True)
class Group:
    """Specs that are concretized together.

    Attributes:
        name: The name of the group.
        mark: Its beginning.
        items: Its specs and matrices, as written.
        needs: The groups that are concretized before it.
        override: The sections of configuration that take precedence for it; None without any.
        has_specs: Whether its specs are given, even if there are none.
    """

    name: str
    mark: Mark
    items: list[Item] = field(default_factory=list)
    needs: list[Scalar] = field(default_factory=list)
    override: Mapping | None = None
    has_specs: bool = False


def read_groups(specs: Node | None, expansion: Expansion) -> list[Group]:
    """Read the specs by group, in the order in which Spack concretizes groups.

    That is the specs without a group first, then each group after those that it needs.

    Raises:
        DamagedSourceError: If it is not a list of specs and groups, or groups need each other or a
            missing group.
    """
    if specs is None:
        return []
    if not isinstance(specs, Sequence):
        raise specs.mark.fault(f"expected a list, found {specs.kind}")
    groups = {DEFAULT_GROUP: Group(DEFAULT_GROUP, specs.mark, has_specs=True)}
    for item in specs.items:
        if isinstance(item, Mapping) and "group" in item.entries:
            _read_group(item, groups, expansion)
        else:
            groups[DEFAULT_GROUP].items += expansion.items_of((item,))
    return _in_order(groups)


def _read_group(node: Mapping, groups: dict[str, Group], expansion: Expansion) -> None:
    for key in node.entries:
        if key not in _KEYS:
            known = ", ".join(f"`{each}`" for each in _KEYS)
            meant = near(key, _KEYS)
            hint = f"did you mean `{meant}`?" if meant else f"expected {known}"
            raise node.mark.fault(f"`{key}` is not part of a group", hint=hint)
    name = entry(node, "group")
    if not isinstance(name, Scalar) or not name.string:
        mark = node.mark if name is None else name.mark
        raise mark.fault("the name of a group must be text")
    group = groups.setdefault(name.text, Group(name.text, node.mark))
    group.needs += _names(entry(node, "needs"))
    specs = entry(node, "specs")
    group.has_specs |= specs is not None or "matrix" in node.entries
    if specs is not None:
        group.items += expansion.read_list(specs)
    if "matrix" in node.entries:
        parts = {key: each for key, each in node.entries.items() if key in {"matrix", "exclude"}}
        group.items += expansion.items_of((Mapping(parts, node.mark),))
    override = entry(node, "override")
    if override is not None:
        _override(group, override)


def _override(group: Group, override: Node) -> None:
    if not isinstance(override, Mapping):
        raise override.mark.fault(f"expected sections of configuration, found {override.kind}")
    if group.override is not None:
        # The precedence between them is not defined.
        raise override.mark.fault(f"the group `{group.name}` has an `override` already")
    # A misspelt key there would affect no root of the group.
    only_known(override)
    for name in _NOT_OVERRIDDEN:
        if (node := entry(override, name)) is not None:
            raise node.mark.fault(
                f"`{name}` cannot be overridden",
                hint=f"write `{name}` beside `override`, into the group or the environment",
            )
    group.override = override


def _names(node: Node | None) -> list[Scalar]:
    if node is None:
        return []
    items = node.items if isinstance(node, Sequence) else (node,)
    names = []
    for item in items:
        if not isinstance(item, Scalar) or not item.string:
            raise item.mark.fault(f"expected the name of a group, found {item.kind}")
        names.append(item)
    return names


def _in_order(groups: dict[str, Group]) -> list[Group]:
    """Return the groups in order: those without needs, those that need only these, and so on."""
    needed_by: dict[str, list[Group]] = {name: [] for name in groups}
    open_needs: dict[str, int] = {}
    for group in groups.values():
        for need in group.needs:
            if need.text not in groups:
                meant = near(need.text, groups)
                hint = f"did you mean `{meant}`?" if meant else _there_are(groups)
                raise need.mark.fault(f"no group is called `{need.text}`", hint=hint)
        needs = {need.text for need in group.needs}
        open_needs[group.name] = len(needs)
        for name in needs:
            needed_by[name].append(group)
    places = {name: place for place, name in enumerate(groups)}
    ordered: list[Group] = []
    ready = [group for group in groups.values() if not group.needs]
    while ready:
        ordered += ready
        after: list[Group] = []
        for group in ready:
            for other in needed_by[group.name]:
                open_needs[other.name] -= 1
                if not open_needs[other.name]:
                    after.append(other)
        ready = sorted(after, key=lambda group: places[group.name])
    if len(ordered) < len(groups):
        done = {group.name for group in ordered}
        group = next(each for each in groups.values() if each.name not in done)
        raise group.mark.fault(f"the group `{group.name}` needs itself through other groups")
    return ordered


def _there_are(groups: Iterable[str]) -> str:
    """Return a hint that lists the names of groups, only the first if there are many."""
    names = [f"`{name}`" for name in groups]
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"there are {', '.join(names[:_NAMED])}{more}"
