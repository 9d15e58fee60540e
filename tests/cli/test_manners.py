"""What people read at the moments that decide whether they go on."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Runs

EXAMPLES = Path(__file__).parents[2] / "examples"

PLAN = (
    "rebuild",
    f"--want={EXAMPLES}/rebuild/2026-01/radiuss/spack.lock.gz",
    f"--cache={EXAMPLES}/rebuild/mirror-2025-11.json.gz",
    f"--costs={EXAMPLES}/rebuild/costs.csv",
    "--no-config",
)

CACHES = (f"--cache={EXAMPLES}/cache", "--no-config")

SHORT = re.compile(r"/[a-z2-7]{7}\b")
LONG = re.compile(r"\b[a-z2-7]{32}\b")


@pytest.mark.parametrize("width", range(80, 120, 3))
def test_a_plan_is_a_table_from_80_columns_on(run: Runs, width: int) -> None:
    lines = run(*PLAN, "--width", str(width)).out.splitlines()
    start = next(at for at, line in enumerate(lines) if line.startswith("stage"))
    assert all(len(line) <= width for line in lines[start:])
    # One line for each build, and one more where a name is on a separate line.
    assert len(lines) - start < 1.2 * 302
    assert len(SHORT.findall("\n".join(lines))) >= 302


def test_hashes_are_shown_whole_where_that_is_asked(run: Runs) -> None:
    for words in (
        PLAN,
        (*PLAN[:3], "--show=chains", "--no-config"),
        ("find", "zlib-ng", *CACHES),
        ("gaps", "--stack=e4s", *CACHES),
        ("diff", "develop-2025-11-15", "--stack=radiuss", "--level=hash", *CACHES),
    ):
        short, long = run(*words), run(*words, "--long-hashes")
        assert (short.code, long.code) == (0, 0)
        assert LONG.search(short.out) is None, words
        assert LONG.search(long.out) is not None, words


def test_chains_name_their_specs(run: Runs) -> None:
    shown = run(*PLAN, "--show=chains", "--width=10000").out
    after = shown.partition("\nwhy: a shortest chain from a want\n")[2]
    chains = after.partition("\n\n")[0].splitlines()
    assert len(chains) > 100
    for line in chains:
        for each in line.strip().split(" -> "):
            assert re.fullmatch(r"\S+@\S+/[a-z2-7]{7}", each), line


def test_why_names_the_specs_of_a_chain_to_a_broken_one(run: Runs, folder: Path) -> None:
    (folder / "broken").write_text("hypre\n", encoding="utf-8")
    words = ("why", "mfem", PLAN[1], "--cache=none", "--exclude-broken=broken", "--no-config")
    answer = run(*words)
    assert re.search(r"needs \S+@\S+/[a-z2-7]{7}", answer.out)
    (spec,) = json.loads(run(*words, "--format=json").out)["specs"]
    assert [each["package"] for each in spec["chain"]][-1] == "hypre"
    assert len(spec["chain"]) > 1
    assert all(set(each) == {"hash", "package", "version"} for each in spec["chain"])


def test_a_difference_of_hashes_names_what_they_are_the_hashes_of(run: Runs) -> None:
    words = ("diff", "develop-2025-11-15", "--stack=radiuss", "--level=hash", *CACHES)
    document = json.loads(run(*words, "--format=json").out)
    assert document["lost"] or document["gained"]
    for key in (*document["lost"], *document["gained"]):
        assert key["version"]
    for change in document["changed"]:
        assert len(change["old_versions"]) == len(change["old"])
        assert len(change["new_versions"]) == len(change["new"])
    key = (document["lost"] + document["gained"])[0]
    named = f"{key['package']}@{key['version']}/{key['hash']}"
    assert named[:-25] in run(*words).out
    assert named in run(*words, "--format=markdown").out
    rows = list(csv.DictReader(io.StringIO(run(*words, "--format=csv").out)))
    (row,) = [each for each in rows if each["hash"] == key["hash"]]
    assert (row["package"], row["version"]) == (key["package"], key["version"])
    change = document["changed"][0]
    old = f"{change['old_versions'][0]}/{change['old'][0]}"
    assert old[:-25] in run(*words, "--width=400").out
    assert old in run(*words, "--format=markdown").out


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("gaps.json", "{"),
        ("gaps.JSON", "{"),
        ("gaps.csv", "stack,platform,os,target,"),
        ("gaps.md", "### "),
        ("gaps.txt", "e4s: "),
        ("gaps.html", "<!doctype html>"),
        ("gaps", "e4s: "),
    ],
)
def test_the_name_of_the_file_chooses_the_format(
    run: Runs, folder: Path, name: str, begins: str
) -> None:
    answer = run("gaps", "--stack=e4s", *CACHES, "-o", name)
    assert (answer.code, answer.out) == (0, "")
    assert (folder / name).read_text(encoding="utf-8").startswith(begins)
    run("gaps", "--stack=e4s", *CACHES, "-o", name, "--format=csv")
    assert (folder / name).read_text(encoding="utf-8").startswith("stack,platform,os,target,")


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("gaps", "--stack=E4S"), "did you mean `e4s`"),
        (("gaps", "--format=md"), "did you mean `markdown`"),
        (("gaps", "--format=.XML"), "did you mean `junit`"),
        (("gaps", "--stack=Radius"), "did you mean `radiuss`"),
        (("gaps", "--os=ubuntu"), "did you mean `ubuntu20.04`, `ubuntu22.04`, `ubuntu24.04`?"),
        (("gaps", "--target=X86_64_V3"), "did you mean `x86_64_v3`"),
        (("gaps", "--stack=e4s", "--system=Ubuntu22.04/zen4"), "did you mean `ubuntu22.04`"),
        (("gaps", "--stack=e4s", "--system=ubuntu22.04/Zen4"), "did you mean `zen4`"),
        (("gaps", "--tag=Develop-2025-11-15"), "did you mean `develop-2025-11-15`"),
        (("find", "ZLIB-NG"), "did you mean `zlib-ng`"),
        (("find", "hdf5", "--os=ubuntu"), "did you mean `ubuntu20.04`"),
        (("diff", "develop-2025-11-15", "--os=ubuntu"), "did you mean `ubuntu20.04`"),
    ],
)
def test_near_names_are_those_of_the_sources_whatever_their_case(
    run: Runs, words: tuple[str, ...], hint: str
) -> None:
    answer = run(*words, *CACHES)
    assert answer.code == 2
    assert f"hint: {hint}" in answer.err


def test_choices_of_an_argument_are_on_one_line(run: Runs) -> None:
    assert "missing argument 'SHELL'. Choose from: bash, fish, zsh\n" in run("completion").err


SYSTEM = ("gaps", "--stack=e4s", *CACHES, "--format=csv")


@pytest.mark.parametrize(
    "spelling",
    [
        "linux-ubuntu22.04-neoverse_v2",
        "linux-ubuntu22.04-neoverse_v2/",
        "linux-ubuntu22.04-neoverse_v2/gcc-13.2.0",
        "linux-ubuntu22.04/neoverse_v2",
    ],
)
def test_a_system_may_be_spelt_as_spack_does(
    run: Runs, configure: Callable[[str], None], spelling: str
) -> None:
    expected = run(*SYSTEM, "--system=ubuntu22.04/neoverse_v2")
    assert expected.code == 0
    assert run(*SYSTEM, f"--system={spelling}").out == expected.out
    configure(f'system = ["{spelling}"]\n')
    assert run(*(word for word in SYSTEM if word != "--no-config")).out == expected.out


@pytest.mark.parametrize("text", ["linux-ubuntu22.04", "zen4", "a/b/c", "/", "-/", "linux--x"])
def test_what_is_no_system_is_refused_with_a_spelling(run: Runs, text: str) -> None:
    answer = run(*SYSTEM, f"--system={text}")
    assert answer.code == 2
    assert "hint: write it as `ubuntu24.04/x86_64_v3`" in answer.err


def test_a_platform_that_is_not_that_of_the_system_is_named(run: Runs) -> None:
    answer = run(*SYSTEM, "--system=darwin-ubuntu22.04-zen4")
    assert answer.code == 2
    assert "hint: write `ubuntu22.04/zen4`, or `linux-ubuntu22.04-zen4`" in answer.err


def test_the_hint_of_an_operating_system_that_nobody_knows_works(
    run: Runs, configure: Callable[[str], None]
) -> None:
    words = ("gaps", "--stack=e4s", CACHES[0], "--system=site9/zen4")
    answer = run(*words)
    assert answer.code == 2
    entry = re.search(r"`(site9 = \"glibc [0-9.]+\")`", answer.err)
    assert entry is not None
    configure(f"[libc]\n{entry[1]}\n")
    assert run(*words).code == 0


def test_why_explains_each_gap_of_a_package(run: Runs) -> None:
    """What `gaps` lists is never called unwanted."""
    words = ("--stack=e4s-neoverse-v2", "--system=all", *CACHES)
    for package in ("gmp", "abseil-cpp", "swig"):
        gaps = json.loads(run("gaps", *words, "--format=json").out)["gaps"]
        answer = run("why", package, *words)
        assert answer.code == 0
        assert "not wanted" not in answer.out
        document = json.loads(run("why", package, *words, "--format=json").out)
        told = {
            (each["stack"], each["os"], each["target"]): each
            for each in document["wants"]
            if each["verdict"] == "gap"
        }
        expected = {
            (each["stack"], each["os"], each["target"]): each
            for each in gaps
            if each["package"] == package
        }
        assert told.keys() == expected.keys() != set()
        for place, want in told.items():
            assert want["state"] == expected[place]["state"]
            assert want["nearest"] == expected[place]["nearest"]
            assert "e4s" in want["wanted_by"]
            plan = "publish" if want["state"] == "other_stack" else "unplannable"
            assert want["plan"] == plan
            assert f"{package}@" in answer.out


def test_why_says_what_is_there_and_what_nobody_wants(
    run: Runs, configure: Callable[[str], None]
) -> None:
    words = ("--stack=e4s-neoverse-v2", CACHES[0])
    assert (
        "e4s on ubuntu22.04/x86_64_v3, and is available there"
        in run("why", "abseil-cpp", "--stack=e4s", *CACHES).out
    )
    # The package is one of another family.
    assert "is not wanted: no root reaches it" in run("why", "lvarray", *words, "--no-config").out
    configure('[[not-wanted]]\npackage = "gmp"\nreason = "built in"\n')
    answer = run("why", "gmp", *words)
    assert "as `[[not-wanted]]` excludes it\n" in answer.out
    assert "reason: built in" in answer.out
    assert "gap" not in answer.out


def test_why_explains_gaps_at_level_version_and_beside_an_older_state(run: Runs) -> None:
    answer = run("why", "gmp", "--stack=e4s-neoverse-v2", "--level=version", *CACHES)
    assert "gmp@6.3.0 is wanted for e4s-neoverse-v2 on ubuntu22.04/neoverse_v2" in answer.out
    words = ("lvarray", "--baseline=develop-2025-11-15", "--stack=radiuss", *CACHES)
    (want,) = json.loads(run("why", *words, "--format=json").out)["wants"]
    assert (want["verdict"], want["wanted_by"]) == ("gap", ["develop-2025-11-15"])


def test_why_explains_the_roots_of_environments(run: Runs, folder: Path) -> None:
    (folder / "spack.yaml").write_text("spack: {specs: ['hypre@99:', zfp]}\n")
    words = ("--want=spack.yaml", PLAN[2], "--no-config")
    system = ("--system=ubuntu24.04/x86_64_v3",)
    gap = json.loads(run("why", "hypre", *words, *system, "--format=json").out)["wants"]
    assert [(each["want"], each["verdict"], each["plan"]) for each in gap] == [
        ("hypre@99:", "gap", "unplannable")
    ]
    assert gap[0]["wanted_by"] == ["spack.yaml:1"]
    assert gap[0]["nearest"]["differs"][0].startswith("version ")
    answer = run("why", "hypre", *words, *system)
    assert "hypre@99: is wanted for work on ubuntu24.04/x86_64_v3, and is a gap" in answer.out
    assert "wanted by: spack.yaml:1" in answer.out
    for form in ("markdown", "csv"):
        assert "spack.yaml:1" in run("why", "hypre", *words, *system, f"--format={form}").out


def test_why_says_which_roots_are_not_wanted(run: Runs, folder: Path) -> None:
    (folder / "spack.yaml").write_text("spack: {specs: [zfp, hypre]}\n")
    excluded = '[[not-wanted]]\npackage = "zfp"\nreason = "too old"\n'
    (folder / "specplan.toml").write_text(excluded)
    words = ("--want=spack.yaml", PLAN[2], "--system=ubuntu24.04/x86_64_v3")
    (want,) = json.loads(run("why", "zfp", *words, "--format=json").out)["wants"]
    assert (want["want"], want["verdict"], want["reason"]) == ("zfp", "excluded", "too old")
    assert want["wanted_by"] == ["spack.yaml:1"]
    (other,) = json.loads(run("why", "hypre", *words, "--format=json").out)["wants"]
    assert other["verdict"] != "excluded"


def test_why_explains_what_was_typed(run: Runs) -> None:
    words = ("--want=hypre@99:", "--cache=none", "--system=ubuntu24.04/x86_64_v3", "--no-config")
    (want,) = json.loads(run("why", "hypre", *words, "--format=json").out)["wants"]
    assert (want["verdict"], want["plan"], want["lack"]) == ("gap", "unplannable", "no_candidate")


CUTS = (("--limit=5",), ("--summary",), ("--package=gm*", "--package=swig"))


@pytest.mark.parametrize("cut", CUTS, ids=" ".join)
def test_cuts_shorten_what_people_read_and_nothing_else(run: Runs, cut: tuple[str, ...]) -> None:
    words = ("gaps", "--stack=e4s*", "--system=all", "--fail-under=99", *CACHES)
    for form in ("json", "csv", "junit", "openmetrics"):
        whole, some = (run(*words, f"--format={form}", *each) for each in ((), cut))
        assert (whole.out, whole.err, whole.code) == (some.out, some.err, some.code)
    for form in ("table", "markdown"):
        whole, some = (run(*words, f"--format={form}", *each) for each in ((), cut))
        assert len(some.out) < len(whole.out)
        assert re.search("rows are not listed", some.out)
        assert (whole.err, whole.code) == (some.err, some.code)
        # Every number of the report, and every gate, is that of the whole.
        assert (
            whole.out.partition("nearest (differs in)")[0].splitlines()[:8]
            == (some.out.splitlines()[:8])
        )
        assert "212 gaps: " in some.out
        assert "--fail-under" in some.out
    text = run(*words, *cut).out
    assert ("gmp" in text) == ("--package=gm*" in cut or "--limit=5" in cut)
    assert ("bison" in text) == ("--limit=5" in cut)


def test_every_command_with_lists_can_cut_them(run: Runs) -> None:
    for words in (
        PLAN,
        ("find", "zlib-ng", *CACHES),
        ("diff", "develop-2025-11-15", "--stack=radiuss", *CACHES),
        ("check", *CACHES),
    ):
        whole = run(*words)
        assert len(run(*words, "--limit=1").out) <= len(whole.out)
        none = run(*words, "--summary")
        assert none.code == whole.code
        assert run(*words, "--package=no-such-package").code == whole.code
        assert run(*words, "--summary", "--format=json").out == run(*words, "--format=json").out


def test_nothing_is_written_where_nothing_differs(run: Runs, folder: Path) -> None:
    old = "develop-2025-11-15"
    same = ("--quiet-if-same", "--stack=tools-sdk", *CACHES)
    for words in (("gaps", "--tag", old, "--baseline", old), ("diff", old, old)):
        # What an earlier run wrote there would be taken for the report of this one.
        (folder / "report.md").write_text("lost: 3\n")
        answer = run(*words, *same, "-o", "report.md")
        assert (answer.code, answer.out) == (0, "")
        assert "`report.md` was the report of an earlier run" in answer.err
        assert "nothing differs" in answer.err
        assert not (folder / "report.md").exists()
    changed = run("diff", old, "--quiet-if-same", "--stack=radiuss", *CACHES)
    assert changed.out == run("diff", old, "--stack=radiuss", *CACHES).out
    refused = run("gaps", "--quiet-if-same", *CACHES)
    assert refused.code == 2
    assert "--baseline" in refused.err


def test_what_fails_or_is_left_out_is_never_quiet(run: Runs) -> None:
    old = "develop-2025-11-15"
    words = ("gaps", "--quiet-if-same", "--stack=radiuss*", "--baseline", old, *CACHES)
    failing = run(*words, "--fail-on-lost")
    assert failing.code == 1
    assert failing.out
    nothing = ("diff", "--quiet-if-same", "--stack=e4s", *CACHES, old)
    left_out = run(*nothing)
    assert left_out.code == run(*(each for each in nothing if each != "--quiet-if-same")).code
    assert left_out.out


def test_a_configured_format_of_ci_is_a_table_where_a_command_lacks_it(
    run: Runs, configure: Callable[[str], None]
) -> None:
    configure('format = "codequality"\n')
    words = [each for each in CACHES if each != "--no-config"]
    assert json.loads(run("gaps", "--stack=e4s", *words).out)
    found = run("find", "zlib-ng", *words)
    assert found.out == run("find", "zlib-ng", "--format=table", *words).out
    assert "`find` does not write the configured format `codequality`" in found.err


def test_a_gate_is_about_all_gaps_whatever_is_listed(run: Runs) -> None:
    words = ("gaps", "--stack=e4s", "--fail-under=100", *CACHES)
    for limited in ((), ("--summary",), ("--package=nothing",)):
        assert run(*words, *limited).code == 1


def test_markdown_fits_what_a_comment_takes(run: Runs) -> None:
    words = ("gaps", "--system=all", *CACHES, "--format=markdown")
    whole, comment = run(*words).out, run(*words, "--max-bytes=65536").out
    assert len(whole.encode()) > 65536 >= len(comment.encode()) > 60_000
    assert "more rows (`--max-bytes`)" in comment
    assert comment.count("<details>") == comment.count("</details>")


def test_a_format_that_cannot_say_not_whole_says_it_in_the_exit_code(
    run: Runs, folder: Path
) -> None:
    more = "  definitions: [{more: [zfp], when: 'hostname == \"build7\"'}]\n"
    lines = "spack:\n{}  specs: [zlib-ng, 'hypre@99:'{}]\n"
    (folder / "spack.yaml").write_text(lines.format(more, ", $more"), encoding="utf-8")
    (folder / "whole.yaml").write_text(lines.format("", ""), encoding="utf-8")
    words = ("gaps", "--system=ubuntu22.04/x86_64_v3", *CACHES)
    for form in ("lcov", "cobertura"):
        whole = run(*words, "--want=whole.yaml", f"--format={form}")
        assert (whole.code, "not whole" in whole.err) == (0, False)
        doubtful = run(*words, "--want=spack.yaml", f"--format={form}")
        assert (doubtful.code, "not whole: `" in doubtful.err) == (1, True)
        allowed = run(*words, "--want=spack.yaml", "--allow-left-out=condition", f"--format={form}")
        assert allowed.code == 0
