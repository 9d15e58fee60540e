"""``specplan export slurm``: a real controller and a real node run what it writes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from tests.export_projects import CLOSURES, WORDS, H, made_project, made_stand_in
from tests.slurm_cluster import cluster, lacking

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.cli.conftest import Runs
    from tests.stand_in_spack import StandIn

#: Whether a build may take its whole minute before Slurm ends it, which takes up to 90 seconds.
WHOLE_TIMES = bool(os.environ.get("SPECPLAN_WHOLE_TIMES"))

pytestmark = pytest.mark.skipif(bool(lacking()), reason=lacking() or "it runs")


@pytest.fixture(scope="module")
def slurm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with cluster(tmp_path_factory.mktemp("slurm") / "cluster") as environment:
        yield environment


@pytest.fixture
def stand_in(folder: Path) -> StandIn:
    return made_stand_in(made_project(folder))


def run_through(
    stand_in: StandIn, slurm: dict[str, str], *, waits: bool = False
) -> tuple[int, str]:
    """Submit, wait for the end, and return its exit code and what it sums up."""
    variables = {"SLURM_CONF": slurm["SLURM_CONF"], "SPECPLAN_WAIT": "1" if waits else ""}
    done = stand_in.run("bash", "submit.sh", **variables)
    if waits:
        return done.returncode, done.stdout + done.stderr
    assert done.returncode == 0, done.stdout + done.stderr
    # `sbatch --wait` looks only every few seconds.
    job = wait_for(slurm, stand_in, "specplan-summary", has_ended)
    (summary,) = stand_in.folder.parent.glob(".specplan/*/summary.log")
    return int(job["ExitCode"].split(":")[0]), summary.read_text(encoding="utf-8")


def has_ended(job: dict[str, str]) -> bool:
    return job["JobState"] not in {"PENDING", "RUNNING", "COMPLETING"}


def wait_for(
    slurm: dict[str, str], stand_in: StandIn, name: str, holds: Callable[[dict[str, str]], bool]
) -> dict[str, str]:
    """Wait until something holds of a job of the last run, and return it."""
    end = time.monotonic() + 180
    while time.monotonic() < end:
        job = of_last_run(slurm, stand_in)[name]
        if holds(job):
            return job
        time.sleep(0.1)
    pytest.fail(f"the job {name} stays as it is: {job}")


def of_last_run(slurm: dict[str, str], stand_in: StandIn) -> dict[str, dict[str, str]]:
    """What the controller knows of the jobs of a run, by name."""
    words = ["/usr/bin/scontrol", "--oneliner", "show", "jobs"]
    answer = subprocess.run(words, env=slurm, capture_output=True, text=True, check=True)
    lines = [each for each in answer.stdout.splitlines() if str(stand_in.folder.parent) in each]
    found = [dict(re.findall(r"(\w+)=(\S+)", line)) for line in lines]
    return {each["JobName"]: each for each in found}


STATES = ("COMPLETED", "FAILED", "CANCELLED")

#: The specs that must be pushed before each build begins; one is in the mirror from the start.
ORDER = {each: set(needs) - {H["there"]} for each, needs in CLOSURES.items()}


def test_a_job_that_fails_or_is_killed_cancels_its_dependents_alone_and_the_next_run_goes_on(
    run: Runs, slurm: dict[str, str], stand_in: StandIn
) -> None:
    content = """
[[export.cell]]
partition = "main"
timeout = "7m"
memory = "100M"
cpus = 1
"""
    (stand_in.folder.parent / "specplan.toml").write_text(content, encoding="utf-8")
    assert run("export", "slurm", *WORDS, "-o", "submit.sh").code == 0
    stand_in.breaks(H["c"])
    program = stand_in.folder / "spack"
    real = program.rename(stand_in.folder / "real")
    program.write_text(
        f'#!/bin/sh\ncase "$*" in *install*{H["h"]})\n'
        '  scancel --full --signal=KILL "$SLURM_JOB_ID"; sleep 9;;\nesac\n'
        f'exec "{real}" "$@"\n',
        encoding="utf-8",
    )
    program.chmod(0o755)
    code, said = run_through(stand_in, slurm)
    assert code != 0
    assert "4 of 8 built, 2 failed, 2 not reached" in said
    assert f"  failed: c@1.0/{H['c']}" in said
    # Its shell may be killed before it says that its build was.
    assert re.search(rf"  failed(, as it did not end)?: h@1.0/{H['h']}", said)
    assert f"  not reached: e@1.0/{H['e']}" in said
    jobs = of_last_run(slurm, stand_in)
    assert jobs.pop("h")["JobState"] in {"CANCELLED", "FAILED"}
    by_state = {
        state: {each for each in jobs if jobs[each]["JobState"] == state} for state in STATES
    }
    assert by_state == {
        "COMPLETED": {"specplan-preflight", "a", "b", "d", "g"},
        "FAILED": {"c", "specplan-summary"},
        "CANCELLED": {"e", "f"},
    }
    assert jobs["c"]["TimeLimit"] == "00:07:00"
    assert jobs["c"]["Partition"] == "main"
    work = stand_in.work()
    assert set(work.built) == {H[each] for each in "abcdg"}
    assert work.is_ordered(ORDER)
    assert work.lines[-1] == ["index", "5"]
    stand_in.breaks()
    real.rename(program)
    code, said = run_through(stand_in, slurm, waits=True)
    assert code == 0, said
    assert "8 of 8 built, 0 failed, 0 not reached" in said
    work = stand_in.work()
    assert sorted(work.built) == sorted(H[each] for each in "cefh")
    assert work.lines[-1] == ["index", "9"]


def test_tasks_of_arrays_look_for_what_they_need_themselves(
    run: Runs, slurm: dict[str, str], stand_in: StandIn
) -> None:
    words = ("export", "slurm", *WORDS, "-o", "submit.sh")
    answer = run(*words, "--max-submit=4")
    assert answer.code == 2
    assert "more than the 2 tasks that `--max-submit 4` leaves" in answer.err
    assert run(*words, "--max-submit=7").code == 0
    text = (stand_in.folder.parent / "submit.sh").read_text(encoding="utf-8")
    arrays = re.findall(r"^specplan_array (\d+) (\d+) (\d+) (\d+)$", text, re.MULTILINE)
    assert sum(int(last) + 1 for *_, last in arrays) <= 5
    stand_in.breaks(H["c"])
    code, said = run_through(stand_in, slurm)
    assert code != 0
    assert "5 of 8 built, 1 failed, 2 not reached" in said
    work = stand_in.work()
    assert set(work.built) == {H[each] for each in "abcdgh"}
    assert work.is_ordered(ORDER)


def test_nothing_is_left_in_the_queue_where_slurm_takes_no_more(
    run: Runs, slurm: dict[str, str], stand_in: StandIn
) -> None:
    (stand_in.folder.parent / "specplan.toml").write_text(
        "[[export.cell]]\npackage = 'd'\npartition = 'nowhere'\n", encoding="utf-8"
    )
    assert run("export", "slurm", *WORDS, "-o", "submit.sh").code == 0
    done = stand_in.run("bash", "submit.sh", SLURM_CONF=slurm["SLURM_CONF"])
    assert done.returncode == 1
    assert "Slurm takes no more jobs; those that were submitted are cancelled" in done.stdout
    end = time.monotonic() + 30
    while time.monotonic() < end:
        words = ["/usr/bin/squeue", "--json"]
        answer = subprocess.run(words, env=slurm, capture_output=True, text=True, check=False)
        if not [
            job
            for job in json.loads(answer.stdout)["jobs"]
            if job["job_state"] in {"PENDING", "RUNNING"}
        ]:
            break
        time.sleep(0.2)
    else:
        pytest.fail("jobs are left in the queue")
    assert "index" not in {kind for kind, _ in stand_in.work().lines}


def test_a_build_that_takes_longer_than_its_time_fails_and_cancels_its_dependents_alone(
    run: Runs, slurm: dict[str, str], stand_in: StandIn
) -> None:
    """The time is a minute, as Slurm counts in minutes; it is cut short unless asked for whole.

    Slurm looks for such jobs every 30 seconds, so this is the last test: the others take as long.
    """
    content = "[[export.size]]\npackage = 'c'\ntimeout = '1m'\n"
    (stand_in.folder.parent / "specplan.toml").write_text(content, encoding="utf-8")
    assert run("export", "slurm", *WORDS, "-o", "submit.sh").code == 0
    stand_in.hangs(H["c"])
    assert stand_in.run("bash", "submit.sh", SLURM_CONF=slurm["SLURM_CONF"]).returncode == 0
    # A job runs before its build does.
    job = wait_for(slurm, stand_in, "c", lambda _: stand_in.has_begun(H["c"]))
    assert (job["JobState"], job["TimeLimit"]) == ("RUNNING", "00:01:00")
    if not WHOLE_TIMES:
        words = ["/usr/bin/scontrol", "update", f"JobId={job['JobId']}", "EndTime=now"]
        subprocess.run(words, env=slurm, check=True)
    job = wait_for(slurm, stand_in, "specplan-summary", has_ended)
    assert job["ExitCode"] == "1:0"
    (summary,) = stand_in.folder.parent.glob(".specplan/*/summary.log")
    said = summary.read_text(encoding="utf-8")
    assert "5 of 8 built, 1 failed, 2 not reached" in said
    # Its shell may be killed before it says that its build was.
    assert re.search(rf"  failed(, as it did not end)?: c@1.0/{H['c']}", said)
    assert f"  not reached: e@1.0/{H['e']}\n  not reached: f@1.0/{H['f']}" in said
    states = {name: job["JobState"] for name, job in of_last_run(slurm, stand_in).items()}
    assert states == {
        "specplan-preflight": "COMPLETED",
        **dict.fromkeys("abdgh", "COMPLETED"),
        "c": "TIMEOUT",
        **dict.fromkeys("ef", "CANCELLED"),
        "specplan-summary": "FAILED",
    }
    work = stand_in.work()
    assert set(work.built) == {H[each] for each in "abcdgh"}
    assert work.lines[-1] == ["index", "6"]
