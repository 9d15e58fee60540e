"""The externals in the ``packages:`` of an environment."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from specplan.records import dataclass
from specplan.sources.environments.sections import entry, unsuffixed
from specplan.sources.environments.yaml_tree import Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from specplan._core import AbstractSpec
    from specplan.sources.environments.matrix import Expansion

__all__ = ["Externals", "read_externals"]


@dataclass(frozen=True, slots=True)
class Externals:
    """The externals of packages that may not be built.

    Attributes:
        of: The externals by the name of the package.
    """

    of: dict[str, tuple[AbstractSpec, ...]] = field(default_factory=dict)

    def provide(self, root: AbstractSpec) -> bool:
        """Return whether a root can only be one of these.

        Then it is never built, and needs no binary. A root that matches none of them is not
        external: Spack refuses to concretize it.
        """
        return any(each.intersects(root) is not False for each in self.of.get(root.name or "", ()))


def read_externals(packages: Node | None, expansion: Expansion) -> Externals:
    """Read the externals of a ``packages:`` section.

    Args:
        packages: The section.
        expansion: Reads texts as specs.

    Raises:
        DamagedSourceError: If an external of a package that may not be built is not a spec.
    """
    if not isinstance(packages, Mapping):
        return Externals()
    by_default = _buildable(entry(packages, "all"))
    found = {}
    for key, package in packages.entries.items():
        name = unsuffixed(key)[0]
        buildable = _buildable(package)
        if name != "all" and (by_default if buildable is None else buildable) is False:
            listed = _listed(package)
            specs = tuple(expansion.spec(each.text, each.mark) for each in listed)
            found[name] = specs
    return Externals(found)


def _buildable(package: Node | None) -> bool | None:
    node = entry(package, "buildable")
    if node is None:
        return None
    if not isinstance(node, Scalar) or node.boolean is None:
        raise node.mark.fault(f"expected `true` or `false`, found {node.kind}")
    return node.boolean


def _listed(package: Node) -> Iterator[Scalar]:
    """Yield the specs of the externals of a package, in the current form or that before 0.16."""
    externals = entry(package, "externals")
    if isinstance(externals, Sequence):
        for external in externals.items:
            spec = entry(external, "spec")
            if isinstance(spec, Scalar):
                yield spec
    for old_form in ("paths", "modules"):
        former = entry(package, old_form)
        if isinstance(former, Mapping):
            for text in former.entries:
                yield Scalar(text, is_plain=False, mark=former.mark)
