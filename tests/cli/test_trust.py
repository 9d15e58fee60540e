"""No wrong green: what is left out, undecided or compared with nothing fails every verdict."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

import specplan
from tests import mirrors
from tests.mirrors import Mirror, dag_hash
from tests.small_caches import environment, index, lock, written

if TYPE_CHECKING:
    from tests.cli.conftest import Run, Runs


def document(run: Runs, *words: str) -> tuple[Run, dict[str, Any]]:
    answer = run(*words, "--format", "json")
    assert answer.code in {0, 1}, answer.err
    told: dict[str, Any] = json.loads(answer.out)
    return answer, told


def kinds(told: dict[str, Any], *, blocks: bool | None = None) -> list[str]:
    return [each["kind"] for each in told["left_out"] if blocks is None or each["blocks"] is blocks]


def test_two_sources_without_a_label_are_one_stack_at_two_times(run: Runs, folder: Path) -> None:
    written(folder, old_json=index(["zlib", "hdf5"]), new_json=index(["zlib"]))
    words = ("diff", "old.json", "new.json", "--level", "hash", "--fail-on-lost")
    answer, told = document(run, *words)
    assert answer.code == 1
    assert (told["totals"]["lost"], told["totals"]["kept"]) == (1, 1)
    assert [each["stack"] for each in told["cells"]] == ["new"]
    assert "gate failed: 1 key lost (--fail-on-lost)" in answer.err
    baseline = ("gaps", "--cache", "new.json", "--baseline", "old.json", "--fail-on-lost")
    answer, told = document(run, *baseline)
    assert (answer.code, told["totals"]["gaps"]) == (1, 1)
    difference = specplan.load("new.json").diff(specplan.load("old.json"), level="hash")
    assert difference.totals.lost == 1


def test_two_mirrors_without_a_label_are_one_stack_at_two_times(run: Runs, folder: Path) -> None:
    Mirror(folder / "old").index(mirrors.index("zlib", "hdf5"))
    Mirror(folder / "new").index(mirrors.index("zlib"))
    manifest = "v3/manifests/index/index.manifest.json"
    for older, newer in (("old", "new"), (f"old/{manifest}", "new"), ("old", f"new/{manifest}")):
        answer, told = document(run, "diff", older, newer, "--level", "hash", "--fail-on-lost")
        assert (answer.code, told["left_out"]) == (1, []), (older, newer)
        assert (told["totals"]["lost"], told["totals"]["kept"]) == (1, 1)
    answer, told = document(run, "gaps", "--cache", "new", "--baseline", "old", "--fail-on-lost")
    assert (answer.code, told["totals"]["gaps"], told["left_out"]) == (1, 1, [])


def test_a_label_is_taken_by_diff_and_by_baseline(run: Runs, folder: Path) -> None:
    written(folder, old_json=index(["zlib", "hdf5"]), new_json=index(["zlib"]))
    answer, told = document(run, "diff", "site=old.json", "site=new.json", "--fail-on-lost")
    assert (answer.code, told["totals"]["lost"]) == (1, 1)
    words = ("gaps", "--cache", "site=new.json", "--fail-on-lost", "--baseline")
    answer, told = document(run, *words, "site=old.json")
    assert (answer.code, told["totals"]["gaps"]) == (1, 1)


def test_a_comparison_with_nothing_says_so_and_holds_no_gate(run: Runs, folder: Path) -> None:
    written(folder, old_json=index(["zlib", "hdf5"]), new_json=index(["zlib"]))
    answer, told = document(
        run, "gaps", "--cache", "site=new.json", "--baseline", "old.json", "--fail-on-lost"
    )
    assert answer.code == 1
    assert set(kinds(told, blocks=True)) == {"absent_stack", "nothing_in_common"}
    assert "--baseline site=" in answer.err
    answer, told = document(run, "diff", "a=old.json", "b=new.json")
    assert answer.code == 1
    assert "nothing_in_common" in kinds(told, blocks=True)
    assert "; to settle it: b=old.json if that is the same stack" in answer.err
    assert "not whole: nothing lost, but left-out input could change that" in answer.err
    for kind in ("all", "absent_stack --allow-left-out nothing-in-common"):
        assert (
            run("diff", "a=old.json", "b=new.json", *f"--allow-left-out {kind}".split()).code == 0
        )


def test_a_mirror_by_itself_is_reported_and_the_next_step_named(run: Runs, folder: Path) -> None:
    needs = {"hdf5": ["zlib"], "app": ["hdf5"]}
    written(folder, site_json=index(["hdf5", "app", "cmake"], needs=needs, absent=["zlib"]))
    for view in ("gaps", "coverage"):
        answer = run(view, "--cache", "site.json")
        assert answer.code == 1
        assert "n/a" in answer.out
        assert "3 binaries, of which 1 installs from the cache alone" in answer.out
        assert "the others lack 1 spec: zlib@1.0" in answer.out
        for step in ("--want", "--baseline", "LABEL="):
            assert step in answer.out
    labelled, told = document(run, "gaps", "--cache", "e4s=site.json")
    assert labelled.code == 1
    assert [(each["wanted"], each["coverage"]) for each in told["cells"]] == [(0, None)]
    assert kinds(told, blocks=True) == ["no_peer"]
    assert told["alone"]["binaries"] == 3


def test_a_cell_without_a_peer_beside_others_is_in_no_total_and_blocks_if_it_was_named(
    run: Runs, folder: Path
) -> None:
    written(
        folder,
        a_json=index(["zlib"]),
        b_json=index(["zlib"]),
        c_json=index(["cmake", "hdf5"]),
    )
    caches = ("--cache", "e4s=a.json", "--cache", "e4s-x=b.json", "--cache", "hep=c.json")
    answer, told = document(run, "gaps", *caches)
    assert answer.code == 0
    assert told["totals"]["wanted"] == told["totals"]["covered"] == 2
    assert kinds(told, blocks=False) == ["no_peer"]
    assert "note: left out: hep" in answer.err
    assert run("gaps", *caches, "--stack", "hep*", "--stack", "e4s*").code == 0
    assert run("gaps", *caches, "--stack", "hep", "--stack", "e4s*").code == 1


def test_a_source_without_a_label_is_a_peer_only_if_it_is_named(run: Runs, folder: Path) -> None:
    (folder / "new").mkdir()
    written(folder, e4s_json=index(["zlib"]), site_json=index(["hdf5"]))
    _, told = document(run, "gaps", "--cache", "x=e4s.json", "--cache", "site.json")
    assert told["totals"]["wanted"] == 0
    words = ("gaps", "--cache", "x=e4s.json", "--cache", "site.json", "--peers", "*")
    _, told = document(run, *words)
    assert told["totals"]["wanted"] == 4


def test_sources_without_a_label_must_not_be_the_same_stack(run: Runs, folder: Path) -> None:
    written(folder, a__site_json=index(["zlib"]), b__site_json=index(["hdf5"]))
    answer = run("gaps", "--cache", "a/site.json", "--cache", "b/site.json")
    assert answer.code == 2
    assert "LABEL=" in answer.err
    answer = run("gaps", "--cache", "site=a/site.json", "--cache", "b/site.json")
    assert answer.code == 2
    assert "LABEL=" in answer.err
    assert run("gaps", "--cache", "one=a/site.json", "--cache", "b/site.json").code == 1
    answer = run("gaps", "--cache", "-=a/site.json")
    assert answer.code == 2
    assert "LABEL=SOURCE" in answer.err


def test_what_has_no_binary_is_not_listed_by_a_stack(run: Runs, folder: Path) -> None:
    written(folder, a_json=index(["cmake"], absent=["zlib"]), b_json=index(["zlib", "cmake"]))
    caches = ("--cache", "e4s=a.json", "--cache", "e4s-x=b.json")
    answer, told = document(run, "gaps", *caches, "--stack", "e4s")
    assert (told["totals"]["covered"], told["totals"]["wanted"]) == (1, 2)
    (gap,) = told["gaps"]
    assert (gap["want"], gap["state"]) == ("zlib", "other_stack")
    assert answer.code == 0


def test_what_cannot_be_planned_fails_and_is_named_in_every_format(run: Runs, folder: Path) -> None:
    written(folder, site_json=index(["hdf5"]))
    words = ("rebuild", "--cache", "site.json", "--want", "hdf5@99")
    for style in ("table", "json", "csv", "markdown", "list"):
        answer = run(*words, "--format", style)
        assert answer.code == 1, style
        assert "gate failed: 1 want cannot be planned from known specs" in answer.err
        if style != "json":
            assert "hdf5@99" in answer.out
        if style in {"table", "list", "markdown"}:
            assert "1 want cannot be planned" in answer.out.splitlines()[0]
        assert run(*words, "--format", style, "--allow-unplannable").code == 0
    (folder / "specplan.toml").write_text("allow-unplannable = true", encoding="utf-8")
    assert run(*words).code == 0


def test_percentages_of_less_than_one_are_taken_for_a_slip(run: Runs, folder: Path) -> None:
    written(folder, site_json=index(["hdf5"]))
    for option in ("--fail-under", "--fail-under-roots"):
        answer = run("gaps", "--cache", "site.json", option, "0.96")
        assert answer.code == 2
        assert "0.96 is 0.96 %; 96 % is `96`" in answer.err
    (folder / "specplan.toml").write_text("fail-under = 0.955", encoding="utf-8")
    answer = run("gaps", "--cache", "site.json")
    assert answer.code == 2
    assert "95.5 % is `95.5`" in answer.err
    (folder / "specplan.toml").write_text("fail-on-unknown-over = 0.5", encoding="utf-8")
    assert run("gaps", "--cache", "site.json").code == 1


@pytest.mark.parametrize(
    ("covered", "least", "said"),
    [
        (2, "66.7", "66.67 % (2 of 3), less than 66.7 %"),
        (1, "34", "33.3 % (1 of 3), less than 34 %"),
        (0, "1", "0.0 % (0 of 3), less than 1 %"),
        (1, "1e2", "33.3 % (1 of 3), less than 100 %"),
    ],
)
def test_the_message_of_a_gate_agrees_with_the_tables(
    run: Runs, folder: Path, covered: int, least: str, said: str
) -> None:
    names = ["zlib", "hdf5", "cmake"]
    written(folder, site_json=index([*names[:covered], "other"]), e4s__spack_lock=lock(names))
    answer = run(
        *("gaps", "--cache", "site.json", "--want", "e4s/spack.lock", "--fail-under", least)
    )
    assert answer.code == 1
    assert f"gate failed: coverage is {said} (--fail-under)" in answer.err


def test_a_root_that_the_lock_beside_an_environment_lacks_is_a_gap(run: Runs, folder: Path) -> None:
    written(
        folder,
        site_json=index(["zlib", "hdf5", "cmake"]),
        e4s__spack_lock=lock(["zlib", "hdf5"]),
        e4s__spack_yaml=environment("zlib", "cmake"),
    )
    for want in ("e4s", "e4s/spack.lock"):
        words = ("gaps", "--cache", "site.json", "--want", want)
        answer, told = document(run, *words, "--fail-under", "100", "--fail-under-roots", "100")
        assert answer.code == 1
        (gap,) = told["gaps"]
        assert (gap["state"], gap["package"]) == ("not_concretized", "cmake")
        assert (told["totals"]["covered"], told["totals"]["wanted"]) == (2, 3)
        assert (told["roots"]["installable"], told["roots"]["wanted"]) == (2, 3)
        assert kinds(told) == ["lock_root"]
        assert "`hdf5`" in told["left_out"][0]["detail"]
    written(folder, e4s__spack_yaml=environment("zlib", "hdf5"))
    answer, told = document(run, *words, "--fail-under", "100")
    assert (answer.code, told["gaps"], told["left_out"]) == (0, [], [])


def test_a_root_of_a_group_that_the_lock_has_of_another_is_a_gap(run: Runs, folder: Path) -> None:
    wanted = json.loads(lock(["zlib"]))
    wanted["_meta"]["lockfile-version"] = 7
    (root,) = wanted["roots"]
    written(
        folder,
        site_json=index(["zlib"]),
        e4s__spack_yaml=environment("zlib", "{group: gpu, specs: [zlib]}"),
    )
    of_group = {**root, "group": "gpu"}
    for roots, gaps in (([of_group], 1), ([root], 1), ([root, of_group], 0)):
        wanted["roots"] = roots
        written(folder, e4s__spack_lock=json.dumps(wanted))
        answer, told = document(run, "gaps", "--cache", "site.json", "--want", "e4s")
        assert ([each["state"] for each in told["gaps"]], answer.code) == (
            ["not_concretized"] * gaps,
            0,
        )
        assert run("rebuild", "--cache", "site.json", "--want", "e4s").code == 0


def test_a_spec_that_an_environment_now_develops_fails_the_gates_of_its_lock(
    run: Runs, folder: Path
) -> None:
    needs = {"hdf5": ["zlib"]}
    written(
        folder,
        site_json=index(["hdf5", "zlib"], needs=needs),
        e4s__spack_lock=lock(["hdf5"], needs=needs),
    )
    words = ("--cache", "site.json", "--want", "e4s", "--allow-unplannable")
    for name, blocks in (("hdf5", 1), ("zlib", 1), ("zlib@=2", 0), ("cmake", 0)):
        package = name.partition("@")[0]
        develop = f"develop: {{{package}: {{spec: {name}}}}}"
        written(folder, e4s__spack_yaml=environment("hdf5", more=develop))
        for command in ("gaps", "rebuild"):
            answer, told = document(run, command, *words[: 4 if command == "gaps" else 5])
            assert (answer.code, len(kinds(told, blocks=True))) == (blocks, blocks), name


def test_an_environment_beside_a_lock_that_cannot_be_opened_is_no_green(
    run: Runs, folder: Path
) -> None:
    written(folder, site_json=index(["zlib"]), e4s__spack_lock=lock(["zlib"]))
    beside = folder / "e4s" / "spack.yaml"
    for is_link in (True, False):
        if is_link:
            beside.symlink_to("nowhere")
        else:
            beside.mkdir()
        answer, told = document(run, "gaps", "--cache", "site.json", "--want", "e4s/spack.lock")
        assert (answer.code, kinds(told, blocks=True)) == (1, ["lock_root"])
        if is_link:
            beside.unlink()


def test_a_root_that_a_lock_lacks_is_planned_from_candidates_or_cannot_be(
    run: Runs, folder: Path
) -> None:
    written(
        folder,
        site_json=index(["zlib"]),
        more_json=index(["cmake"]),
        e4s__spack_lock=lock(["zlib"]),
        e4s__spack_yaml=environment("zlib", "cmake"),
    )
    words = ("rebuild", "--cache", "site.json", "--want", "e4s")
    answer = run(*words)
    assert answer.code == 1
    assert "1 want cannot be planned" in answer.out
    answer, told = document(run, *words, "--candidates", "more.json")
    assert (answer.code, len(told["builds"]), told["unplannable"]) == (0, 1, [])


def test_what_was_left_out_is_listed_with_what_settles_it(run: Runs, folder: Path) -> None:
    caches = []
    for at in range(7):
        written(folder, **{f"s{at}_json": index([f"spec{at}"])})
        caches += ["--cache", f"s{at}=s{at}.json"]
    answer = run("gaps", *caches)
    assert answer.code == 1
    assert answer.err.count("warning: left out: s") == 3
    assert "4 more; `--explain-left-out` lists them all" in answer.err
    answer = run("gaps", *caches, "--explain-left-out")
    assert answer.err.count("to settle it: --want s") == 7
    assert answer.out.splitlines()[0].startswith("not whole: left-out input could change")
    assert run("gaps", *caches, "--allow-left-out", "no_peer").code == 0
    (folder / "specplan.toml").write_text("allow-left-out = ['no_peer']", encoding="utf-8")
    assert run("gaps", *caches).code == 0
    assert run("gaps", *caches, "--allow-left-out", "no_such_kind").code == 2


def test_what_the_peers_lose_to_damage_blocks_and_what_a_cache_loses_beside_a_lock_does_not(
    run: Runs, folder: Path
) -> None:
    written(
        folder,
        pages__zlib_md="---\nspec_details: 3\n",
        e4s_json=index(["zlib"]),
        x_json=index(["zlib"]),
        lock__spack_lock=lock(["zlib"]),
    )
    caches = ("--cache", "e4s=e4s.json", "--cache", "e4s-x=x.json", "--cache", "pages")
    answer, told = document(run, "gaps", *caches, "--skip-damaged")
    assert (answer.code, kinds(told, blocks=True)) == (1, ["damaged_file"])
    answer, told = document(
        run, "gaps", *caches, "--skip-damaged", "--want", "lock", "--fail-under", "100"
    )
    assert (answer.code, kinds(told, blocks=False)) == (0, ["damaged_file"])


def test_kept_counts_packages_at_every_level(run: Runs, folder: Path) -> None:
    written(
        folder,
        old_json=index(["zlib", "zlib:2", "cmake", "hdf5"]),
        new_json=index(["zlib", "zlib:2", "cmake:2", "hdf5"]),
    )
    kept = {
        level: document(run, "diff", "old.json", "new.json", "--level", level)[1]["totals"]["kept"]
        for level in ("package", "version", "variant", "hash")
    }
    assert kept == {"package": 3, "version": 3, "variant": 3, "hash": 2}


UNREAD = {
    "include": "include: ['https://example.org/more.yaml']",
    "condition": 'definitions: [{more: [hdf5], when: \'env.get("X") == "1"\'}]',
}


@pytest.mark.parametrize("kind", list(UNREAD))
@pytest.mark.parametrize("command", ["gaps", "rebuild"])
def test_a_lock_beside_an_environment_that_cannot_be_read_whole_is_no_green(
    run: Runs, folder: Path, command: str, kind: str
) -> None:
    written(
        folder,
        site_json=index(["zlib"]),
        e4s__spack_lock=lock(["zlib"]),
        e4s__spack_yaml=environment("zlib", more=UNREAD[kind]),
    )
    words = (command, "--cache", "site.json", "--want", "e4s")
    answer, told = document(run, *words)
    assert (answer.code, kinds(told, blocks=True)) == (1, [kind])
    assert run(*words, "--allow-left-out", kind).code == 0
    if kind == "include":
        written(folder, more_yaml="definitions: [{more: [hdf5]}]")
        assert run(*words, "--include", "https://example.org/more.yaml=more.yaml").code == 0


def test_what_an_environment_requires_is_no_doubt_about_the_lock_beside_it(
    run: Runs, folder: Path
) -> None:
    written(
        folder,
        site_json=index(["zlib"]),
        e4s__spack_lock=lock(["zlib"]),
        e4s__spack_yaml=environment("zlib", more="concretizer: {unify: true}"),
    )
    answer, told = document(run, "gaps", "--cache", "site.json", "--want", "e4s")
    assert (answer.code, told["left_out"]) == (0, [])


def test_a_condition_of_an_environment_holds_as_it_did_where_its_lock_was_made(
    run: Runs, folder: Path
) -> None:
    more = (
        "definitions: [{more: [hdf5], when: os == 'ubuntu24.04'}, {less: [cmake], when: os == 'x'}]"
    )
    written(
        folder,
        site_json=index(["zlib", "hdf5", "cmake"]),
        e4s__spack_lock=lock(["zlib"]),
        e4s__spack_yaml=environment("zlib", "$more", "$less", more=more),
    )
    answer, told = document(run, "gaps", "--cache", "site.json", "--want", "e4s")
    assert [(gap["package"], gap["state"]) for gap in told["gaps"]] == [("hdf5", "not_concretized")]
    assert (answer.code, told["left_out"]) == (0, [])


def two_indexes(folder: Path) -> None:
    """Write a mirror of which version 8 lists `zlib`, version 9 `hdf5` too."""
    Mirror(folder / "mirror").indexes(
        {8: mirrors.index("zlib"), 9: mirrors.index("zlib", "hdf5", version=9)}
    )


@pytest.mark.parametrize("want", ["e4s", "hdf5"])
def test_a_plan_that_rests_on_what_some_index_lacks_is_no_green(
    run: Runs, folder: Path, want: str
) -> None:
    two_indexes(folder)
    written(folder, e4s__spack_lock=lock(["zlib", "hdf5"]))
    words = ("rebuild", "--cache", "mirror", "--want", want)
    answer, told = document(run, *words)
    assert (answer.code, told["builds"]) == (1, [])
    assert kinds(told, blocks=True) == ["index_version"]
    assert "--for-spack VERSION" in answer.err
    assert run(*words, "--allow-left-out", "index_version").code == 0
    answer, told = document(run, *words, "--for-spack", "1.3")
    assert (answer.code, told["builds"], told["left_out"]) == (0, [], [])
    answer, told = document(run, *words, "--for-spack", "1.2")
    assert (len(told["builds"]) or len(told["unplannable"]), told["left_out"]) == (1, [])


def test_a_plan_that_all_indexes_agree_on_has_no_record_of_them(run: Runs, folder: Path) -> None:
    two_indexes(folder)
    written(folder, e4s__spack_lock=lock(["zlib"]))
    answer, told = document(run, "rebuild", "--cache", "mirror", "--want", "e4s")
    assert (answer.code, told["left_out"]) == (0, [])


def with_an_index_too_new(folder: Path) -> None:
    """Write a mirror of which version 9 lists `zlib`, and one that nobody knows `hdf5` too."""
    Mirror(folder / "mirror").indexes(
        {
            9: mirrors.index("zlib", version=9),
            99: mirrors.index("zlib", "hdf5", version=99),
        }
    )


#: What is asked of wants or of an older state that the unread index could have more of.
OF_UNREAD: Final = {
    "baseline": ("gaps", "--cache", "site.json", "--baseline", "mirror", "--fail-on-lost"),
    "older state": ("diff", "mirror", "site.json", "--fail-on-lost"),
    "peer": ("gaps", "--cache", "e4s=site.json", "--cache", "e4s-x=mirror", "--stack", "e4s"),
    "wanted binaries": ("gaps", "--cache", "mirror", "--want", "available"),
    "planned binaries": ("rebuild", "--cache", "mirror", "--want", "available:mirror"),
    "check": ("check", "--cache", "mirror", "--ignore", "wrong-hash"),
    "find": ("find", "zlib@99", "--cache", "mirror"),
}


@pytest.mark.parametrize("name", list(OF_UNREAD))
def test_an_index_too_new_to_be_read_blocks_where_it_could_say_what_is_wanted(
    run: Runs, folder: Path, name: str
) -> None:
    with_an_index_too_new(folder)
    written(folder, site_json=index(["zlib"]))
    answer, told = document(run, *OF_UNREAD[name])
    assert (answer.code, kinds(told, blocks=True)) == (1, ["index_version"])
    assert "99" in told["left_out"][0]["detail"]
    for settled in (("--allow-left-out", "index_version"), ("--for-spack", "1.3")):
        assert run(*OF_UNREAD[name], *settled).code == 0, settled


def test_an_index_too_new_to_be_read_is_named_where_it_can_only_hold_more_binaries(
    run: Runs, folder: Path
) -> None:
    with_an_index_too_new(folder)
    written(folder, site_json=index(["zlib"]), e4s__spack_lock=lock(["zlib"]))
    for words in (
        ("gaps", "--cache", "mirror", "--want", "e4s", "--fail-under", "100"),
        ("rebuild", "--cache", "mirror", "--want", "e4s"),
        ("diff", "site.json", "mirror", "--fail-on-lost"),
    ):
        answer, told = document(run, *words)
        assert (answer.code, kinds(told, blocks=False)) == (0, ["index_version"]), words
        assert "note: left out: mirror/" in answer.err
    answer = run("has", "mirror", mirrors.dag_hash("hdf5"))
    assert (answer.code, "index of version 99" in answer.err) == (1, True)


@pytest.mark.parametrize("command", ["gaps", "coverage", "rebuild"])
def test_wants_without_any_root_are_no_green(run: Runs, folder: Path, command: str) -> None:
    written(
        folder,
        site_json=index(["zlib"]),
        empty__spack_lock=lock([]),
        bare__spack_yaml="spack: {view: true}",
        e4s__spack_lock=lock(["zlib"]),
    )
    wants = (
        ("--cache", "site.json", "--want", "empty"),
        ("--cache", "site.json", "--want", "bare"),
        ("--cache", "site.json", "--want", "empty", "--want", "bare"),
    )
    for words in wants:
        answer, told = document(run, command, *words)
        assert (answer.code, set(kinds(told, blocks=True))) == (1, {"no_root"}), words
        assert "it contains no wants" in answer.err
        assert run(command, *words, "--allow-left-out", "no_root").code == 0
    beside = (command, "--cache", "site.json", "--want", "e4s", "--want", "empty")
    answer, told = document(run, *beside)
    assert (answer.code, kinds(told, blocks=False)) == (0, ["no_root"])


def newer(text: str, number: int = 99) -> str:
    """Return an index or a lock as of a version that nobody knows."""
    told = json.loads(text)
    if "database" in told:
        told["database"]["version"] = str(number)
    else:
        told["_meta"]["lockfile-version"] = number
    return json.dumps(told)


GUESSED = {
    "gaps": ("gaps", "--cache", "site.json", "--want", "e4s"),
    "coverage": ("coverage", "--cache", "site.json", "--want", "e4s"),
    "rebuild": ("rebuild", "--cache", "site.json", "--want", "e4s"),
    "why": ("why", "zlib", "--cache", "site.json", "--want", "e4s"),
    "find": ("find", "zlib@99", "--cache", "site.json", "--lock", "e4s"),
    "diff": ("diff", "site=site.json", "site=site.json"),
    "locks": ("diff", "e4s/spack.lock", "e4s/spack.lock"),
    "check": ("check", "--cache", "site.json", "--want", "e4s", "--ignore", "wrong-hash"),
}


@pytest.mark.parametrize("name", list(GUESSED))
def test_a_file_of_a_version_that_nobody_knows_makes_every_document_doubtful(
    run: Runs, folder: Path, name: str
) -> None:
    written(folder, site_json=index(["zlib"]), e4s__spack_lock=lock(["zlib"]))
    words = (*GUESSED[name], "--newest-format", "try")
    assert run(*words).code == 0
    for damaged in ("site_json", "e4s__spack_lock"):
        if damaged.partition("_")[0] not in " ".join(words):
            continue
        written(folder, site_json=index(["zlib"]), e4s__spack_lock=lock(["zlib"]))
        written(
            folder,
            **{damaged: newer(index(["zlib"]) if damaged == "site_json" else lock(["zlib"]))},
        )
        assert run(*GUESSED[name]).code == 3
        answer, told = document(run, *words)
        assert (answer.code, set(kinds(told, blocks=True))) == (1, {"format_guess"})
        assert run(*words, "--allow-left-out", "format_guess").code == 0


def test_a_candidate_of_a_version_that_nobody_knows_makes_a_plan_doubtful(
    run: Runs, folder: Path
) -> None:
    written(folder, site_json=index(["hdf5"]), more_json=newer(index(["zlib"])))
    words = ("rebuild", "--cache", "site.json", "--want", "hdf5", "--candidates", "more.json")
    assert run(*words).code == 3
    answer, told = document(run, *words, "--newest-format", "try")
    assert (answer.code, kinds(told, blocks=True)) == (1, ["format_guess"])


@pytest.mark.parametrize("command", ["gaps", "coverage", "rebuild"])
def test_a_stack_without_a_system_is_passed_over_beside_others_and_is_no_green(
    run: Runs, folder: Path, command: str
) -> None:
    written(
        folder,
        site_json=index(["zlib"]),
        other_json=index(["cmake"], os="rhel9"),
        e4s__spack_yaml=environment("zlib"),
        tools__spack_yaml="spack: {specs: [cmake, hdf5]}",
    )
    caches = (command, "--cache", "site.json", "--cache", "other.json")
    words = (*caches, "--want", "e4s", "--want", "tools")
    answer, told = document(run, *words)
    assert answer.code == 1
    (record,) = told["left_out"]
    assert (record["kind"], record["count"], record["blocks"]) == ("system", 2, True)
    assert "`tools`" in record["detail"]
    assert run(*words, "--allow-left-out", "system").code == 0
    # Nothing is left to report of a stack alone.
    alone = run(*caches, "--want", "tools")
    assert (alone.code, alone.out) == (2, "")
    assert "give `--system " in alone.err
    settled = run(*words, *record["remedy"].split(), "--format", "json")
    assert json.loads(settled.out)["left_out"] == []


def test_a_lock_that_is_included_on_some_systems_only_blocks_a_plan(
    run: Runs, folder: Path
) -> None:
    included = "include_concrete: [{path: ../more, when: os == 'ubuntu24.04'}]"
    written(
        folder,
        site_json=index(["zlib"]),
        more__spack_lock=lock(["hdf5"]),
        e4s__spack_yaml=environment("zlib", more=included),
    )
    for command in ("gaps", "rebuild"):
        answer = run(command, "--cache", "site.json", "--want", "e4s/spack.yaml")
        assert answer.code != 0, command


def test_roots_in_cells_that_the_sources_cannot_decide_do_not_count_as_installable(
    run: Runs, folder: Path
) -> None:
    page = (Path(__file__).parents[2] / "examples/pages").resolve()
    written(
        folder,
        site_json=index(["zlib"]),
        e4s__spack_lock=lock(["zlib"]),
        tools__spack_yaml="spack: {specs: ['py-pluggy os=ubuntu22.04 target=x86_64_v3']}",
    )
    caches = ("gaps", "--cache", "site.json", "--cache", str(page))
    for wants in (("e4s/spack.yaml", "tools"), ("e4s", "tools")):
        written(folder, e4s__spack_yaml=environment("zlib"))
        words = [word for want in wants for word in ("--want", want)]
        answer, told = document(run, *caches, *words, "--fail-under-roots", "100")
        roots = told["roots"]
        assert (roots["wanted"], roots["installable"], roots["undecided"]) == (2, 1, 1), wants
        assert answer.code == 1
        assert "root coverage is 50.0 % (1 of 2)" in answer.err


def test_documents_say_what_each_index_of_a_mirror_lists(run: Runs, folder: Path) -> None:
    two_indexes(folder)
    written(folder, e4s__spack_lock=lock(["zlib"]))
    for words in (
        ("gaps", "--cache", "mirror", "--want", "e4s"),
        ("rebuild", "--cache", "mirror", "--want", "e4s"),
        ("why", "zlib", "--cache", "mirror", "--want", "e4s"),
        ("find", "zlib", "--cache", "mirror"),
        ("check", "--cache", "mirror"),
        ("diff", "mirror", "mirror"),
        ("diff", "mirror", "e4s/spack.lock"),
    ):
        _, told = document(run, *words)
        (source,) = (each for each in told["sources"] if each["source"] == "mirror")
        assert source["copied_at"] is None
        listed = [(each["version"], each["binaries"], each["alone"]) for each in source["indexes"]]
        assert listed == [(9, 2, 1), (8, 1, 0)], words


@pytest.mark.parametrize("command", ["gaps", "rebuild"])
def test_a_lock_that_has_specs_and_no_root_is_no_green(
    run: Runs, folder: Path, command: str
) -> None:
    rootless = json.dumps({**json.loads(lock(["zlib"])), "roots": []})
    written(folder, site_json=index(["cmake"]), e4s__spack_lock=rootless)
    answer, told = document(run, command, "--cache", "site.json", "--want", "e4s")
    assert (answer.code, kinds(told, blocks=True)) == (1, ["lock_root"])


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("check --cache empty/spack.lock", "empty_source"),
        ("check --cache site.json --cache empty/spack.lock", "empty_source"),
        ("check --cache site.json --want empty/spack.lock", "no_root"),
        ("find zlib --lock empty/spack.lock", "empty_source"),
        ("find zlib@9 --cache site.json --lock empty/spack.lock", "empty_source"),
        ("gaps --cache site.json --want empty/spack.lock", "no_root"),
    ],
)
def test_a_lock_without_specs_never_passes_for_one_in_which_all_is_well(
    run: Runs, folder: Path, words: str, kind: str
) -> None:
    written(folder, site_json=index(["zlib"]), empty__spack_lock=lock([]))
    answer, told = document(run, *words.split())
    assert (answer.code, kinds(told, blocks=True)) == (1, [kind])
    what = "lists" if kind == "empty_source" else "contains no wants"
    assert f"left out: empty/spack.lock: it {what}" in answer.err


def spliced(folder: Path) -> None:
    """Write a lock of a binary that links to another library than it was built with."""
    node = {name: mirrors.node(name) for name in ("zlib", "zlib-ng")}
    node["built"] = {**mirrors.node("built", "1.0", "zlib"), "name": "hdf5"}
    build_spec = {"name": "hdf5", "hash": mirrors.dag_hash("built")}
    node["hdf5"] = {**mirrors.node("hdf5", "1.0", "zlib-ng"), "build_spec": build_spec}
    concrete = {mirrors.dag_hash(name): each for name, each in node.items()}
    whole = json.loads(lock([]))
    whole["concrete_specs"] = concrete
    whole["roots"] = [{"hash": mirrors.dag_hash("hdf5"), "spec": "hdf5"}]
    written(folder, e4s__spack_lock=json.dumps(whole))
    for name, held in {
        "all": ("built", "zlib", "zlib-ng"),
        "built": ("built", "zlib"),
        "new": ("zlib-ng",),
    }.items():
        installs = {
            mirrors.dag_hash(each): {"spec": node[each], "ref_count": 0, "in_buildcache": True}
            for each in held
        }
        told = {"database": {"version": "8", "installs": installs}}
        written(folder, **{f"{name}_json": json.dumps(told)})


@pytest.mark.parametrize(("cache", "builds"), [("all", 0), ("built", 1), ("new", 2)])
def test_a_splice_is_installable_in_every_command_where_its_build_and_its_new_parts_are_there(
    run: Runs, folder: Path, cache: str, builds: int
) -> None:
    spliced(folder)
    words = ("--cache", f"{cache}.json", "--want", "e4s")
    for command in ("gaps", "coverage"):
        answer, told = document(run, command, *words, "--fail-under-roots", "100")
        assert (answer.code, told["roots"]["installable"]) == ((0, 1) if not builds else (1, 0))
    _, told = document(run, "check", *words)
    roots = told["roots"]
    assert (roots["counted"], roots["installable"]) == (1, 0 if builds else 1)
    _, told = document(run, "rebuild", *words)
    assert told["totals"]["builds"] == builds
    assert "is rewired from the binary" in run("why", "hdf5", *words).out


def test_what_is_built_from_a_source_tree_has_no_binary(run: Runs, folder: Path) -> None:
    cache, wanted = json.loads(index(["zlib", "hdf5"])), json.loads(lock(["zlib", "hdf5"]))
    developed = {"build_system": "generic", "dev_path": "/src/hdf5"}
    cache["database"]["installs"][mirrors.dag_hash("hdf5")]["spec"]["parameters"] = developed
    wanted["concrete_specs"][mirrors.dag_hash("hdf5")]["parameters"] = developed
    written(
        folder,
        site_json=json.dumps(cache),
        e4s__spack_lock=json.dumps(wanted),
        tools__spack_yaml=environment("hdf5"),
    )
    for want in ("e4s", "tools"):
        words = ("--cache", "site.json", "--want", want)
        answer, told = document(run, "gaps", *words, "--fail-under", "100")
        assert (answer.code, told["totals"]["gaps"]) == (1, 1)
        _, told = document(run, "rebuild", *words)
        assert [each["package"] for each in told["builds"]] == ["hdf5"]


def test_a_plan_takes_no_binary_that_is_installed_with_one_of_another_system(
    run: Runs, folder: Path
) -> None:
    cache = json.loads(index(["app", "hdf5", "zlib"], needs={"app": ["hdf5"], "hdf5": ["zlib"]}))
    written(folder, site_json=json.dumps(cache), e4s__spack_yaml=environment("app"))
    words = ("rebuild", "--cache", "site.json", "--want", "e4s")
    assert run(*words).code == 0
    cache["database"]["installs"][mirrors.dag_hash("zlib")]["spec"]["arch"]["target"] = "zen4"
    written(folder, site_json=json.dumps(cache))
    answer, told = document(run, *words)
    assert (answer.code, [each["want"] for each in told["unplannable"]]) == (
        1,
        ["app os=ubuntu24.04 target=x86_64_v3"],
    )


@pytest.mark.parametrize("lost", ["root", "dependencies", "types"])
@pytest.mark.parametrize("words", ["gaps", "coverage", "rebuild", "check", "trend c.json c.json"])
def test_specs_of_a_lock_that_no_root_leads_to_are_no_silent_green(
    run: Runs, folder: Path, lost: str, words: str
) -> None:
    made = json.loads(lock(["app", "tool"], needs={"app": ["zlib"], "tool": ["lib"]}))
    specs = made["concrete_specs"]
    whole = json.dumps(made)
    if lost == "root":
        made["roots"].pop()
    elif lost == "dependencies":
        del specs[dag_hash("tool")]["dependencies"]
    else:
        specs[dag_hash("tool")]["dependencies"][0]["parameters"]["deptypes"] = []
    written(folder, s_lock=json.dumps(made), w_lock=whole, c_json=index(["app", "zlib", "tool"]))
    for name, asked in (("s.lock", True), ("w.lock", False)):
        answer = run(*words.split(), "--cache", "c.json", "--want", f"x={name}")
        assert ("no root leads to" in answer.err or "neither a root" in answer.err) is asked
        assert answer.code == 1 or not asked


@pytest.mark.parametrize("cut", ["--max-builds=0", "--exclude-broken=broken.txt"])
def test_a_plan_that_excludes_everything_does_not_say_that_there_is_nothing_to_build(
    run: Runs, folder: Path, cut: str
) -> None:
    written(folder, s_lock=lock(["app"], needs={"app": ["zlib"]}), broken_txt="zlib\n")
    words = ("rebuild", "--cache=none", "--want=s.lock", cut, "--no-config")
    for form in ("table", "markdown", "html"):
        said = run(*words, f"--format={form}").out.lower()
        assert "nothing to build" not in said
        assert "no build is planned (" in said
    written(folder, c_json=index(["app", "zlib"], needs={"app": ["zlib"]}))
    whole = run("rebuild", "--cache=c.json", "--want=s.lock", "--max-builds=0", "--no-config")
    assert "nothing to build" in whole.out


def test_a_saved_catalog_of_no_source_is_damaged_and_no_sound_empty_cache(
    run: Runs, folder: Path
) -> None:
    written(folder, c_json=index(["app"]), s_lock=lock(["app"]))
    assert run("index", "c.json", "-o", "saved").code == 0
    manifest = folder / "saved" / "_specplan.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "sources": []}))
    for words in ("check", "check --want s.lock", "find app", "rebuild --want s.lock"):
        answer = run(*words.split(), "--cache", "saved", "--no-config")
        assert answer.code == 3
        assert "lists no source" in answer.out + answer.err


def test_union_indexes_are_compared_where_the_remedy_says_how(run: Runs, folder: Path) -> None:
    written(folder, old_json=index(["app", "lib"]), new_json=index(["app"]))
    words = ("diff", "root=old.json", "root=new.json", "--fail-on-lost", "--no-config")
    silent = run(*words)
    assert silent.code == 1
    assert "neither state lists a stack" in silent.err
    assert "--stack root" in silent.err
    assert "1 key lost" in run(*words, "--stack", "root").err
