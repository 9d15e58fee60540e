"""The command line on the real pages of ``examples/cache``."""

from __future__ import annotations

import csv
import json
import shutil
from importlib import resources
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

import specplan

if TYPE_CHECKING:
    from tests.cli.conftest import Run, Runs

CACHE = str(Path(__file__).parents[2] / "examples" / "cache")


def document(answer: Run) -> dict[str, Any]:
    """The JSON document of a run, held to its schema."""
    loaded: dict[str, Any] = json.loads(answer.out)
    kind = loaded["schema"].removeprefix("specplan.").removesuffix("/1")
    path = resources.files("specplan") / "schemas" / f"specplan.{kind}-1.schema.json"
    Draft202012Validator(json.loads(path.read_text(encoding="utf-8"))).validate(loaded)
    return loaded


def test_the_mirror_has_an_index_as_spack_reads_it() -> None:
    mirror = Path(CACHE).parent / "mirror"
    manifest = json.loads((mirror / "v3/manifests/index/index.manifest.json").read_text())
    (record,) = manifest["data"]
    # Spack decodes the index of a mirror without unpacking it, whatever the manifest says.
    assert record["compression"] == "none"
    (blob,) = (mirror / "blobs").rglob(record["checksum"])
    assert json.loads(blob.read_text())["database"]["installs"]


@pytest.fixture(scope="module")
def tags() -> tuple[str, ...]:
    return specplan.load(CACHE).tags


QUESTIONS = [
    (),
    ("--level", "version"),
    ("--level", "variant", "--compat", "target"),
    # No stack wants the hashes of another, so that nothing is compared.
    ("--level", "hash", "--allow-left-out", "no_peer"),
    ("--compat", "os", "--system", "all"),
]


@pytest.mark.parametrize("question", QUESTIONS, ids=" ".join)
def test_the_numbers_of_a_document_agree(run: Runs, question: tuple[str, ...]) -> None:
    answer = run("gaps", "--cache", CACHE, "--format", "json", *question)
    assert answer.code == 0
    found = document(answer)
    totals = found["totals"]
    assert totals["wanted"] == totals["covered"] + totals["unknown"] + totals["gaps"]
    assert totals["gaps"] == len(found["gaps"])
    for name in ("wanted", "covered", "unknown"):
        assert totals[name] == sum(cell[name] for cell in found["cells"])
    places = [(cell["stack"], cell["os"], cell["target"]) for cell in found["cells"]]
    assert places == sorted(set(places))
    assert {(gap["stack"], gap["os"], gap["target"]) for gap in found["gaps"]} <= set(places)
    assert "root" not in {cell["stack"] for cell in found["cells"]}


@pytest.mark.parametrize("question", QUESTIONS, ids=" ".join)
def test_gaps_and_coverage_write_the_same_document(run: Runs, question: tuple[str, ...]) -> None:
    words = ("--cache", CACHE, "--format", "json", *question)
    assert run("gaps", *words).out == run("coverage", *words).out


@pytest.mark.parametrize("format", ["table", "json", "csv", "markdown"])
@pytest.mark.parametrize("command", ["gaps", "coverage"])
def test_the_same_question_has_the_same_bytes(run: Runs, command: str, format: str) -> None:  # noqa: A002 - the option's own word
    words = (command, "--cache", CACHE, "--format", format)
    first, second = run(*words), run(*words)
    assert first.out
    assert (first.code, first.out, first.err) == (second.code, second.out, second.err)


def test_csv_has_what_the_document_has(run: Runs) -> None:
    found = document(run("gaps", "--cache", CACHE, "--format", "json"))
    gaps = csv.DictReader(StringIO(run("gaps", "--cache", CACHE, "--format", "csv").out))
    assert [row["want"] for row in gaps] == [gap["want"] for gap in found["gaps"]]
    cells = csv.DictReader(StringIO(run("coverage", "--cache", CACHE, "--format", "csv").out))
    assert [row["wanted"] for row in cells] == [str(cell["wanted"]) for cell in found["cells"]]


@pytest.mark.parametrize("width", ["40", "80", "200"])
@pytest.mark.parametrize("command", ["gaps", "coverage"])
def test_tables_fit(run: Runs, command: str, width: str) -> None:
    answer = run(command, "--cache", CACHE, "--width", width)
    for line in answer.out.splitlines():
        assert len(line) <= int(width) or " " not in line.strip()


def test_snapshots_that_are_not_used_are_named(run: Runs, tags: tuple[str, ...]) -> None:
    answer = run("coverage", "--cache", CACHE)
    assert len(tags) > 1
    assert "not used: " in answer.err
    assert tags[1] in answer.err
    assert tags[0] not in answer.err


def test_a_snapshot_differs_from_itself_in_nothing(run: Runs, tags: tuple[str, ...]) -> None:
    found = document(run("diff", tags[0], tags[0], "--cache", CACHE, "--format", "json"))
    assert (found["lost"], found["gained"], found["changed"]) == ([], [], [])
    assert found["totals"]["kept"] > 0


@pytest.mark.parametrize("level", ["package", "version", "variant", "hash"])
def test_two_snapshots_differ_in_the_same_way_the_other_way_round(
    run: Runs, tags: tuple[str, ...], level: str
) -> None:
    words = ("--cache", CACHE, "--level", level, "--format", "json")
    there = document(run("diff", tags[1], tags[0], *words))
    back = document(run("diff", tags[0], tags[1], *words))
    # All that a new stack has is gained, but a stack that is absent is one line.
    for one, other in ((there, back), (back, there)):
        gained = [each for each in one["gained"] if each["stack"] not in one["new_stacks"]]
        assert gained == other["lost"]
    assert there["absent_stacks"] == back["new_stacks"]
    assert len(there["changed"]) == len(back["changed"])


def test_a_diff_of_folders_equals_that_of_snapshots(run: Runs, tags: tuple[str, ...]) -> None:
    cache = Path(CACHE)
    folders = {tag: next(cache.rglob(tag)) for tag in tags[:2]}
    by_tag = document(run("diff", tags[1], tags[0], "--cache", CACHE, "--format", "json"))
    by_folder = document(
        run("diff", str(folders[tags[1]]), str(folders[tags[0]]), "--format", "json")
    )
    for name in ("cells", "lost", "gained", "changed", "absent_stacks", "new_stacks", "totals"):
        assert by_folder[name] == by_tag[name]


def test_a_baseline_is_its_own_full_coverage(run: Runs, tags: tuple[str, ...]) -> None:
    words = ("--cache", CACHE, "--baseline", tags[0], "--fail-under", "100", "--fail-on-lost")
    answer = run("gaps", *words, "--format", "json")
    assert answer.code == 0
    assert document(answer)["totals"]["coverage"] == 1


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--stack", "no-such-stack"),
        ("--peers", "no-such-stack"),
        ("--os", "no-such-os"),
        ("--target", "no-such-target"),
        ("--tag", "no-such-tag"),
        ("--baseline", "no-such-tag"),
        ("--system", "no-such-os/zen4"),
        ("--system", "ubuntu24.04/no-such-target"),
    ],
)
def test_unknown_names_are_2(run: Runs, option: str, value: str) -> None:
    answer = run("gaps", "--cache", CACHE, option, value)
    assert (answer.code, answer.out) == (2, "")
    assert "no-such-" in answer.err
    assert "Traceback" not in answer.err


def test_a_near_name_is_suggested(run: Runs, tags: tuple[str, ...]) -> None:
    answer = run("gaps", "--cache", CACHE, "--tag", tags[0][:-1])
    assert answer.code == 2
    assert f"hint: did you mean `{tags[0]}`" in answer.err


def test_a_source_that_is_not_there_is_3(run: Runs) -> None:
    answer = run("gaps", "--cache", "no-such-folder")
    assert (answer.code, answer.out) == (3, "")
    assert "no-such-folder" in answer.err


@pytest.fixture
def damaged(folder: Path) -> str:
    """A copy of the cache with one page cut off in the middle."""
    shutil.copytree(CACHE, folder / "cache")
    page = min((folder / "cache").rglob("specs.md"))
    page.write_bytes(page.read_bytes()[:200])
    return "cache"


def test_a_damaged_page_ends_the_run_unless_it_is_skipped(run: Runs, damaged: str) -> None:
    answer = run("gaps", "--cache", damaged)
    assert (answer.code, answer.out) == (3, "")
    assert "specs.md" in answer.err
    skipped = run("gaps", "--cache", damaged, "--skip-damaged", "--format", "json")
    assert skipped.code == 0
    assert len(document(skipped)["damaged"]) == 1
    assert "1 damaged file was skipped" in skipped.err
    assert "1 damaged file was skipped" in run("gaps", "--cache", damaged, "--skip-damaged").out


def test_check_distinguishes_a_damaged_cache_from_a_sound_one(run: Runs, damaged: str) -> None:
    answer = run("check", "--cache", damaged, "--format", "json")
    assert answer.code == 3
    assert "damaged" in {finding["kind"] for finding in document(answer)["findings"]}
    assert run("check", "--cache", damaged, "--skip-damaged").code == 1
    sound = run("check", "--cache", CACHE, "--format", "json")
    assert sound.code == (1 if document(sound)["findings"] else 0)
