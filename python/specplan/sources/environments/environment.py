"""Environments: the roots of a ``spack.yaml``, expanded as Spack does.

Definitions are concatenated by name and built in the order in which names first appear; references
are spliced in; matrices are multiplied out, without their exclusions; names of toolchains are
replaced by their specs. Nothing is concretized: a root is an abstract spec.
"""

from __future__ import annotations

from dataclasses import field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from specplan.model.left_out import LeftOut, merged
from specplan.records import dataclass
from specplan.sources.environments import conditions, includes, yaml_tree
from specplan.sources.environments.conditions import ConditionError
from specplan.sources.environments.develop import clauses_of, is_developed, read_develop
from specplan.sources.environments.externals import Externals, read_externals
from specplan.sources.environments.groups import read_groups
from specplan.sources.environments.matrix import Expansion
from specplan.sources.environments.mirrors import NamedMirror, read_mirrors
from specplan.sources.environments.options import EnvironmentOptions
from specplan.sources.environments.requirements import (
    Clause,
    as_declared,
    of_nothing,
    read_requirements,
)
from specplan.sources.environments.sections import entry, near
from specplan.sources.environments.toolchains import read_toolchains
from specplan.sources.environments.yaml_tree import Mapping, Mark, Node, Scalar, Sequence
from specplan.sources.limits import Limits
from specplan.sources.named_groups import refuse_unknown_groups
from specplan.sources.stores.store import is_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from collections.abc import Mapping as MappingOf
    from typing import TypeAlias

    from specplan._core import AbstractSpec
    from specplan.model import Unify
    from specplan.model.host import Host
    from specplan.sources.environments.groups import Group
    from specplan.sources.environments.includes import IncludedLock
    from specplan.sources.environments.matrix import Expanded, Line
    from specplan.sources.environments.requirements import Declares, Requirements

    #: Sections of configuration.
    NodesByName: TypeAlias = MappingOf[str, Node]

__all__ = ["Environment", "EnvironmentRoot", "read_environment"]

_FILE: Final = "spack.yaml"

#: The maximum length of an abstract spec, in characters.
_MAX_LETTERS: Final = 16 * 1024

#: The maximum length of all roots together, including requirements. Large public stacks have about
#: ten thousand characters; a toolchain can make any number of roots long.
_MAX_ALL_LETTERS: Final = 2_000_000

#: The maximum number of requirements, counted for each root, and of entries in the overrides of
#: groups, counted for each group. Large public stacks have about a thousand.
_MAX_REQUIREMENTS: Final = 1_000_000
_MAX_OVERRIDDEN: Final = 100_000

#: The sections that the override of a group changes for its roots.
_OVERRIDDEN: Final = ("develop", "packages", "toolchains")

#: The key of 0.17 for today's ``concretizer: unify``.
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
        asked: The same with the certain requirements of the environment.
        clauses: The further conditions on its candidates.
        developed: Whether it is built from a source tree, so that no binary covers it.
        group: The group that it belongs to.
        oss: The operating systems that the configuration of its group requires.
        targets: The targets in the same way, the preferred one first.
        external: Whether the system provides it: its package may not be built, and there are
            matching externals.
        path: Its file.
        location: The key path of the list item, such as ``spack.specs[3]``; all roots of
            a matrix share one.
        line: The line of that item, counted from 1.
        lines: The files and lines of its origin: first that line, then its places in the rows of a
            matrix and the references to them.
    """

    spec: str
    asked: str
    group: str
    path: str
    location: str
    line: int
    oss: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    external: bool = False
    clauses: tuple[Clause, ...] = ()
    developed: bool = False
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """The content of a ``spack.yaml``.

    Attributes:
        path: The file.
        stack: The name of its stack.
        roots: Its roots in the order in which Spack lists them.
        unify: The way to concretize roots: all together (``true``, the default of Spack), together
            if possible, or separately.
        platforms: The platforms that it requires or prefers; empty if it names none.
        oss: The operating systems in the same way.
        targets: The targets in the same way, the preferred one first.
        left_out: Input that could not be taken into account.
        locks: The locks of other environments whose roots it includes, each once.
        developed: The packages that it, or one of its groups, builds from source trees.
        mirrors: The mirrors that it names.
        varies: Whether conditions depend on an unknown platform or operating system, so that other
            systems may have other roots; see :meth:`on`.
    """

    path: str
    stack: str
    roots: tuple[EnvironmentRoot, ...]
    unify: Unify
    platforms: tuple[str, ...]
    oss: tuple[str, ...]
    targets: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    locks: tuple[IncludedLock, ...] = ()
    developed: tuple[AbstractSpec, ...] = ()
    mirrors: tuple[NamedMirror, ...] = ()
    varies: bool = False
    _again: Callable[[str, str], Environment] | None = field(
        default=None, compare=False, repr=False
    )

    def on(self, platform: str, os: str) -> Environment:
        """Return the environment for a platform and an operating system.

        Values set by the host stay, and without open conditions everything stays.
        """
        return self if self._again is None else self._again(platform, os)


def read_environment(
    path: str | Path,
    *,
    stack: str | None = None,
    host: Host | None = None,
    limits: Limits | None = None,
    content: bytes | None = None,
    options: EnvironmentOptions | None = None,
) -> Environment:
    """Read an environment and expand its roots.

    Args:
        path: A ``spack.yaml``, under any name, or its folder.
        stack: The name of its stack; by default that of its folder for a ``spack.yaml``, otherwise
            that of the file without its suffix.
        host: The machine to which conditions refer; other properties are unknown. It takes
            precedence over that of the options.
        limits: The limits for the file.
        content: The content of the file, if it is not in a folder.
        options: The options for reading it.

    Raises:
        SourceError: If a file cannot be read.
        DamagedSourceError: If it is not an environment, or includes a missing file; the error names
            the place and the line.
        UsageError: If it does not have a requested group.
    """
    options = options or EnvironmentOptions()
    if host is not None:
        options = replace(options, host=host)
    limits = limits or Limits()
    file = Path(path)
    if content is None and is_folder(file):
        file /= _FILE

    def read(host: Host) -> Environment:
        reader = _EnvironmentReader(file, replace(options, host=host), limits, content)
        return reader.environment(stack or _stack_of(file))

    environment = read(options.host)
    if not any(each.kind == "condition" for each in environment.left_out) or not (
        options.host.platform is None or options.host.os is None
    ):
        return environment
    known: dict[tuple[str, str], Environment] = {}

    def again(platform: str, os: str) -> Environment:
        if (platform, os) not in known:
            own = options.host
            known[platform, os] = read(
                replace(own, platform=own.platform or platform, os=own.os or os)
            )
        return known[platform, os]

    return replace(environment, varies=True, _again=again)


class _EnvironmentReader:
    """Reads one environment for one host."""

    def __init__(
        self, file: Path, options: EnvironmentOptions, limits: Limits, content: bytes | None
    ) -> None:
        self._file = file
        self._options = options
        self._limits = limits
        self._content = content
        self._left_out: list[LeftOut] = []
        self._requirements = 0
        self._letters = 0
        self._overridden = 0
        self._developed: dict[str, AbstractSpec] = {}

    def environment(self, stack: str) -> Environment:
        if self._content is None:
            document = yaml_tree.read(self._file, self._limits)
        else:
            document = yaml_tree.bounded(self._content, str(self._file), self._limits)
        environment = includes.unwrapped(document)
        sections = includes.collect(environment, self._file, self._options, self._limits)
        toolchains = read_toolchains(sections.nodes.get("toolchains"))
        expansion = Expansion(toolchains, self._options.declares)
        self._define(sections.nodes.get("definitions"), expansion)
        rules = _rules(sections.nodes, expansion, self._options.recipes)
        self._left_out += of_nothing(sections.nodes.get("packages"))
        groups = read_groups(entry(environment, "specs"), expansion)
        names = [group.name for group in groups]
        refuse_unknown_groups(self._options.groups, names, str(self._file))
        unify = _unify(sections.nodes.get("concretizer"), environment)
        roots: list[EnvironmentRoot] = []
        for group in groups:
            if self._options.groups and group.name not in self._options.groups:
                continue
            if not group.has_specs:
                self._left_out.append(_without_specs(group))
            roots += self._roots(group, rules, sections.nodes, unify)
        return Environment(
            path=str(self._file),
            stack=stack,
            roots=tuple(roots),
            unify=unify,
            platforms=_named(each.platform for each in rules.requirements.every),
            oss=rules.oss,
            targets=rules.targets,
            left_out=merged({*sections.left_out, *self._left_out, *expansion.left_out}),
            locks=tuple(sections.locks),
            developed=tuple(self._developed.values()),
            mirrors=read_mirrors(sections.nodes.get("mirrors"), self._file.parent),
        )

    def _roots(
        self,
        group: Group,
        rules: _Rules,
        sections: NodesByName,
        unify: Unify,
    ) -> Iterator[EnvironmentRoot]:
        if group.override is not None:
            self._overridden += sum(_size(sections.get(name)) for name in _OVERRIDDEN)
            if self._overridden > _MAX_OVERRIDDEN:
                raise group.override.mark.fault(
                    f"groups that override more than {_MAX_OVERRIDDEN} entries in all",
                    hint="put groups with the same `override` together",
                )
            rules = _overridden(group.override, group.mark, sections, rules)
            self._left_out += of_nothing(entry(group.override, "packages"))
            self._left_out += _not_overridden(group, group.override, unify)
        self._developed.update((str(each), each) for each in rules.developed)
        for item in group.items:
            for expanded in rules.expansion.expand(item):
                self._requirements += rules.count(expanded.spec)
                if self._requirements > _MAX_REQUIREMENTS:
                    raise expanded.mark.fault(
                        f"roots that more than {_MAX_REQUIREMENTS} requirements apply to in all",
                        hint="put requirements under packages, and only the rest under `all`",
                    )
                root = _root(expanded, group.name, rules)
                self._letters += len(root.asked)
                if self._letters > _MAX_ALL_LETTERS:
                    raise expanded.mark.fault(
                        f"roots with more than {_MAX_ALL_LETTERS} letters in all",
                        hint="their toolchains and requirements make them long",
                    )
                yield root

    def _define(self, definitions: Node | None, expansion: Expansion) -> None:
        """Build the definitions in the order in which their names first appear."""
        if definitions is None:
            return
        if not isinstance(definitions, Sequence):
            raise definitions.mark.fault(f"expected a list, found {definitions.kind}")
        parts: dict[str, list[Node]] = {}
        for definition in definitions.items:
            name, node, condition = _definition(definition)
            lists = parts.setdefault(name, [])
            if condition is None or self._holds(name, condition):
                lists.append(node)
            else:
                expansion.check_list(node)
        for name, lists in parts.items():
            items = tuple(item for node in lists for item in expansion.read_list(node))
            expansion.defined[name] = items

    def _holds(self, name: str, condition: Scalar) -> bool:
        try:
            return conditions.holds(condition.text, self._options.host)
        except ConditionError as error:
            if error.missing is None:
                raise condition.mark.fault(str(error), hint=error.hint) from error
            what = f"what `${name}` stands for"
            self._left_out.append(includes.undecided(what, condition.text, error, condition.mark))
            return False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rules:
    """The rules of the configuration for roots.

    Attributes:
        requirements: Its requirements.
        expansion: Reads texts with its toolchains.
        externals: The externals.
        developed: The packages built from source trees.
        recipes: Returns whether a package has a variant, judging by its recipe.
        oss: The operating systems that it requires.
        targets: The targets that it requires or prefers.
    """

    requirements: Requirements
    expansion: Expansion
    externals: Externals
    developed: tuple[AbstractSpec, ...]
    recipes: Declares | None
    oss: tuple[str, ...]
    targets: tuple[str, ...]

    def count(self, root: AbstractSpec) -> int:
        """Return the number of conditions on a root."""
        return self.requirements.count(root) + len(self.developed)


def _rules(sections: NodesByName, expansion: Expansion, recipes: Declares | None) -> _Rules:
    requirements = read_requirements(sections.get("packages"), expansion)
    every = requirements.every
    preferred = _preferred_targets(entry(sections.get("packages"), "all"))
    return _Rules(
        requirements=requirements,
        expansion=expansion,
        externals=read_externals(sections.get("packages"), expansion),
        developed=read_develop(sections.get("develop"), expansion),
        recipes=recipes,
        oss=_named(each.os for each in every),
        targets=_named(each.target for each in every) or preferred,
    )


def _overridden(override: Mapping, mark: Mark, sections: NodesByName, rules: _Rules) -> _Rules:
    """Return the rules for the roots of a group whose own configuration takes precedence."""
    both = includes.merged(override, Mapping(dict(sections), mark))
    found = {name: entry(both, name) for name in _OVERRIDDEN}
    toolchains = read_toolchains(found["toolchains"])
    return _rules(
        {name: node for name, node in found.items() if node is not None},
        rules.expansion.reading_with(toolchains),
        rules.recipes,
    )


def _without_specs(group: Group) -> LeftOut:
    return LeftOut(
        kind="no_root",
        where=group.mark.where,
        detail=f"the group `{group.name}` has no `specs`",
        blocks=True,
        remedy=f"`specs: []` in the group `{group.name}` if it is empty, or "
        "--allow-left-out no_root",
    )


def _not_overridden(group: Group, override: Mapping, unify: Unify) -> Iterator[LeftOut]:
    """Yield the parts of an override that are ignored although they may change roots."""

    def record(detail: str, mark: Mark) -> LeftOut:
        return LeftOut(
            kind="definition",
            where=mark.where,
            detail=f"`override` of the group `{group.name}` {detail}",
            blocks=True,
            remedy=f"a `spack.yaml` of its own for the group `{group.name}`, or "
            "--allow-left-out definition",
        )

    definitions = entry(override, "definitions")
    if definitions is not None:
        yield record("defines lists, which are read before groups", definitions.mark)
    included = entry(override, "include")
    if included is not None:
        yield record("includes files, which are not read", included.mark)
    own = entry(override, "concretizer")
    if entry(own, "unify") is not None and _unify(own, override) != unify:
        yield record("sets `concretizer:unify`", override.mark)


def _stack_of(file: Path) -> str:
    name = file.resolve().parent.name if file.name == _FILE else file.stem
    return name or "environment"


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


def _size(section: Node | None) -> int:
    return len(section.entries) if isinstance(section, Mapping) else 0


def _root(expanded: Expanded, group: str, rules: _Rules) -> EnvironmentRoot:
    spec, mark = expanded.spec, expanded.mark
    asked, clauses = rules.requirements.asked(spec)
    clauses = as_declared(clauses, spec.name, rules.recipes)
    letters = len(str(asked))
    if letters > _MAX_LETTERS:
        raise mark.fault(
            f"stands for a spec of {letters} letters, more than the limit of {_MAX_LETTERS}",
            hint="its toolchains and requirements make it long",
        )
    clauses += clauses_of(asked, rules.developed)
    return EnvironmentRoot(
        spec=str(spec),
        asked=str(asked),
        group=group,
        path=mark.path,
        location=mark.location,
        line=mark.line,
        oss=rules.oss,
        targets=rules.targets,
        external=rules.externals.provide(spec),
        clauses=tuple(clauses),
        developed=is_developed(asked, rules.developed),
        lines=expanded.lines,
    )


def _named(names: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name is not None))


def _preferred_targets(packages: Node | None) -> tuple[str, ...]:
    targets = entry(packages, "target")
    if targets is None:
        return ()
    if not isinstance(targets, Sequence):
        raise targets.mark.fault(f"expected a list of targets, found {targets.kind}")
    names = []
    for item in targets.items:
        if not isinstance(item, Scalar) or not item.string:
            raise item.mark.fault(f"expected a target, found {item.kind}")
        names.append(item.string)
    return _named(names)


def _refuse_misspelt_unify(concretizer: Mapping) -> None:
    """Refuse a key similar to `unify`; the other keys differ between releases of Spack."""
    for key in concretizer.entries:
        if near(key, ("unify",)):
            raise concretizer.mark.fault(
                f"`{key}` is not a key of `concretizer`", hint="did you mean `unify`?"
            )


def _unify(concretizer: Node | None, environment: Mapping) -> Unify:
    unify = entry(concretizer, "unify")
    if unify is None:
        if isinstance(concretizer, Mapping):
            _refuse_misspelt_unify(concretizer)
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
