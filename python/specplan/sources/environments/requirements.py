"""The requirements and conflicts in the ``packages:`` of an environment.

Requirements that do not depend on recipes are added to roots as if written there: those about
platform, operating system and target in ``packages:all:require``, and all except choices in
``packages:NAME:require``. The rest becomes clauses with which the candidates of each root are
compared: choices, conditions, conflicts, and requirements on all packages, which do not bind a
package without such a variant.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field, replace
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from specplan._core import AbstractSpec
from specplan.model.left_out import LeftOut
from specplan.patterns import pattern
from specplan.records import dataclass
from specplan.sources.environments.sections import entry, near, something, suffix_hint, unsuffixed
from specplan.sources.environments.spec_texts import variants_of
from specplan.sources.environments.yaml_tree import Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from specplan.sources.environments.matrix import Expansion

__all__ = ["Clause", "Declares", "Requirements", "as_declared", "of_nothing", "read_requirements"]

#: The number of choices that must hold.
Rule: TypeAlias = Literal["any", "one", "never"]

#: A function that returns whether a package has a variant, by the names of both; None if unknown.
Declares: TypeAlias = Callable[[str, str], "bool | None"]

_ALL: Final = "all"

#: The valid keys of a package, in any release of Spack.
_KEYS: Final = (
    "buildable",
    "compiler",
    "conflict",
    "externals",
    "modules",
    "package_attributes",
    "paths",
    "permissions",
    "prefer",
    "providers",
    "require",
    "target",
    "variants",
    "version",
)

_CHOICES: Final = ("any_of", "one_of")

#: The beginning of package names, as in Spack's schema.
_NAME: Final = pattern(r"\w")

#: A valid name of a package.
_PACKAGE: Final = pattern(r"[a-z0-9_][a-z0-9_-]*")

#: The valid keys of a conflict, and of a requirement.
_OF_CONFLICT: Final = ("message", "spec", "when")
_OF_REQUIREMENT: Final = (*_CHOICES, *_OF_CONFLICT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A requirement or a conflict with which each candidate of a root is compared.

    Attributes:
        rule: The number of choices that must hold.
        choices: Abstract specs in canonical form.
        when: The condition under which it applies to a candidate; None if it always applies.
        of_all: Whether it applies to all packages, except those without such a variant or that
            compile nothing.
        of: The package or virtual package of the dependencies that it applies to; None if it
            applies to the candidate itself.
    """

    rule: Rule
    choices: tuple[str, ...]
    when: str | None = None
    of_all: bool = False
    of: str | None = None


@dataclass(slots=True)
class Requirements:
    """The requirements on roots.

    Attributes:
        every: The requirements on every root without its own requirements.
        own: The requirements on roots, by the name of their package.
        clauses: The clauses for their candidates, by the name of their package or ``all``, by
            ``require`` and ``conflict``.
        of_dependencies: The clauses for dependencies of candidates, by the name of their package or
            virtual package; made from the others when they are first needed.
    """

    every: list[AbstractSpec] = field(default_factory=list)
    own: dict[str, list[AbstractSpec]] = field(default_factory=dict)
    clauses: dict[str, dict[str, list[Clause]]] = field(default_factory=dict)
    of_dependencies: dict[str, list[Clause]] = field(default_factory=dict)

    def asked(self, root: AbstractSpec) -> tuple[AbstractSpec, list[Clause]]:
        """Return a root together with its requirements, and the remaining clauses.

        A requirement that contradicts the root stays a clause, so that nothing covers it: Spack
        finds no solution.
        """
        clauses = []
        for each in self.own.get(root.name or "", self.every):
            if root.intersects(each) is False:
                clauses.append(Clause(rule="any", choices=(str(each),)))
            else:
                root = root.constrain(each)
        own, every = (self.clauses.get(name, {}) for name in (root.name or "", _ALL))
        for section in ("require", "conflict"):
            clauses += own[section] if section in own else every.get(section, [])
        for name, of_dependencies in self._of_dependencies().items():
            if name != root.name:
                clauses += of_dependencies
        return root, clauses

    def _of_dependencies(self) -> dict[str, list[Clause]]:
        """Return the clauses of each package but `all` for dependencies of candidates.

        As in Spack, a binary is reused with everything it links to or runs with, so these must meet
        their requirements too.
        """
        if not self.of_dependencies:
            for name in sorted({*self.own, *self.clauses} - {_ALL}):
                certain = [
                    Clause(rule="any", choices=(str(each),)) for each in self.own.get(name, ())
                ]
                further = self.clauses.get(name, {}).values()
                self.of_dependencies[name] = [
                    replace(each, of=name)
                    for each in (*certain, *(clause for some in further for clause in some))
                ]
        return self.of_dependencies

    def count(self, root: AbstractSpec) -> int:
        """Return the number of requirements and conflicts for a root."""
        own, every = (self.clauses.get(name, {}) for name in (root.name or "", _ALL))
        found = sum(
            len(own[section] if section in own else every.get(section, ()))
            for section in ("require", "conflict")
        )
        of_dependencies = sum(map(len, self._of_dependencies().values()))
        return len(self.own.get(root.name or "", self.every)) + found + of_dependencies

    def add(self, package: str, required: Node, expansion: Expansion) -> None:
        """Add the requirements of a package, or of ``all``."""
        certain = []
        clauses = []
        items = _required(required)
        if not items:
            # As in Spack, an empty value leaves `all` in force.
            return
        for item in items:
            for clause, specs in _clauses(item, expansion, of_all=package == _ALL):
                is_certain = len(specs) == 1 and clause.when is None
                if is_certain and (package != _ALL or _is_architecture(specs[0])):
                    certain.append(specs[0])
                elif specs:
                    clauses.append(clause)
        self.clauses.setdefault(package, {})["require"] = clauses
        if package == _ALL:
            self.every = certain
        else:
            self.own[package] = certain

    def add_conflicts(self, package: str, conflicts: Node, expansion: Expansion) -> None:
        """Add the conflicts of a package, or of ``all``."""
        clauses = []
        items = _listed(conflicts, "a list")
        if not items:
            return
        for item in items:
            if isinstance(item, Mapping):
                _only_known(item, _OF_CONFLICT, "a conflict")
            spec, when = _one(item, expansion)
            clauses.append(Clause(rule="never", choices=(str(spec),), when=when))
        self.clauses.setdefault(package, {})["conflict"] = clauses


def as_declared(clauses: list[Clause], package: str | None, has: Declares | None) -> list[Clause]:
    """Return clauses after applying the variants that recipes show for the package.

    As in Spack, a choice in a requirement on all packages is skipped for a package that lacks one
    of its variants, and a requirement without remaining choices has no effect. A variant that a
    package certainly has binds it; a spec without it still meets `~x`.

    Args:
        clauses: The clauses for candidates of the package.
        package: The name of the package; None if it is left open.
        has: Returns whether a package has a variant; None without recipes.
    """
    if has is None or package is None:
        return clauses
    found = []
    for clause in clauses:
        if not clause.of_all:
            found.append(clause)
            continue
        answers = {
            choice: [has(package, name) for name in variants_of(AbstractSpec(choice))]
            for choice in clause.choices
        }
        kept = tuple(choice for choice in clause.choices if False not in answers[choice])
        if not kept:
            continue
        binds = all(
            answers[choice] and all(answers[choice]) and not {*"^%~"} & {*choice} for choice in kept
        )
        found.append(replace(clause, choices=kept, of_all=not binds))
    return found


def read_requirements(packages: Node | None, expansion: Expansion) -> Requirements:
    """Read the requirements and conflicts of a ``packages:`` section.

    Args:
        packages: The section.
        expansion: Reads texts as specs.

    Raises:
        DamagedSourceError: If a requirement is not a spec or of an invalid type, or a key is
            misspelt.
    """
    found = Requirements()
    if packages is None:
        return found
    if not isinstance(packages, Mapping):
        raise packages.mark.fault(f"expected a mapping, found {packages.kind}")
    for key, package in packages.entries.items():
        if not isinstance(package, Mapping):
            raise package.mark.fault(f"expected a mapping, found {package.kind}")
        _only_known(package, _KEYS, "a package's configuration")
        name = unsuffixed(key)[0]
        if not _NAME.match(name):
            raise package.mark.fault(f"`{key}` is not the name of a package")
        required, conflicts = entry(package, "require"), entry(package, "conflict")
        if required is not None:
            found.add(name, required, expansion)
        if conflicts is not None:
            found.add_conflicts(name, conflicts, expansion)
    return found


def of_nothing(packages: Node | None) -> Iterator[LeftOut]:
    """Yield requirements and conflicts for impossible package names, which Spack ignores.

    The names of packages are lower-case, without other characters than `-` and `_`.
    """
    entries = packages.entries if isinstance(packages, Mapping) else {}
    for key, package in entries.items():
        name = unsuffixed(key)[0]
        asks = any(entry(package, each) is not None for each in ("require", "conflict"))
        if not asks or _PACKAGE.fullmatch(name):
            continue
        is_lower_case = _PACKAGE.fullmatch(name.lower()) is not None
        why = "lower-case" if is_lower_case else "letters, digits, `-` and `_`"
        right = f"`{name.lower()}`" if is_lower_case else "the name of the package"
        yield LeftOut(
            kind="requirement",
            where=package.mark.where,
            detail=f"no package is called `{name}`, as names are {why}",
            blocks=True,
            remedy=f"write {right}, or --allow-left-out requirement",
        )


def _only_known(mapping: Mapping, known: Collection[str], of: str) -> None:
    """Refuse a key that Spack does not know: a misspelt requirement would have no effect."""
    for key, node in mapping.entries.items():
        name = unsuffixed(key)[0]
        if name in known:
            something(key, node)
            continue
        if key[-1:] in {"+", "-"} and key[:-1] in known:
            hint = suffix_hint(key)
        else:
            meant = near(name, known)
            listed = ", ".join(f"`{each}`" for each in sorted(known))
            hint = f"did you mean `{meant}`?" if meant else f"expected {listed}"
        raise node.mark.fault(f"`{key}` is not a part of {of}", hint=hint)


def _required(node: Node) -> tuple[Node, ...]:
    """Return the value under `require`: a text, or a list."""
    if isinstance(node, Scalar):
        return (node,)
    return _listed(node, "a spec or a list")


def _listed(node: Node, expected: str) -> tuple[Node, ...]:
    if isinstance(node, Sequence):
        return node.items
    hint = "put `- ` before it" if isinstance(node, Mapping) else "put `[` and `]` around it"
    raise node.mark.fault(f"expected {expected}, found {node.kind}", hint=hint)


def _clauses(
    item: Node, expansion: Expansion, *, of_all: bool
) -> Iterator[tuple[Clause, list[AbstractSpec]]]:
    """Yield the clauses of a requirement, each with its specs: one may have several keys."""
    if not isinstance(item, Mapping):
        spec, when = _one(item, expansion)
        yield Clause(rule="any", choices=(str(spec),), when=when, of_all=of_all), [spec]
        return
    _only_known(item, _OF_REQUIREMENT, "a requirement")
    when = _when(item, expansion)
    keys = [key for key in ("spec", *_CHOICES) if entry(item, key) is not None]
    if not keys:
        raise item.mark.fault("expected `spec`, or a list under `one_of` or `any_of`")
    for key in keys:
        node = entry(item, key)
        if key == "spec" and node is not None:
            specs = [_spec(node, expansion)]
        elif isinstance(node, Sequence):
            specs = [_spec(each, expansion) for each in node.items]
        else:
            raise item.mark.fault(f"expected a list under `{key}`")
        rule: Rule = "one" if key == "one_of" else "any"
        choices = tuple(str(spec) for spec in specs)
        yield Clause(rule=rule, choices=choices, when=when, of_all=of_all), specs


def _one(node: Node, expansion: Expansion) -> tuple[AbstractSpec, str | None]:
    """Return a spec and its condition."""
    if isinstance(node, Mapping):
        single = entry(node, "spec")
        if single is None:
            raise node.mark.fault("expected a spec, or `spec` and perhaps `when`")
        return _spec(single, expansion), _when(node, expansion)
    return _spec(node, expansion), None


def _when(node: Mapping, expansion: Expansion) -> str | None:
    when = entry(node, "when")
    if when is None or (isinstance(when, Scalar) and not when.text):
        return None
    return str(_spec(when, expansion))


def _spec(node: Node, expansion: Expansion) -> AbstractSpec:
    if not isinstance(node, Scalar) or node.string is None:
        hint = 'write its text, such as `"+x"`' if isinstance(node, Mapping) else None
        raise node.mark.fault(f"expected a spec, found {node.kind}", hint=hint)
    return expansion.spec(node.text, node.mark)


def _is_architecture(spec: AbstractSpec) -> bool:
    """Return whether a spec constrains only platform, operating system and target."""
    keys = {word.partition("=")[0] for word in str(spec).split() if "=" in word}
    return len(keys) == len(str(spec).split()) and keys <= {"platform", "os", "target"}
