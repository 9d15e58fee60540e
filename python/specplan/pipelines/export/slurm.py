"""The export for Slurm: a job for each build, or arrays of tasks if Slurm accepts fewer jobs.

A job waits with ``afterok`` for exactly its needs, so a failed build only cancels the builds that
need it. ``afterok`` on an array waits for all of its tasks, so one failure would stop everything;
therefore the tasks of arrays, stage after stage, check their needs themselves.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from specplan.counting import count
from specplan.errors import UsageError
from specplan.pipelines.export.render import base_context, render, steps
from specplan.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from specplan.config.export import Resources
    from specplan.pipelines.export.request import ExportRequest, Job

__all__ = ["slurm"]

#: Slurm's default for MaxArraySize is 1001, and indices end before it.
_LARGEST_ARRAY: Final = 1000

#: The last job names all others in one word, and Linux accepts words of up to 128 KiB.
_MOST_JOBS: Final = 10_000

#: The time limit of a build as a multiple of its known cost; it is at least an hour.
_SLACK: Final = 4
_HOUR: Final = 3600


@dataclass(frozen=True, slots=True)
class _Array:
    """An array of tasks: its stage, its options, the number of its first task, its last index."""

    stage: int
    size: int
    offset: int
    last: int


def slurm(request: ExportRequest) -> str:
    """Return a script that submits the jobs of a plan.

    Raises:
        UsageError: If there are more stages than jobs that Slurm accepts.
    """
    sizes: dict[tuple[str, ...], int] = {}
    services = len(request.cells) + 1
    is_array = len(request.jobs) + services > min(request.max_submit, _MOST_JOBS)
    if is_array:
        arrays, lines = _arrays(request, sizes, request.max_submit - services)
        of_builds = []
    else:
        arrays, lines = [], []
        of_builds = [_size_of(job, request, sizes, 1) for job in request.jobs]
    context = {
        **base_context(request),
        "script": steps(request),
        "cell_sizes": [
            sizes.setdefault(_options(cell.gives, None), len(sizes)) for cell in request.cells
        ],
        "size_of": of_builds,
        "arrays": arrays,
        "task_lines": lines,
    }
    return render("submit.sh.j2", {**context, "sizes": list(sizes)}, request.template)


def _size_of(
    job: Job, request: ExportRequest, sizes: dict[tuple[str, ...], int], builds: int
) -> int:
    seconds = job.gives.timeout
    if seconds is None and request.has_seconds:
        seconds = _HOUR * max(1, math.ceil(_SLACK * job.cost / _HOUR))
    jobs = request.profiles[job.profile].jobs
    options = _options(job.gives, None if seconds is None else builds * seconds, jobs)
    return sizes.setdefault(options, len(sizes))


def _options(gives: Resources, seconds: float | None, jobs: str = "") -> tuple[str, ...]:
    cpus = str(gives.cpus or jobs)
    minutes = "" if seconds is None else str(math.ceil(seconds / 60))
    options = {
        "--partition": gives.partition or "",
        "--cpus-per-task": cpus,
        "--mem": gives.memory or "",
        "--time": minutes,
    }
    return tuple(f"{name}={value}" for name, value in options.items() if value)


def _arrays(
    request: ExportRequest, sizes: dict[tuple[str, ...], int], most: int
) -> tuple[list[_Array], list[str]]:
    """Return arrays within a limit of tasks, and the lines with the builds of each task."""
    groups: dict[tuple[int, int], list[Job]] = {}
    for job in request.jobs:
        groups.setdefault((job.stage, _size_of(job, request, sizes, 1)), []).append(job)
    if len(groups) > most:
        raise UsageError(
            f"the plan has {count(len(groups), 'group')} of builds that run one after the other or "
            f"get different resources, more than the {most} tasks that `--max-submit "
            f"{request.max_submit}` leaves",
            hint="allow more with `--max-submit`, or export `make` for one machine",
        )
    builds = _fewest_a_task([len(group) for group in groups.values()], most)
    sizes.clear()
    arrays: list[_Array] = []
    lines: list[str] = []
    task = 0
    for (stage, _), group in sorted(groups.items()):
        size = max(_size_of(job, request, sizes, builds) for job in group)
        packs = [group[at : at + builds] for at in range(0, len(group), builds)]
        for first in range(0, len(packs), _LARGEST_ARRAY):
            part = packs[first : first + _LARGEST_ARRAY]
            arrays.append(_Array(stage, size, task, len(part) - 1))
            for pack in part:
                lines += [_line(task, job) for job in pack]
                task += 1
    return arrays, lines


def _fewest_a_task(widths: Sequence[int], most: int) -> int:
    """Return the smallest number of builds per task that keeps within a number of tasks."""
    low, high = 1, max(widths)
    while low < high:
        middle = (low + high) // 2
        if sum(-(-width // middle) for width in widths) <= most:
            high = middle
        else:
            low = middle + 1
    return low


def _line(task: int, job: Job) -> str:
    return " ".join((str(task), str(job.profile), job.asked, *job.needs))
