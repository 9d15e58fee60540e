"""YAML as a tree in which every node knows its file and line.

PyYAML only provides events, which need no memory; the tree is built here, so that types are guessed
as in Spack, and no input can make the tree large or deep:

- aliases are allowed, but their content counts each time it is used;
- a key occurs once in a mapping, with or without the overriding colon, and merge keys (``<<``) are
  resolved;
- tags are refused.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Final, TypeAlias

import yaml

from specplan.errors import DamagedSourceError, SourceError
from specplan.patterns import pattern
from specplan.records import dataclass
from specplan.sources.absent import absence
from specplan.sources.location import WHOLE, Location
from specplan.sources.text import TextError, decoded
from specplan.sources.yaml_events import events

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from specplan.sources.limits import Limits

__all__ = [
    "Mapping",
    "Mark",
    "Node",
    "Scalar",
    "Sequence",
    "bounded",
    "content_of",
    "parse",
    "plain",
    "read",
]

#: Real environments need about ten levels.
_MAX_DEPTH: Final = 64

#: The maximum number of nodes in a file after expanding aliases.
_MAX_NODES: Final = 500_000

#: The maximum length of a plain scalar whose type is guessed; a longer one is text.
_MAX_GUESSED: Final = 64

#: The meaning of plain scalars in YAML 1.2, which Spack reads.
_NULLS: Final = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEANS: Final = {"true": True, "True": True, "TRUE": True} | dict.fromkeys(
    ("false", "False", "FALSE"), False
)
_NUMBER: Final = pattern(
    r"[-+]?(?:0o[0-7]+|0x[0-9a-fA-F]+|[0-9]+|(?:\.[0-9]+|[0-9]+\.[0-9]*)(?:[eE][-+]?[0-9]+)?"
    r"|[0-9]+[eE][-+]?[0-9]+|\.inf|\.Inf|\.INF)|\.nan|\.NaN|\.NAN"
)


@dataclass(frozen=True, slots=True)
class Mark:
    """The position of a node.

    Attributes:
        path: The file, as shown to users.
        line: The line, counted from 1.
        at_location: The location in the file.
    """

    path: str
    line: int
    at_location: Location

    @property
    def location(self) -> str:
        """A key path such as ``spack.specs[3]``; empty for the file as a whole."""
        return str(self.at_location)

    @property
    def where(self) -> str:
        """The file and the line, as messages name them."""
        return f"{self.path}:{self.line}"

    def fault(self, fault: str, *, hint: str | None = None) -> DamagedSourceError:
        """Return the error for a fault here."""
        return DamagedSourceError(
            path=self.path, location=self.location, line=self.line, fault=fault, hint=hint
        )


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text, which may have another meaning if it was written without quotes."""

    text: str
    is_plain: bool
    mark: Mark
    #: True if a colon at its end was dropped.
    lost_colon: bool = False

    @property
    def is_null(self) -> bool:
        """True if it is null."""
        return self.is_plain and self.text in _NULLS

    @property
    def boolean(self) -> bool | None:
        """Its truth value, or None."""
        return _BOOLEANS.get(self.text) if self.is_plain else None

    @property
    def is_number(self) -> bool:
        """True if it is a number."""
        guessed = self.is_plain and len(self.text) <= _MAX_GUESSED
        return guessed and _NUMBER.fullmatch(self.text) is not None

    @property
    def string(self) -> str | None:
        """The text, or None if it means something else."""
        is_other = self.is_null or self.boolean is not None or self.is_number
        return None if is_other else self.text

    @property
    def kind(self) -> str:
        """The kind of the node, for messages."""
        if self.is_null:
            return "nothing"
        if self.boolean is not None:
            return "a boolean"
        return "a number" if self.is_number else "text"


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: tuple[Node, ...]
    mark: Mark
    kind = "a list"


@dataclass(frozen=True, slots=True)
class Mapping:
    """Nodes by key, in the order written."""

    entries: dict[str, Node]
    mark: Mark
    kind = "a mapping"


Node: TypeAlias = Scalar | Sequence | Mapping


def plain(node: Node) -> object:
    """Return the value of a node, without places; equal nodes have equal values."""
    if isinstance(node, Scalar):
        return (node.kind, node.text)
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return {key: plain(value) for key, value in node.entries.items()}


def read(path: Path, limits: Limits, *, may_be_empty: bool = False) -> Node:
    """Read a file.

    Args:
        path: The file.
        limits: Its limits.
        may_be_empty: Whether it may be empty, or contain only comments.

    Raises:
        SourceError: If it cannot be read, is too large, or is not a regular file.
        DamagedSourceError: If it is not valid YAML, or YAML that is refused.
    """
    content = content_of(path, limits)
    return bounded(content, str(path), limits, may_be_empty=may_be_empty)


def content_of(path: Path, limits: Limits) -> bytes:
    """Return the content of a file, up to one byte above the limit for YAML.

    Raises:
        SourceError: If it cannot be read, or is not a regular file.
    """
    shown = str(path)
    try:
        if not path.is_file():
            if not path.exists():
                raise absence(shown)
            raise SourceError(f"`{shown}` is not a file", path=shown)
        with path.open("rb") as file:
            return file.read(limits.yaml_bytes + 1)
    except OSError as error:
        fault = error.strerror or str(error)
        raise SourceError(f"cannot read `{shown}`: {fault}", path=shown) from error
    except ValueError as error:  # a NUL in the path
        if isinstance(error, SourceError):
            raise
        raise SourceError(f"`{shown!r}` is not a path: {error}", path=shown) from error


def bounded(content: bytes, path: str, limits: Limits, *, may_be_empty: bool = False) -> Node:
    """Build the tree of a file unless it is too large.

    An empty file that may be empty is a mapping without entries.

    Raises:
        SourceError: If it is too large.
        DamagedSourceError: If it is not valid YAML, or YAML that is refused.
    """
    if len(content) > limits.yaml_bytes:
        fault = f"`{path}` has more than the {limits.yaml_bytes} bytes that specplan reads as YAML"
        raise SourceError(fault, path=path)
    return parse(content, path, may_be_empty=may_be_empty)


def parse(content: bytes, path: str, *, may_be_empty: bool = False) -> Node:
    """Build the tree of a file's only document.

    Args:
        content: The whole file.
        path: The file, as shown to users.
        may_be_empty: See :func:`bounded`.

    Raises:
        DamagedSourceError: If it is not valid YAML, or YAML that is refused.
    """

    def fault(message: str, line: int | None) -> DamagedSourceError:
        return DamagedSourceError(path=path, location="", line=line, fault=message)

    try:
        text = decoded(content)
        return _TreeBuilder(path, may_be_empty=may_be_empty).build(events(text))
    except TextError as error:
        raise fault(error.fault, error.line) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = error.problem or error.context or "malformed"
        line = None if mark is None else mark.line + 1
        raise fault(f"is not valid YAML: {problem}", line) from error
    except yaml.reader.ReaderError as error:
        raise fault(f"is not valid YAML: {error.reason}", None) from error


@dataclass(slots=True)
class _OpenCollection:
    """A list or mapping that is not complete yet."""

    mark: Mark
    anchor: str | None
    is_mapping: bool
    items: list[Node] = field(default_factory=list)
    entries: dict[str, Node] = field(default_factory=dict)
    key: Scalar | None = None
    merged: Node | None = None
    nodes: int = 1

    def place_of_next(self) -> Location:
        place = self.mark.at_location
        if not self.is_mapping:
            return place.item(len(self.items))
        return place if self.key is None else place.key(self.key.text)

    def take(self, node: Node) -> None:
        if not self.is_mapping:
            self.items.append(_spelt(node))
        elif self.key is None:
            if not isinstance(node, Scalar):
                raise node.mark.fault("a key must be text")
            self.key = node
        else:
            self._take_value(self.key, node)
            self.key = None

    def _take_value(self, key: Scalar, node: Node) -> None:
        is_merge = key.is_plain and key.text == "<<"
        is_twice = key.text in self.entries or _twin(key.text) in self.entries
        if is_twice or (is_merge and self.merged is not None):
            mark = Mark(key.mark.path, key.mark.line, self.place_of_next())
            raise mark.fault("the key is given twice")
        if is_merge:
            self.merged = node
        else:
            self.entries[key.text] = _spelt(node)

    def closed(self) -> Node:
        if not self.is_mapping:
            return Sequence(tuple(self.items), self.mark)
        if self.merged is not None:
            many = isinstance(self.merged, Sequence)
            sources = self.merged.items if isinstance(self.merged, Sequence) else (self.merged,)
            merged: dict[str, Node] = {}
            # Earlier sources take precedence, and the mapping's own keys over all. Each source is
            # inserted once, so that the time is proportional to their size.
            for source in reversed(sources):
                if not isinstance(source, Mapping):
                    expected = "mappings" if many else "a mapping"
                    raise source.mark.fault(f"`<<` takes {expected}, found {source.kind}")
                _put(merged, source.entries)
            _put(merged, self.entries)
            return Mapping(merged, self.mark)
        return Mapping(self.entries, self.mark)


def _twin(key: str) -> str:
    """Return the other spelling of a key: `a:` overrides, and `a` is merged."""
    return key[:-1] if key.endswith(":") else f"{key}:"


def _put(merged: dict[str, Node], entries: dict[str, Node]) -> None:
    """Insert entries that take precedence over those with the same keys."""
    for key, node in entries.items():
        merged.pop(_twin(key), None)
        merged[key] = node


def _spelt(node: Node) -> Node:
    """Return a value as Spack reads it: without a colon at the end of a text.

    Spack takes every such text without an `@` as a key that overrides others, even values.
    """
    if isinstance(node, Scalar) and node.text.endswith(":") and "@" not in node.text:
        return Scalar(node.text[:-1], is_plain=False, mark=node.mark, lost_colon=True)
    return node


class _TreeBuilder:
    """Turns events into a tree, without recursion."""

    def __init__(self, path: str, *, may_be_empty: bool) -> None:
        self._path = path
        self._may_be_empty = may_be_empty
        self._open: list[_OpenCollection] = []
        self._anchored: dict[str, tuple[Node, int]] = {}
        self._total = 0
        self._root: Node | None = None

    def build(self, found: Iterator[yaml.Event]) -> Node:
        documents = 0
        for event in found:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise self._mark(event).fault(
                        "a second document begins, but only one is allowed"
                    )
            elif isinstance(event, yaml.CollectionEndEvent):
                frame = self._open.pop()
                self._complete(frame.closed(), frame.anchor, frame.nodes)
            elif isinstance(event, yaml.NodeEvent):
                self._node(event)
        if self._root is None or (isinstance(self._root, Scalar) and self._root.is_null):
            start = Mark(self._path, 1, WHOLE)
            if self._may_be_empty:
                return Mapping({}, start)
            raise start.fault("is empty")
        return self._root

    def _mark(self, event: yaml.Event) -> Mark:
        line = 1 if event.start_mark is None else event.start_mark.line + 1
        return Mark(self._path, line, self._open[-1].place_of_next() if self._open else WHOLE)

    def _node(self, event: yaml.NodeEvent) -> None:
        mark = self._mark(event)
        if isinstance(event, yaml.AliasEvent):
            if any(frame.anchor == event.anchor for frame in self._open):
                raise mark.fault(f"the alias `*{event.anchor}` contains itself")
            if event.anchor not in self._anchored:
                raise mark.fault(f"the alias `*{event.anchor}` is not defined")
            node, nodes = self._anchored[event.anchor]
            self._complete(node, None, nodes)
            return
        if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent) and event.tag:
            raise mark.fault("YAML tags are not supported")
        if isinstance(event, yaml.ScalarEvent):
            self._complete(Scalar(event.value, not event.style, mark), event.anchor, 1)
            return
        if len(self._open) == _MAX_DEPTH:
            raise mark.fault(f"is nested more than {_MAX_DEPTH} deep")
        is_mapping = isinstance(event, yaml.MappingStartEvent)
        self._open.append(_OpenCollection(mark, event.anchor, is_mapping))

    def _complete(self, node: Node, anchor: str | None, nodes: int) -> None:
        if anchor is not None:
            self._anchored[anchor] = (node, nodes)
        if not self._open:
            self._root = node
            return
        frame = self._open[-1]
        frame.nodes += nodes
        if frame.nodes > _MAX_NODES:
            raise frame.mark.fault(f"expands to more than {_MAX_NODES} values")
        frame.take(node)
