"""``specplan trim``: the pipeline of ``spack ci generate`` without unnecessary jobs."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from specplan.cli import output, plans, verdict
from specplan.cli.options import argument, command
from specplan.counting import count, form
from specplan.errors import UsageError
from specplan.model.left_out import blocking
from specplan.model.spec import SHORT_HASH
from specplan.sources.label import STANDARD_INPUT, split_label

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from specplan.cli.settings import Settings
    from specplan.model import Build
    from specplan.pipelines.pipeline import Pipeline
    from specplan.pipelines.trimming import Trimmed
    from specplan.planning.plan import Plan

__all__ = ["trim"]

#: The maximum number of specs that a message names before it counts the rest.
_FEW: Final = 20
_FEW_DEPENDENTS: Final = 3

#: The reasons why jobs are unnecessary, as in the first line.
_REASONS: Final = {
    "available": "needed only to build specs that have a binary",
    "external": "needed only to build externals",
    "spliced": "needed only by spliced specs",
    "test_only": "needed only for tests",
}
_NOT_NEEDED: Final = "available already or not wanted"


@command(
    "trim",
    (argument("pipeline", "The file written by `spack ci generate`; `-` for standard input."),),
)
def trim(settings: Settings, pipeline: str) -> int:
    """Keep only the jobs of a GitLab pipeline whose builds are in the smallest plan.

    PIPELINE is the output of `spack ci generate`. Jobs are matched by the DAG hash of their
    build. `needs` become the fewest that keep the order, stages follow from them, and
    everything else stays: images, tags, variables, anchors. `sign-pkgs`, `copy` and
    `rebuild-index` stay while a build or a `copy` remains; otherwise Spack's job
    `no-specs-to-rebuild` is the only one. No job is added: if the plan needs a build that has
    no job, nothing is written and the exit code is 1.

    \b
    Examples:
      specplan trim jobs.yml --want spack.lock --cache s3://bucket/mirror -o jobs.yml
      specplan trim jobs.yml --want e4s/spack.lock --cache mirror --scope roots -o small.yml
      spack ci generate --output-file jobs.yml && specplan trim jobs.yml --want spack.lock -o jobs.yml
    """  # noqa: D301, E501 - \b keeps click from wrapping the examples
    from specplan.pipelines import trimming  # noqa: PLC0415 - help reads no YAML
    from specplan.pipelines.pipeline import read  # noqa: PLC0415 - as above

    _refuse_two_readers(pipeline, settings)
    found = read(pipeline)
    plan = plans.plan(settings)
    if code := verdict.conclude(plan, settings):
        return _nothing_written(settings, code)
    if missing := trimming.builds_without_job(found, plan.builds):
        _complain_of_missing(found, plan, missing)
        return 1
    if strangers := _strangers(found, plan):
        _complain_of_strangers(found, strangers)
        return 1
    answer = trimming.trimmed(found, plan.builds)
    if answer.removed and not plan.totals.wants and not (plan.choice and plan.choice.wants):
        # A lock that was emptied by accident must not remove the jobs.
        output.complain(
            f"nothing is wanted, so {count(len(answer.removed), 'job')} would be removed",
            "name the lock that the pipeline was generated for with `--want`",
        )
        return _nothing_written(settings, 1)
    if answer.removed and blocking(plan.left_out):
        jobs = count(len(answer.removed), "job is", "jobs are")
        output.not_whole(f"{jobs} unnecessary, but left-out input could change that")
        return _nothing_written(settings, 1)
    report = f"{_summary(answer, plan)}\n"
    place = settings.output
    if place in {None, STANDARD_INPUT}:
        output.write(answer.text, None)
        for line in report.splitlines():
            output.say_line(line)
    else:
        output.write_all([(answer.text, place), (report, None)])
    return 0


def _refuse_two_readers(pipeline: str, settings: Settings) -> None:
    places = [split_label(each)[1] for each in (*settings.cache, *settings.want)]
    if pipeline == STANDARD_INPUT and STANDARD_INPUT in places:
        raise UsageError("standard input can be read once, and `-` is given twice")


def _nothing_written(settings: Settings, code: int) -> int:
    place = settings.output
    output.note("no pipeline is written" if place is None else f"`{place}` is not written")
    return code


def _summary(answer: Trimmed, plan: Plan) -> str:
    """Return a summary of the pipeline, with its jobs in the first line."""
    gone = len(answer.removed)
    jobs = f"{count(answer.jobs, 'job')} -> {answer.kept}"
    if gone:
        reason_of = {each.spec.hash: _REASONS[each.reason] for each in plan.unnecessary}
        reasons = Counter(reason_of.get(each, _NOT_NEEDED) for each in answer.removed)
        listed = ", ".join(f"{times} {reason}" for reason, times in reasons.most_common())
        jobs += f" ({gone} unnecessary: {listed})"
    if answer.is_no_op:
        return f"{jobs}\nnothing to build: the pipeline is the job `no-specs-to-rebuild` alone"
    return f"{jobs}\n{count(answer.needs, 'need')} -> {answer.needs_kept}"


def _complain_of_missing(pipeline: Pipeline, plan: Plan, missing: Sequence[Build]) -> None:
    """Name the builds without a job, each with the builds that need it."""
    lines = []
    absent = {each.hash for each in missing}
    for build in missing[:_FEW]:
        dependents = [each for each in plan.builds if build.hash in each.needs]
        lines.append(f"  {_called(build)}{_needed_by(dependents, absent)}")
    if len(missing) > _FEW:
        lines.append(f"  and {len(missing) - _FEW} more")
    builds = count(len(plan.builds), "planned build")
    have = form(len(missing), "has", "have")
    output.complain(
        f"{len(missing)} of {builds} {have} no job in `{pipeline.path}`; nothing is written",
        "Spack pruned needed jobs, or the pipeline is for another lock: generate it for the "
        "wanted lock, with `spack ci generate --prune-dag` and without SPACK_PRUNE_UNTOUCHED",
        lines,
    )


def _needed_by(dependents: Sequence[Build], absent: set[str]) -> str:
    if not dependents:
        return ""
    named = [
        f"{_called(each)}{' (no job either)' if each.hash in absent else ''}"
        for each in dependents[:_FEW_DEPENDENTS]
    ]
    more = len(dependents) - len(named)
    if more:
        named.append(f"{more} more")
    return f"; {', '.join(named)} {form(len(dependents), 'needs', 'need')} it"


def _called(build: Build) -> str:
    return f"{build.package}@{build.version}/{build.hash[:SHORT_HASH]}"


def _strangers(pipeline: Pipeline, plan: Plan) -> list[str]:
    """Return the jobs whose specs are unknown to the wants and to the caches."""
    jobs = list(pipeline.builds.values())
    known: Iterable[str] = (
        each.hash for each in plan.named(job.hash for job in jobs) if each.package
    )
    hashes = set(known)
    return [job.name for job in jobs if job.hash not in hashes]


def _complain_of_strangers(pipeline: Pipeline, strangers: Sequence[str]) -> None:
    lines = [f"  {name}" for name in strangers[:_FEW]]
    if len(strangers) > _FEW:
        lines.append(f"  and {len(strangers) - _FEW} more")
    jobs = count(len(strangers), "job builds a spec", "jobs build specs")
    output.complain(
        f"in `{pipeline.path}`, {jobs} that neither the wants nor the caches have; nothing is "
        "written",
        "name every lock that the pipeline was generated for with `--want`",
        lines,
    )
