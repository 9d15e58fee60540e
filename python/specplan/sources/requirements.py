"""What the ``packages:`` of an environment require of its roots.

Most requirements need recipes: whether ``~cuda`` applies to a package that may have no
such variant, whether ``%gcc`` applies to one that compiles nothing. What is asked of
roots here is only what holds for certain:

- of ``packages:all:require`` what speaks of nothing but platform, operating system and
  target, which every package has;
- of ``packages:NAME:require``, which replaces the former, all that is no choice.

The rest is left out and noted, so that too much counts as covered rather than too little.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from specplan.sources.includes import entry, unsuffixed
from specplan.sources.yaml_tree import Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from specplan._core import AbstractSpec
    from specplan.sources.matrix import Expansion

__all__ = ["Requirements", "read_requirements"]


@dataclass(slots=True)
class Requirements:
    """What is required of roots.

    Attributes:
        every: Of every root that has no requirements of its own.
        own: Of roots by the name of their package.
    """

    every: list[AbstractSpec] = field(default_factory=list)
    own: dict[str, list[AbstractSpec]] = field(default_factory=dict)
    _unasked: dict[str, list[str]] = field(default_factory=dict)

    def asked(self, root: AbstractSpec) -> AbstractSpec:
        """Return a root together with what is required of it.

        Raises:
            ValueError: If the two contradict each other.
        """
        for each in self.own.get(root.name or "", self.every):
            root = root.constrain(each)
        return root

    def left_out(self, package: str) -> list[str]:
        """Say what of the requirements of a package, or of ``all``, is not asked of roots."""
        unasked = self._unasked.get(package, [])
        if not unasked:
            return []
        listed = ", ".join(f"`{each}`" for each in unasked)
        why = "recipes say to what it applies" if package == "all" else "it leaves a choice"
        return [f"`packages:{package}:require` is asked of no root where it says {listed}: {why}"]

    def add(self, package: str, required: Node, expansion: Expansion) -> None:
        """Take in the requirements of a package, or of ``all``."""
        items = required.items if isinstance(required, Sequence) else (required,)
        certain = []
        unasked = self._unasked.setdefault(package, [])
        for item in items:
            choices = _choices(item)
            specs = [expansion.spec(each.text, each.mark) for each in choices.specs]
            is_certain = len(specs) == 1 and not choices.is_conditional
            if is_certain and (package != "all" or _is_architecture(specs[0])):
                certain.append(specs[0])
            else:
                unasked.append(" or ".join(each.text for each in choices.specs))
        if package == "all":
            self.every = certain
        else:
            self.own[package] = certain


def read_requirements(packages: Node | None, expansion: Expansion) -> Requirements:
    """Read the requirements of a ``packages:`` section.

    Args:
        packages: The section.
        expansion: Reads texts as specs.

    Raises:
        DamagedSourceError: If a requirement is no spec, or of a type that it may not be.
    """
    found = Requirements()
    if packages is None:
        return found
    if not isinstance(packages, Mapping):
        raise packages.mark.fault(f"expected a mapping, found {packages.kind}")
    for key, package in packages.entries.items():
        required = entry(package, "require")
        if required is not None:
            found.add(unsuffixed(key)[0], required, expansion)
    return found


@dataclass(slots=True)
class _Choices:
    """The specs of which one is required, perhaps only under a condition."""

    specs: list[Scalar]
    is_conditional: bool = False


def _choices(item: Node) -> _Choices:
    if isinstance(item, Scalar):
        return _Choices([_spec(item)])
    if not isinstance(item, Mapping):
        raise item.mark.fault(f"expected a spec or a mapping, found {item.kind}")
    is_conditional = entry(item, "when") is not None
    single = entry(item, "spec")
    if single is not None:
        return _Choices([_spec(single)], is_conditional)
    many = entry(item, "one_of") or entry(item, "any_of")
    if not isinstance(many, Sequence):
        raise item.mark.fault("expected `spec`, or a list under `one_of` or `any_of`")
    choices = _Choices([], is_conditional)
    for each in many.items:
        choices.is_conditional |= entry(each, "when") is not None
        choices.specs.append(_spec(entry(each, "spec") or each))
    return choices


def _spec(node: Node) -> Scalar:
    if not isinstance(node, Scalar) or node.string is None:
        raise node.mark.fault(f"expected a spec, found {node.kind}")
    return node


def _is_architecture(spec: AbstractSpec) -> bool:
    """Whether a spec asks for nothing but platform, operating system and target."""
    keys = {word.partition("=")[0] for word in str(spec).split() if "=" in word}
    return len(keys) == len(str(spec).split()) and keys <= {"platform", "os", "target"}
