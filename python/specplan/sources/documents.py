"""Saved documents of ``--format json``, read as records again.

The fields of a record are those of the document. A document may hold more fields than are known,
as a later version of specplan writes them; what is missing or of another type is an error that
names its place.
"""

from __future__ import annotations

import types
from collections import Counter
from collections.abc import Sequence
from dataclasses import MISSING, fields, is_dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar, Union, cast, get_args, get_origin

from specplan.errors import SourceError
from specplan.model import Coverage
from specplan.model.want_keys import KEY_LETTERS, key_of
from specplan.sources import strict_json
from specplan.sources.content import first_bytes
from specplan.sources.document_numbers import check_numbers
from specplan.sources.strict_json import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

__all__ = ["COVERAGE_SCHEMA", "content_of", "is_document", "read_coverage", "record"]

Record = TypeVar("Record")

#: The schema of a saved document of coverage.
COVERAGE_SCHEMA: Final = "specplan.coverage/1"

#: The size limit of a document.
_MOST_BYTES: Final = 1 << 30

#: The beginning of a document; `schema` comes first.
_BEGINNING: Final = b'"schema"'


def is_document(path: str) -> bool:
    """Return whether a file begins like a saved document."""
    try:
        with Path(path).open("rb") as file:
            start = file.read(64)
    except (OSError, ValueError):
        return False
    return start.lstrip().removeprefix(b"{").lstrip().startswith(_BEGINNING)


def content_of(path: str) -> bytes:
    """Return the bytes of a file that another run wrote.

    Raises:
        SourceError: If it cannot be read, or is too large for a document.
    """
    content = first_bytes(Path(path), _MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        fault = f"`{path}` has more than the {_MOST_BYTES} bytes allowed for a document"
        raise SourceError(fault, path=path)
    return content


def read_coverage(path: str) -> Coverage:
    """Return the coverage in a file.

    Args:
        path: A document of kind ``specplan.coverage/1``.

    Raises:
        SourceError: If the file cannot be read.
        DamagedSourceError: If it is not such a document.
    """
    document = strict_json.parse(content_of(path), path)
    schema = document.at("schema")
    if schema.text() != COVERAGE_SCHEMA:
        schema.fail(
            f"is not a `{COVERAGE_SCHEMA}`",
            "save one with `specplan coverage --format json -o FILE`",
        )
    # Every document has these: without them it could look better than it was.
    for name in ("left_out", "gates"):
        document.at(name)
    coverage = record(Coverage, document)
    _check(coverage, document)
    return coverage


def _check(coverage: Coverage, document: Value) -> None:
    """Refuse a document whose numbers contradict each other, as one that was cut or edited."""
    gaps, unknown = (
        Counter((each.stack, each.os, each.target) for each in listed)
        for listed in (coverage.gaps, coverage.unknown)
    )
    seen: set[tuple[str, str, str]] = set()
    for cell, value in zip(coverage.cells, document.at("cells").items(), strict=True):
        place = (cell.stack, cell.os, cell.target)
        if place in seen:
            value.fail("the same stack and system is listed twice")
        seen.add(place)
        missing = cell.wanted - cell.covered - cell.unknown
        if missing < 0 or cell.covered_exact > cell.covered:
            value.fail("counts more than the wants")
        for name, counted, listed in (
            ("gaps", missing, gaps[place]),
            ("unknown", cell.unknown, unknown[place]),
        ):
            if counted != listed:
                value.fail(
                    f"says that {counted} of its wants are in `{name}`, which lists {listed}"
                )
    for name in ("wanted", "covered", "unknown"):
        if getattr(coverage.totals, name) != sum(getattr(each, name) for each in coverage.cells):
            document.at("totals").at(name).fail("is not the sum of all cells")
    if coverage.totals.gaps != len(coverage.gaps):
        document.at("totals").at("gaps").fail("is not the number of gaps that are listed")
    check_numbers(document)
    _check_keys(coverage, document)


def _check_keys(coverage: Coverage, document: Value) -> None:
    """Refuse keys of wants that do not fit the cells and their gaps."""
    if coverage.want_keys is None:
        return
    known: dict[int, frozenset[str]] = {}
    for own, value in zip(coverage.want_keys, document.at("want_keys").items(), strict=True):
        each = own.each
        if len(each) * KEY_LETTERS != len(own.keys):
            value.at("keys").fail(f"are not different keys of {KEY_LETTERS} letters each")
        for at in own.cells:
            if at in known or at >= len(coverage.cells) or len(each) > coverage.cells[at].wanted:
                value.at("cells").fail(f"{at} is not a cell that wants all of these, once")
            known[at] = each
    lacking: dict[tuple[str, str, str], set[str]] = {}
    listed = [(each.stack, each.os, each.target, each.want) for each in coverage.gaps]
    listed += [(each.stack, each.os, each.target, each.want) for each in coverage.unknown]
    for stack, os, target, want in listed:
        lacking.setdefault((stack, os, target), set()).add(key_of(want))
    for at, cell in enumerate(coverage.cells):
        if cell.carried_from is not None or not cell.wanted:
            continue
        if at not in known or lacking.get((cell.stack, cell.os, cell.target), set()) - known[at]:
            document.at("want_keys").fail(f"do not have all wants of the cell {at}")


def record(kind: type[Record], value: Value) -> Record:
    """Return an object of a document as a record.

    Args:
        kind: The class of the record, a dataclass.
        value: The object, whose keys are the names of fields.

    Raises:
        DamagedSourceError: If a field is missing or of another type.
    """
    keys = set(value.keys())
    found: dict[str, Any] = {}
    for name, (form, is_required) in _fields(cast("Hashable", kind)).items():
        if name in keys:
            found[name] = _read(form, value.at(name))
        elif is_required:
            value.at(name)
    return kind(**found)


@lru_cache(maxsize=64)
def _fields(kind: Hashable) -> dict[str, tuple[Any, bool]]:
    """Return the type of each field of a record, and whether it has no default."""
    # The records of the model import the types of their fields for this.
    from typing import get_type_hints  # noqa: PLC0415 - only here

    if not is_dataclass(kind):
        raise TypeError(f"`{kind}` is not a record")
    hints = get_type_hints(kind)
    return {
        each.name: (
            hints[each.name],
            each.default is MISSING and each.default_factory is MISSING,
        )
        for each in fields(kind)
    }


def _read(form: Any, value: Value) -> Any:
    origin = get_origin(form)
    if origin in {Union, types.UnionType}:
        options = get_args(form)
        if value.raw is None and type(None) in options:
            return None
        rest = [each for each in options if each is not type(None)]
        return _read(rest[0], value)
    if origin in {tuple, Sequence}:
        item = get_args(form)[0]
        return tuple(_read(item, each) for each in value.items())
    if origin is Literal:
        text = value.text()
        if text not in get_args(form):
            value.fail(
                f"`{text}` is not one of {', '.join(f'`{each}`' for each in get_args(form))}"
            )
        return text
    if is_dataclass(form):
        return record(form, value)  # type: ignore[arg-type] # a record's own class
    return _PLAIN[form](value)


_PLAIN: Final[dict[Any, Callable[[Value], Any]]] = {
    str: Value.text,
    int: Value.count,
    float: Value.amount,
    bool: Value.flag,
}
