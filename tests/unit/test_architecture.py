"""Imports lead the one way that ``docs/architecture.md`` says, read from the source itself."""

from __future__ import annotations

import ast
import sys
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import ModuleType
from typing import get_type_hints

import pytest

import specplan
import specplan.model
import specplan.plan_model
from specplan.report import Report, as_csv, as_json, as_markdown, as_text

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
    for writer in (as_csv, as_json, as_markdown, as_text):
        assert kinds <= set(writer.registry)


def test_what_no_format_is_registered_for_is_named() -> None:
    class Unheard(Report):
        __slots__ = ()

    with pytest.raises(TypeError, match="nothing is registered that writes a `Unheard` as CSV"):
        Unheard().to_csv()


@pytest.mark.parametrize("model", [specplan.model, specplan.plan_model], ids=lambda it: it.__name__)
def test_the_types_of_the_fields_of_records_can_be_asked_for(model: ModuleType) -> None:
    records = [getattr(model, name) for name in model.__all__]
    for record in filter(is_dataclass, records):
        assert set(get_type_hints(record)) == {field.name for field in fields(record)}
