"""Exports of any graph: needs lose no order, and nothing starts before what it needs is there."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from specplan.config.export import CellResources, Resources
from specplan.pipelines.export.chunks import MOST_NEEDS, gitlab
from specplan.pipelines.export.plan import builds_of
from specplan.pipelines.export.request import ExportRequest, jobs_of
from specplan.pipelines.export.resources import ResourceTable
from specplan.pipelines.export.slurm import slurm
from specplan.pipelines.export.waves import WAVES, waves_of
from tests.mirrors import dag_hash
from tests.unit.test_export import build, plan

HASHES = [dag_hash(f"package-{at}") for at in range(60)]


@st.composite
def requests(draw: st.DrawFn) -> ExportRequest:
    """Builds in stages, each with needs of earlier stages, for runners of two kinds."""
    widths = draw(st.lists(st.integers(1, 4), min_size=1, max_size=40))
    levels: list[list[str]] = []
    left = list(HASHES)
    for width in widths:
        levels += [[left.pop() for _ in range(min(width, len(left)))]] if left else []
    made = []
    for stage, level in enumerate(levels):
        for own in sorted(level):
            before = [each for earlier in levels[:stage] for each in earlier]
            needs = set(draw(st.lists(st.sampled_from(before), max_size=4))) if before else set()
            if stage:
                needs.add(draw(st.sampled_from(levels[stage - 1])))
            name = draw(st.sampled_from(["gcc", "zlib", "hdf5"]))
            made.append(build(name, hash=own, needs=sorted(needs), stage=stage))
    table = ResourceTable(
        [CellResources(package=("gcc",), gives=Resources(runs_on=("big",), partition="big"))],
        (),
        {},
        has_seconds=False,
    )
    planned = plan(*made)
    jobs, profiles, cells = jobs_of(planned, "env", None, table, {})
    return ExportRequest(plan=planned, jobs=jobs, profiles=profiles, cells=cells)


def reached(needs: dict[str, list[str]]) -> dict[str, set[str]]:
    """All that each waits for, in the end."""
    found: dict[str, set[str]] = {}
    for own, direct in needs.items():
        found[own] = set(direct).union(*(found[need] for need in direct))
    return found


@given(requests())
@settings(max_examples=30)
def test_the_fewest_needs_bring_the_same_builds_along_and_none_can_be_left_out(
    asked: ExportRequest,
) -> None:
    fewest = {job.hash: list(job.needs) for job in asked.jobs}
    whole = {each.hash: list(each.needs) for each in builds_of_plan(asked)}
    assert reached(fewest) == reached(whole)
    for own, needs in fewest.items():
        for need in needs:
            others = [each for each in needs if each != need]
            without = set(others).union(*(reached(fewest)[each] for each in others))
            assert need not in without, own


def builds_of_plan(asked: ExportRequest) -> list[Any]:
    """The builds as they were drawn, whose needs are all there."""
    closure = reached({job.hash: list(job.needs) for job in asked.jobs})
    by_hash = {job.hash: job for job in asked.jobs}
    drawn = [
        build(job.package, hash=job.hash, needs=sorted(closure[job.hash]), stage=job.stage)
        for job in asked.jobs
    ]
    # Whatever is added that is brought along anyway changes nothing.
    assert [each.needs for each in builds_of(drawn)] == [by_hash[e.hash].needs for e in drawn]
    return drawn


@given(requests(), st.integers(2, 5))
@settings(max_examples=30)
def test_no_entry_of_a_wave_needs_what_another_entry_of_it_builds(
    asked: ExportRequest, most: int
) -> None:
    waves = waves_of(asked.jobs, most)
    assert len(waves) <= WAVES
    done: set[str] = set()
    for wave in waves:
        assert 0 < len(wave) <= most
        built: set[str] = set()
        for entry in wave:
            own: set[str] = set()
            assert len({job.gives.runs_on for job in entry.jobs}) == 1
            for job in entry.jobs:
                assert set(job.needs) <= done | own
                assert job.hash not in done | built
                own.add(job.hash)
            built |= own
        done |= built
    assert done == {job.hash for job in asked.jobs}


@given(requests(), st.integers(24, 60))
@settings(max_examples=15)
def test_a_job_of_gitlab_waits_for_its_needs_or_asks_for_those_of_earlier_files(
    asked: ExportRequest, most: int
) -> None:
    files = dict(gitlab(replace(asked, max_jobs=most)))
    names = [n for n in files if n.startswith("chunk-")] or ["pipeline.yml"]
    earlier: set[str] = set()
    hash_of: dict[str, str] = {}
    for name in sorted(names, key=lambda each: int(re.sub(r"\D", "", each) or 0)):
        top = yaml.load(files[name], Loader=yaml.CSafeLoader)
        own = {
            key: entry
            for key, entry in top.items()
            if "SPACK_JOB_SPEC_DAG_HASH" in (entry.get("variables", {}) if key != "stages" else {})
        }
        hash_of |= {key: e["variables"]["SPACK_JOB_SPEC_DAG_HASH"] for key, e in own.items()}
        assert len(top) - 4 <= most
        for key, entry in own.items():
            job = next(each for each in asked.jobs if each.hash == hash_of[key])
            named = {each["job"] for each in entry["needs"]}
            asked_for = entry["variables"]["SPECPLAN_NEEDS"].split()
            here = {hash_of[each] for each in named if not each.startswith("preflight-")}
            there = {each.rpartition("/")[2] for each in asked_for}
            assert here | there == set(job.needs)
            assert there <= earlier
            assert len(named) <= MOST_NEEDS
        earlier |= {hash_of[key] for key in own}
    assert earlier == {job.hash for job in asked.jobs}


@given(requests(), st.integers(0, 30))
@settings(max_examples=20)
def test_an_array_of_slurm_comes_after_all_that_its_tasks_need(
    asked: ExportRequest, room: int
) -> None:
    groups = {(job.stage, job.gives.partition) for job in asked.jobs}
    most = len(groups) + len(asked.cells) + 1 + room
    text = slurm(replace(asked, max_submit=most))
    if "specplan_array" not in text:
        assert len(asked.jobs) + len(asked.cells) + 1 <= most
        return
    tasks: dict[int, list[list[str]]] = {}
    body = text.partition("SPECPLAN_TASKS'\n")[2].partition("SPECPLAN_TASKS")[0]
    for line in body.splitlines():
        number, _, own, *needs = line.split()
        tasks.setdefault(int(number), []).append([own.rpartition("/")[2], *needs])
    arrays = re.findall(r"^specplan_array (\d+) \d+ (\d+) (\d+)$", text, re.MULTILINE)
    assert sum(int(last) + 1 for *_, last in arrays) == len(tasks)
    assert len(tasks) + len(asked.cells) + 1 <= most
    done: set[str] = set()
    stages = sorted({int(stage) for stage, *_ in arrays})
    for stage in stages:
        now: set[str] = set()
        for _, offset, last in (each for each in arrays if int(each[0]) == stage):
            for task in range(int(offset), int(offset) + int(last) + 1):
                for own, *needs in tasks[task]:
                    assert set(needs) <= done
                    now.add(own)
        done |= now
    assert done == {job.hash for job in asked.jobs}
