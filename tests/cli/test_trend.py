"""Coverage over snapshots: what was lost since when, and where the wants changed."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import specplan
from specplan.coverage.trend import measured_before
from specplan.errors import EmptySelectionError, UsageError
from specplan.model import Coverage, Trend
from specplan.reports.render.picture import picture
from specplan.sources.documents import read_coverage
from specplan.sources.snapshot_folders import snapshot_folders
from specplan.testing import Page, strategies
from tests import records
from tests.mirrors import dag_hash
from tests.property.worlds import world
from tests.small_caches import index, lock, written

if TYPE_CHECKING:
    from tests.cli.conftest import Runs

ROOT = Path(__file__).parents[2]
CACHE = ROOT / "examples" / "cache"
OLD, NEW = "develop-2025-11-15", "develop-2026-01-17"
WORDS = ("trend", f"--cache={CACHE}", "--no-config", "--stack=radiuss", "--peers=radiuss")


def wants_of(report: Coverage) -> dict[tuple[str, str, str], tuple[set[str], set[str]]]:
    """What each cell has and lacks, by name."""
    found: dict[tuple[str, str, str], tuple[set[str], set[str]]] = {
        (cell.stack, cell.os, cell.target): (set(), set()) for cell in report.cells
    }
    for want in report.covered or ():
        found[want.stack, want.os, want.target][0].add(want.want)
    for gap in report.gaps:
        found[gap.stack, gap.os, gap.target][1].add(gap.want)
    return found


def _asked(catalog: specplan.Catalog, tag: str, level: specplan.model.Level) -> Coverage | None:
    try:
        return catalog.gaps(tag=tag, level=level, covered=True)
    except EmptySelectionError:
        return None


@given(strategies.trees(), st.sampled_from(["package", "version", "hash"]))
def test_a_trend_is_what_its_snapshots_say_one_by_one(
    pages: list[Page], level: specplan.model.Level
) -> None:
    with world(pages) as made:
        catalog = made.catalog
        tags = catalog.tags[::-1]
        reports = [_asked(catalog, tag, level) for tag in tags]
        steps = (catalog.trend_step(tag, tag=tag, level=level) for tag in tags)
        if not any(reports):
            with pytest.raises(EmptySelectionError):
                specplan.trend(steps)
            return
        trend = specplan.trend(steps)
        assert [step.point.covered for step in trend.steps] == [
            each.totals.covered if each else 0 for each in reports
        ]
        wants = [wants_of(each) if each else {} for each in reports]
        for cell in trend.cells:
            place = (cell.stack, cell.os, cell.target)
            assert [point is not None for point in cell.points] == [place in each for each in wants]
            there = [each[place] for each in wants if place in each]
            points = [point for point in cell.points if point is not None]
            for (old, new), point in zip(pairwise(there), points[1:], strict=True):
                assert point.lost == len(old[0] & new[1])
                assert point.regained == len(old[1] & new[0])
                assert point.wants_changed == (old[0] | old[1] != new[0] | new[1])
            lost = {each.want for each in trend.lost if (each.stack, each.os, each.target) == place}
            # Lost is what lacks at the end without a break, and was covered right before.
            expected = {
                want
                for want in there[-1][1]
                if next((want in has for has, lacks in reversed(there) if want not in lacks), False)
            }
            assert lost == expected


def test_snapshots_are_shown_from_the_oldest_in_every_format(run: Runs) -> None:
    table = run(*WORDS)
    assert table.out.index(OLD) < table.out.index(NEW)
    document = json.loads(run(*WORDS, "--format=json").out)
    schema = json.loads(
        (ROOT / "python/specplan/schemas/specplan.trend-1.schema.json").read_text("utf-8")
    )
    Draft202012Validator(schema).validate(document)
    assert [step["name"] for step in document["steps"]] == [OLD, NEW]
    rows = list(csv.DictReader(io.StringIO(run(*WORDS, "--format=csv").out)))
    assert [row["step"] for row in rows] == [OLD, NEW]
    assert rows[1]["covered"] == str(document["cells"][0]["points"][1]["covered"])
    assert f"| `{NEW}` |" in run(*WORDS, "--format=markdown").out


def test_a_stack_that_is_gone_is_no_green(run: Runs, folder: Path) -> None:
    both = run("coverage", f"--cache={CACHE}", "--no-config", "--stack=radiuss*", "-o", "a.json")
    one = run("coverage", f"--cache={CACHE}", "--no-config", "--stack=radiuss", "-o", "b.json")
    assert (both.code, one.code) == (0, 0)
    answer = run("trend", "a.json", "b.json", "--no-config")
    assert answer.code == 1
    assert "radiuss-aarch64 ubuntu24.04/aarch64: not listed since b (absent_stack)" in answer.err
    assert run("trend", "a.json", "b.json", "--no-config", "--fail-on-lost").code == 1
    del folder


def test_documents_without_keys_do_not_distinguish_a_new_want_from_a_lost_one() -> None:
    old = replace(records.ONE_CELL, gaps=())
    steps = (measured_before(old, "old"), measured_before(records.ONE_CELL, "new"))
    trend = specplan.trend(steps)
    assert trend.lost
    assert not any(each.certain for each in trend.lost)
    assert {each.since for each in trend.lost} == {"new"}
    assert trend.steps[1].point.wants_changed is None
    fewer = replace(old, cells=tuple(replace(cell, wanted=1, covered=0) for cell in old.cells))
    trend = specplan.trend((measured_before(fewer, "old"), steps[1]))
    # What covered nothing lost nothing.
    assert not trend.lost
    assert trend.steps[1].point.wants_changed is True


@given(
    strategies.trees(),
    st.sampled_from(["package", "version", "hash"]),
    st.sampled_from(["saved", "live"]),
)
def test_saved_documents_say_what_their_snapshots_say(
    pages: list[Page], level: specplan.model.Level, first: str
) -> None:
    with world(pages) as own:
        tags = own.catalog.tags
        live = [own.catalog.trend_step(tag, tag=tag, level=level) for tag in tags]
        saved = []
        for tag, step in zip(tags, live, strict=True):
            found = _asked(own.catalog, tag, level)
            if found is None:
                saved.append(step)
                continue
            path = own.folder / f"{tag}.json"
            path.write_text(found.to_json(), encoding="utf-8")
            saved.append(measured_before(read_coverage(str(path)), tag))
        if all(step.nothing for step in live):
            return
        expected = specplan.trend(live)
        # Documents may also stand beside snapshots.
        pairs = zip(live, saved, strict=True)
        mixed = [pair[(at % 2 == 0) == (first == "saved")] for at, pair in enumerate(pairs)]
        for steps in (saved, mixed):
            answer = specplan.trend(steps)
            assert answer.lost == expected.lost
            assert answer.cells == expected.cells


def test_a_want_that_is_new_is_not_lost_in_documents(run: Runs, folder: Path) -> None:
    written(folder, s__spack_lock=lock(["a"]), old_json=index(["a"]), new_json=index([]))
    question = ("coverage", "--want=s=s/spack.lock", "--no-config", "-o")
    run(*question, "1.json", "--cache=old.json")
    written(folder, s__spack_lock=lock(["a", "b"]))
    run(*question, "2.json", "--cache=old.json")
    run(*question, "3.json", "--cache=new.json")
    answer = run("trend", "1.json", "2.json", "3.json", "--no-config", "--fail-on-lost")
    assert answer.code == 1
    assert "1 want lost (--fail-on-lost)" in answer.err
    trend = json.loads(run("trend", "1.json", "2.json", "3.json", "--format=json").out)
    assert [each["certain"] for each in trend["lost"]] == [True]
    points = [each["point"] for each in trend["steps"]]
    assert [each["wants_added"] for each in points[1:]] == [1, 0]
    assert run("trend", "1.json", "2.json", "--no-config", "--fail-on-lost").code == 0


def test_keys_that_do_not_fit_their_cells_are_refused(run: Runs, folder: Path) -> None:
    assert run("coverage", f"--cache={CACHE}", "--stack=e4s", "-o", "a.json").code == 0
    document = json.loads((folder / "a.json").read_text(encoding="utf-8"))
    own = document["want_keys"][0]
    for keys in (
        [],
        [{**own, "keys": own["keys"][1:]}],
        [{**own, "keys": own["keys"] + "abcdef"}],
        [{**own, "keys": "abcdef" * (len(own["keys"]) // 6)}],
        [{**own, "keys": own["keys"][:6]}],
        [{**own, "cells": [0, 99]}],
        [own, own],
    ):
        text = json.dumps({**document, "want_keys": keys})
        (folder / "a.json").write_text(text, encoding="utf-8")
        answer = run("trend", "a.json", "a.json", "--no-config")
        assert (answer.code, answer.out) == (3, "")
        assert "a.json: want_keys" in answer.err


def test_steps_that_answer_other_questions_are_refused() -> None:
    other = replace(records.ONE_CELL, level="hash")
    with pytest.raises(UsageError, match="answers another question: its `level`"):
        specplan.trend((measured_before(records.ONE_CELL, "a"), measured_before(other, "b")))
    with pytest.raises(UsageError, match="no step"):
        specplan.trend(())


def test_a_stack_that_is_new_has_no_points_before(run: Runs) -> None:
    words = ("trend", f"--cache={CACHE}", "--no-config", "--peers=*", "--format=json")
    found = json.loads(run(*words, "--stack=e4s", "--stack=radiuss").out)
    points = {each["stack"]: each["points"] for each in found["stacks"]}
    assert points["e4s"][0] is None
    assert points["radiuss"][0] is not None
    unknown = run(*words, "--stack=e5s")
    assert (unknown.code, unknown.out) == (2, "")
    assert "no stack matches `e5s`" in unknown.err


def test_one_snapshot_is_read_at_a_time(run: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[tuple[str, ...]] = []
    load = specplan.load

    def counted(*places: str, **options: Any) -> specplan.Catalog:
        read.append(places)
        return load(*places, **options)

    monkeypatch.setattr(specplan, "load", counted)
    run(*WORDS)
    folder = CACHE / "_cache"
    assert read == [(str(folder / OLD),), (str(folder / NEW),)]
    assert next(iter(snapshot_folders(f"x={CACHE}").values())) == f"x={folder / OLD}"
    assert not snapshot_folders(str(ROOT / "examples" / "mirror"))


def _trend(count: int, names: str = "develop-{}") -> Trend:
    steps = []
    for at in range(count):
        name = names.format(at)
        cells = tuple(
            replace(cell, covered=(at * 7) % 11, wanted=10 + (at > count / 2))
            for cell in records.MANY_CELLS.cells
        )
        steps.append(measured_before(replace(records.MANY_CELLS, cells=cells), name))
    return specplan.trend(steps)


@pytest.mark.parametrize("count", [1, 2, 40])
def test_the_picture_is_one_that_browsers_take_and_readers_hear(count: int) -> None:
    svg = picture(_trend(count, records.HOSTILE + "{}"))
    tree = ET.fromstring(svg)  # noqa: S314 - our own
    space = "{http://www.w3.org/2000/svg}"
    assert tree.get("role") == "img"
    assert tree.get("aria-label") == tree.findtext(f"{space}title")
    assert tree.findtext(f"{space}desc")
    # Nothing is fetched, nothing runs.
    assert {each.tag.removeprefix(space) for each in tree.iter()} <= {
        *("svg", "title", "desc", "rect", "text", "line", "polyline", "circle"),
    }
    assert not any(
        "href" in name or name.startswith("on") for each in tree.iter() for name in each.attrib
    )
    for each in tree.iter(f"{space}text"):
        assert 0 <= float(each.get("y", "0")) <= 360
    assert picture(_trend(count, records.HOSTILE + "{}")) == svg


def test_the_suffix_asks_for_the_picture(run: Runs, folder: Path) -> None:
    run(*WORDS, "-o", "trend.svg")
    assert (folder / "trend.svg").read_text(encoding="utf-8").startswith("<svg ")
    assert run("gaps", f"--cache={CACHE}", "--no-config", "--format=svg").code == 2


def test_what_each_step_has_itself_is_no_want_of_a_trend(run: Runs, folder: Path) -> None:
    written(folder, old_json=index(["a", "b"]), new_json=index(["a"]))
    steps = ("s=old.json", "s=new.json", "--no-config", "--fail-on-lost")
    for want in ("available", "available:s", "x=available"):
        answer = run("trend", f"--want={want}", *steps)
        assert (answer.code, answer.out) == (2, "")
        assert "nothing is ever lost" in answer.err
    assert run("diff", "s=old.json", "s=new.json", "--fail-on-lost", "--no-config").code == 1


def test_sources_are_steps_beside_wants_where_no_cache_is_given(run: Runs, folder: Path) -> None:
    written(folder, s__spack_lock=lock(["a", "b"]), old_json=index(["a", "b"]))
    written(folder, new_json=index(["a"]))
    want = ("--want=s=s/spack.lock", "--no-config")
    answer = run("trend", *want, "old.json", "new.json", "--fail-on-lost")
    assert answer.code == 1
    assert "1 want lost (--fail-on-lost)" in answer.err
    assert run("trend", *want, "old.json", "old.json", "--fail-on-lost").code == 0
    assert run("trend", *want).code == 2


@pytest.mark.parametrize("number", [str(10**400), "1e999", "-1"])
def test_a_number_that_nothing_can_be_is_a_fault_of_its_document(
    run: Runs, folder: Path, number: str
) -> None:
    assert run("coverage", f"--cache={CACHE}", "--stack=e4s", "-o", "old.json").code == 0
    document = json.loads((folder / "old.json").read_text(encoding="utf-8"))
    document["totals"]["coverage"] = "HERE"
    text = json.dumps(document).replace('"HERE"', number)
    (folder / "old.json").write_text(text, encoding="utf-8")
    for words in (
        ("trend", "old.json", "old.json"),
        ("gaps", f"--cache={CACHE}", "--carry-forward=old.json"),
    ):
        answer = run(*words)
        assert (answer.code, answer.out) == (3, "")
        assert "old.json: totals.coverage: must be a finite number from 0 on" in answer.err


def test_sources_without_a_label_are_one_stack_at_several_times(run: Runs, folder: Path) -> None:
    for name, more in (("monday", ["lib"]), ("tuesday", ["lib"]), ("today", [])):
        both = [
            json.loads(index(["app", *own], os=os))
            for os, own in (("ubuntu24.04", more), ("rhel8", ["lib"]))
        ]
        for spec in [*both[1]["database"]["installs"]]:
            moved = both[1]["database"]["installs"].pop(spec)
            moved["spec"]["hash"] = spec[::-1]
            both[1]["database"]["installs"][spec[::-1]] = moved
        both[0]["database"]["installs"] |= both[1]["database"]["installs"]
        written(folder, **{f"{name}_json": json.dumps(both[0])})
    words = ("trend", "monday.json", "tuesday.json", "today.json", "--peers=*", "--no-config")
    answer = run(*words, "--fail-on-lost", "--format=json")
    assert answer.code == 1
    told = json.loads(answer.out)
    assert [each["stack"] for each in told["stacks"]] == ["today"]
    assert [(each["stack"], each["want"], each["since"]) for each in told["lost"]] == [
        ("today", "lib", "today.json")
    ]
    assert not told["left_out"]
    assert run(*words[:3], *words[4:], "--fail-on-lost").code == 0
    catalogs = [specplan.load(f"{name}.json") for name in ("monday", "today")]
    steps = (each.trend_step(str(at), peers="*") for at, each in enumerate(catalogs))
    assert [each.want for each in specplan.trend(steps).lost] == ["lib"]


def test_a_stack_that_one_step_alone_has_is_compared_with_nothing(run: Runs, folder: Path) -> None:
    written(folder, a_json=index(["app"]), b_json=index(["app", "lib"]), s_lock=lock(["app"]))
    same = ("e4s=a.json", "e4s=b.json", "--peers=*", "--no-config")
    assert "no_peer" in run("trend", *same).err
    assert "--baseline" not in run("trend", *same).err
    for name in ("a", "b"):
        made = ("--want", "x=s.lock" if name == "a" else "y=s.lock")
        run("coverage", "--cache", f"{name}.json", *made, "--no-config", "-o", f"{name}.saved.json")
    answer = run("trend", "b.saved.json", "a.saved.json", "--fail-on-lost", "--no-config")
    assert answer.code == 1
    assert "x: only one step has it, so there is nothing to compare it with" in answer.err


@pytest.mark.parametrize("older", ["empty", "damaged"])
def test_an_older_step_that_was_not_read_whole_holds_no_gate(
    run: Runs, folder: Path, older: str
) -> None:
    both = json.loads(index(["app", "lib"]))
    if older == "damaged":
        both["database"]["installs"][dag_hash("lib")]["spec"]["version"] = 3
    written(
        folder,
        old_json=index([], absent=["app"]) if older == "empty" else json.dumps(both),
        new_json=index(["app"]),
        s_lock=lock(["app", "lib"]),
    )
    words = ("--want=s.lock", "--skip-damaged", "--fail-on-lost", "--no-config")
    answer = run("trend", "old.json", "new.json", *words)
    assert answer.code == 1
    kind = "empty_source" if older == "empty" else "damaged_file"
    assert f"1 {kind}" in answer.err
    # At the last step what was not read only makes more look lost.
    last = run("trend", "new.json", "old.json", *words).err
    assert "1 want lost (--fail-on-lost)" in last
    assert "left out could change" not in last
    assert run("trend", "old.json", "new.json", *words, f"--allow-left-out={kind}").code == 0


def test_the_remedies_of_sources_without_labels_name_the_stack_of_the_whole_trend(
    run: Runs, folder: Path
) -> None:
    cache = index(["zlib"])
    written(folder, a_json=cache, b_json=cache, l__spack_lock=lock(["zlib"]))
    words = ("trend", "a.json", "b.json", "--fail-on-lost")
    answer = run(*words, "--format=json")
    records = json.loads(answer.out)["left_out"]
    remedies = {each["remedy"] for each in records if each["kind"] == "no_peer"}
    assert (answer.code, remedies) == (1, {"--want b=spack.lock, or --peers PATTERN"})
    assert run(*words, "--want", "b=l/spack.lock").code == 0


@pytest.mark.parametrize("step", ["nope.json", "no/such/folder"])
def test_a_step_that_looks_like_a_file_but_does_not_exist_is_an_unreadable_input(
    run: Runs, folder: Path, step: str
) -> None:
    written(folder, spack_lock=lock(["a"]), i_json=index(["a"]))
    answer = run("trend", "i.json", step, "--no-config")
    assert (answer.code, answer.out) == (3, "")
    assert f"`{step}` does not exist" in answer.err
