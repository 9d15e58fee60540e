"""``specplan trim``: pipelines that Spack wrote, and those that are refused."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.mirrors import dag_hash
from tests.recipe_projects import index_of
from tests.small_caches import index, lock, written
from tests.unit.test_pipelines import DATA, chain, job

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.cli.conftest import Runs

EXAMPLES = Path(__file__).parents[2] / "examples" / "rebuild"
LOCK = f"--want={EXAMPLES}/2026-01/radiuss/spack.lock.gz"
NAME = "radiuss-2026-01"


def pipeline(name: str) -> str:
    """The text of a pipeline that Spack wrote."""
    return gzip.decompress((DATA / f"{NAME}-{name}.yml.gz").read_bytes()).decode()


def cache(name: str) -> str:
    return f"--cache={EXAMPLES}/mirror-{name}.json.gz"


def test_jobs_of_a_plan_without_builds_become_the_job_that_does_nothing(
    run: Runs, folder: Path
) -> None:
    words = ("trim", f"{DATA}/{NAME}-runtime-only.yml.gz", LOCK, cache("runtime-only"))
    answer = run(*words, "-o", "jobs.yml")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.splitlines() == [
        "83 jobs -> 0 (83 unnecessary: 83 needed only to build specs that have a binary)",
        "nothing to build: the pipeline is the job `no-specs-to-rebuild` alone",
    ]
    assert (folder / "jobs.yml").read_text(encoding="utf-8") == pipeline("full")


def test_jobs_that_are_all_needed_stay_with_fewer_needs(run: Runs, folder: Path) -> None:
    words = (LOCK, cache("2025-11"), "-o", "jobs.yml")
    answer = run("trim", f"{DATA}/{NAME}-from-2025-11.yml.gz", *words)
    assert (answer.code, answer.err) == (0, "")
    assert answer.out == "302 jobs -> 302\n1526 needs -> 594\n"
    once = (folder / "jobs.yml").read_bytes()
    old, new = yaml.safe_load(pipeline("from-2025-11")), yaml.safe_load(once)
    assert list(old) == list(new)
    assert old["stages"] == new["stages"]
    for name, entry in old.items():
        if "@" in name:
            assert {**entry, "needs": 0} == {**new[name], "needs": 0}
        else:
            assert entry == new[name]
    again = run("trim", "jobs.yml", *words)
    assert (again.code, again.out) == (0, "302 jobs -> 302\n594 needs -> 594\n")
    assert (folder / "jobs.yml").read_bytes() == once


@pytest.mark.parametrize(
    ("name", "said", "services"),
    [
        (
            "half",
            (
                "153 jobs -> 146 (7 unnecessary: 7 needed only to build specs that have a "
                "binary)\n965 needs -> 294\n"
            ),
            {"rebuild-index"},
        ),
        (
            "protected",
            (
                "31 jobs -> 28 (3 unnecessary: 3 needed only to build specs that have a "
                "binary)\n84 needs -> 22\n"
            ),
            {"rebuild-index", "sign-pkgs"},
        ),
    ],
    ids=["half", "protected"],
)
def test_jobs_of_a_mirror_with_some_binaries_become_those_of_the_plan_in_order(
    run: Runs, folder: Path, name: str, said: str, services: set[str]
) -> None:
    old = yaml.safe_load(pipeline(name))
    document = json.loads(gzip.decompress(Path(LOCK.removeprefix("--want=")).read_bytes()))
    for each in builds_of(old).values():
        del document["concrete_specs"][each]
    written(folder, cache_json=json.dumps(index_of(document)))
    words = (LOCK, "--cache=cache.json")
    answer = run("trim", f"{DATA}/{NAME}-{name}.yml.gz", *words, "-o", "jobs.yml")
    assert (answer.code, answer.err, answer.out) == (0, "", said)
    new = yaml.safe_load((folder / "jobs.yml").read_text(encoding="utf-8"))
    hashes = builds_of(new)
    changed = {"needs": 0, "stage": 0}
    for build in hashes:
        assert {**old[build], **changed} == {**new[build], **changed}
    others = {job: entry for job, entry in new.items() if job not in {*hashes, "stages"}}
    assert others == {job: old[job] for job in others}
    assert {job for job, entry in others.items() if "script" in entry} == services
    given = {
        each: {hashes[need["job"]] for need in new[job]["needs"] if need["job"] in hashes}
        for job, each in hashes.items()
    }
    plan = json.loads(run("rebuild", *words, "--format=json").out)["builds"]
    assert closures(given) == closures({each["hash"]: set(each["needs"]) for each in plan})


@pytest.mark.parametrize(
    ("order", "there", "said"),
    [
        (sorted, lambda at: at % 2 == 1, "153 jobs -> 139 (14 unnecessary: "),
        (list, lambda at: at % 10 != 3, "31 jobs -> 24 (7 unnecessary: "),
    ],
    ids=["half", "nine-tenths"],
)
def test_a_job_for_each_spec_without_a_binary_is_more_than_is_needed(
    run: Runs,
    folder: Path,
    order: Callable[[Iterable[str]], list[str]],
    there: Callable[[int], bool],
    said: str,
) -> None:
    """Spack schedules what has no binary; of that, tools of what has one need no build."""
    document = json.loads(gzip.decompress(Path(LOCK.removeprefix("--want=")).read_bytes()))
    specs = document["concrete_specs"]
    built = order(each for each, node in specs.items() if "external" not in node)
    available = {each for at, each in enumerate(built) if there(at)}
    jobs = {each: specs[each].get("dependencies", []) for each in built if each not in available}
    content: dict[str, Any] = {"rebuild-index": {"script": ["true"]}}
    for each, needs in jobs.items():
        scheduled = (need["hash"] for need in needs if need["hash"] in jobs)
        content[each] = job(each, *scheduled, variables={"SPACK_JOB_SPEC_DAG_HASH": each})
    put(folder, content)
    document["concrete_specs"] = {each: specs[each] for each in available}
    written(folder, cache_json=json.dumps(index_of(document)))
    words = ("trim", "jobs.yml", LOCK, "--cache=cache.json", "-o", "jobs.yml")
    answer = run(*words)
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith(said)
    once = (folder / "jobs.yml").read_bytes()
    assert run(*words).code == 0
    assert (folder / "jobs.yml").read_bytes() == once


def builds_of(content: dict[str, Any]) -> dict[str, str]:
    """What each job of a pipeline builds."""
    return {
        job: entry["variables"]["SPACK_JOB_SPEC_DAG_HASH"]
        for job, entry in content.items()
        if "@" in job
    }


def closures(needs: dict[str, set[str]]) -> dict[str, set[str]]:
    """All that each waits for."""
    found: dict[str, set[str]] = {}

    def closure(each: str) -> set[str]:
        if each not in found:
            found[each] = needs[each].union(*map(closure, needs[each]))
        return found[each]

    for each in needs:
        closure(each)
    return found


def test_the_job_that_does_nothing_stays_as_it_is(run: Runs) -> None:
    answer = run("trim", f"{DATA}/{NAME}-full.yml.gz", LOCK, cache("runtime-only"))
    assert (answer.code, answer.out) == (0, pipeline("full"))
    assert answer.err.splitlines()[0] == "0 jobs -> 0"


@pytest.mark.skipif("SPECPLAN_MORE_DATA" not in os.environ, reason="it names more pipelines")
def test_pipelines_of_other_mirrors_are_trimmed_too(run: Runs) -> None:
    more = Path(os.environ["SPECPLAN_MORE_DATA"])
    for path in sorted((more / "pipelines").glob("radiuss-2026-01-*.yml")):
        mirror = path.stem.removeprefix("radiuss-2026-01-").removeprefix("from-")
        names = {"full": "radiuss-2026-01", "runtime-only": "radiuss-2026-01-runtime-only"}
        place = more / "mirrors" / names.get(mirror, f"radiuss-{mirror}")
        if place.exists():
            words = (LOCK, f"--cache={place}", "--no-config")
            answer = run("trim", str(path), *words)
            assert answer.code == 0, (path, answer.err)


NEEDS = {"c": ["b"], "b": ["a"]}


@pytest.fixture
def small(folder: Path) -> Path:
    """A lock of three specs in a row, a cache that lacks two, and a pipeline with all."""
    written(folder, spack_lock=lock(["c"], needs=NEEDS), cache_json=index(["a"]))
    put(folder, chain())
    return folder


def put(folder: Path, content: dict[str, Any]) -> None:
    (folder / "jobs.yml").write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")


WORDS = ("trim", "jobs.yml", "--want=spack.lock", "--cache=cache.json", "-o", "jobs.yml")


def test_a_pipeline_may_be_trimmed_in_place(run: Runs, small: Path) -> None:
    answer = run(*WORDS)
    assert answer.code == 0
    assert answer.out.splitlines()[0].startswith("3 jobs -> 2 (1 unnecessary: 1 ")
    assert not {"a"} & set(yaml.safe_load((small / "jobs.yml").read_text(encoding="utf-8")))


def test_a_planned_build_without_a_job_is_named_with_what_waits_for_it(
    run: Runs, small: Path
) -> None:
    content = chain()
    del content["b"], content["c"]
    put(small, content)
    before = (small / "jobs.yml").read_bytes()
    answer = run(*WORDS)
    assert (answer.code, answer.out) == (1, "")
    b, c = f"b@1.0/{dag_hash('b')[:7]}", f"c@1.0/{dag_hash('c')[:7]}"
    assert answer.err.splitlines()[:3] == [
        "error: 2 of 2 planned builds have no job in `jobs.yml`; nothing is written",
        f"  | {b}; {c} (no job either) needs it",
        f"  | {c}",
    ]
    assert "hint: " in answer.err
    assert (small / "jobs.yml").read_bytes() == before


def test_dependents_that_spack_pruned_by_their_depth_are_named(run: Runs, folder: Path) -> None:
    """``SPACK_PRUNE_UNTOUCHED_DEPENDENT_DEPTH=1`` leaves out what needs dependents of a change."""
    words = (f"--want={DATA}/twenty.lock.gz", f"--cache={DATA}/twenty-before.json.gz")
    answer = run("trim", f"{DATA}/twenty-depth-1.yml.gz", *words, "-o", "small.yml")
    assert (answer.code, answer.out) == (1, "")
    assert not (folder / "small.yml").exists()
    first, *named = [each for each in answer.err.splitlines() if not each.startswith("hint")]
    assert first.startswith("error: 9 of 12 planned builds have no job in ")
    assert {each.split("@")[0].removeprefix("  | ") for each in named} == {
        *("t-app", "t-array", "t-io", "t-mesh", "t-module", "t-net", "t-plot", "t-study", "t-view")
    }


def test_a_job_of_another_lock_is_named(run: Runs, small: Path) -> None:
    put(small, chain(stranger=job("stranger")))
    answer = run(*WORDS)
    assert (answer.code, answer.out) == (1, "")
    assert (
        "in `jobs.yml`, 1 job builds a spec that neither the wants nor the caches have"
        in answer.err
    )
    assert "  | stranger\n" in answer.err


def test_a_plan_of_a_change_is_refused(run: Runs, small: Path) -> None:
    before = (small / "jobs.yml").read_bytes()
    answer = run(*WORDS, "--changed", "a")
    assert (answer.code, answer.out) == (2, "")
    assert "no such option" in answer.err
    assert (small / "jobs.yml").read_bytes() == before


def test_nothing_is_written_where_a_want_cannot_be_planned(run: Runs, small: Path) -> None:
    before = (small / "jobs.yml").read_bytes()
    answer = run(*WORDS, "--want=nowhere", "--system=ubuntu24.04/x86_64_v3")
    assert (answer.code, answer.out) == (1, "")
    assert "note: `jobs.yml` is not written" in answer.err
    assert (small / "jobs.yml").read_bytes() == before


@pytest.mark.parametrize(
    "content",
    [
        b"- a\n",
        b"{}\n",
        b"a: [\n",
        b"\xff\n",
        b"a\0b: c\n",
        b"a: &a [*a]\n",
        b"a: 1\n" * 2_000_000,
        b"x0: &x0 [a, a]\n"
        + b"".join(
            b"x%d: &x%d [%s]\n" % (n, n, b", ".join([b"*x%d" % (n - 1)] * 9)) for n in range(1, 40)
        ),
    ],
    ids=["list", "empty", "open", "bytes", "nul", "circle", "huge", "bomb"],
)
def test_what_is_not_a_pipeline_is_3(run: Runs, small: Path, content: bytes) -> None:
    (small / "jobs.yml").write_bytes(content)
    answer = run(*WORDS)
    assert (answer.code, answer.out) == (3, "")
    assert "jobs.yml" in answer.err
    assert (small / "jobs.yml").read_bytes() == content


def test_a_pipeline_that_is_not_there_is_3(run: Runs, small: Path) -> None:  # noqa: ARG001 - it lies there
    answer = run("trim", "job.yml", "--want=spack.lock", "--cache=cache.json")
    assert (answer.code, answer.out) == (3, "")
    assert "hint: did you mean `jobs.yml`?" in answer.err


def test_a_lock_that_wants_nothing_takes_no_job_away(run: Runs, folder: Path) -> None:
    written(folder, nothing__spack_lock=lock([]))
    source = f"{DATA}/{NAME}-runtime-only.yml.gz"
    words = ("--want", "nothing/spack.lock", cache("runtime-only"))
    for allowed, said in (
        ((), "nothing/spack.lock: it contains no wants (no_root)"),
        (("--allow-left-out", "all"), "error: nothing is wanted, so 83 jobs would be removed"),
    ):
        answer = run("trim", source, *words, *allowed, "-o", "jobs.yml")
        assert (answer.code, answer.out) == (1, "")
        assert said in answer.err
        assert "`jobs.yml` is not written" in answer.err
        assert not (folder / "jobs.yml").exists()
