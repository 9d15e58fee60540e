"""The ``toolchains:`` of an environment, whose names may stand after ``%``."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from specplan.sources.sections import entry
from specplan.sources.yaml_tree import Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from specplan._core import AbstractSpec
    from specplan.sources.matrix import Expansion

__all__ = ["SpecsByName", "read_toolchains"]

SpecsByName: TypeAlias = "dict[str, AbstractSpec]"


def read_toolchains(toolchains: Node | None, expansion: Expansion) -> SpecsByName:
    """Read what each toolchain asks of a node.

    Raises:
        DamagedSourceError: If one is no spec, asks for what is not one edge away, or
            contradicts itself.
    """
    if toolchains is None:
        return {}
    if not isinstance(toolchains, Mapping):
        raise toolchains.mark.fault(f"expected a mapping, found {toolchains.kind}")
    return {name: _toolchain(node, expansion) for name, node in toolchains.entries.items()}


def _toolchain(node: Node, expansion: Expansion) -> AbstractSpec:
    parts = node.items if isinstance(node, Sequence) else (node,)
    whole: AbstractSpec | None = None
    for part in parts:
        spec = _part(part, expansion)
        try:
            whole = spec if whole is None else whole.constrain(spec)
        except ValueError as error:
            raise part.mark.fault(f"contradicts the parts before: {error}") from error
    if whole is None:
        raise node.mark.fault("a toolchain needs at least one spec")
    return whole


def _part(node: Node, expansion: Expansion) -> AbstractSpec:
    text, when = node, None
    if isinstance(node, Mapping):
        text, when = entry(node, "spec") or node, entry(node, "when")
    spec = _spec(text, expansion)
    if not spec.is_direct_only:
        raise text.mark.fault(f"`{spec}` holds `^`: a toolchain may hold only `%`")
    if when is None:
        return spec
    try:
        return spec.only_when(_spec(when, expansion))
    except ValueError as error:
        raise when.mark.fault(str(error)) from error


def _spec(node: Node, expansion: Expansion) -> AbstractSpec:
    if not isinstance(node, Scalar) or not node.string:
        raise node.mark.fault(f"expected a spec, found {node.kind}")
    return expansion.spec(node.text, node.mark)
