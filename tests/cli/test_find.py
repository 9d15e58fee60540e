"""``specplan find``: what is searched and written, and what is refused."""

from __future__ import annotations

import csv
import json
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.mirrors import node
from tests.snapshots import assert_is_snapshot

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Runs

ROOT = Path(__file__).parents[2]
CACHE = str(ROOT / "examples" / "cache")
LOCK = str(ROOT / "examples" / "locks" / "radiuss" / "spack.lock")
OTHER_LOCK = str(ROOT / "tests" / "data" / "locks" / "2026-01" / "tools-sdk" / "spack.lock.gz")
LINE = "{package}@{version}"


def test_a_table(run: Runs) -> None:
    answer = run("find", "adios2+mpi", "--cache", CACHE, "--width", "80")
    assert (answer.code, answer.err) == (0, "")
    assert_is_snapshot(answer.out, "find-adios2-80.txt")


def test_lines(run: Runs) -> None:
    template = "{package}@{version}/{hash:.7} [{{{os:>12}}}] {available}"
    answer = run("find", "adios2", "--cache", CACHE, "--line", template)
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.splitlines() == [
        "adios2@2.11.0/hruarpn [{ ubuntu22.04}] true",
        "adios2@2.11.0/fmn3rbc [{ ubuntu22.04}] true",
    ]


@pytest.mark.parametrize("cache", [(), ("--cache", "none")])
def test_locks_alone_can_be_searched(run: Runs, cache: tuple[str, ...]) -> None:
    words = ("find", "^mpi=openmpi", *cache, "--lock", f"r={LOCK}", "--lock", OTHER_LOCK)
    answer = run(*words, "--line", "{package} {stacks}", "--stack", "r")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.splitlines() == [
        f"{name} r" for name in ("conduit", "hdf5", "hypre", "mfem", "parmetis")
    ]


def test_a_lock_beside_a_cache(run: Runs) -> None:
    words = ("--cache", CACHE, "--lock", LOCK, "--not-available", "--line", LINE)
    answer = run("find", "*", *words)
    assert answer.out.splitlines() == ["gcc@12.2.0", "glibc@2.36"]


def test_filters(run: Runs) -> None:
    words = ("--stack", "radiuss", "--os", "ubuntu24.04", "--target", "x86*")
    answer = run("find", "cmake", "--cache", CACHE, *words, "--tag", "develop-2025-11-15")
    assert answer.out.startswith("2 specs satisfy cmake\n")


def test_of_the_configuration_caches_and_locks_count_and_stacks_do_not(
    run: Runs, configure: Callable[[str], None]
) -> None:
    configure(f"cache = {json.dumps(CACHE)}\nstack = 'e4s'\nformat = 'csv'\nos = 'rhel8'")
    found = list(csv.DictReader(StringIO(run("find", "cmake").out)))
    assert {row["os"] for row in found} > {"ubuntu24.04", "ubuntu20.04"}
    assert run("find", "cmake", "--line", LINE).out.splitlines() == ["cmake@3.31.9"] * len(found)
    configure(f"want = {json.dumps(LOCK)}")
    assert run("find", "conduit", "--line", LINE).out == "conduit@0.9.5\n"


def test_nothing_found_is_an_empty_report_with_a_note(run: Runs, folder: Path) -> None:
    words = ("find", "cmake@99:", "--cache", CACHE)
    note = "note: no spec satisfies `cmake@99:`\n"
    for more, out in (
        (("--line", LINE), ""),
        (("--format", "markdown"), "### No spec satisfies `cmake@99:`\n"),
        (("-o", "found.txt"), ""),
    ):
        answer = run(*words, *more)
        assert (answer.code, answer.out, answer.err) == (0, out, note)
    assert (folder / "found.txt").read_text() == "no spec satisfies cmake@99:\n"
    answer = run(*words, "--format", "json")
    assert (answer.code, answer.err) == (0, note)
    document = json.loads(answer.out)
    assert (document["specs"], document["unknown"]) == ([], [])
    # A table on standard output says it itself.
    answer = run(*words)
    assert (answer.code, answer.out, answer.err) == (0, "no spec satisfies cmake@99:\n", "")


def test_an_unknown_name_is_reported_with_similar_ones(run: Runs) -> None:
    answer = run("find", "hdf6", "--lock", LOCK)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err == (
        "error: no package is called `hdf6`, and whether it is a virtual package cannot be "
        "decided: the source does not record the virtual packages that specs provide\nhint: did "
        "you mean `hdf5`? `--unknown list` lists the decided specs\n"
    )


def test_what_cannot_be_decided_is_2_and_names_what_is_missing(run: Runs, folder: Path) -> None:
    answer = run("find", "adios2 ^zlib-ng", "--cache", CACHE, "-o", "found.txt")
    assert (answer.code, answer.out) == (2, "")
    assert_is_snapshot(answer.err, "find-undecided.txt")
    assert list(folder.iterdir()) == []


def test_unknown_list_shows_both_parts(run: Runs) -> None:
    words = ("find", "hdf5 ^zlib-ng", "--cache", CACHE, "--lock", LOCK, "--unknown", "list")
    answer = run(*words, "--width", "80")
    assert answer.code == 0
    assert_is_snapshot(answer.out, "find-unknown-80.txt")
    document = json.loads(run(*words, "--format", "json").out)
    assert document["totals"] == {
        "specs": len(document["specs"]),
        "unknown": len(document["unknown"]),
    }
    assert {each["missing"] for each in document["unknown"]} == {"edges"}
    answer = run(*words, "--line", LINE)
    assert len(answer.out.splitlines()) == len(document["specs"])
    assert f"note: {len(document['unknown'])} undecided specs are not shown\n" in answer.err


@pytest.mark.parametrize(
    ("spec", "name"),
    [
        ("hdf5@@1.14", "character"),
        ("hdf5@1.14:1.10", "range"),
        ("hdf5 zlib-ng", "several"),
        ("hdf5+mpi+mpi", "twice"),
        ("hdf5 %[type=build] cmake", "attribute"),
        ("hdf5 target=zen4:x86_64x", "target"),
        ("hdf5 %[when='+x@@'] gcc", "condition"),
        ("hdf5 os=fe", "host"),
        ("\x1b[31mhdf5\n\u202e", "hostile"),
        ("a" * 300 + "@@" + "b" * 300, "long"),
        ("ﾊﾟ漢字@@", "wide"),
    ],
)
def test_a_text_that_is_no_spec_is_2_and_shows_the_place(run: Runs, spec: str, name: str) -> None:
    answer = run("find", spec, "--cache", CACHE)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.replace("\n", "").isprintable()
    assert_is_snapshot(answer.err, f"find-syntax-{name}.txt")


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("--line", LINE, "--format", "json"), "`--line` and `--format` cannot be combined"),
        (("--line", "{nam}"), "`{nam}` is not a field of a spec\nhint: did you mean `{package}`?"),
        (
            ("--line", "{"),
            "`{` is not a template of a line: single '{' encountered in format string",
        ),
        (("--line", "{name.__class__}"), "`{name.__class__}` is not a field of a spec"),
        (("--unknown", "maybe"), "invalid value for '--unknown'"),
        (("--stack", "e5s", "--cache", CACHE), "no stack matches `e5s`"),
        ((), "no cache is given"),
        (("--cache", "none"), "`--cache none` leaves nothing to report on"),
    ],
)
def test_wrong_usage_is_2(run: Runs, words: tuple[str, ...], error: str) -> None:
    answer = run("find", "cmake", *words)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith(f"error: {error}")


def test_a_file_that_is_not_a_lock_is_3(run: Runs, folder: Path) -> None:
    (folder / "spack.lock").write_text("{}")
    for words in (("--cache", CACHE), ()):
        answer = run("find", "cmake", "--lock", "spack.lock", *words)
        assert (answer.code, answer.out) == (3, "")


def test_the_same_question_has_the_same_bytes(run: Runs) -> None:
    for words in (("--format", "json"), ("--format", "csv"), ("--format", "markdown"), ()):
        question = ("find", "+mpi", "--cache", CACHE, "--lock", LOCK, *words)
        assert run(*question).out == run(*question).out != ""


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("hdf5+mpii", "no known spec of `hdf5` has a variant `mpii` (did you mean `mpi`, `api`?)"),
        ("hdf5 apii=v18", "no known spec of `hdf5` has a variant `apii`"),
        ("hdf5 langs:=c,c++", "no known spec of `hdf5` has a variant `langs`"),
        ("hdf5 ^zlib+shered", "no known spec of `zlib` has a variant `shered` (did you mean"),
        ("+mpii", "no known spec has a variant `mpii`"),
        ("hdf5 target=zenn4", "no target is called `zenn4` (did you mean `zen4`"),
        ("hdf5 os=ubunto24.04", "no operating system is called `ubunto24.04` (did you mean"),
        ("hdf5 platform=linus", "no platform is called `linus` (did you mean `linux`?)"),
        ("hdf5 ^mpi", "no known spec depends on the virtual package `mpi`"),
        (
            "hdf5 %c,cxx=zlibb@12",
            "no known package, real or virtual, is called `zlibb` (did you mean",
        ),
    ],
)
def test_an_unknown_part_of_a_query_is_named_if_nothing_is_found(
    run: Runs, folder: Path, spec: str, said: str
) -> None:
    hdf5 = dict(node("hdf5", "1.14", "zlib"))
    hdf5["parameters"] = {"build_system": "cmake", "mpi": True, "api": "v18"}
    specs = {str(each["hash"]): each for each in (hdf5, node("zlib"))}
    installs = {key: {"spec": each, "in_buildcache": True} for key, each in specs.items()}
    index = json.dumps({"database": {"version": "8", "installs": installs}})
    (folder / "i.json").write_text(index)
    for form in ("table", "json", "csv"):
        answer = run("find", spec, "--cache", "i.json", "--format", form)
        assert answer.code == 0
        assert said in answer.err
    assert run("find", spec, "--cache", "i.json", "--fail-if-none").code == 1
    # What exists, in another version, with another value or on another system, is no mistake.
    for sound in ("hdf5@99", "hdf5 api=v19", "hdf5 target=zen4", "hdf5~mpi ^zlib@9"):
        assert "did you mean" not in run("find", sound, "--cache", "i.json").err
        assert "no known spec" not in run("find", sound, "--cache", "i.json").err
