"""What an abstract spec finds, in each format, whatever names it shows."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import replace
from importlib import resources
from io import StringIO

import pytest
from jsonschema import Draft202012Validator

from specplan.errors import UsageError
from specplan.model import Spec
from specplan.model.find import Found, Undecided
from specplan.model.report import as_json
from specplan.reports.coverage import lines
from tests import records
from tests.snapshots import assert_is_snapshot

HDF5 = Spec(
    hash=records.HASH,
    package="hdf5",
    version="1.14.6",
    platform="linux",
    os="ubuntu24.04",
    target="x86_64_v3",
    compiler="gcc@12.2.0",
    variants=("build_system=cmake", "~cxx", "+mpi"),
    size="-",
    stacks=("e4s", "e4s-oneapi", "hep", "radiuss", "root"),
    tags=("develop-2025-05-25",),
    source="_cache/develop-2025-05-25/hdf5/specs.md",
    available=True,
    external=False,
)
GLIBC = replace(
    HDF5,
    hash=records.OTHER_HASH,
    package="glibc",
    version="2.36",
    compiler="",
    variants=(),
    stacks=("root",),
    tags=(),
    available=False,
    external=True,
)
FOUND = Found(
    query="os=ubuntu24.04",
    specs=(GLIBC, HDF5),
    undecided=(),
    unknown_name=None,
    suggestions=(),
    damaged=(),
)
LISTED = replace(
    FOUND,
    query="^zlib-ng",
    specs=(HDF5,),
    undecided=(
        Undecided(
            spec=GLIBC, missing="edges", reason="the source does not record the dependencies"
        ),
        Undecided(
            spec=replace(GLIBC, package="mpich", external=False),
            missing="recipe",
            reason="only a recipe gives the version of a virtual package",
        ),
    ),
    damaged=records.DAMAGED,
)
NOTHING = replace(FOUND, specs=(), unknown_name="hdf6", suggestions=("hdf5",))
_SPEC = replace(
    HDF5,
    package=records.HOSTILE,
    version=records.HOSTILE,
    platform=records.HOSTILE,
    os=records.HOSTILE,
    target=records.HOSTILE,
    compiler=records.HOSTILE,
    variants=(records.HOSTILE,),
    size=records.HOSTILE,
    stacks=(records.HOSTILE,),
    tags=(records.HOSTILE,),
    source=records.HOSTILE,
)
HOSTILE = replace(
    LISTED,
    query=records.HOSTILE,
    specs=(_SPEC,),
    undecided=(replace(LISTED.undecided[0], spec=_SPEC),),
    unknown_name=records.HOSTILE,
    suggestions=(records.HOSTILE,),
)
RESULTS = {"found": FOUND, "listed": LISTED, "nothing": NOTHING, "hostile": HOSTILE}


@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize("name", RESULTS)
def test_the_text_looks_so(name: str, width: int) -> None:
    shown = RESULTS[name].to_text(width=width)
    assert_is_snapshot(shown, f"find-{name}-{width}.txt")
    for line in shown.splitlines():
        assert line.isprintable()
        assert line == line.rstrip()
        assert len(line) <= width or " " not in line.strip()
    painted = RESULTS[name].to_text(width=width, colour=True)
    assert re.sub(r"\x1b\[[0-9]+m", "", painted) == shown


@pytest.mark.parametrize("name", RESULTS)
def test_the_markdown_looks_so(name: str) -> None:
    shown = RESULTS[name].to_markdown()
    assert_is_snapshot(shown, f"find-{name}.md")
    assert shown.replace("\n", "").isprintable()
    assert set(re.findall(r"</?[a-z]+>", shown)) <= {"<code>", "</code>"}
    for table in re.findall(r"(?:^\|.*\n?)+", shown, re.MULTILINE):
        assert len({line.count("|") for line in table.splitlines()}) == 1


@pytest.mark.parametrize("name", RESULTS)
def test_the_document_keeps_to_its_schema(name: str) -> None:
    document = as_json(RESULTS[name])
    assert document.isascii()
    assert document.replace("\n", "").isprintable()
    path = resources.files("specplan") / "schemas" / "specplan.find-1.schema.json"
    schema = json.loads(path.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    loaded = json.loads(document)
    Draft202012Validator(schema).validate(loaded)
    for each in (loaded, *loaded["specs"], *loaded["unknown"]):
        with pytest.raises(Exception, match="Additional properties"):
            Draft202012Validator(schema).validate({**loaded, "more": each})


def test_the_document_looks_so() -> None:
    assert_is_snapshot(as_json(LISTED), "find.json")


def test_hostile_names_come_back_in_the_document_as_they_were() -> None:
    loaded = json.loads(as_json(HOSTILE))
    assert loaded["query"] == loaded["specs"][0]["package"] == records.HOSTILE


def test_csv_has_a_row_each_and_says_what_is_missing() -> None:
    shown = LISTED.to_csv()
    assert_is_snapshot(shown, "find.csv")
    found = list(csv.DictReader(StringIO(shown), strict=True))
    assert [row["missing"] for row in found] == ["", "edges", "recipe"]
    fields = list(json.loads(as_json(LISTED))["unknown"][0])
    assert list(found[0]) == fields


def test_csv_starts_no_formula_and_breaks_no_row() -> None:
    shown = HOSTILE.to_csv()
    assert shown.replace("\n", "").isprintable()
    for row in csv.DictReader(StringIO(shown), strict=True):
        assert not any(value.startswith(("=", "+", "-", "@")) for value in row.values())


@pytest.mark.parametrize(
    ("template", "line"),
    [
        ("{package}@{version}/{hash:.7}", "hdf5@1.14.6/36c47oc"),
        ("{{{package:>6}}}|{package:<6}|{package:^6}|", "{  hdf5}|hdf5  | hdf5 |"),
        ("{variants}", "build_system=cmake,~cxx,+mpi"),
        ("{available} {external}", "true false"),
        ("plain", "plain"),
        ("", ""),
    ],
)
def test_lines_are_made_of_fields(template: str, line: str) -> None:
    assert lines.find(replace(FOUND, specs=(HDF5, HDF5)), template=template) == f"{line}\n{line}\n"


def test_every_field_of_the_document_is_one_of_a_line() -> None:
    assert list(lines.FIELDS) == list(json.loads(as_json(FOUND))["specs"][0])


def test_lines_of_hostile_names_are_one_line_each() -> None:
    template = " ".join(f"{{{field}}}" for field in lines.FIELDS)
    shown = lines.find(HOSTILE, template=template)
    assert shown.count("\n") == 1
    assert shown.replace("\n", "").isprintable()


@pytest.mark.parametrize(
    "template",
    [
        "{nam}",
        "{}",
        "{0}",
        "{package.__class__}",
        "{name[0]}",
        "{package!r}",
        "{package:{hash}}",
        "{package:99999}",
        "{package:x}",
        "{package:*<9}",
        "{ name}",
        "{name",
        "name}",
        "{__class__}",
        "{to_json}",
    ],
)
def test_a_template_reaches_nothing_but_fields(template: str) -> None:
    with pytest.raises(UsageError):
        lines.check(template)


def test_a_wrong_field_is_reported_with_similar_ones() -> None:
    with pytest.raises(UsageError) as caught:
        lines.check("{platfrom}")
    assert caught.value.hint == "did you mean `{platform}`?"
    with pytest.raises(UsageError) as caught:
        lines.check("{qqq}")
    assert caught.value.hint is not None
    assert "`{hash}`, `{package}`" in caught.value.hint


def test_a_report_has_every_format() -> None:
    assert FOUND.to_json() == as_json(FOUND)
    assert FOUND.to_csv().startswith("hash,package,")
    assert FOUND.to_markdown().startswith("### 2 specs satisfy ")
    assert FOUND.to_text(width=80).startswith("2 specs satisfy ")
    assert FOUND.to_lines("{package}") == "glibc\nhdf5\n"
