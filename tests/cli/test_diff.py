"""``specplan diff``: which states are compared, and the gates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests import records

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import FakeCatalog, Loads, Runs


def test_two_snapshots(run: Runs, catalog: FakeCatalog) -> None:
    words = "--cache x --stack e4s --os a --target b --level version"
    answer = run("diff", "develop-2025-05-18", "develop-2025-05-25", *words.split())
    assert (answer.code, answer.err) == (0, "")
    assert catalog.asked == {
        "old": "develop-2025-05-18",
        "new": "develop-2025-05-25",
        "stack": ("e4s",),
        "os": ("a",),
        "target": ("b",),
        "level": "version",
    }


def test_a_snapshot_and_the_newest(run: Runs, catalog: FakeCatalog) -> None:
    assert run("diff", "develop-2025-05-18", "--cache", "x").code == 0
    assert (catalog.asked["old"], catalog.asked["new"]) == ("develop-2025-05-18", None)


def test_two_sources_need_no_other_cache(run: Runs, loads: Loads, folder: Path) -> None:
    (folder / "old").mkdir()
    (folder / "new").mkdir()
    assert run("diff", "old", "new").code == 0
    assert [call[0] for call in loads.calls] == [("old",), ("new",)]
    assert loads.catalog.asked["old"] is loads.catalog
    assert loads.catalog.asked["new"] is loads.catalog


def test_a_source_against_the_newest_of_the_caches(run: Runs, loads: Loads, folder: Path) -> None:
    (folder / "old").mkdir()
    assert run("diff", "old", "--cache", "x").code == 0
    assert [call[0] for call in loads.calls] == [("x",), ("old",)]


def test_a_name_that_is_neither_needs_a_cache(run: Runs, loads: Loads) -> None:
    answer = run("diff", "old", "new")
    assert answer.code == 2
    assert answer.err.startswith("error: no cache is given\n")
    assert loads.calls == []


def test_snapshots_that_are_not_compared_are_named(run: Runs, catalog: FakeCatalog) -> None:
    catalog.tags = ("develop-2025-05-25", "develop-2025-05-18", "v1.0.0")
    answer = run("diff", "develop-2025-05-18", "--cache", "x")
    assert answer.err == "note: 1 snapshot is not used: v1.0.0\n"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ((), records.DIFF.to_text(width=100)),
        (("--format", "json"), records.DIFF.to_json()),
        (("--format", "csv"), records.DIFF.to_csv()),
        (("--format", "markdown"), records.DIFF.to_markdown()),
    ],
)
@pytest.mark.usefixtures("loads")
def test_each_format(run: Runs, words: tuple[str, ...], expected: str) -> None:
    assert run("diff", "develop-2025-05-18", "--cache", "x", *words).out == expected


def test_the_gates(run: Runs, catalog: FakeCatalog) -> None:
    words = ("diff", "develop-2025-05-18", "--cache", "x", "--fail-on-lost", "--fail-on-absent")
    answer = run(*words)
    assert answer.code == 1
    assert answer.err.splitlines() == [
        "gate failed: 2 keys lost (--fail-on-lost)",
        "gate failed: 1 stack is absent: hep (--fail-on-absent)",
    ]
    assert answer.out
    catalog.diff_answer = records.SAME
    assert run(*words).code == 0


def test_configured_gates(run: Runs, loads: Loads, configure: Callable[[str], None]) -> None:
    configure("cache = 'x'\nfail-on-lost = true")
    assert run("diff", "develop-2025-05-18").code == 1
    assert run("diff", "develop-2025-05-18", "--no-fail-on-lost").code == 0
    assert len(loads.calls) == 2
