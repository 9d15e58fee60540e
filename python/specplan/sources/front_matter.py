"""The reference reader of package pages: Jekyll front matter in any YAML spelling.

The bulk reader in Rust reads pages in the published spelling. Any other page is read here: PyYAML
parses it, and the values go back to Rust as JSON, so that both paths end in the same checks.

YAML is walked twice. The first walk sees only events, which cost no memory, and refuses what makes
YAML dangerous: aliases (a few bytes that expand to gigabytes), deep nesting (which overflows the
stack of recursive constructors), tags, duplicate keys, and plain scalars so long that guessing
their type takes forever. The second builds the values.

The place of a value is stored as its parent and one step, and only becomes a key path for a
message: a key may be as long as the page, with as many values below it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import yaml

from specplan.patterns import pattern
from specplan.records import dataclass
from specplan.sources.text import TextError, decoded
from specplan.sources.yaml_events import events

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["FrontMatter", "FrontMatterError", "parse"]

#: Front matter needs five levels; real pages have no more.
_MAX_DEPTH: Final = 16

#: The maximum number of keys, values and lists; some dozens take a millisecond. The largest pages
#: of the public cache have a fifth of this.
_MAX_NODES: Final = 250_000

#: The range of numbers of JSON readers.
_MAX_INTEGER: Final = 2**63

#: The maximum length of a plain scalar whose type is guessed, in characters.
_MAX_PLAIN: Final = 1024

#: The relevant keys; everything else in a page is ignored.
_KEYS: Final = ("title", "categories", "meta", "spec_details")

#: The number of levels below the front matter for which lines are recorded.
_PLACES_DEPTH: Final = 3

#: One step of a key path.
_STEP: Final = pattern(r"([^.\[\]]+)|\[([0-9]+)\]")


class FrontMatterError(ValueError):
    """A page that is not a front matter, or whose YAML is refused.

    Attributes:
        location: A key path, or an empty string for the page as a whole.
        line: The line, counted from 1, or None.
        fault: The fault there.
    """

    def __init__(self, fault: str, *, location: str = "", line: int | None = None) -> None:
        super().__init__(fault)
        self.location = location
        self.line = line
        self.fault = fault


class Position:
    """The position of a value.

    Attributes:
        line: The line of the value, counted from 1.
        parent: The place of the mapping or list that it is in; None for the page.
        step: Its key or its position there.
    """

    __slots__ = ("_below", "line", "parent", "step")

    def __init__(self, line: int, parent: Position | None = None, step: str | int = "") -> None:
        self.line = line
        self.parent = parent
        self.step = step
        self._below: dict[str | int, Position] = {}

    def keep(self, step: str | int, line: int) -> Position:
        """Return the place of a value in this one, and record it for :meth:`find`."""
        below = self._below[step] = self.at(step, line)
        return below

    def at(self, step: str | int, line: int) -> Position:
        """Return the place of a value in this one."""
        return Position(line, self, step)

    def __str__(self) -> str:
        """Return the key path, such as ``spec_details[3].hash``."""
        steps: list[str] = []
        place: Position | None = self
        while place is not None and place.parent is not None:
            step = place.step
            steps.append(f"[{step}]" if isinstance(step, int) else f".{step}")
            place = place.parent
        return "".join(reversed(steps)).removeprefix(".")

    def find(self, path: str) -> Position | None:
        """Return the place of a key path below this one, or of the nearest path above it."""
        place = self
        for step in _steps(path):
            below = place._below.get(step)
            if below is None:
                break
            place = below
        return None if place is self else place


def _steps(path: str) -> Iterator[str | int]:
    for key, position in _STEP.findall(path):
        yield int(position) if position else key


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The relevant values of a page.

    Attributes:
        json: A JSON object of those among ``title``, ``categories``, ``meta`` and
            ``spec_details`` that the page has.
        places: The lines of the values near the top.
    """

    json: str
    places: Position

    def line_of(self, path: str) -> int | None:
        """Return the line of a key path, or of the nearest path above it."""
        place = self.places.find(path)
        return None if place is None else place.line


def parse(page: bytes) -> FrontMatter:
    """Read the front matter of a page.

    Args:
        page: The whole page; the part after the front matter is ignored.

    Raises:
        FrontMatterError: If it has none, or if its YAML is malformed or refused.
    """
    text = _cut_out(_decoded(page))
    places = Position(1)
    try:
        _look_through(text, places)
        values = yaml.load(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = error.problem or error.context or "malformed"
        line = None if mark is None else mark.line + 2
        raise FrontMatterError(f"is not valid YAML: {problem}", line=line) from error
    except yaml.reader.ReaderError as error:
        raise FrontMatterError(f"is not valid YAML: {error.reason}") from error
    except FrontMatterError:
        raise
    except (ValueError, OverflowError) as error:
        # A date such as 2025-02-30, an integer with thousands of digits, a sexagesimal number
        # beyond all floats.
        raise FrontMatterError(f"holds an impossible value: {error}") from error
    if not isinstance(values, dict):
        raise FrontMatterError("the front matter must be a mapping")
    known = {key: values[key] for key in _KEYS if key in values}
    for place, fault in _foreign(known, Position(1)):
        path = str(place)
        raise FrontMatterError(fault, location=path, line=FrontMatter("", places).line_of(path))
    return FrontMatter(json.dumps(known), places)


def _decoded(page: bytes) -> str:
    try:
        return decoded(page)
    except TextError as error:
        raise FrontMatterError(error.fault, line=error.line) from error


def _cut_out(text: str) -> str:
    """Return the lines between the first line and the next ``---``."""
    if not text.strip():
        raise FrontMatterError("is empty")
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        raise FrontMatterError("does not begin with a line `---`: has no front matter", line=1)
    for number, line in enumerate(lines[1:], start=1):
        if line.startswith("---") and line.rstrip() == "---":
            return "\n".join(lines[1:number]) + "\n"
    raise FrontMatterError("ends before the line `---` that ends the front matter: truncated")


def _look_through(text: str, top: Position) -> None:
    """Refuse dangerous YAML, and record the line of each value near the top."""
    stack: list[_Collection] = []
    nodes = 0
    for event in events(text):
        mark = event.start_mark
        line = 0 if mark is None else mark.line + 2
        if isinstance(event, yaml.CollectionEndEvent):
            stack.pop()
            continue
        if not isinstance(event, yaml.NodeEvent):
            continue
        nodes += 1
        if nodes > _MAX_NODES:
            raise FrontMatterError(
                f"has more than the {_MAX_NODES} keys and values that are read as YAML", line=line
            )
        is_near = len(stack) <= _PLACES_DEPTH
        place = stack[-1].enter(event, line, keep=is_near) if stack else top
        if isinstance(event, yaml.AliasEvent):
            raise FrontMatterError("aliases are not supported", location=str(place), line=line)
        _refuse_scalar(event, place, line)
        if isinstance(event, yaml.CollectionStartEvent):
            if event.tag is not None:
                raise FrontMatterError(
                    "YAML tags are not supported", location=str(place), line=line
                )
            if len(stack) == _MAX_DEPTH:
                raise FrontMatterError(f"is nested more than {_MAX_DEPTH} deep", line=line)
            keyed = isinstance(event, yaml.MappingStartEvent)
            stack.append(_Collection(place=place, keyed=keyed))


def _refuse_scalar(event: yaml.NodeEvent, place: Position, line: int) -> None:
    if not isinstance(event, yaml.ScalarEvent):
        return
    if event.tag is not None:
        raise FrontMatterError("YAML tags are not supported", location=str(place), line=line)
    if not event.style and len(event.value) > _MAX_PLAIN:
        raise FrontMatterError(
            f"is a plain scalar of more than {_MAX_PLAIN} characters: quote it",
            location=str(place),
            line=line,
        )


class _Collection:
    """A mapping or list that is being walked."""

    __slots__ = ("_count", "_key", "_keyed", "_keys", "_place")

    def __init__(self, *, place: Position, keyed: bool) -> None:
        self._place = place
        self._keyed = keyed
        self._keys: set[str] = set()
        self._key: str | None = None
        self._count = 0

    def enter(self, event: yaml.NodeEvent, line: int, *, keep: bool) -> Position:
        """Return the place of the next node; that of the mapping for a key.

        Args:
            event: The node.
            line: Its line.
            keep: Whether its line will be needed.
        """
        if self._keyed and self._key is None:
            self._key = self._new_key(event, line)
            return self._place
        step: str | int = self._count if self._key is None else self._key
        self._count += 1
        self._key = None
        return self._place.keep(step, line) if keep else self._place.at(step, line)

    def _new_key(self, event: yaml.NodeEvent, line: int) -> str:
        if not isinstance(event, yaml.ScalarEvent):
            raise FrontMatterError("a key must be text", location=str(self._place), line=line)
        if event.value in self._keys:
            place = str(self._place.at(event.value, line))
            raise FrontMatterError("the key is given twice", location=place, line=line)
        self._keys.add(event.value)
        return event.value


def _foreign(value: object, place: Position) -> Iterator[tuple[Position, str]]:
    """Yield the places of values without a form in JSON, and their faults."""
    if isinstance(value, dict):
        for key, each in value.items():
            if not isinstance(key, str):
                yield place, f"has the key {key!r}, which is not text"
            yield from _foreign(each, place.at(str(key), 0))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _foreign(each, place.at(index, 0))
    elif isinstance(value, float) and (value != value or value in (float("inf"), -float("inf"))):  # noqa: PLR0124 - only NaN differs from itself
        yield place, "is a number without value"
    elif isinstance(value, int) and abs(value) > _MAX_INTEGER:
        yield place, "is a number that is too large"
    elif value is not None and not isinstance(value, (str, bool, int, float)):
        is_date = type(value).__name__ in {"date", "datetime"}
        yield place, f"must be text, is {'a date' if is_date else 'no plain value'}"
