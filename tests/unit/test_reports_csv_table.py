"""CSV has one row for each thing, under the names of the JSON documents."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from io import StringIO

import pytest

from specplan import UnknownWant
from specplan.model import Coverage, Diff
from specplan.model.gate import Gate
from specplan.model.report import ReportOptions, View, as_csv
from tests import records
from tests.snapshots import assert_is_snapshot


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text), strict=True))


def test_gaps_have_a_row_each() -> None:
    found = rows(records.MANY_CELLS.to_csv("gaps"))
    assert len(found) == len(records.MANY_CELLS.gaps)
    assert [row["want"] for row in found] == [gap.want for gap in records.MANY_CELLS.gaps]
    assert found[0]["nearest.hash"] == records.HASH
    assert found[-1]["nearest.hash"] == ""


def test_what_nobody_can_decide_has_a_row_with_what_is_missing() -> None:
    want = UnknownWant(
        stack="e4s",
        platform="linux",
        os="ubuntu24.04",
        target="x86_64_v3",
        want="hdf5 ^mpi",
        package="hdf5",
        specs=2,
        missing=("edges", "virtuals"),
    )
    found = rows(replace(records.ONE_CELL, unknown=(want,)).to_csv("gaps"))
    *gaps, last = found
    assert [row["missing"] for row in gaps] == [""] * len(records.ONE_CELL.gaps)
    assert {name: value for name, value in last.items() if value} == {
        "stack": "e4s",
        "platform": "linux",
        "os": "ubuntu24.04",
        "target": "x86_64_v3",
        "want": "hdf5 ^mpi",
        "package": "hdf5",
        "state": "unknown",
        "missing": "edges; virtuals",
    }


def test_several_differences_are_one_cell() -> None:
    assert rows(records.ONE_CELL.to_csv("gaps"))[1]["nearest.differs"] == "os; version; stack"


def test_what_is_not_known_is_empty_and_answers_are_words() -> None:
    first, second = rows(records.WITH_EDGES.to_csv("gaps"))
    assert (first["roots_completed"], second["roots_completed"]) == ("3", "")
    assert (first["buildable_now"], second["buildable_now"]) == ("true", "false")


def test_cells_have_a_row_each_with_the_names_of_the_document() -> None:
    found = rows(records.MANY_CELLS.to_csv("coverage"))
    assert len(found) == len(records.MANY_CELLS.cells)
    document = json.loads(records.MANY_CELLS.to_json())
    assert list(found[0]) == list(document["cells"][0])
    assert found[-1]["coverage"] == ""


def test_keys_have_a_row_each_and_absent_stacks_one() -> None:
    found = rows(records.DIFF.to_csv())
    assert [row["change"] for row in found] == [
        "absent", "new", "lost", "lost", "gained", "changed",
    ]  # fmt: skip
    assert found[-1]["old"] == "hdf5@1.14.3; hdf5@1.14.5"


def test_findings_have_a_row_each() -> None:
    found = rows(records.CHECK.to_csv())
    assert [row["line"] for row in found] == ["5", "", "2"]


GATES = (
    Gate(
        name="fail-under",
        unit="percent",
        limit=40.5,
        value=100 / 3,
        held=False,
        reason="coverage is 33.3 % (1 of 3), less than 40.5 % (--fail-under)",
        stack="=hep",
    ),
    Gate(name="fail-under-roots", unit="percent", limit=90, value=None, held=False, reason="n/a"),
    Gate(name="fail-on-lost", unit="count", limit=0, value=0, held=True, reason=""),
)


@pytest.mark.parametrize(
    ("result", "view", "kind"),
    [
        (records.ONE_CELL, "gaps", "state"),
        (records.MANY_CELLS, "coverage", ""),
        (records.DIFF, "gaps", "change"),
    ],
    ids=["gaps", "coverage", "diff"],
)
def test_each_gate_is_a_row_of_the_same_table_with_its_limit_value_and_verdict(
    result: Coverage | Diff, view: View, kind: str
) -> None:
    def shown(gates: tuple[Gate, ...]) -> str:
        return as_csv(replace(result, gates=gates), ReportOptions(view=view))

    without, found = rows(shown(())), rows(shown(GATES))
    assert len({line.count(",") for line in shown(GATES).splitlines() if '"' not in line}) == 1
    things, gates = found[: len(without)], found[len(without) :]
    names = [name for name in found[0] if name.startswith("gate.")]
    assert list(found[0]) == [*without[0], *names]
    assert [dict.fromkeys(names, "") | row for row in without] == things
    held = {"gate.stack": "'=hep", "gate.unit": "percent", "gate.held": "false"}
    assert {name: value for name, value in gates[0].items() if value} == {
        **({kind: "gate"} if kind else {}),
        "gate.name": "fail-under",
        "gate.limit": "40.5",
        "gate.value": "33.3333333333333",
        "gate.reason": "coverage is 33.3 % (1 of 3), less than 40.5 % (--fail-under)",
        **held,
    }
    assert [(row["gate.value"], row["gate.held"]) for row in gates[1:]] == [
        ("", "false"),
        ("0", "true"),
    ]


def test_hostile_names_neither_break_rows_nor_start_formulas() -> None:
    for text in (
        records.HOSTILE_COVERAGE.to_csv("gaps"),
        records.HOSTILE_COVERAGE.to_csv("coverage"),
        records.HOSTILE_DIFF.to_csv(),
        records.HOSTILE_CHECK.to_csv(),
    ):
        assert text.replace("\n", "").isprintable()
        for row in rows(text):
            assert len(row) == len(text.splitlines()[0].split(","))
            assert not any(value.startswith(("=", "+", "-", "@")) for value in row.values())


def test_the_tables_look_so() -> None:
    assert_is_snapshot(records.ONE_CELL.to_csv("gaps"), "gaps.csv")
    assert_is_snapshot(records.MANY_CELLS.to_csv("coverage"), "coverage.csv")
    assert_is_snapshot(records.DIFF.to_csv(), "diff.csv")
    assert_is_snapshot(records.CHECK.to_csv(), "check.csv")
