"""Known gaps, gates of single stacks, and cells that an earlier run measured."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from specplan.config.table import as_day
from specplan.coverage.carry import carried_forward
from specplan.coverage.known_gaps import with_known_gaps
from specplan.model.known_gap import KnownGap, KnownGaps
from specplan.sources.documents import read_coverage
from tests import records
from tests.cli.conftest import Runs
from tests.small_caches import index, lock, written

if TYPE_CHECKING:
    from collections.abc import Callable

    from specplan.model import Coverage

#: The fields of totals that are sums over cells.
SUMS = ("wanted", "covered", "unknown")

CACHE = f"--cache={Path(__file__).parents[2]}/examples/cache"
E4S = (CACHE, "--stack=e4s-neoverse-v2")

#: Of the nine gaps of the stack.
KNOWN = """
[[known-gap]]
want = "bison"
stack = "e4s*"
reason = "does not build on <aarch64>"
until = 2026-12-31
issue = "https://example.org/1"

[[known-gap]]
want = "[!b]*"
stack = "e4s-neoverse-v2"
reason = "the rest"
"""

STALE = """
[[known-gap]]
want = "no-such-package"
reason = "long gone"

[[known-gap]]
want = "bison"
reason = "over"
until = "2025-01-01"

[[known-gap]]
want = "*"
stack = "radiuss"
reason = "not of this run"
"""


@pytest.fixture
def known(folder: Path) -> Callable[[str], str]:
    def written(text: str) -> str:
        (folder / "known.toml").write_text(text, encoding="utf-8")
        return "--known-gaps=known.toml"

    return written


def test_a_known_gap_fails_no_gate_and_makes_no_share_better(
    run: Runs, known: Callable[[str], str]
) -> None:
    words = ("gaps", *E4S, "--no-config", "--fail-under=100", "--format=json")
    failing = json.loads(run(*words).out)
    assert failing["totals"]["gaps"] == 9
    answer = run(*words, known(KNOWN), "--date=2026-12-31")
    excused = json.loads(answer.out)
    assert answer.code == 0
    assert excused["totals"] == failing["totals"]
    (gate,) = excused["gates"]
    assert (gate["value"], gate["held"]) == (100, True)
    assert {each["want"]: each["known"] for each in excused["gaps"]}["bison"] == (
        "does not build on <aarch64>"
    )
    assert [each["state"] for each in excused["known_gaps"]["entries"]] == ["used", "used"]
    assert sum(each["excused"] for each in excused["known_gaps"]["entries"]) == 9
    # A day later one of them is no longer accepted.
    later = run(*words, "--known-gaps=known.toml", "--date=2027-01-01")
    assert later.code == 1
    assert "expired on 2026-12-31" in later.err


def test_where_all_that_is_wanted_is_a_known_gap_no_share_is_defined(
    run: Runs, known: Callable[[str], str]
) -> None:
    entry = known('[[known-gap]]\nwant = "*"\nreason = "new machine"\n')
    words = ("--stack=e4s", "--system=ubuntu22.04/neoverse_v2", "--target=neoverse_v2", CACHE)
    answer = run("gaps", *words, "--fail-under=10", "--no-config", entry)
    assert answer.code == 1
    assert "n/a, as every want is a known gap" in answer.err


def test_stale_entries_are_said_and_fail_where_that_is_asked(
    run: Runs, known: Callable[[str], str]
) -> None:
    words = ("gaps", *E4S, "--no-config", known(STALE), "--date=2026-01-01")
    for form in ("table", "markdown"):
        answer = run(*words, f"--format={form}")
        assert answer.code == 0
        assert "no-such-package" in answer.out
        assert "excuses nothing" in answer.err
        assert "not of this run" not in answer.out + answer.err
    document = json.loads(run(*words, "--format=json").out)["known_gaps"]
    assert [each["state"] for each in document["entries"]] == ["unused", "expired", "not_asked"]
    strict = run(*words, "--strict-known-gaps", "--format=json")
    assert strict.code == 1
    (gate,) = json.loads(strict.out)["gates"]
    assert (gate["name"], gate["limit"], gate["value"]) == ("strict-known-gaps", 0, 2)


def test_every_format_shows_known_gaps(run: Runs, known: Callable[[str], str]) -> None:
    words = ("gaps", *E4S, "--no-config", known(KNOWN + STALE), "--date=2026-06-01")
    out = {
        form: run(*words, f"--format={form}").out
        for form in ("csv", "junit", "github", "codequality", "openmetrics")
    }
    rows = csv.DictReader(io.StringIO(out["csv"]))
    assert all(row["known"] for row in rows)
    tree = ET.fromstring(out["junit"])  # noqa: S314 - our own
    assert tree.get("failures") == "0"
    skipped = {case.get("name"): case.find("skipped") for case in tree.iter("testcase")}
    bison = skipped["bison"]
    assert bison is not None
    assert (bison.text or "").startswith("known-gap: does not build on <aarch64>")
    assert "::error" not in out["github"]
    assert json.loads(out["codequality"]) == []
    assert "\nspecplan_known_gaps 9\n" in out["openmetrics"]
    assert "\nspecplan_known_gaps_stale 2\n" in out["openmetrics"]


def test_lost_keys_can_be_known_gaps(run: Runs, known: Callable[[str], str]) -> None:
    words = (
        *("diff", "develop-2025-11-15", CACHE, "--stack=radiuss", "--level=version"),
        *("--no-config", "--fail-on-lost", "--format=json"),
    )
    lost = json.loads(run(*words).out)["lost"]
    assert lost
    entries = "".join(f'[[known-gap]]\nwant = "{each["want"]}"\nreason = "gone"\n' for each in lost)
    answer = run(*words, known(entries))
    assert answer.code == 0
    assert all(each["known"] == "gone" for each in json.loads(answer.out)["lost"])


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[[known-gap]]\nreason = 'x'\n", "a want is required"),
        ("[[known-gap]]\nwant = 'x'\n", "a reason is required"),
        (
            "[[known-gap]]\nwant = 'x'\nreason = 'y'\nissue = 'https://u:word@example.org/1'\n",
            "known-gap[0].issue: it contains a URL with a user",
        ),
        ("[[known-gap]]\nwant = 'x'\nreason = 'y'\nuntil = 'soon'\n", "`soon` is not a date"),
        ("[[known-gap]]\nwant = 'x'\nreason = 'y'\nuntill = 'z'\n", "did you mean `until`?"),
        ("[known-gap]\nwant = 'x'\n", "an array of tables"),
        ("want = \n", "not valid TOML"),
    ],
)
def test_a_file_of_known_gaps_that_holds_something_else_is_refused(
    run: Runs, known: Callable[[str], str], text: str, fault: str
) -> None:
    answer = run("gaps", *E4S, "--no-config", known(text))
    assert answer.code in {2, 3}
    assert fault in answer.err
    assert not answer.out


def test_the_day_of_a_run_is_said_and_is_no_clock_where_one_is_given(
    run: Runs, known: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("gaps", *E4S, "--no-config", known(KNOWN), "--format=json")

    def day(*more: str) -> tuple[str, str]:
        found = json.loads(run(*words, *more).out)["known_gaps"]
        return found["date"], found["date_from"]

    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    assert day()[1] == "clock"
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86399")
    assert day() == ("1970-01-01", "SOURCE_DATE_EPOCH")
    assert day("--date=2026-02-28") == ("2026-02-28", "option")
    assert run(*words, "--date=2026-02-30").code == 2
    for wrong in ("soon", "9" * 30):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", wrong)
        assert run(*words).code == 2


@pytest.mark.parametrize("word", ["--strict-known-gaps", "--date=soon"])
def test_what_means_nothing_without_known_gaps_is_refused(run: Runs, word: str) -> None:
    for words in (("gaps", *E4S), ("diff", "develop-2025-11-15", CACHE)):
        answer = run(*words, "--no-config", word)
        assert (answer.code, answer.out) == (2, "")
        assert word.partition("=")[0] in answer.err


@given(st.dates())
def test_a_day_is_read_as_it_is_written(day: Any) -> None:
    assert as_day(day.isoformat()) == day.isoformat()
    assert as_day(f"{day.isoformat()}T00:00") is None


@given(st.lists(st.sampled_from(["*", "gap-1", "gap-[12]", "x"]), max_size=4))
def test_entries_excuse_what_they_match_once_each(wants: list[str]) -> None:
    gaps = tuple(records.gap(f"gap-{at}") for at in range(4))
    coverage = replace(records.ONE_CELL, gaps=gaps)
    entries = tuple(KnownGap(want=want, reason=f"r{at}") for at, want in enumerate(wants))
    known = KnownGaps(path="f", date="2026-01-01", date_from="option", entries=entries)
    marked = with_known_gaps(coverage, known)
    held = marked.known_gaps
    assert held is not None
    assert sum(each.excused for each in held.entries) == sum(
        gap.known is not None for gap in marked.gaps
    )
    assert [each.state == "used" for each in held.entries] == [
        each.excused > 0 for each in held.entries
    ]


def test_a_stack_has_gates_of_its_own(run: Runs, configure: Callable[[str], None]) -> None:
    gates = "fail-under = 95\n[[stack]]\nname = 'e4s'\nfail-under = 99.1\n"
    gates += "[[stack]]\nname = 'e4s-neoverse-v2'\nfail-under = 90\n"
    configure(gates)
    answer = run("coverage", CACHE, "--format=json")
    found = {(each["name"], each["stack"]): each for each in json.loads(answer.out)["gates"]}
    assert {key: each["held"] for key, each in found.items()} == {
        ("fail-under", ""): True,
        ("fail-under", "e4s"): False,
        ("fail-under", "e4s-neoverse-v2"): True,
    }
    assert answer.code == 1
    assert "coverage for `e4s` is 99.0 %" in answer.err
    # What was typed is a choice: other stacks are not asked for.
    assert run("coverage", CACHE, "--stack=e4s-neoverse-v2").code == 1
    configure(gates.replace("fail-under = 95", "fail-under = 10"))
    assert run("coverage", CACHE, "--stack=e4s-neoverse-v2").code == 0
    for form in ("table", "markdown", "junit", "github", "openmetrics"):
        assert "fail-under" in run("coverage", CACHE, f"--format={form}").out


def test_roots_and_losses_are_gates_of_stacks_too(
    run: Runs, configure: Callable[[str], None]
) -> None:
    lock = Path(__file__).parents[2] / "examples" / "locks" / "radiuss" / "spack.lock"
    tables = f"[[stack]]\nname = 'radiuss'\nwant = '{lock}'\nfail-under-roots = 100\n"
    configure(tables)
    answer = run("gaps", CACHE, "--format=json")
    document = json.loads(answer.out)
    (gate,) = document["gates"]
    (roots,) = document["roots"]["stacks"]
    assert gate["stack"] == "radiuss"
    assert gate["value"] == 100 * roots["installable"] / roots["wanted"]
    assert answer.code == (not gate["held"])
    configure("[[stack]]\nname = 'radiuss'\nfail-on-lost = true\n")
    lost = run("diff", "develop-2025-11-15", CACHE, "--level=version")
    assert lost.code == 1
    assert "lost (--fail-on-lost)" in lost.err


def test_cells_that_were_not_measured_are_carried_forward_only_where_asked(
    run: Runs, folder: Path
) -> None:
    words = ("coverage", CACHE, "--no-config")
    assert run(*words, "--stack=e4s*", "-o", "old.json").code == 0
    some = (*words, "--stack=e4s-neoverse-v2")
    alone = json.loads(run(*some, "--format=json").out)
    assert [cell["carried_from"] for cell in alone["cells"]] == [None]
    carried = (*some, "--carry-forward=old.json")
    document = json.loads(run(*carried, "--format=json").out)
    old = json.loads((folder / "old.json").read_text(encoding="utf-8"))
    assert document["totals"] == old["totals"]
    assert len(document["gaps"]) == len(old["gaps"])
    assert [cell["carried_from"] for cell in document["cells"]] == ["develop-2026-01-17", None]
    assert document["carried"] == {"path": "old.json", "tags": ["develop-2026-01-17"], "cells": 1}
    # They count for gates.
    assert run(*some, "--fail-under=95").code == 1
    assert run(*carried, "--fail-under=95").code == 0
    shown = {
        form: run(*carried, f"--format={form}").out
        for form in ("table", "markdown", "csv", "junit", "openmetrics", "badge")
    }
    assert "99.0 % (old)" in shown["table"]
    assert "99.0 % (old)" in shown["markdown"]
    assert shown["csv"].splitlines()[1].endswith(",develop-2026-01-17")
    assert 'name="carried_from" value="develop-2026-01-17"' in shown["junit"]
    assert 'specplan_cell_carried{stack="e4s"' in shown["openmetrics"]
    assert "partly old" in shown["badge"]
    # Once more, they keep the day that they were measured.
    assert run(*carried, "-o", "again.json").code == 0
    again = json.loads(
        run(*some, "--tag=develop-2025-11-15", "--carry-forward=again.json", "--format=json").out
        or "{}"
    )
    assert not again or {each["carried_from"] for each in again["cells"]} <= {
        "develop-2026-01-17",
        None,
    }


def test_what_answers_another_question_is_not_carried_forward(run: Runs) -> None:
    words = ("coverage", CACHE, "--no-config", "--stack=e4s*")
    assert run(*words, "--level=version", "-o", "old.json").code == 0
    answer = run(*words, "--carry-forward=old.json")
    assert answer.code == 2
    assert "its `level` is `version`, not `package`" in answer.err


def test_cells_of_another_baseline_are_not_carried_forward(run: Runs, folder: Path) -> None:
    written(folder, new_json=index(["a"]), one_json=index(["a"]), two_json=index(["a", "b"]))
    words = ("coverage", "--cache=s=new.json", "--no-config")
    assert run(*words, "--baseline=s=one.json", "-o", "old.json").code == 0
    again = (*words, "--carry-forward=old.json")
    assert run(*again, "--baseline=s=one.json").code == 0
    answer = run(*again, "--baseline=s=two.json")
    assert answer.code == 2
    assert "compared with the baseline `s=one.json`, those of this run with" in answer.err


@pytest.mark.parametrize(
    "gate", ["--fail-under=0", "--fail-under-roots=0", "--fail-on-unknown-over=100"]
)
def test_no_gate_holds_where_nothing_is_wanted(run: Runs, folder: Path, gate: str) -> None:
    text = '[[not-wanted]]\npackage = "*"\nreason = "x"\n'
    (folder / "specplan.toml").write_text(text, encoding="utf-8")
    answer = run("coverage", CACHE, "--stack=e4s*", gate)
    assert answer.code == 1
    assert "n/a" in answer.err
    table = '[[stack]]\nname = "e4s"\n' + gate[2:].replace("=", " = ") + "\n"
    (folder / "specplan.toml").write_text(text + table, encoding="utf-8")
    answer = run("coverage", CACHE, "--stack=e4s*")
    assert answer.code == 1
    assert "n/a" in answer.err


@pytest.mark.parametrize("text", ["{}", "[]", '{"schema": "specplan.diff/1"}', "x", "\xff"])
def test_what_is_no_document_of_coverage_is_not_carried_forward(
    run: Runs, folder: Path, text: str
) -> None:
    (folder / "old.json").write_bytes(text.encode("latin-1"))
    answer = run("coverage", CACHE, "--no-config", "--carry-forward=old.json")
    assert (answer.code, answer.out) == (3, "")
    assert "old.json" in answer.err


def consistent(result: Coverage) -> Coverage:
    """Return a made-up result whose cells count what it lists."""
    listed = [
        Counter((each.stack, each.os, each.target) for each in kind)
        for kind in (result.gaps, result.unknown)
    ]
    cells = []
    for cell in result.cells:
        gaps, unknown = (each[cell.stack, cell.os, cell.target] for each in listed)
        wanted = cell.covered + gaps + unknown
        share = cell.covered / wanted if wanted else None
        cells.append(replace(cell, wanted=wanted, unknown=unknown, coverage=share))
    sums = {name: sum(getattr(each, name) for each in cells) for name in SUMS}
    sums["gaps"] = len(result.gaps)
    whole = sums["covered"] / sums["wanted"] if sums["wanted"] else None
    totals = replace(result.totals, **sums, coverage=whole)
    return replace(result, cells=tuple(cells), totals=totals)


@pytest.mark.parametrize(
    "result",
    [records.ONE_CELL, records.MANY_CELLS, records.WITH_EDGES, records.HOSTILE_COVERAGE],
    ids=["one", "many", "edges", "hostile"],
)
def test_a_saved_document_is_read_as_it_was(result: Any, tmp_path: Path) -> None:
    result = consistent(result)
    path = tmp_path / "saved.json"
    path.write_text(result.to_json(), encoding="utf-8")
    again = read_coverage(str(path))
    assert again.to_json() == result.to_json()
    assert carried_forward(result, again, "saved.json") == result


@pytest.mark.parametrize(
    ("place", "value", "fault"),
    [
        (("cells", 0, "covered"), 9, "cells[0]: counts more than the wants"),
        (("gaps",), [], "cells[0]: says that 1 of its wants are in `gaps`, which lists 0"),
        (("cells", 0, "wanted"), 4, "cells[0]: says that 2 of its wants are in `gaps`"),
        (("cells",), [], "totals.wanted: is not the sum of all cells"),
        (("totals", "covered"), 3, "totals.covered: is not the sum of all cells"),
        (("cells", 0, "coverage"), 1.0, "cells[0].coverage: is not covered / wanted"),
        (("totals", "coverage"), None, "totals.coverage: is not covered / wanted"),
        (("roots", "coverage"), 1.0, "roots.coverage: is not installable / wanted"),
        (("roots", "stacks", 0, "installable"), 3, "roots.stacks[0]: counts more than the roots"),
        (("roots", "wanted"), 9, "roots.wanted: is more than all stacks want"),
    ],
)
def test_a_saved_document_whose_numbers_contradict_each_other_is_no_step_and_carries_nothing(
    run: Runs, folder: Path, place: tuple[str | int, ...], value: object, fault: str
) -> None:
    written(folder, spack_lock=lock(["a", "b", "c"]), new_json=index(["a", "b"]))
    words = ("coverage", "--want=s=spack.lock", "--cache=new.json", "--no-config")
    assert run(*words, "-o", "saved.json").code == 0
    assert run("trend", "saved.json", "saved.json", "--fail-on-lost", "--no-config").code == 0
    document = json.loads((folder / "saved.json").read_text("utf-8"))
    *above, last = place
    holder = document
    for each in above:
        holder = holder[each]
    holder[last] = value
    (folder / "saved.json").write_text(json.dumps(document), encoding="utf-8")
    for asked in (
        ("trend", "saved.json", "saved.json", "--fail-on-lost", "--no-config"),
        (*words, "--carry-forward=saved.json", "--fail-under=1"),
    ):
        answer = run(*asked)
        assert (answer.code, answer.out) == (3, "")
        assert fault in answer.err
    assert run("report", "--from=saved.json", "--no-config").code == 3


def test_a_document_that_measured_nothing_is_carried_forward_into_no_green(
    run: Runs, folder: Path
) -> None:
    written(folder, spack_lock=lock(["a"]), new_json=index(["a"]))
    words = ("coverage", "--want=s=spack.lock", "--cache=new.json", "--no-config")
    assert run(*words, "-o", "saved.json").code == 0
    document = json.loads((folder / "saved.json").read_text("utf-8"))
    document |= {"cells": [], "roots": None, "want_keys": []}
    document["totals"] |= {"wanted": 0, "covered": 0, "coverage": None}
    (folder / "saved.json").write_text(json.dumps(document), encoding="utf-8")
    answer = run(*words, "--carry-forward=saved.json", "--fail-under=1")
    assert answer.code == 1
    assert "saved.json: it has no cells to carry forward (empty_source)" in answer.err


def test_a_trend_of_a_single_step_is_compared_with_nothing(run: Runs, folder: Path) -> None:
    written(folder, spack_lock=lock(["a"]), new_json=index(["a"]))
    words = ("--want=s=spack.lock", "--cache=new.json", "--no-config")
    assert run("coverage", *words, "-o", "saved.json").code == 0
    for gate in ((), ("--fail-on-lost",)):
        answer = run("trend", "saved.json", "--no-config", *gate)
        assert answer.code == 1
        assert "(nothing_in_common)" in answer.err
        assert run("trend", "saved.json", "saved.json", "--no-config", *gate).code == 0
