"""The ``toolchains:`` of an environment, whose names may follow ``%``.

As in Spack, a toolchain is only read when a spec uses it: an invalid one that nothing uses does no
harm. It may refer to other toolchains.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from specplan._core import AbstractSpec
from specplan.sources.environments.sections import entry, something, unsuffixed
from specplan.sources.environments.yaml_tree import Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from specplan.sources.environments.yaml_tree import Mark

    #: Reads a text as a spec, replacing toolchains.
    ReadSpec: TypeAlias = Callable[[str, Mark], AbstractSpec]

__all__ = ["Toolchains", "read_toolchains"]

#: A spec without constraints.
_EMPTY: Final = AbstractSpec("*")


class Toolchains:
    """The toolchains of an environment by name."""

    def __init__(self, nodes: dict[str, Node]) -> None:
        self._nodes = nodes
        self._specs: dict[str, AbstractSpec] = {}
        #: The toolchains that are being read, the outermost first.
        self._open: list[str] = []

    def named_in(self, text: str, mark: Mark, read: ReadSpec) -> dict[str, AbstractSpec]:
        """Return the toolchains that the text of a spec names.

        Args:
            text: The text.
            mark: Its place.
            read: Reads the texts of toolchains.

        Raises:
            DamagedSourceError: If one of them is wrong or uses itself.
        """
        if not self._nodes:
            return {}
        names = AbstractSpec.toolchains_in(text, set(self._nodes))
        return {name: self._spec(name, mark, read) for name in names}

    def _spec(self, name: str, mark: Mark, read: ReadSpec) -> AbstractSpec:
        """Return the spec that a toolchain requires of a node."""
        if name in self._open:
            by_way = " -> ".join(f"`{each}`" for each in (*self._open, name))
            raise mark.fault(
                f"the toolchain `{name}` uses itself: {by_way}",
                hint="write the packages that it stands for",
            )
        if name not in self._specs:
            self._open.append(name)
            try:
                self._specs[name] = _toolchain(self._nodes[name], read)
            finally:
                self._open.pop()
        return self._specs[name]


def read_toolchains(toolchains: Node | None) -> Toolchains:
    """Check the forms of toolchains; their specs are read where they are used.

    Raises:
        DamagedSourceError: If one is neither a text nor a list of mappings.
    """
    if toolchains is None:
        return Toolchains({})
    if not isinstance(toolchains, Mapping):
        raise toolchains.mark.fault(f"expected a mapping, found {toolchains.kind}")
    for key, node in toolchains.entries.items():
        _check_form(key, node)
    return Toolchains({unsuffixed(key)[0]: node for key, node in toolchains.entries.items()})


def _check_form(key: str, node: Node) -> None:
    """Refuse a form that Spack's schema refuses."""
    expected = "expected a text, or a list of mappings with `spec` and perhaps `when`"
    if isinstance(node, Sequence):
        for part in node.items:
            if not isinstance(part, Mapping):
                hint = None
                if isinstance(part, Scalar) and part.string is not None:
                    hint = f'write `- spec: "{part.text}"`'
                raise part.mark.fault(f"{expected}, found {part.kind}", hint=hint)
            for name in ("spec", "when"):
                _check_text(entry(part, name))
    elif not isinstance(something(key, node), Scalar):
        hint = "write a list, with `- ` before `spec:`" if isinstance(node, Mapping) else None
        raise node.mark.fault(f"{expected}, found {node.kind}", hint=hint)
    else:
        _check_text(node)


def _check_text(node: Node | None) -> None:
    if node is not None and (not isinstance(node, Scalar) or _text(node) is None):
        raise node.mark.fault(f"expected a text, found {node.kind}")


def _text(node: Scalar) -> str | None:
    return node.string if node.is_plain else node.text


def _toolchain(node: Node, read: ReadSpec) -> AbstractSpec:
    parts = node.items if isinstance(node, Sequence) else (node,)
    specs = [_part(part, read) for part in parts]
    try:
        return _EMPTY.constrain_all(specs)
    except ValueError as error:
        contradiction, position = error.args
        fault = f"contradicts the parts before: {contradiction}"
        raise parts[position].mark.fault(fault) from error


def _part(node: Node, read: ReadSpec) -> AbstractSpec:
    text = node if isinstance(node, Scalar) else entry(node, "spec")
    when = entry(node, "when")
    if not isinstance(text, Scalar):
        raise node.mark.fault("a part of a toolchain that is used has no `spec`")
    if not text.text.strip():
        raise text.mark.fault("expected a spec, found an empty text")
    spec = read(text.text, text.mark)
    if not spec.is_direct_only:
        raise text.mark.fault(f"`{spec}` contains `^`: a toolchain may contain only `%`")
    if not isinstance(when, Scalar) or not when.text:
        return spec
    try:
        return spec.only_when(read(when.text, when.mark))
    except ValueError as error:
        raise when.mark.fault(str(error)) from error
