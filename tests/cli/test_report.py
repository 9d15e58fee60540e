"""`specplan report`, and the page of a single question: what is written, where, with what code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.page_documents import HOSTILE, example_texts
from tests.small_caches import environment, index, lock, written

if TYPE_CHECKING:
    from tests.cli.conftest import Runs

EXAMPLES = Path(__file__).parents[2] / "examples"
CACHE = f"--cache={EXAMPLES}/cache"
LOCK = f"--want={EXAMPLES}/locks/radiuss/spack.lock"
MIRROR = f"--cache={EXAMPLES}/mirror"


@pytest.fixture
def saved(folder: Path) -> Path:
    """The working directory with documents that other commands wrote."""
    names = ("coverage", "diff", "rebuild", "check", "trend")
    for name, text in zip(names, example_texts("hypre"), strict=True):
        (folder / f"{name}.json").write_text(text, encoding="utf-8")
    return folder


def test_a_catalog_and_its_questions_make_a_page(run: Runs, folder: Path) -> None:
    words = ("report", MIRROR, LOCK, "--jobs=2", "--verify=index", "-o", "report.html")
    answer = run(*words)
    text = (folder / "report.html").read_text(encoding="utf-8")
    for part in ('id="matrix"', 'id="gaps"', 'id="plan"', 'id="gantt"', 'id="soundness"'):
        assert part in text
    # The check found something, so that the page is not the only thing that says so.
    assert (answer.code, answer.out) == (1, "")
    assert "specplan report --cache=" in text
    # Where a page is written is not part of it.
    for output in (("-o", "a/b/report.html"), ("--output=c/report.html",), ("-oc/report.html",)):
        (folder / output[-1].rpartition("=")[2].removeprefix("-o")).parent.mkdir(
            parents=True, exist_ok=True
        )
        run(*words[:-2], *output)
    assert (folder / "a/b/report.html").read_text(encoding="utf-8") == text
    again = (folder / "c/report.html").read_text(encoding="utf-8")
    assert again.replace("-oreport.html", "-o report.html") == text


@pytest.mark.parametrize("gate", ["--fail-under=99", "--fail-over-builds=1"])
def test_a_page_shows_every_gate_that_fails_the_run(run: Runs, folder: Path, gate: str) -> None:
    answer = run("report", MIRROR, LOCK, gate, "-o", "report.html")
    assert answer.code == 1
    assert answer.err.startswith("gate failed: ")
    text = (folder / "report.html").read_text(encoding="utf-8")
    assert "no gate is set" not in text
    assert "1 gate fails<" in text
    # A folder holds the documents, and these say so too.
    assert run("report", MIRROR, LOCK, gate, "-o", "site/").code == 1
    documents = json.loads((folder / "site/report.json").read_text(encoding="utf-8"))["documents"]
    failed = [each["name"] for one in documents for each in one["gates"] if not each["held"]]
    assert failed == [gate.partition("=")[0].removeprefix("--")]


def test_changes_are_shown_on_request(run: Runs, folder: Path) -> None:
    answer = run(
        *("report", CACHE, "--stack=radiuss", "--changes-since=develop-2025-11-15"),
        "-o",
        "page.html",
    )
    assert answer.code == 0, answer.err
    assert 'id="changes"' in (folder / "page.html").read_text(encoding="utf-8")
    # Each question would say it, and nothing is said twice; the older snapshot is in use.
    lines = answer.err.splitlines()
    assert len(lines) == len(set(lines))
    assert "not used" not in answer.err


def test_what_was_lost_since_is_asked_of_the_difference_alone(run: Runs, folder: Path) -> None:
    both, one = index(["zlib", "hdf5"]), index(["zlib"])
    written(folder, old_json=both, new_json=one)
    words = ("report", "--changes-since=s=old.json", "--stack=s", "-o=p.html")
    for gate in ("--fail-on-lost", "--config=specplan.toml"):
        config = "fail-on-lost = true\n[[stack]]\nname = 's'\nfail-on-lost = true\n"
        written(folder, specplan_toml=config if "config" in gate else "")
        for cache, code in (("old.json", 0), ("new.json", 1)):
            caches = (f"--cache=s={cache}", f"--cache=s-x={cache}")
            answer = run(*words, *caches, gate)
            assert answer.code == code, answer.err
            assert "no older state" not in answer.err


def test_saved_documents_make_the_same_page(run: Runs, saved: Path) -> None:
    answer = run(
        *("report", "--from", "coverage.json", "rebuild.json", "diff.json"), "-o", "page.html"
    )
    assert answer.code == 0, answer.err
    text = (saved / "page.html").read_text(encoding="utf-8")
    assert "specplan report --from coverage.json rebuild.json diff.json" in text
    for part in ('id="matrix"', 'id="changes"', 'id="plan"'):
        assert part in text
    assert 'id="soundness"' not in text


def test_a_folder_holds_style_script_and_documents_apart(run: Runs, saved: Path) -> None:
    assert run("report", "--from", "coverage.json", "-o", "public/site/").code == 0
    page = saved / "public/site"
    assert sorted(each.name for each in page.iterdir()) == [
        *("index.html", "report.css", "report.js", "report.json"),
    ]
    assert "<style>" not in (page / "index.html").read_text(encoding="utf-8")
    assert json.loads((page / "report.json").read_text())["schema"] == "specplan.report/1"
    # The same input makes it again, and an existing folder is written again.
    before = (page / "report.json").read_bytes()
    assert run("report", "--from", "public/site/report.json", "-o", "public/site").code == 0
    assert json.loads(before) == json.loads((page / "report.json").read_bytes())


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (("gaps", MIRROR, LOCK), 'id="gaps"'),
        (("coverage", MIRROR, LOCK), 'id="matrix"'),
        (("rebuild", MIRROR, LOCK), 'id="plan"'),
        (("diff", CACHE, "develop-2025-11-15"), 'id="changes"'),
        (("check", "--cache", f"{EXAMPLES}/mirror"), 'id="soundness"'),
        (("trend", CACHE, "--stack=radiuss"), 'id="trend"'),
    ],
)
def test_each_question_has_a_page_of_its_own(
    run: Runs, folder: Path, words: tuple[str, ...], part: str
) -> None:
    run(*words, "-o", "page.html")
    text = (folder / "page.html").read_text(encoding="utf-8")
    assert part in text
    assert f"specplan {words[0]} " in text
    assert run(*words, "--format=html").out.startswith("<!doctype html>")


def test_the_trend_is_drawn_on_request(run: Runs, folder: Path) -> None:
    answer = run("report", CACHE, "--stack=radiuss", "--trend", "-o", "page.html")
    # The oldest snapshots have nothing to compare radiuss with, which the page must not hide.
    assert answer.code == 1
    text = (folder / "page.html").read_text(encoding="utf-8")
    assert 'id="trend"' in text
    assert "not whole" in text


def test_a_page_of_a_failed_gate_says_so_and_so_does_the_exit_code(run: Runs, folder: Path) -> None:
    live = run("coverage", MIRROR, LOCK, "--fail-under=99", "-o", "coverage.json")
    assert live.code == 1
    answer = run("report", "--from", "coverage.json", "-o", "page.html")
    assert answer.code == 1
    assert "gate failed: coverage is" in answer.err
    text = (folder / "page.html").read_text(encoding="utf-8")
    assert "1 gate fails" in text
    assert "less than 99 %" in text


def test_a_page_of_what_is_not_whole_is_not_green(run: Runs, saved: Path) -> None:
    document = json.loads((saved / "coverage.json").read_text())
    document["left_out"] = [
        {
            "kind": "include",
            "where": "a.yaml:3",
            "detail": "remote",
            "count": 1,
            "blocks": True,
            "remedy": "c",
        }
    ]
    (saved / "coverage.json").write_text(json.dumps(document))
    answer = run("report", "--from", "coverage.json", "-o", "page.html")
    assert answer.code == 1
    assert "not whole: left-out input could change the answer (1 include)" in answer.err
    text = (saved / "page.html").read_text(encoding="utf-8")
    assert "not whole" in text
    # What happened stands in its verdict, and not only the word for its kind.
    reason = next(line for line in text.splitlines() if "could change the answer</p>" in line)
    assert "a.yaml:3" in reason
    assert "remote" in reason
    assert "1 include" not in text


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--from", "none.json"), 3, "none.json"),
        (("--from", "/dev/zero"), 3, "is not a regular file"),
        (("--from", "."), 3, "is not a regular file"),
        (("--from", "bad.json"), 3, "bad.json:1: is not valid JSON"),
        (("--from", "coverage.json", "coverage.json"), 2, "are both documents of `coverage`"),
        (("--from", "coverage.json", "--stack=e4s"), 2, "`--stack` applies to a question"),
        (("coverage.json",), 2, "documents follow `--from`"),
        (("--from", "coverage.json", "-o", "page.pdf"), 2, "neither a page nor a folder"),
        (("--from", "coverage.json", "-o", "page.json"), 2, "page.json"),
        (("--from", "coverage.json", "-o", ""), 2, "`--output` is empty"),
        (("--from", "coverage.json", "-o", "x" * 300), 2, "neither a page nor a folder"),
        (("--from", "coverage.json", "-o", f"{'x' * 300}.html"), 2, "File name too long"),
        (("--from", "coverage.json", "-o", "file/"), 2, "cannot write the report to `file/`"),
    ],
)
def test_what_makes_no_page_writes_none(
    run: Runs, saved: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    (saved / "bad.json").write_text("{")
    (saved / "file").write_text("stays")
    before = sorted(saved.iterdir())
    output = () if "-o" in words else ("-o", "page.html")
    answer = run("report", *words, *output)
    assert (answer.code, answer.out) == (code, "")
    assert said in answer.err
    assert sorted(saved.iterdir()) == before
    assert (saved / "file").read_text() == "stays"


def test_credentials_and_hostile_words_of_the_command_stay_out_of_the_page(
    run: Runs, saved: Path
) -> None:
    for at, text in enumerate(each for each in HOSTILE if "\x00" not in each and "/" not in each):
        name = f"{text} {at}.html".replace("/", "")
        assert run("report", "--from", "coverage.json", "-o", name).code == 0
        page = (saved / name).read_text(encoding="utf-8")
        assert text not in page or text.isprintable()
        assert page.count("<script") == 2
        assert "<img" not in page


def test_saved_documents_are_held_to_the_gates_of_the_configuration(
    run: Runs, folder: Path
) -> None:
    written(folder, site_json=index(["zlib"]), e4s__spack_lock=lock(["zlib", "hdf5"]))
    assert run("gaps", "--cache", "site.json", "--want", "e4s", "-o", "gaps.json").code == 0
    words = ("report", "--from", "gaps.json", "-o", "page.html")
    assert run(*words).code == 0
    configuration = folder / "specplan.toml"
    for gates, code, said in (
        ("fail-under = 50", 0, ""),
        ("fail-under = 51", 1, "`fail-under` of `gaps.json` is 50, and at least 51 is accepted"),
        ("fail-under-roots = 51", 1, "`fail-under-roots` of `gaps.json` is 50"),
        ("fail-over-builds = 0", 0, ""),
        ("fail-on-lost = true", 1, "`fail-on-lost` cannot be evaluated, as `gaps.json` was"),
        ("[[stack]]\nname = 'e4s'\nfail-under = 1", 1, "`fail-under` of the stack `e4s` cannot"),
    ):
        configuration.write_text(gates, encoding="utf-8")
        answer = run(*words)
        assert (answer.code, said in answer.err) == (code, True), gates
        assert run(*words, "--no-config").code == 0
    # The gate of a stack is one of the document, once that was written with it.
    assert run("gaps", "--cache", "site.json", "--want", "e4s", "-o", "gaps.json").code == 0
    assert run(*words).code == 0


@pytest.mark.parametrize("key", ["left_out", "gates"])
def test_a_document_without_what_its_verdict_is_made_of_is_refused(
    run: Runs, folder: Path, key: str
) -> None:
    written(folder, c_json=index(["app"]), s_lock=lock(["app"]), e_yaml=environment("app@9"))
    cache = ("--cache=c.json", "--no-config")
    run("coverage", *cache, "--want=s.lock", "-o", "coverage.json")
    run("rebuild", *cache, "--want=e.yaml", "-o", "rebuild.json")
    run("diff", "c.json", "c.json", "--no-config", "-o", "diff.json")
    run("trend", "c.json", "c.json", "--want=s.lock", "--no-config", "-o", "trend.json")
    for name in ("coverage", "rebuild", "diff", "trend"):
        whole = json.loads(Path(f"{name}.json").read_text())
        for cut in ({**whole, key: None}, {each: whole[each] for each in whole if each != key}):
            Path("cut.json").write_text(json.dumps(cut))
            answer = run("report", "--from", "cut.json", "-o", "page.html", "--no-config")
            assert (answer.code, key in answer.err) == (3, True)
            if name == "coverage":
                assert run("trend", "cut.json", "cut.json", "--no-config").code == 3
                carried = ("--want=s.lock", "--carry-forward=cut.json")
                assert run("gaps", *cache, *carried).code == 3


def test_a_page_is_made_of_no_coverage_whose_cells_were_cut(run: Runs, folder: Path) -> None:
    written(folder, c_json=index(["app"]), s_lock=lock(["app"]))
    run("coverage", "--cache=c.json", "--no-config", "--want=s.lock", "-o", "whole.json")
    whole = json.loads(Path("whole.json").read_text())
    for cut in (
        {**whole, "cells": []},
        {**whole, "cells": whole["cells"] * 2},
        {**whole, "totals": {**whole["totals"], "unknown": 1}},
    ):
        Path("cut.json").write_text(json.dumps(cut))
        assert run("report", "--from", "cut.json", "-o", "page.html", "--no-config").code == 3
