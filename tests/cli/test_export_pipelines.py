"""``specplan export gitlab`` and ``github``: what it writes is executed, and meets the limits."""

from __future__ import annotations

import io
import re
import shutil
from contextlib import redirect_stdout
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from benches.exports import asked, drawn, planned
from specplan.cli import main
from specplan.errors import UsageError
from specplan.pipelines.export.formats import files_of
from tests.export_projects import CLOSURES, WORDS, H, made_project, made_stand_in
from tests.pipeline_interpreters import run_github, run_gitlab
from tests.small_caches import index, written

if TYPE_CHECKING:
    from pathlib import Path

    from specplan.pipelines.export.request import ExportRequest
    from tests.cli.conftest import Runs
    from tests.pipeline_interpreters import Ran
    from tests.stand_in_spack import StandIn

ORDER = {each: set(needs) - {H["there"]} for each, needs in CLOSURES.items()}


@pytest.fixture
def stand_in(folder: Path) -> StandIn:
    return made_stand_in(made_project(folder))


def gitlab(stand_in: StandIn, *, seed: int = 0, asks: bool = True) -> Ran:
    work = stand_in.folder.parent
    environment = stand_in.environment(asks=asks, PARENT_PIPELINE_ID="1")
    return run_gitlab(work / "specplan-pipeline/pipeline.yml", work, environment, seed=seed)


def github(stand_in: StandIn, **more: str) -> Ran:
    work = stand_in.folder.parent
    pipeline = work / "specplan-pipeline"
    environment = stand_in.environment(asks=True)
    return run_github(pipeline / "workflow.yml", pipeline, work, environment, **more)


@pytest.mark.parametrize("most", ["500", "13"])
def test_gitlab_builds_all_once_and_in_order_whatever_the_number_of_pipelines(
    run: Runs, stand_in: StandIn, most: str
) -> None:
    assert run("export", "gitlab", *WORDS, "--max-jobs", most).code == 0
    files = sorted(each.name for each in (stand_in.folder.parent / "specplan-pipeline").iterdir())
    assert (len(files) > 1) is (most == "13")
    ran = gitlab(stand_in, seed=3)
    assert ran.succeeded, ran.said
    work = stand_in.work()
    assert sorted(work.built) == sorted(CLOSURES)
    assert work.is_ordered(ORDER)
    assert len(work.of("index")) == 1
    assert work.lines[-1] == ["index", "9"]
    summaries = [said for name, said in ran.said.items() if "summary" in name]
    assert sum(int(re.findall(r"(\d+) built", said)[-1]) for said in summaries) == 8


@pytest.mark.parametrize("most", ["500", "13"])
@pytest.mark.parametrize("asks", [True, False])
def test_gitlab_goes_on_with_what_does_not_need_a_build_that_failed(
    run: Runs,
    stand_in: StandIn,
    most: str,
    asks: bool,  # noqa: FBT001
) -> None:
    assert run("export", "gitlab", *WORDS, "--max-jobs", most).code == 0
    stand_in.breaks(H["c"])
    ran = gitlab(stand_in, asks=asks)
    work = stand_in.work()
    assert not ran.succeeded
    assert stand_in.pushed() == {H[each] for each in (*"abdgh", "there")}
    assert work.is_ordered({**ORDER, H["e"]: set(), H["f"]: set()})
    assert work.lines[-1] == ["index", "6"]
    said = "".join(ran.said.values())
    assert ("failed: c@1.0" in said) is asks
    assert ("not reached: e@1.0" in said) is asks
    stand_in.breaks()
    assert gitlab(stand_in).succeeded
    assert set(stand_in.work().built) == {H[each] for each in "cef"}


def test_github_builds_all_once_and_in_order(run: Runs, stand_in: StandIn) -> None:
    assert run("export", "github", *WORDS, "-o", "specplan-pipeline").code == 0
    ran = github(stand_in, setup="export PREPARED=1")
    assert ran.succeeded, ran.said
    work = stand_in.work()
    assert sorted(work.built) == sorted(CLOSURES)
    assert work.is_ordered(ORDER)
    assert work.lines[-1] == ["index", "9"]
    assert "8 built, 0 failed, 0 not reached" in ran.said["summary"]


def test_github_goes_on_with_what_does_not_need_a_build_that_failed(
    run: Runs, stand_in: StandIn
) -> None:
    assert run("export", "github", *WORDS, "--max-jobs=1").code == 0
    stand_in.breaks(H["c"])
    ran = github(stand_in)
    assert stand_in.pushed() == {H[each] for each in (*"abdgh", "there")}
    assert "5 built, 1 failed, 2 not reached" in ran.said["summary"]
    assert f"  failed: c@1.0/{H['c']}" in ran.said["summary"]
    assert ran.states["summary"] == "failed"
    assert stand_in.work().lines[-1] == ["index", "6"]
    summary = (stand_in.folder.parent / "github-summary").read_text(encoding="utf-8")
    assert f"- not reached: e@1.0/{H['e']}\n" in summary
    stand_in.breaks()
    assert github(stand_in).succeeded
    assert set(stand_in.work().built) == {H[each] for each in "cef"}


@pytest.mark.parametrize("style", ["gitlab", "github"])
def test_faults_of_the_network_are_tried_again_and_a_build_that_fails_is_not(
    run: Runs, stand_in: StandIn, style: str
) -> None:
    def runs() -> Ran:
        shutil.rmtree(stand_in.folder / "fetched")
        (stand_in.folder / "fetched").mkdir()
        return gitlab(stand_in) if style == "gitlab" else github(stand_in)

    assert run("export", style, *WORDS).code == 0
    stand_in.fails_to_push_once()
    stand_in.fails_to_fetch(H["h"], 3)
    stand_in.breaks(H["c"])
    assert not runs().succeeded
    work = stand_in.work()
    assert len(work.of("push")) == 5
    # Once as a build, twice more as dependencies alone, which then are there.
    assert [each for each in work.lines if each[1] == H["h"]] == [
        ["fault", H["h"]], ["fault", H["h"]], ["fault", H["h"]],
        ["fetch", H["h"]], ["start", H["h"]], ["end", H["h"]], ["push", H["h"]],
    ]  # fmt: skip
    assert work.built.count(H["c"]) == 1
    stand_in.breaks()
    stand_in.fails_to_fetch(H["c"], 4)
    ran = runs()
    assert not ran.succeeded
    work = stand_in.work()
    assert not work.built
    assert work.of("fault") == [H["c"]] * 4
    assert runs().succeeded
    assert sorted(stand_in.work().built) == sorted(H[each] for each in "cef")


@pytest.mark.parametrize("style", ["gitlab", "github"])
def test_nothing_is_built_where_the_preflight_fails(
    run: Runs, stand_in: StandIn, style: str
) -> None:
    assert run("export", style, *WORDS, "--mirror=nowhere").code == 0
    ran = gitlab(stand_in) if style == "gitlab" else github(stand_in)
    assert not ran.succeeded
    assert not stand_in.work().built


@pytest.mark.parametrize("style", ["gitlab", "github"])
def test_a_plan_without_builds_is_a_pipeline_that_does_nothing(
    run: Runs, stand_in: StandIn, style: str
) -> None:
    written(stand_in.folder.parent, cache_json=index([*"abcdefgh", "there"]))
    assert run("export", style, *WORDS).code == 0
    ran = gitlab(stand_in) if style == "gitlab" else github(stand_in)
    assert ran.succeeded
    assert not stand_in.work().lines


def test_the_stand_in_of_specplan_answers_as_specplan_does(stand_in: StandIn) -> None:
    ready = str(stand_in.folder / "ready")
    words = [f"a@1.0/{H['a']}", H["b"], f"z@1.0/{H['a'][::-1]}"]
    asked_of = ["has", "--no-config", ready, *words]
    done = stand_in.run(str(stand_in.folder / "bin/specplan"), *asked_of)
    with redirect_stdout(io.StringIO()) as said:
        code = main(asked_of)
    assert (done.returncode, done.stdout) == (code, said.getvalue())


@pytest.fixture(scope="module")
def large() -> ExportRequest:
    return asked(planned(drawn(20_000, stages=90)))


def test_every_limit_of_gitlab_is_met_on_a_large_plan(large: ExportRequest) -> None:
    files = dict(files_of("gitlab", large))
    assert all(len(text) <= 300_000 for text in files.values())
    assert len(files) <= 1_000
    hashes: list[str] = []
    for name, text in files.items():
        own = re.findall(r"SPACK_JOB_SPEC_DAG_HASH: (\w+)", text)
        jobs = len(re.findall(r"^  stage: ", text, re.MULTILINE))
        assert jobs + len(files) + 3 <= 500, name
        needs = [
            len(each.splitlines()) - 1 for each in re.findall(r"  needs:\n(?:    - .*\n)+", text)
        ]
        assert max(needs) <= 50
        hashes += own
    assert len(hashes) == len(set(hashes)) == 20_000


def test_every_limit_of_github_is_met_on_a_large_plan(large: ExportRequest) -> None:
    files = dict(files_of("github", large))
    outputs = files["outputs"].splitlines()
    assert len(files["workflow.yml"]) <= 500_000
    waves = [line for line in outputs if line.startswith("wave_")]
    assert len(waves) == 32
    assert all(line.count('"builds"') <= 256 for line in waves)
    assert all(2 * sum(map(len, waves[at : at + 8])) <= 1_000_000 for at in range(0, 32, 8))
    assert len(files["builds"].splitlines()) == 20_000


def test_slurm_gets_no_more_tasks_than_it_takes(large: ExportRequest) -> None:
    ((_, text),) = files_of("slurm", large)
    arrays = re.findall(r"^specplan_array \d+ \d+ (\d+) (\d+)$", text, re.MULTILINE)
    assert sum(int(last) + 1 for _, last in arrays) + 2 <= 5_000
    assert all(int(last) <= 1_000 for _, last in arrays)


def test_a_limit_that_cannot_be_met_is_named() -> None:
    small = asked(planned(drawn(200)))
    with pytest.raises(UsageError, match="no room for a build"):
        files_of("gitlab", replace(small, max_jobs=6))
    with pytest.raises(UsageError, match="more than the 8 tasks"):
        files_of("slurm", replace(small, max_submit=10))
