"""Imports lead the one way that ``docs/architecture.md`` says, read from the source itself."""

from __future__ import annotations

import ast
import sys
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import FunctionType
from typing import TYPE_CHECKING, get_args, get_type_hints

import pytest

import specplan
import specplan.model
from specplan.model.report import Report, as_json
from specplan.reports.outline import outline_of, records_of

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(__file__).parents[2] / "python/specplan"


def imported_by(file: Path) -> set[str]:
    """Every module of specplan that a file imports, wherever it does so, types included."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            found.add(node.module)
            found.update(f"{node.module}.{each.name}" for each in node.names)
    return {each for each in found if each.startswith("specplan")}


def files_of(room: str) -> list[Path]:
    return sorted((PACKAGE / room).rglob("*.py"))


def test_nothing_but_the_command_line_imports_reports() -> None:
    above = {PACKAGE / "__init__.py", *files_of("cli"), *files_of("reports")}
    below = [file for file in files_of("") if file not in above]
    offenders = {
        file.relative_to(PACKAGE).as_posix()
        for file in below
        if any(each.startswith("specplan.reports") for each in imported_by(file))
    }
    assert offenders == set()


@pytest.mark.parametrize("room", ["sources", "reports", "testing"])
def test_no_room_below_the_command_line_imports_it(room: str) -> None:
    for file in files_of(room):
        assert not any(each.startswith("specplan.cli") for each in imported_by(file)), file


def test_every_kind_of_result_is_written_in_every_format() -> None:
    # A class with slots is made twice; the first one is of no module and may linger.
    kinds = {vars(sys.modules[each.__module__])[each.__name__] for each in Report.__subclasses__()}
    assert kinds == {specplan.Check, specplan.Coverage, specplan.Diff, specplan.Found} | {
        specplan.LockDiff,
        specplan.Plan,
    }
    assert kinds <= set(as_json.registry)
    for value in (outline_of, records_of):
        assert kinds - {specplan.LockDiff, specplan.Plan} <= set(value.registry)


def test_what_no_format_is_registered_for_is_named() -> None:
    class Unheard(Report):
        __slots__ = ()

    with pytest.raises(TypeError, match="nothing is registered that writes a `Unheard` as CSV"):
        Unheard().to_csv()


def test_the_types_of_the_fields_of_records_can_be_asked_for() -> None:
    records = [getattr(specplan.model, name) for name in specplan.model.__all__]
    for record in filter(is_dataclass, records):
        assert set(get_type_hints(record)) == {field.name for field in fields(record)}


def classes_in(hint: object) -> Iterator[type]:
    """Every class of specplan that a type is made of."""
    if isinstance(hint, type) and hint.__module__.startswith("specplan"):
        yield hint
    for part in get_args(hint):
        parts = part if isinstance(part, (list, tuple)) else [part]
        for each in parts:
            yield from classes_in(each)


def public_functions(thing: object) -> Iterator[object]:
    """A public function, or a public class with its public methods."""
    yield thing
    if not isinstance(thing, type):
        return
    for kind in thing.__mro__:
        if not kind.__module__.startswith("specplan"):
            continue
        for name, member in vars(kind).items():
            if name.startswith("_") and name != "__init__":
                continue
            function = member.fget if isinstance(member, property) else member
            function = getattr(function, "__func__", function)
            if isinstance(function, FunctionType):
                yield function


def private(thing: object) -> set[str]:
    """The attributes of a class that are nobody's business."""
    return {name for name in get_type_hints(thing) if name.startswith("_")}


@pytest.mark.parametrize("name", specplan.__all__)
def test_every_type_of_the_public_face_can_be_asked_for_and_is_public(name: str) -> None:
    """Who writes a function around one of ours needs the types that it takes and returns."""
    thing = getattr(specplan, name)
    if not isinstance(thing, (type, FunctionType)):
        return
    hidden = private(thing) if is_dataclass(thing) or isinstance(thing, type) else set()
    public = {id(getattr(specplan, each)) for each in specplan.__all__}
    for function in public_functions(thing):
        for field, hint in get_type_hints(function).items():
            if field in hidden:
                continue
            unknown = [each for each in classes_in(hint) if id(each) not in public]
            assert unknown == [], (function, field)


@pytest.mark.parametrize("name", specplan.__all__)
def test_whatever_is_public_says_what_it_is(name: str) -> None:
    thing = getattr(specplan, name)
    if isinstance(thing, (type, FunctionType)):
        assert (thing.__doc__ or "").strip()
