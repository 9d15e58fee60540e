"""``specplan check``: what is loaded, listed and returned."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from specplan.model.host import Host
from tests import records

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import FakeCatalog, Loads, Runs


def test_everything_is_read_and_nothing_is_said_twice(run: Runs, loads: Loads) -> None:
    loads.catalog.contradictions = records.CHECK.findings
    loads.catalog.damaged = records.DAMAGED
    answer = run("check", "--cache", "a", "--cache", "b", "--strict")
    assert loads.calls == [(("a", "b"), {"strict": False, "skip_damaged": True})]
    assert answer.err == ""


@pytest.mark.parametrize(
    ("kinds", "words", "code"),
    [
        ((), (), 0),
        (("contradiction",), (), 1),
        (("damaged",), (), 3),
        (("damaged", "contradiction"), (), 3),
        (("damaged",), ("--skip-damaged",), 1),
    ],
)
def test_the_exit_code_says_what_was_found(
    run: Runs, catalog: FakeCatalog, kinds: tuple[str, ...], words: tuple[str, ...], code: int
) -> None:
    found = tuple(each for each in records.CHECK.findings if each.kind in kinds)
    catalog.check_answer = replace(records.CHECK, findings=found)
    answer = run("check", "--cache", "x", *words)
    assert answer.code == code
    assert answer.out == catalog.check_answer.to_text(width=100)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--format", "json"), records.CHECK.to_json()),
        (("--format", "csv"), records.CHECK.to_csv()),
        (("--format", "markdown"), records.CHECK.to_markdown()),
    ],
)
def test_each_format(
    run: Runs, catalog: FakeCatalog, words: tuple[str, ...], expected: str
) -> None:
    catalog.check_answer = records.CHECK
    assert run("check", "--cache", "x", *words).out == expected


def test_what_is_asked_reaches_the_catalog(run: Runs, loads: Loads, catalog: FakeCatalog) -> None:
    run(
        "check",
        "--cache",
        "x",
        "--want",
        "e4s=a.lock",
        "--want",
        "b.lock",
        "--tag",
        "t",
        "--verify",
        "blobs",
    )
    assert {name: value for name, value in catalog.asked.items() if name != "counted"} == {
        "want": ("e4s=a.lock", "b.lock"),
        "tag": "t",
        "verify": "blobs",
        "libc": {},
        "host": Host(),
    }
    assert loads.tags == [("t",)]


def test_findings_that_are_ignored_are_counted_and_fail_nothing(
    run: Runs, catalog: FakeCatalog
) -> None:
    catalog.check_answer = records.BROKEN_CHECK
    answer = run("check", "--cache", "x", "--ignore", "not-in-cache")
    assert answer.code == 1
    assert "1 finding (1 spec that binaries lack), 23 ignored" in answer.out
    answer = run("check", "--cache", "x", "--ignore", "not-in-cache", "--ignore", "missing")
    assert answer.code == 0
    assert "no findings, 24 ignored" in answer.out.splitlines()[0]


def test_the_configuration_says_how_to_check_and_what_is_typed_goes_before_it(
    run: Runs, catalog: FakeCatalog, folder: Path
) -> None:
    catalog.check_answer = records.BROKEN_CHECK
    (folder / "specplan.toml").write_text(
        "[check]\nverify = 'manifests'\nignore = ['not-in-cache', 'missing']"
    )
    assert run("check", "--cache", "x").code == 0
    configured = catalog.asked["verify"]
    answer = run("check", "--cache", "x", "--verify", "index", "--ignore", "not-in-cache")
    assert answer.code == 1
    assert "23 ignored" in answer.out
    assert (configured, catalog.asked["verify"]) == ("manifests", "index")


def test_an_unknown_kind_is_wrong_usage(run: Runs, catalog: FakeCatalog) -> None:
    catalog.check_answer = records.SOUND
    assert run("check", "--cache", "x", "--ignore", "everything").code == 2
    assert run("check", "--cache", "x", "--verify", "all").code == 2
