"""YAML documents as trees that are written back unchanged.

The meaning of a pipeline is up to GitLab, so nothing in it may get lost: the tree keeps the anchors
with their names, the tags, and the style of every text, list and mapping. A node repeated by
aliases is one node in several places. It is written at its first place in the tree, and as an alias
after that, so an anchor survives the removal of its original place. Comments are not kept; Spack
writes none.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Final, TypeAlias

import yaml

from specplan import log_commands
from specplan.errors import DamagedSourceError
from specplan.records import dataclass
from specplan.sources.text import TextError, decoded
from specplan.sources.yaml_events import events

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "Document",
    "Node",
    "WrittenMapping",
    "WrittenScalar",
    "WrittenSequence",
    "is_harmless",
    "parse",
    "references_in",
]

#: Spack's pipelines have seven levels; GitLab refuses more than 150.
_MAX_DEPTH: Final = 64

#: The maximum number of values in a file after expanding aliases. A pipeline that GitLab accepts,
#: with a file of at most 5 MB, has fewer.
_MAX_VALUES: Final = 5_000_000

#: The maximum length of lines of text, if folded and if not.
_WIDTH: Final = 80
_ENDLESS: Final = 1 << 30

_MERGE: Final = "<<"
_REFERENCE: Final = "!reference"


@dataclass(slots=True, eq=False)
class WrittenScalar:
    """A text as it was written.

    Attributes:
        text: The text.
        style: The quotes or the block around it; None for a plain one.
        implicit: Whether its tag may be omitted if it is plain, and if it is not.
        tag: Its tag, if it has one.
        anchor: Its anchor, if it has one.
        line: Its line, counted from 1.
    """

    text: str
    style: str | None = None
    implicit: tuple[bool, bool] = (True, False)
    tag: str | None = None
    anchor: str | None = None
    line: int = 0


@dataclass(slots=True, eq=False)
class WrittenSequence:
    """A list; its attributes are those of :class:`WrittenScalar`, and whether it is on one line."""

    items: list[Node] = field(default_factory=list)
    flow: bool = False
    implicit: bool = True
    tag: str | None = None
    anchor: str | None = None
    line: int = 0


@dataclass(slots=True, eq=False)
class WrittenMapping:
    """Pairs of nodes in the order written; its attributes are those of :class:`WrittenSequence`."""

    pairs: list[tuple[Node, Node]] = field(default_factory=list)
    flow: bool = False
    implicit: bool = True
    tag: str | None = None
    anchor: str | None = None
    line: int = 0

    def get(self, key: str) -> Node | None:
        """Return the value of a key, its own or from a mapping merged with ``<<``."""
        merged: list[Node] = []
        for each, value in self.pairs:
            if not isinstance(each, WrittenScalar):
                continue
            if each.text == key:
                return value
            if each.text == _MERGE and each.style is None:
                merged += value.items if isinstance(value, WrittenSequence) else [value]
        for source in merged:
            if isinstance(source, WrittenMapping) and (found := source.get(key)) is not None:
                return found
        return None

    def own(self, key: str) -> Node | None:
        """Return the value that the mapping itself has for a key."""
        found = (value for each, value in self.pairs if _is_text(each, key))
        return next(found, None)

    def put(self, key: str, value: Node) -> None:
        """Set a key, replacing its value or appending it."""
        for at, (each, _) in enumerate(self.pairs):
            if _is_text(each, key):
                self.pairs[at] = (each, value)
                return
        self.pairs.append((WrittenScalar(key), value))


def references_in(node: Node) -> Iterator[str]:
    """Return the entries that a node refers to with ``!reference [ENTRY, KEY]``."""
    open_, seen = [node], set[int]()
    while open_:
        each = open_.pop()
        if id(each) in seen or isinstance(each, WrittenScalar):
            continue
        seen.add(id(each))
        if isinstance(each, WrittenMapping):
            open_ += [value for _, value in each.pairs]
            continue
        open_ += each.items
        if each.tag == _REFERENCE and each.items and isinstance(each.items[0], WrittenScalar):
            yield each.items[0].text


def _is_text(node: Node, text: str) -> bool:
    return isinstance(node, WrittenScalar) and node.text == text


Node: TypeAlias = WrittenScalar | WrittenSequence | WrittenMapping


@dataclass(slots=True, eq=False)
class Document:
    """The document of a file.

    Attributes:
        root: Its top-level mapping.
        path: The file, as shown to users.
        starts: Whether it starts with ``---``.
    """

    root: WrittenMapping
    path: str
    starts: bool = False

    def fault(self, node: Node, place: str, fault: str) -> DamagedSourceError:
        """Return the error for a fault in a node."""
        return DamagedSourceError(
            path=self.path, location=place, line=node.line or None, fault=fault
        )

    def to_text(self) -> str:
        """Return the document as YAML.

        A text that the log of a CI job or a terminal would interpret as a command is written with
        escapes. Its meaning is the same.
        """
        events = list(_events_of(self))
        texts = [each.value for each in events if isinstance(each, yaml.ScalarEvent)]
        are_harmless = not any(map(_is_obeyed, texts))
        written: str = yaml.emit(
            events,
            Dumper=yaml.CSafeDumper,
            allow_unicode=are_harmless,
            # A folded line might begin with any word.
            width=_WIDTH if are_harmless else _ENDLESS,
        )
        return written if are_harmless else log_commands.ANYWHERE.sub(r"\\x23#", written)


def is_harmless(text: str) -> bool:
    """Return whether a text may be written unchanged to a terminal or the log of a CI job."""
    obeyed = log_commands.ANYWHERE.search(text) or log_commands.WORKFLOW.search(text)
    return not obeyed and _shows(text.replace("\r\n", "\n"))


def _is_obeyed(text: str) -> bool:
    """Return whether a text must be written with escapes anywhere in a line."""
    return bool(
        log_commands.ANYWHERE.search(text)
        or log_commands.AT_LINE_START.search(text)
        or not _shows(text)
    )


def _shows(text: str) -> bool:
    return text.replace("\n", "").replace("\t", "").isprintable()


def parse(content: bytes, path: str) -> Document:
    """Read the only document of a file.

    Args:
        content: The whole file.
        path: The file, as shown to users.

    Raises:
        DamagedSourceError: If it is not YAML, is nested too deeply, expands to too many values, or
            is not one mapping.
    """
    try:
        text = decoded(content)
    except TextError as error:
        raise _damaged(path, error.line, error.fault) from error
    builder = _DocumentBuilder(path)
    try:
        for event in events(text):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = error.problem or error.context or "malformed"
        line = None if mark is None else mark.line + 1
        raise _damaged(path, line, f"is not YAML: {problem}") from error
    except yaml.reader.ReaderError as error:
        raise _damaged(path, None, f"is not YAML: {error.reason}") from error
    return builder.document()


def _damaged(path: str, line: int | None, fault: str) -> DamagedSourceError:
    return DamagedSourceError(path=path, location="", line=line, fault=fault)


@dataclass(slots=True)
class _OpenNode:
    """An open list or mapping, with the number of its values so far."""

    node: WrittenSequence | WrittenMapping
    values: int = 1
    key: Node | None = None

    def take(self, node: Node) -> None:
        if isinstance(self.node, WrittenSequence):
            self.node.items.append(node)
        elif self.key is None:
            self.key = node
        else:
            self.node.pairs.append((self.key, node))
            self.key = None


class _DocumentBuilder:
    """Makes a tree from events, without recursion."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._open: list[_OpenNode] = []
        self._anchored: dict[str, tuple[Node, int]] = {}
        self._root: Node | None = None
        self._documents = 0
        self._starts = False

    def document(self) -> Document:
        if not isinstance(self._root, WrittenMapping):
            line = None if self._root is None else self._root.line
            raise _damaged(self._path, line, "is not a mapping of jobs")
        return Document(self._root, self._path, self._starts)

    def take(self, event: yaml.Event) -> None:
        line = 1 if event.start_mark is None else event.start_mark.line + 1
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise _damaged(
                    self._path, line, "a second document begins, but only one is allowed"
                )
            self._starts = bool(event.explicit)
        elif isinstance(event, yaml.CollectionEndEvent):
            ended = self._open.pop()
            self._complete(ended.node, ended.values, line)
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event.anchor, line)
        elif isinstance(event, yaml.ScalarEvent):
            scalar = WrittenScalar(
                event.value, event.style or None, event.implicit, event.tag, event.anchor, line
            )
            if scalar.anchor is not None:
                self._anchored.pop(scalar.anchor, None)
            self._complete(scalar, 1, line)
        elif isinstance(event, yaml.SequenceStartEvent):
            self._begin(
                WrittenSequence(
                    [], bool(event.flow_style), event.implicit, event.tag, event.anchor, line
                )
            )
        elif isinstance(event, yaml.MappingStartEvent):
            self._begin(
                WrittenMapping(
                    [], bool(event.flow_style), event.implicit, event.tag, event.anchor, line
                )
            )

    def _begin(self, node: WrittenSequence | WrittenMapping) -> None:
        if len(self._open) == _MAX_DEPTH:
            raise _damaged(self._path, node.line, f"is nested more than {_MAX_DEPTH} deep")
        # From here on the name refers to this node; inside the node it may not be used yet.
        if node.anchor is not None:
            self._anchored.pop(node.anchor, None)
        self._open.append(_OpenNode(node))

    def _alias(self, anchor: str | None, line: int) -> None:
        if anchor is None or anchor not in self._anchored:
            inside = any(each.node.anchor == anchor for each in self._open)
            fault = "contains itself" if inside else "is not defined"
            raise _damaged(self._path, line, f"the alias `*{anchor}` {fault}")
        self._complete(*self._anchored[anchor], line)

    def _complete(self, node: Node, values: int, line: int) -> None:
        # An anchor of the same name inside the node was defined later, and remains.
        if node.anchor is not None and node.anchor not in self._anchored:
            self._anchored[node.anchor] = (node, values)
        if not self._open:
            self._root = node
            return
        holder = self._open[-1]
        holder.values += values
        if holder.values > _MAX_VALUES:
            fault = f"expands to more than {_MAX_VALUES} values once its aliases are followed"
            raise _damaged(self._path, line, fault)
        holder.take(node)


def _events_of(document: Document) -> Iterator[yaml.Event]:
    yield yaml.StreamStartEvent()
    yield yaml.DocumentStartEvent(explicit=document.starts)
    yield from _EventWriter().events_of(document.root)
    yield yaml.DocumentEndEvent(explicit=False)
    yield yaml.StreamEndEvent()


class _EventWriter:
    """Makes events from a tree; repeated nodes become aliases."""

    def __init__(self) -> None:
        #: The node of each anchor at this point of the text.
        self._meant: dict[str, Node] = {}
        self._events: list[yaml.Event] = []

    def events_of(self, root: Node) -> list[yaml.Event]:
        self._write(root, in_flow=False, is_key=False)
        return self._events

    def _write(self, node: Node, *, in_flow: bool, is_key: bool) -> None:
        if node.anchor is not None:
            if self._meant.get(node.anchor) is node:
                self._events.append(yaml.AliasEvent(node.anchor))
                return
            self._meant[node.anchor] = node
        if isinstance(node, WrittenScalar):
            self._events.append(_scalar_event(node, may_be_empty=not (in_flow or is_key)))
        elif isinstance(node, WrittenSequence):
            self._events.append(
                yaml.SequenceStartEvent(node.anchor, node.tag, node.implicit, flow_style=node.flow)
            )
            for item in node.items:
                self._write(item, in_flow=in_flow or node.flow, is_key=False)
            self._events.append(yaml.SequenceEndEvent())
        else:
            self._events.append(
                yaml.MappingStartEvent(node.anchor, node.tag, node.implicit, flow_style=node.flow)
            )
            for key, value in node.pairs:
                self._write(key, in_flow=in_flow or node.flow, is_key=True)
                self._write(value, in_flow=in_flow or node.flow, is_key=False)
            self._events.append(yaml.MappingEndEvent())


def _scalar_event(node: WrittenScalar, *, may_be_empty: bool) -> yaml.Event:
    # An empty scalar means null, but would be written as an empty text where it needs letters.
    is_null = not node.text and node.style is None and node.tag is None and not may_be_empty
    text = "null" if is_null else node.text
    style = '"' if _is_obeyed(text) else node.style
    # A plain text that needs quotes in its new place means the same with quotes, and has no tag.
    implicit = node.implicit if node.tag is not None else (node.implicit[0], True)
    return yaml.ScalarEvent(node.anchor, node.tag, implicit, text, style=style)
