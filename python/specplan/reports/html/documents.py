"""Saved documents: the JSON that the commands write, read back as typed values.

Documents may come from anywhere, so nothing in them is taken for granted: what is not as the
schema says is an error that names the file, the place and the fault.
"""

from __future__ import annotations

import hashlib
import json
import math
from typing import TYPE_CHECKING, Final, Literal, NoReturn, TypeAlias, get_args

from specplan.errors import DamagedSourceError
from specplan.records import dataclass
from specplan.sources.location import WHOLE
from specplan.sources.strict_json import parse

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeGuard

    from specplan.sources.location import Place

__all__ = ["KINDS", "SCHEMA", "Document", "Entry", "Kind", "read_document", "read_documents"]

#: The kinds of documents that a page shows.
Kind: TypeAlias = Literal["coverage", "rebuild", "diff", "lock-diff", "trend", "check"]

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

#: What the documents of a page are called together, as `report.json` holds them.
SCHEMA: Final = "specplan.report/1"

#: The version of the documents that are read.
_VERSION: Final = 1


class Entry:
    """An object of a document: its values as what they must be, or an error that says where.

    Args:
        values: What the object holds.
        place: Where it stands.
        shown: The document, as messages call it.
    """

    __slots__ = ("_place", "_shown", "_values")

    def __init__(self, values: Mapping[str, object], place: Place, shown: str) -> None:
        self._values = values
        self._place = place
        self._shown = shown

    def fail(self, key: str, fault: str, hint: str | None = None) -> NoReturn:
        """Raise the error that says what is wrong with a value; of the empty key, the object.

        Raises:
            DamagedSourceError: Always.
        """
        place = str(self._place.key(key) if key else self._place)
        raise DamagedSourceError(path=self._shown, place=place, line=None, fault=fault, hint=hint)

    def text(self, key: str) -> str:
        """Return a string."""
        value = self._value(key)
        if not isinstance(value, str):
            self.fail(key, "is not a string")
        return value

    def text_or_none(self, key: str) -> str | None:
        """Return a string, or None where there is null or nothing."""
        return None if self._values.get(key) is None else self.text(key)

    def count(self, key: str) -> int:
        """Return a whole number that counts something."""
        value = self._value(key)
        if not _is_count(value):
            self.fail(key, "is not a whole number from 0 on")
        return value

    def count_or_none(self, key: str) -> int | None:
        """Return a whole number, or None where there is null or nothing."""
        return None if self._values.get(key) is None else self.count(key)

    def amount(self, key: str) -> float:
        """Return a finite number from 0 on."""
        number = self.difference(key)
        if number < 0:
            self.fail(key, "is not a finite number from 0 on")
        return number

    def difference(self, key: str) -> float:
        """Return a finite number, which may be negative."""
        value = self._value(key)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not isinstance(value, int | float):
            self.fail(key, "is not a number")
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            self.fail(key, "is not a finite number")
        return number

    def amount_or_none(self, key: str) -> float | None:
        """Return a finite number from 0 on, or None where there is null or nothing."""
        return None if self._values.get(key) is None else self.amount(key)

    def flag(self, key: str) -> bool:
        """Return true or false."""
        value = self._value(key)
        if not isinstance(value, bool):
            self.fail(key, "is neither true nor false")
        return value

    def flag_or_none(self, key: str) -> bool | None:
        """Return true or false, or None where there is null or nothing."""
        return None if self._values.get(key) is None else self.flag(key)

    def texts(self, key: str) -> tuple[str, ...]:
        """Return an array of strings."""
        values = self._array(key)
        if not all(isinstance(each, str) for each in values):
            self.fail(key, "is not an array of strings")
        return tuple(str(each) for each in values)

    def counts(self, key: str) -> tuple[int, ...]:
        """Return an array of whole numbers."""
        found = []
        for each in self._array(key):
            if not _is_count(each):
                self.fail(key, "is not an array of whole numbers from 0 on")
            found.append(each)
        return tuple(found)

    def entry(self, key: str) -> Entry:
        """Return an object."""
        return self._entry(self._value(key), self._place.key(key))

    def entry_or_none(self, key: str) -> Entry | None:
        """Return an object, or None where there is null or nothing."""
        return None if self._values.get(key) is None else self.entry(key)

    def entries(self, key: str) -> list[Entry]:
        """Return an array of objects."""
        place = self._place.key(key)
        return [self._entry(each, place.item(at)) for at, each in enumerate(self._array(key))]

    def entries_with_nulls(self, key: str) -> list[Entry | None]:
        """Return an array of objects, some of which may be null."""
        place = self._place.key(key)
        return [
            None if each is None else self._entry(each, place.item(at))
            for at, each in enumerate(self._array(key))
        ]

    def entries_or_none(self, key: str) -> list[Entry]:
        """Return an array of objects, which is empty where there is null or nothing.

        It is for what a document of an earlier release may lack.
        """
        return [] if self._values.get(key) is None else self.entries(key)

    def numbers(self, key: str) -> dict[str, int]:
        """Return an object of counts by name."""
        inner = self.entry(key)
        return {name: inner.count(name) for name in inner.keys()}  # noqa: SIM118 - no mapping

    def to_json(self) -> str:
        """Return the object as a document of its own."""
        return json.dumps(self._values)

    def keys(self) -> tuple[str, ...]:
        """Return the names of the values, in the order of the document."""
        return tuple(self._values)

    def _value(self, key: str) -> object:
        if key not in self._values:
            self.fail("", f"has no `{key}`")
        return self._values[key]

    def _array(self, key: str) -> list[object]:
        value = self._value(key)
        if not isinstance(value, list):
            self.fail(key, "is not an array")
        return value

    def _entry(self, value: object, place: Place) -> Entry:
        if not isinstance(value, dict):
            Entry({}, place, self._shown).fail("", "is not an object")
        return Entry(value, place, self._shown)


def _is_count(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document of an answer.

    Attributes:
        kind: What it answers.
        content: What it holds.
        text: The document itself.
        path: The file that it was read from; empty where it was made in this run.
        sha256: The checksum of that file; empty likewise.
    """

    kind: Kind
    content: Entry
    text: str
    path: str = ""
    sha256: str = ""


def read_document(data: bytes) -> Document:
    """Return a document that was made in this run.

    Args:
        data: The bytes, UTF-8.

    Raises:
        DamagedSourceError: If they are not JSON, or none that a page can show.
    """
    content = _read(data, "the document")
    return Document(kind=_kind_of(content), content=content, text=data.decode())


def read_documents(data: bytes, path: str) -> list[Document]:
    """Return the documents of a file: the one that it is, or all that a page was made of.

    Args:
        data: The bytes of the file, UTF-8.
        path: The file.

    Raises:
        DamagedSourceError: If it is not valid JSON, or none that a page can show.
    """
    content = _read(data, path)
    sha256 = hashlib.sha256(data).hexdigest()
    if content.text_or_none("schema") != SCHEMA:
        text = data.decode("utf-8-sig")
        return [
            Document(kind=_kind_of(content), content=content, text=text, path=path, sha256=sha256)
        ]
    return [
        Document(kind=_kind_of(each), content=each, text=each.to_json(), path=path, sha256=sha256)
        for each in content.entries("documents")
    ]


def _read(data: bytes, shown: str) -> Entry:
    raw = parse(data, shown).raw
    if not isinstance(raw, dict):
        Entry({}, WHOLE, shown).fail("", "is not a JSON object", _HINT)
    return Entry(raw, WHOLE, shown)


_HINT: Final = (
    "a page shows what `specplan coverage`, `gaps`, `rebuild`, `diff`, `trend` and `check` write "
    "with `--format json`"
)


def _kind_of(content: Entry) -> Kind:
    schema = content.text_or_none("schema")
    if schema is None:
        content.fail("schema", "is missing, so that nothing says what the document is", _HINT)
    name, _, version = schema.removeprefix("specplan.").rpartition("/")
    found = next((kind for kind in KINDS if kind == name and version == str(_VERSION)), None)
    if found is None:
        content.fail("schema", f"`{schema}` is not a document that a page can show", _HINT)
    return found
