"""Waves of GitHub matrices: each wave needs only builds of earlier waves.

A stage is a wave. If there are more stages than waves in a workflow, the neighbours with the fewest
builds are merged; there, builds that need each other go to one entry, in their order. The entries
of a wave are packed longest first, which is within a third of the best (Graham 1969).
"""

from __future__ import annotations

import heapq
import json
import math
from typing import TYPE_CHECKING, Final

from specplan.counting import count
from specplan.errors import UsageError
from specplan.patterns import pattern
from specplan.pipelines.export.render import base_context, render, steps
from specplan.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from specplan.config.export import Resources
    from specplan.pipelines.export.request import ExportRequest, Job

__all__ = ["WAVES", "github", "waves_of"]

#: The number of waves of the workflow, and the number of them that one job outputs.
WAVES: Final = 32
_A_READER: Final = 8

_MOST_ENTRIES: Final = 256
_MOST_OUTPUT: Final = 1_000_000
_LONGEST_NAME: Final = 40
_SLACK: Final = 4
_HOUR: Final = 3600
_LONGEST: Final = 6  # hours on a hosted runner
_LONGEST_RUN: Final = 35  # days

#: The labels of GitHub's own runners.
_HOSTED: Final = pattern(r"(ubuntu|macos|windows)-[a-z0-9.-]+")


@dataclass(frozen=True, slots=True)
class _MatrixEntry:
    """An entry of a matrix: the builds of one job, in order, and its resources."""

    jobs: list[Job]
    gives: Resources


def github(request: ExportRequest) -> list[tuple[str, str]]:
    """Return the files of a workflow.

    ``workflow.yml`` is the same for every plan of a configuration and is committed to the
    repository; ``outputs`` are the matrices, ``builds`` are the builds, to which their entries
    refer by line, and ``build.sh`` runs them.

    Raises:
        UsageError: If a limit of GitHub cannot be met.
    """
    waves = waves_of(request.jobs, request.max_jobs or _MOST_ENTRIES)
    if request.has_seconds:
        _check_times(waves)
    lines: list[str] = []
    matrices: list[list[dict[str, object]]] = []
    asked = {job.hash: job.asked for job in request.jobs}
    for wave in waves:
        matrix = []
        for entry in wave:
            first = len(lines) + 1
            for job in entry.jobs:
                needs = " ".join(asked[need] for need in job.needs)
                lines.append(f"{job.profile} {job.asked} {needs}".rstrip())
            matrix.append(_shown(entry, f"{first}-{len(lines)}", request))
        matrices.append(matrix)
    cells = [
        {"cell": at, "on": _runner(cell.gives), "image": cell.gives.image or ""}
        for at, cell in enumerate(request.cells)
    ]
    outputs = [f"waves={len(matrices)}", f"cells={_json(cells)}"]
    outputs += [f"wave_{at}={_json(matrix)}" for at, matrix in enumerate(matrices)]
    _check_outputs(outputs)
    context = {**base_context(request), "script": steps(request), "folder": request.folder}
    more = {"waves": list(range(WAVES)), "a_reader": _A_READER}
    return [
        ("workflow.yml", render("github.yml.j2", {**context, **more}, request.template)),
        ("outputs", "".join(f"{line}\n" for line in outputs)),
        ("builds", "".join(f"{line}\n" for line in lines)),
        ("build.sh", render("github-build.sh.j2", context)),
    ]


def waves_of(jobs: Sequence[Job], most: int) -> list[list[_MatrixEntry]]:
    """Return the entries of each wave; within a wave, no entry needs a build of another one.

    Args:
        jobs: The builds, each after its needs.
        most: The maximum number of entries in a wave.

    Raises:
        UsageError: If a wave has more kinds of runners than entries.
    """
    stages: dict[int, list[Job]] = {}
    for job in jobs:
        stages.setdefault(job.stage, []).append(job)
    return [_packed(group, most) for group in _merged([stages[at] for at in sorted(stages)])]


def _merged(stages: list[list[Job]]) -> list[list[Job]]:
    """Return the stages, merging neighbours with the fewest builds until there are few enough."""
    following = [*range(1, len(stages)), -1]
    previous = [at - 1 for at in range(len(stages))]
    sizes = [len(stage) for stage in stages]
    left = len(stages)
    queue = [(sizes[at] + sizes[at + 1], at, at + 1) for at in range(len(stages) - 1)]
    heapq.heapify(queue)
    members: list[list[int]] = [[at] for at in range(len(stages))]
    while left > WAVES:
        size, one, other = heapq.heappop(queue)
        if not members[one] or following[one] != other or sizes[one] + sizes[other] != size:
            continue
        members[one] += members[other]
        members[other] = []
        sizes[one] = size
        following[one] = following[other]
        if following[one] >= 0:
            previous[following[one]] = one
            heapq.heappush(queue, (size + sizes[following[one]], one, following[one]))
        if previous[one] >= 0:
            heapq.heappush(queue, (size + sizes[previous[one]], previous[one], one))
        left -= 1
    return [[job for at in each for job in stages[at]] for each in members if each]


def _packed(jobs: list[Job], most: int) -> list[_MatrixEntry]:
    """Return the entries of one wave."""
    kinds: dict[tuple[object, ...], list[list[Job]]] = {}
    for part in _components(jobs):
        gives = part[0].gives
        kinds.setdefault((gives.runs_on, gives.image, gives.timeout), []).append(part)
    if len(kinds) > most:
        raise UsageError(
            f"a wave has builds for {count(len(kinds), 'kind')} of runners, more than the {most} "
            "entries of a matrix",
            hint="give fewer builds resources of their own, or allow more with `--max-jobs`",
        )
    bins = _shares(list(kinds.values()), most)
    entries: list[_MatrixEntry] = []
    for parts, number in zip(kinds.values(), bins, strict=True):
        entries += _longest_first(parts, number)
    return entries


def _components(jobs: list[Job]) -> list[list[Job]]:
    """Return the builds of a wave in lists of connected builds, in their order."""
    own = {job.number: job.number for job in jobs}

    def top(at: int) -> int:
        while own[at] != at:
            own[at] = own[own[at]]
            at = own[at]
        return at

    for job in jobs:
        for need in job.need_numbers:
            if need in own:
                own[top(job.number)] = top(need)
    found: dict[int, list[Job]] = {}
    for job in jobs:
        found.setdefault(top(job.number), []).append(job)
    return list(found.values())


def _shares(kinds: list[list[list[Job]]], most: int) -> list[int]:
    """Return the number of entries for each kind of runner, according to its work."""
    bins = [1] * len(kinds)
    costs = [_cost([job for part in parts for job in part]) for parts in kinds]
    queue = [(-cost, at) for at, cost in enumerate(costs) if len(kinds[at]) > 1]
    heapq.heapify(queue)
    left = most - len(kinds)
    while queue and left:
        _, at = heapq.heappop(queue)
        bins[at] += 1
        left -= 1
        if bins[at] < len(kinds[at]):
            heapq.heappush(queue, (-costs[at] / bins[at], at))
    return bins


def _longest_first(parts: list[list[Job]], number: int) -> list[_MatrixEntry]:
    loads: list[tuple[float, int]] = [(0.0, at) for at in range(number)]
    bins: list[list[Job]] = [[] for _ in range(number)]
    for part in sorted(parts, key=lambda part: (-_cost(part), part[0].number)):
        load, at = heapq.heappop(loads)
        bins[at] += part
        heapq.heappush(loads, (load + _cost(part), at))
    filled = [sorted(each, key=lambda job: job.number) for each in bins if each]
    return [
        _MatrixEntry(each, each[0].gives)
        for each in sorted(filled, key=lambda each: each[0].number)
    ]


def _cost(jobs: Sequence[Job]) -> float:
    return sum(max(job.cost, 0.001) for job in jobs)


def _runner(gives: Resources) -> list[str]:
    return list(gives.runs_on) or ["ubuntu-latest"]


def _shown(entry: _MatrixEntry, builds: str, request: ExportRequest) -> dict[str, object]:
    first = entry.jobs[0]
    more = f" +{len(entry.jobs) - 1}" if len(entry.jobs) > 1 else ""
    hours: float = _LONGEST
    if entry.gives.timeout is not None:
        hours = len(entry.jobs) * entry.gives.timeout / _HOUR
    elif request.has_seconds:
        hours = max(_LONGEST, _SLACK * _cost(entry.jobs) / _HOUR)
    return {
        "name": f"{first.package[:_LONGEST_NAME]}{more}",
        "builds": builds,
        "on": _runner(entry.gives),
        "image": entry.gives.image or "",
        "minutes": math.ceil(60 * hours),
    }


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def _check_times(waves: Sequence[Sequence[_MatrixEntry]]) -> None:
    """Refuse builds that take longer than a job or a run may."""
    hint = "plan fewer builds at a time with `--max-cost`, or export for other runners"
    for entry in (entry for wave in waves for entry in wave):
        runner, hours = _runner(entry.gives), _cost(entry.jobs) / _HOUR
        if hours > _LONGEST and len(runner) == 1 and _HOSTED.fullmatch(runner[0]):
            raise UsageError(
                f"a job on `{runner[0]}` would build {_named(entry)} for {math.ceil(hours)} hours, "
                f"more than the {_LONGEST} that GitHub gives to a job on a runner of its own",
                hint=f"name runners of yours with `runs-on`, or {hint}",
            )
    days = sum(max(_cost(entry.jobs) for entry in wave) for wave in waves) / _HOUR / 24
    if days > _LONGEST_RUN:
        raise UsageError(
            f"the waves take at least {math.ceil(days)} days one after the other, more than the "
            f"{_LONGEST_RUN} that GitHub gives to a run",
            hint=hint,
        )


def _named(entry: _MatrixEntry) -> str:
    first, others = entry.jobs[0], len(entry.jobs) - 1
    return f"`{first.package}`" + (f" and {count(others, 'other')}" if others else "")


def _check_outputs(outputs: list[str]) -> None:
    """Refuse outputs that are too large for one job; GitHub counts two bytes per character."""
    for first in range(0, WAVES, _A_READER):
        own = outputs[:2] + outputs[2 + first : 2 + first + _A_READER]
        size = 2 * sum(map(len, own))
        if size > _MOST_OUTPUT:
            raise UsageError(
                f"the matrices of {count(len(own) - 2, 'wave')} have {size} bytes, more than the "
                f"{_MOST_OUTPUT} that a GitHub job can output",
                hint="pack builds into fewer entries with `--max-jobs`",
            )
