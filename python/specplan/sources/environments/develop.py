"""Developed packages of an environment, which are built from a source tree and never fetched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from specplan.sources.environments.requirements import Clause
from specplan.sources.environments.sections import entry, unsuffixed
from specplan.sources.environments.yaml_tree import Mapping, Node, Scalar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from specplan._core import AbstractSpec
    from specplan.sources.environments.matrix import Expansion

__all__ = ["NEVER", "clauses_of", "is_developed", "read_develop"]

#: A clause that no binary meets.
NEVER: Final = Clause(rule="never", choices=("*",))


def read_develop(develop: Node | None, expansion: Expansion) -> tuple[AbstractSpec, ...]:
    """Read a ``develop:`` section: the specs that are built from source trees.

    Raises:
        DamagedSourceError: If it is not a mapping of packages with their specs.
    """
    if develop is None:
        return ()
    if not isinstance(develop, Mapping):
        raise develop.mark.fault(f"expected a mapping, found {develop.kind}")
    specs = []
    for key, node in develop.entries.items():
        text = entry(node, "spec")
        name = unsuffixed(key)[0]
        spec = expansion.spec(name, node.mark)
        if not isinstance(text, Scalar) or not text.string:
            hint = f'write `spec: "{name}@main"`, with the version that its source tree has'
            raise node.mark.fault(f"`{name}` is developed without a `spec`", hint=hint)
        try:
            spec = expansion.spec(text.text, text.mark).constrain(spec)
        except ValueError as error:
            raise text.mark.fault(f"is developed under another name: {error}") from error
        specs.append(spec)
    return tuple(specs)


def is_developed(root: AbstractSpec, developed: Iterable[AbstractSpec]) -> bool:
    """Return whether a root is built from a source tree."""
    if "dev_path=" in str(root):
        return True
    return any(root.name == each.name and root.intersects(each) is not False for each in developed)


def clauses_of(root: AbstractSpec, developed: Iterable[AbstractSpec]) -> list[Clause]:
    """Return clauses that exclude all binaries, for a root that is or needs a developed one."""
    if is_developed(root, developed):
        return [NEVER]
    return [
        Clause(rule="never", choices=(f"^{each}",))
        for each in developed
        if each.name != root.name and "^" not in str(each) and "%" not in str(each)
    ]
