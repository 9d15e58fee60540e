"""GitLab jobs split into files that GitLab accepts, with few needs for each job."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from specplan.counting import count
from specplan.errors import UsageError
from specplan.pipelines.export.render import base_context, render, steps
from specplan.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from specplan.config.export import Resources
    from specplan.pipelines.export.request import ExportRequest, Job

__all__ = ["MOST_NEEDS", "gitlab"]

#: The default limits of GitLab, which an administrator may change.
MOST_NEEDS: Final = 50
_MOST_JOBS: Final = 500
_MOST_PIPELINES: Final = 900

#: A file of 200 kB may become 1 MB once it is parsed, and 2 MB is the limit.
_MOST_BYTES: Final = 300_000

#: The size of a job apart from its names.
_OF_A_JOB: Final = 460

#: The jobs besides builds: planning, its trigger, publishing, index, summary.
_SERVICES: Final = 5


@dataclass(slots=True, kw_only=True)
class _PipelineJob:
    """A job of a pipeline.

    Attributes:
        name: Its name.
        stage: Its stage.
        needs: The jobs of the same file that it waits for.
        job: The build; None for a joint, which only waits.
        elsewhere: Its needs in earlier files, as arguments of ``specplan has``.
        gives: Its resources.
    """

    name: str
    stage: int
    needs: list[str]
    job: Job | None
    elsewhere: list[str]
    gives: Resources


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chunk:
    """A file: its entries, the cells with a preflight in it, and the builds in its summary."""

    entries: list[_PipelineJob]
    cells: list[int]
    stages: list[int]
    lines: list[str]


def gitlab(request: ExportRequest) -> list[tuple[str, str]]:
    """Return the files of a pipeline: ``pipeline.yml``, and its chunks if it is too large.

    Raises:
        UsageError: If a limit of GitLab cannot be met.
    """
    most = request.max_jobs or _MOST_JOBS
    names = _names(request.jobs)
    parts = _parts(request, most)
    chunks = [_chunk(request, names, part) for part in parts]
    context = {**base_context(request), "script": steps(request), "folder": request.folder}
    if len(chunks) <= 1:
        only = chunks[0] if chunks else None
        files = [("pipeline.yml", _file(context, only, request, is_whole=True))]
    else:
        numbers = range(1, len(chunks) + 1)
        parent = render("gitlab-parent.yml.j2", {**context, "chunks": list(numbers)})
        files = [("pipeline.yml", parent)]
        files += [
            (f"chunk-{number}.yml", _file(context, chunk, request))
            for number, chunk in zip(numbers, chunks, strict=True)
        ]
    for name, text in files:
        if len(text) > _MOST_BYTES and request.template is None:
            raise UsageError(
                f"`{name}` would have {count(len(text), 'byte')}, more than the {_MOST_BYTES} that "
                "GitLab reliably accepts",
                hint="export fewer builds at a time: plan for one stack, or limit `--max-builds`",
            )
    return files


_EMPTY: Final = _Chunk(entries=[], cells=[0], stages=[], lines=[])


def _file(
    context: dict[str, object],
    chunk: _Chunk | None,
    request: ExportRequest,
    *,
    is_whole: bool = False,
) -> str:
    more: dict[str, object] = {"chunk": chunk, "is_whole": is_whole}
    return render("gitlab.yml.j2", {**context, **more}, request.template)


def _names(jobs: Sequence[Job]) -> list[str]:
    """Return the name of each job, with its whole hash if several would have the same name."""
    counts = Counter(job.title for job in jobs)
    return [
        job.title if counts[job.title] == 1 else f"{job.title.rpartition('/')[0]}/{job.hash}"
        for job in jobs
    ]


def _parts(request: ExportRequest, most: int) -> list[list[Job]]:
    """Return the builds of each file, in the order of the plan, so that needs always come first."""
    if not request.jobs:
        return []
    script = len(_file({**base_context(request), "script": steps(request)}, _EMPTY, request)) + 600
    script += 400 * len(request.cells)
    sizes = _Sizes(request.jobs)
    files = 1
    while True:
        beside = _SERVICES + len(request.cells) + (files if files > 1 else 0)
        room = most - beside
        if room < 1 or files > _MOST_PIPELINES:
            raise UsageError(
                f"with at most {most} jobs at a time there is no room for a build beside the "
                f"{beside} jobs that serve them"
                if room < 1
                else f"the plan takes more than the {_MOST_PIPELINES} pipelines that GitLab allows",
                hint="allow more with `--max-jobs` if your tier of GitLab allows it",
            )
        parts = _cut(request.jobs, room, _MOST_BYTES - script, sizes)
        if len(parts) <= files:
            return parts
        files = len(parts)


def _cut(jobs: Sequence[Job], room: int, size: int, sizes: _Sizes) -> list[list[Job]]:
    parts: list[list[Job]] = []
    jobs_left, bytes_left, first = 0, 0, 0
    for job in jobs:
        # Joints are placed next to their job.
        joints = -(-len(job.needs) // MOST_NEEDS) if len(job.needs) > MOST_NEEDS else 0
        takes = sizes.of(job, first, joints)
        if jobs_left < 1 + joints or bytes_left < takes:
            parts.append([])
            jobs_left, bytes_left, first = room, size, job.number
            takes = sizes.of(job, first, joints)
        parts[-1].append(job)
        jobs_left -= 1 + joints
        bytes_left -= takes
    return parts


class _Sizes:
    """Upper bounds on the size of the jobs of a plan in files."""

    def __init__(self, jobs: Sequence[Job]) -> None:
        self._asked = [len(job.asked) for job in jobs]
        gives: dict[int, int] = {}
        self._beside = []
        for job in jobs:
            at = id(job.gives)
            if at not in gives:
                gives[at] = _bytes_of(job.gives)
            self._beside.append(_OF_A_JOB + 4 * len(job.asked) + gives[at])

    def of(self, job: Job, first: int, joints: int) -> int:
        """Return the size of a job in a file that begins with a job, with its separators."""
        takes = self._beside[job.number] + 300 * joints
        for need in job.need_numbers:
            # A need is a line in the job and a hash in the summary; a need in another file is
            # looked up.
            takes += 80 + self._asked[need] if need >= first else 60 + 2 * self._asked[need]
        return takes


def _bytes_of(gives: Resources) -> int:
    takes = sum(len(key) + 2 * len(value) + 16 for key, value in gives.variables.items())
    return takes + sum(map(len, (gives.image or "", *gives.tags))) * 2 + 8 * len(gives.tags)


def _chunk(request: ExportRequest, names: Sequence[str], part: Sequence[Job]) -> _Chunk:
    first = part[0].number
    entries: list[_PipelineJob] = []
    lines: dict[str, None] = {}
    for job in part:
        here = [need for need in job.need_numbers if need >= first]
        elsewhere = [request.jobs[need].asked for need in job.need_numbers if need < first]
        needs = [names[need] for need in here]
        if job.cell not in [request.jobs[need].cell for need in here]:
            needs.append(f"preflight-{job.cell}")
        joints, needs = _joined(names[job.number], job, needs)
        entries += joints
        entries.append(
            _PipelineJob(
                name=names[job.number],
                stage=job.stage,
                needs=needs,
                job=job,
                elsewhere=elsewhere,
                gives=job.gives,
            )
        )
        for each in elsewhere:
            lines[f"? {each}"] = None
        lines[" ".join((job.asked, *job.needs))] = None
    return _Chunk(
        entries=entries,
        cells=sorted({job.cell for job in part}),
        stages=sorted({job.stage for job in part}),
        lines=list(lines),
    )


def _joined(name: str, job: Job, needs: list[str]) -> tuple[list[_PipelineJob], list[str]]:
    """Return joints that wait for the needs of a job on its behalf, if there are too many."""
    if len(needs) <= MOST_NEEDS:
        return [], needs
    joints = [
        _PipelineJob(
            name=f"joint {at // MOST_NEEDS} of {name}",
            stage=job.stage,
            needs=needs[at : at + MOST_NEEDS],
            job=None,
            elsewhere=[],
            gives=job.gives,
        )
        for at in range(0, len(needs), MOST_NEEDS)
    ]
    if len(joints) > MOST_NEEDS:
        raise UsageError(
            f"the build {job.asked} waits for {count(len(needs), 'other')}, more than the "
            f"{MOST_NEEDS * MOST_NEEDS} that GitLab accepts"
        )
    return joints, [joint.name for joint in joints]
