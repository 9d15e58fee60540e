"""Environments: the roots that a ``spack.yaml`` stands for, as Spack expands them.

Definitions are concatenated by name and built in the order in which names first appear;
references are spliced in; matrices are multiplied out, and what they exclude is dropped;
toolchains are put in for their names. Nothing is concretized: a root is an abstract spec.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from specplan.errors import UndecidedConditionError
from specplan.host import Host
from specplan.sources import conditions, includes, yaml_tree
from specplan.sources.conditions import ConditionError
from specplan.sources.externals import Externals, provided_note, read_externals
from specplan.sources.groups import read_groups
from specplan.sources.includes import IncludedLock, entry, unsuffixed
from specplan.sources.limits import Limits
from specplan.sources.matrix import Expansion
from specplan.sources.requirements import read_requirements
from specplan.sources.store import is_folder
from specplan.sources.toolchains import read_toolchains, with_toolchains
from specplan.sources.yaml_tree import Mapping, Mark, Node, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Mapping as MappingOf
    from typing import TypeAlias

    from specplan._core import AbstractSpec
    from specplan.model import Unify
    from specplan.sources.groups import Group
    from specplan.sources.requirements import Requirements
    from specplan.sources.toolchains import SpecsByName

    #: Sections of configuration.
    NodesByName: TypeAlias = MappingOf[str, Node]

__all__ = ["Environment", "EnvironmentRoot", "read_environment"]

_FILE: Final = "spack.yaml"

#: What may stand in an environment, in any release of Spack.
_SECTIONS: Final = (
    "bootstrap",
    "cdash",
    "ci",
    "compilers",
    "concretization",
    "concretizer",
    "config",
    "container",
    "definitions",
    "develop",
    "env_vars",
    "gitlab-ci",
    "include",
    "include_concrete",
    "mirrors",
    "modules",
    "packages",
    "repos",
    "specs",
    "toolchains",
    "upstreams",
    "view",
)

#: How 0.17 said what ``concretizer: unify`` says today.
_CONCRETIZATION: Final[dict[str, Unify]] = {
    "together": "true",
    "together_where_possible": "when_possible",
    "separately": "false",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentRoot:
    """One root of an environment.

    Attributes:
        spec: The abstract spec as Spack expands it, in canonical form.
        asked: The same with what the environment requires of it for certain.
        group: The group that it belongs to.
        oss: The operating systems that the configuration of its group requires.
        targets: Likewise the targets, the preferred one first.
        external: Whether the system provides it: its package may not be built, and there
            are externals that it may be.
        path: The file that it is written in.
        place: The key path of the list item, such as ``spack.specs[3]``; all roots of
            a matrix share one.
        line: The line of that item, counted from 1.
    """

    spec: str
    asked: str
    group: str
    path: str
    place: str
    line: int
    oss: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    external: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """What a ``spack.yaml`` asks for.

    Attributes:
        path: The file.
        label: The name of its stack.
        roots: Its roots in the order in which Spack lists them.
        unify: Whether all roots are one graph (``true``, also where nothing is said, as
            in Spack's own defaults), as far as possible, or each one of its own.
        platforms: The platforms that it requires or prefers; empty if it names none.
        oss: Likewise the operating systems.
        targets: Likewise the targets, the preferred one first.
        left_out: What was not taken into account, one sentence each.
        locks: The locks of other environments whose roots it includes, each once.
    """

    path: str
    label: str
    roots: tuple[EnvironmentRoot, ...]
    unify: Unify
    platforms: tuple[str, ...]
    oss: tuple[str, ...]
    targets: tuple[str, ...]
    left_out: tuple[str, ...]
    locks: tuple[IncludedLock, ...] = ()


def read_environment(
    path: str | Path,
    *,
    label: str | None = None,
    host: Host | None = None,
    limits: Limits | None = None,
    content: bytes | None = None,
) -> Environment:
    """Read an environment and expand its roots.

    Args:
        path: A ``spack.yaml``, whatever it is called, or the folder of one.
        label: The name of its stack; by default that of its folder for a
            ``spack.yaml``, else that of the file without its ending.
        host: The machine that conditions ask for; what is not given is not known.
        limits: What a file may not go beyond.
        content: What the file holds, where it is none of a folder.

    Raises:
        SourceError: If a file cannot be read.
        DamagedSourceError: If it is no environment; the error names the place and the line.
        UndecidedConditionError: If a condition asks for what is not known of the host.
    """
    limits = limits or Limits()
    host = host or Host()
    file = Path(path)
    if content is not None:
        document = yaml_tree.bounded(content, str(file), limits)
    else:
        if is_folder(file):
            file /= _FILE
        document = yaml_tree.read(file, limits)
    environment = includes.unwrapped(document)
    if environment is document:
        raise document.mark.fault("has no `spack:` at its top: is no environment")
    sections = includes.collect(environment, file, host, limits)
    expansion = Expansion()
    _define(sections.nodes.get("definitions"), expansion, host)
    rules = _rules(sections.nodes, expansion)
    groups = read_groups(entry(environment, "specs"), expansion)
    unify = _unify(sections.nodes.get("concretizer"), environment)
    left_out = [
        *_passed_over(environment),
        *sections.left_out,
        *rules.requirements.left_out("all"),
    ]
    roots = []
    for group in groups:
        own = rules
        if group.override is not None:
            own = _overridden(group, group.override, sections.nodes, expansion)
            left_out += own.requirements.left_out("all")
            left_out += _not_overridden(group, group.override, unify)
        for item in group.items:
            for spec, mark in expansion.expand(item):
                root, note = _root(spec, mark, group.name, own)
                roots.append(root)
                left_out += note
    left_out += expansion.left_out
    left_out += provided_note(root.spec for root in roots if root.external)
    return Environment(
        path=str(file),
        label=label or _label(file),
        roots=tuple(roots),
        unify=unify,
        platforms=_named(each.platform for each in rules.requirements.every),
        oss=rules.oss,
        targets=rules.targets,
        left_out=tuple(dict.fromkeys(left_out)),
        locks=tuple(sections.locks),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rules:
    """What the configuration asks of roots.

    Attributes:
        requirements: What it requires.
        toolchains: What stands for the names of toolchains.
        externals: What the system provides.
        oss: The operating systems that it requires.
        targets: The targets that it requires or prefers.
    """

    requirements: Requirements
    toolchains: SpecsByName
    externals: Externals
    oss: tuple[str, ...]
    targets: tuple[str, ...]


def _rules(sections: NodesByName, expansion: Expansion) -> _Rules:
    requirements = read_requirements(sections.get("packages"), expansion)
    every = requirements.every
    preferred = _preferred_targets(entry(sections.get("packages"), "all"))
    return _Rules(
        requirements=requirements,
        toolchains=read_toolchains(sections.get("toolchains"), expansion),
        externals=read_externals(sections.get("packages"), expansion),
        oss=_named(each.os for each in every),
        targets=_named(each.target for each in every) or preferred,
    )


def _overridden(
    group: Group, override: Mapping, sections: NodesByName, expansion: Expansion
) -> _Rules:
    """Return what is asked of the roots of a group whose own configuration takes precedence."""
    both = includes.merged(override, Mapping(dict(sections), group.mark))
    names = ("packages", "toolchains")
    found = {name: entry(both, name) for name in names}
    return _rules({name: node for name, node in found.items() if node is not None}, expansion)


def _not_overridden(group: Group, override: Mapping, unify: Unify) -> Iterator[str]:
    """Say what of an override is not taken into account though it may change roots."""
    said = f"`override` of the group `{group.name}`"
    if entry(override, "definitions") is not None:
        yield f"{said} is left out where it defines lists: groups come after these"
    own = entry(override, "concretizer")
    if entry(own, "unify") is not None and _unify(own, override) != unify:
        yield f"{said} is left out where it sets `concretizer:unify`"


def _label(file: Path) -> str:
    name = file.resolve().parent.name if file.name == _FILE else file.stem
    return name or "environment"


def _passed_over(environment: Mapping) -> Iterator[str]:
    """Say what of an environment is not read though it may add roots."""
    for key in environment.entries:
        name, _ = unsuffixed(key)
        if name not in _SECTIONS:
            near = difflib.get_close_matches(name, _SECTIONS, n=1)
            meant = f": did you mean `{near[0]}`?" if near else ""
            yield f"`{key}` is no section of an environment{meant}"


def _define(definitions: Node | None, expansion: Expansion, host: Host) -> None:
    """Build the definitions in the order in which their names first appear."""
    if definitions is None:
        return
    if not isinstance(definitions, Sequence):
        raise definitions.mark.fault(f"expected a list, found {definitions.kind}")
    parts: dict[str, list[Node]] = {}
    for definition in definitions.items:
        name, node, condition = _definition(definition)
        lists = parts.setdefault(name, [])
        if condition is None or _holds(condition, host):
            lists.append(node)
    for name, lists in parts.items():
        items = tuple(item for node in lists for item in expansion.read_list(node))
        expansion.defined[name] = items


def _definition(node: Node) -> tuple[str, Node, Scalar | None]:
    if not isinstance(node, Mapping):
        raise node.mark.fault(f"expected a mapping with one name, found {node.kind}")
    condition = entry(node, "when")
    if condition is not None and not isinstance(condition, Scalar):
        raise condition.mark.fault(f"expected a condition, found {condition.kind}")
    names = [key for key in node.entries if key != "when"]
    if len(names) != 1:
        found = ", ".join(f"`{name}`" for name in names) or "none"
        raise node.mark.fault(f"a definition must have one name, found {found}")
    return names[0], node.entries[names[0]], condition


def _holds(condition: Scalar, host: Host) -> bool:
    try:
        return conditions.holds(condition.text, host)
    except ConditionError as error:
        if error.missing is None:
            raise condition.mark.fault(str(error)) from error
        mark = condition.mark
        raise UndecidedConditionError(
            str(error),
            path=mark.path,
            place=mark.place,
            line=mark.line,
            condition=condition.text,
            missing=error.missing,
        ) from error


def _root(
    spec: AbstractSpec,
    mark: Mark,
    group: str,
    rules: _Rules,
) -> tuple[EnvironmentRoot, list[str]]:
    """Return a root, and a note if it cannot be what is required of it."""
    spec = with_toolchains(spec, rules.toolchains, mark)
    notes = rules.requirements.left_out(spec.name or "")
    try:
        asked = with_toolchains(rules.requirements.asked(spec), rules.toolchains, mark)
    except ValueError as error:
        asked = spec
        notes.append(f"what is required of `{spec}` is left out: {error}")
    root = EnvironmentRoot(
        spec=str(spec),
        asked=str(asked),
        group=group,
        path=mark.path,
        place=mark.place,
        line=mark.line,
        oss=rules.oss,
        targets=rules.targets,
        external=rules.externals.provide(spec),
    )
    return root, notes


def _named(names: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name is not None))


def _preferred_targets(packages: Node | None) -> tuple[str, ...]:
    targets = entry(packages, "target")
    if targets is None:
        return ()
    items = targets.items if isinstance(targets, Sequence) else (targets,)
    names = []
    for item in items:
        if not isinstance(item, Scalar) or not item.string:
            raise item.mark.fault(f"expected a target, found {item.kind}")
        names.append(item.string)
    return _named(names)


def _unify(concretizer: Node | None, environment: Mapping) -> Unify:
    unify = entry(concretizer, "unify")
    if unify is None:
        former = entry(environment, "concretization")
        text = former.text if isinstance(former, Scalar) else ""
        if former is not None and text not in _CONCRETIZATION:
            known = ", ".join(f"`{each}`" for each in _CONCRETIZATION)
            raise former.mark.fault(f"expected one of {known}")
        return _CONCRETIZATION.get(text, "true")
    if isinstance(unify, Scalar):
        if unify.boolean is not None:
            return "true" if unify.boolean else "false"
        if unify.text == "when_possible":
            return "when_possible"
    raise unify.mark.fault("expected `true`, `false` or `when_possible`")
