"""``specplan gaps`` and ``specplan coverage``: what is asked, written and gated."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from specplan.cli import gates
from specplan.cli.settings import Settings
from specplan.model import NotWanted
from specplan.model.host import Host
from tests import records

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import FakeCatalog, Loads, Runs

QUESTION: dict[str, object] = {
    "stack": (),
    "peers": (),
    "system": (),
    "os": (),
    "target": (),
    "tag": None,
    "baseline": None,
    "want": (),
    "scope": "runtime",
    "level": None,
    "compat": "exact",
    "not_wanted": (),
    "families": {},
    "libc": {},
    "cells": {},
    "group": (),
    "include": {},
    "packages": None,
    "allow_left_out": frozenset(),
    "host": Host(),
    "nearest": True,
    "covered": False,
}


def test_the_defaults_are_asked(run: Runs, loads: Loads, catalog: FakeCatalog) -> None:
    assert run("gaps", "--cache", "a", "--cache", "b").code == 0
    assert loads.calls == [(("a", "b"), {"strict": False, "skip_damaged": False})]
    assert catalog.asked == {"view": "gaps", **QUESTION}


def test_every_option_reaches_the_catalog(run: Runs, loads: Loads, catalog: FakeCatalog) -> None:
    words = "--cache a --strict --skip-damaged --stack e4s --stack hep --peers ml-* --system all"
    words += " --os ubuntu* --target zen4 --tag v1 --level hash --compat os"
    assert run("coverage", *words.split()).code == 0
    assert loads.calls == [(("a",), {"strict": True, "skip_damaged": True})]
    assert catalog.asked == {
        "view": "coverage",
        **QUESTION,
        "stack": ("e4s", "hep"),
        "peers": ("ml-*",),
        "system": ("all",),
        "os": ("ubuntu*",),
        "target": ("zen4",),
        "tag": "v1",
        "level": "hash",
        "compat": "os",
        "nearest": False,
    }


def test_the_configuration_stands_in_for_what_is_not_typed(
    run: Runs, loads: Loads, catalog: FakeCatalog, configure: Callable[[str], None]
) -> None:
    configure(
        "cache = 'pages'\nstack = ['e4s', 'hep']\nlevel = 'version'\nstrict = true\n"
        "[families]\nx = 'y'\n[libc]\na = 'musl 1.2'\n"
        "[[not-wanted]]\npackage = 'cuda'\nreason = 'no GPU'\n"
    )
    assert run("gaps", "--stack", "radiuss", "--no-strict").code == 0
    assert loads.calls == [(("pages",), {"strict": False, "skip_damaged": False})]
    assert catalog.asked == {
        "view": "gaps",
        **QUESTION,
        "stack": ("radiuss",),
        "level": "version",
        "families": {"x": ("y",)},
        "libc": {"a": "musl 1.2"},
        "not_wanted": (NotWanted(package="cuda", reason="no GPU"),),
    }


def test_a_configuration_further_up_is_seen_from_here(
    run: Runs, loads: Loads, folder: Path
) -> None:
    (folder.parent / "specplan.toml").write_text("cache = 'pages'")
    assert run("gaps").code == 0
    assert loads.calls[0][0] == ("../pages",)


def test_a_configuration_can_be_named_or_left_out(run: Runs, loads: Loads, folder: Path) -> None:
    (folder / "specplan.toml").write_text("wrong = 1")
    (folder / "ci").mkdir()
    (folder / "ci" / "nightly.toml").write_text("cache = 'pages'")
    assert run("gaps", "--config", "ci/nightly.toml").code == 0
    assert run("gaps", "--no-config", "--cache", "x").code == 0
    assert [call[0] for call in loads.calls] == [("ci/pages",), ("x",)]
    assert run("gaps").err.startswith("error: specplan.toml: wrong: unknown key\n")
    assert run("gaps", "--config", "ci/none.toml").code == 3


def test_typed_peers_and_a_configured_baseline_do_not_meet(
    run: Runs, loads: Loads, catalog: FakeCatalog, configure: Callable[[str], None]
) -> None:
    configure("cache = 'x'\nbaseline = 'develop-2025-05-18'")
    assert run("gaps", "--peers", "e4s").code == 0
    assert (catalog.asked["peers"], catalog.asked["baseline"]) == (("e4s",), None)
    configure("cache = 'x'\npeers = 'e4s'")
    assert run("gaps", "--baseline", "develop-2025-05-18").code == 0
    assert (catalog.asked["peers"], catalog.asked["baseline"]) == ((), "develop-2025-05-18")
    assert len(loads.calls) == 2


def test_a_baseline_is_a_snapshot_or_else_a_source(
    run: Runs, loads: Loads, catalog: FakeCatalog, folder: Path
) -> None:
    (folder / "develop-2025-05-18").mkdir()
    (folder / "old").mkdir()
    run("gaps", "--cache", "x", "--baseline", "develop-2025-05-18")
    asked = [catalog.asked["baseline"]]
    run("gaps", "--cache", "x", "--baseline", "old", "--skip-damaged")
    asked.append(catalog.asked["baseline"])
    assert loads.calls[-1] == (("old",), {"strict": False, "skip_damaged": True})
    run("gaps", "--cache", "x", "--baseline", "neither")
    asked.append(catalog.asked["baseline"])
    assert asked == ["develop-2025-05-18", catalog, "neither"]


def test_a_configured_baseline_starts_from_its_file(run: Runs, loads: Loads, folder: Path) -> None:
    (folder.parent / "specplan.toml").write_text("cache = 'x'\nbaseline = 'old'")
    (folder.parent / "old").mkdir()
    assert run("gaps").code == 0
    assert loads.calls[-1][0] == ("../old",)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("gaps",), records.ONE_CELL.to_text("gaps", width=100)),
        (("gaps", "--width", "40"), records.ONE_CELL.to_text("gaps", width=40)),
        (("gaps", "--color", "always"), records.ONE_CELL.to_text("gaps", width=100, colour=True)),
        (("gaps", "--format", "json"), records.ONE_CELL.to_json()),
        (("gaps", "--format", "csv"), records.ONE_CELL.to_csv("gaps")),
        (("gaps", "--format", "markdown"), records.ONE_CELL.to_markdown("gaps")),
        (("coverage",), records.ONE_CELL.to_text("coverage", width=100)),
        (("coverage", "--format", "json"), records.ONE_CELL.to_json()),
        (("coverage", "--format", "csv"), records.ONE_CELL.to_csv("coverage")),
        (("coverage", "--format", "markdown"), records.ONE_CELL.to_markdown("coverage")),
    ],
)
@pytest.mark.usefixtures("loads")
def test_each_view_in_each_format(run: Runs, words: tuple[str, ...], expected: str) -> None:
    assert run(*words, "--cache", "x").out == expected


def test_the_document_of_coverage_asks_for_what_is_nearest(run: Runs, catalog: FakeCatalog) -> None:
    run("coverage", "--cache", "x", "--format", "json")
    assert catalog.asked["nearest"] is True


def test_what_the_reader_might_not_expect_is_said_beside_the_report(
    run: Runs, catalog: FakeCatalog
) -> None:
    catalog.tags = ("develop-2025-05-25", *(f"v{number}" for number in range(6)))
    catalog.contradictions = records.CHECK.findings[:1] * 5
    catalog.damaged = records.DAMAGED
    answer = run("gaps", "--cache", "x", "--format", "json")
    json.loads(answer.out)
    line = (
        "warning: _cache/develop-2025-05-25/py-pluggy/specs.md:5: meta.num_specs: "
        "says 33, but `spec_details` holds 32 specs"
    )
    assert answer.err.splitlines() == [
        *[line] * 3,
        "warning: and 2 more; `specplan check` lists them all",
        f"warning: 2 damaged files were skipped: {records.DAMAGED[0].path}, _cache/\\x1b[2J.md",
        "note: 6 snapshots are not used: v0, v1, v2 and 3 more",
    ]


@pytest.mark.parametrize(
    ("covered", "wanted", "least", "code"),
    [
        (2, 3, "66.7", 1),
        (2, 3, "66.66", 0),
        (2, 3, "66.6666666666666666666666666666666", 0),
        (2, 3, "66.6666666666666666666666666666667", 1),
        (1, 2, "50", 0),
        (1, 2, "50.0000000000000000000000000000001", 1),
        (999_999, 1_000_000, "100", 1),
        (7, 7, "100", 0),
        (0, 7, "0", 0),
        (0, 0, "0", 1),
    ],
)
def test_coverage_is_compared_unrounded(
    run: Runs, catalog: FakeCatalog, covered: int, wanted: int, least: str, code: int
) -> None:
    cell = records.cell("e4s", "rhel8", "zen4", covered, wanted)
    catalog.coverage_answer = records.coverage_of((cell,))
    answer = run("coverage", "--cache", "x", "--fail-under", least)
    assert answer.code == code
    assert ("\ngate failed: " in answer.err) == (code == 1)
    assert answer.out


@pytest.mark.parametrize(
    ("covered", "wanted", "least", "said"),
    [
        (2, 3, "66.7", "coverage is 66.67 % (2 of 3), less than 66.7 % (--fail-under)"),
        (999, 1000, "99.95", "coverage is 99.9 % (999 of 1000), less than 99.95 % (--fail-under)"),
        (0, 0, "5", "coverage is n/a, as nothing is wanted (--fail-under 5)"),
    ],
)
def test_a_failed_gate_shows_less_than_was_asked(
    covered: int, wanted: int, least: str, said: str
) -> None:
    coverage = records.coverage_of((records.cell("e4s", "rhel8", "zen4", covered, wanted),))
    assert gates.failed(coverage, Settings(fail_under=Decimal(least))) == [said]


def test_every_failed_gate_is_named(run: Runs, catalog: FakeCatalog) -> None:
    catalog.coverage_answer = replace(
        records.WITH_EDGES, wants="baseline", absent_stacks=("hep", "ml-darwin-aarch64-mps")
    )
    words = "--cache x --baseline develop-2025-05-18 --fail-under 95% --fail-on-lost"
    answer = run("gaps", *words.split(), "--fail-on-absent")
    assert answer.code == 1
    assert answer.err.splitlines() == [
        "gate failed: coverage is 40.0 % (2 of 5), less than 95 % (--fail-under)",
        "gate failed: 3 wants of the baseline not covered (--fail-on-lost)",
        "gate failed: 2 stacks are absent: hep, ml-darwin-aarch64-mps (--fail-on-absent)",
    ]


def test_a_configured_gate_that_compares_nothing_does_not_hold_unless_that_is_accepted(
    run: Runs, catalog: FakeCatalog, configure: Callable[[str], None]
) -> None:
    configure("cache = 'x'\nfail-on-lost = true\n[[stack]]\nname = 'e4s'\nfail-on-absent = true")
    failed = run("gaps")
    assert failed.code == 1
    assert failed.err.count("gate failed: there is no older state to compare with") == 2
    assert "holds" not in failed.out
    gates = json.loads(run("coverage", "--format", "json").out)["gates"]
    assert [(gate["value"], gate["held"]) for gate in gates] == [(None, False)] * 2
    assert run("coverage", "--no-fail-on-lost").code == 1
    accepted = ("--allow-left-out", "nothing_in_common")
    answer = run("gaps", *accepted)
    assert answer.code == 0
    assert answer.err.splitlines()[1:] == [
        f"note: the gate `{gate}` was not evaluated, as there is no older state to compare with, "
        "which `--allow-left-out` accepts: name one with `--baseline TAG|SOURCE`"
        for gate in ("fail-on-lost", "fail-on-absent of e4s")
    ]
    assert "not evaluated" in answer.out
    assert "holds" not in answer.out
    gates = json.loads(run("coverage", "--format", "json", *accepted).out)["gates"]
    assert [(gate["name"], gate["value"], gate["held"]) for gate in gates] == [
        ("fail-on-lost", None, None),
        ("fail-on-absent", None, None),
    ]
    assert "holds" not in run("coverage", "--format", "markdown", *accepted).out
    assert run("gaps", "--format", "junit", *accepted).out.count("<skipped") >= 2
    held = run("coverage", "--fail-under", "0", *accepted).out
    assert "the gate holds" in held
    run("coverage", "-o", "saved.json", *accepted)
    page = ("report", "--from", "saved.json", "-o", "page.html")
    assert run(*page).code == 1
    gates = "fail-on-lost = true\n[[stack]]\nname = 'e4s'\nfail-on-absent = true"
    configure(f"cache = 'x'\nallow-left-out = ['nothing_in_common']\n{gates}")
    assert run(*page).code == 0
    catalog.coverage_answer = replace(records.WITH_EDGES, wants="baseline")
    assert run("gaps", "--baseline", "develop-2025-05-18").code == 1
    assert run("gaps", "--baseline", "develop-2025-05-18", "--no-fail-on-lost").code == 0
