"""``specplan rebuild``: the smallest set of builds, with order and reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specplan.cli import output, plans, verdict
from specplan.cli.options import command

if TYPE_CHECKING:
    from specplan.cli.settings import Settings
    from specplan.planning.plan import Plan

__all__ = ["rebuild"]


@command("rebuild")
def rebuild(settings: Settings) -> int:
    """Plan the smallest set of builds after which every want installs from the caches alone.

    An available binary does not need its build dependencies. Node-by-node pruning (`spack ci
    --prune-dag`) schedules them anyway; its count is shown for comparison. The plan is valid if
    each build runs as

    \b
      spack install --use-buildcache=package:never,dependencies:only /HASH

    and consumers install with --use-buildcache=only. `--cache none` plans from nothing.

    \b
    Examples:
      specplan rebuild --want spack.lock --cache s3://bucket/mirror
      specplan rebuild --want e4s=e4s/spack.lock --want radiuss/spack.lock
      specplan rebuild --want spack.lock --changed zlib-ng --policy link --show untested
      specplan rebuild --want spack.lock --changed-since origin/develop...HEAD --packages .
      specplan rebuild --want spack.lock --format list
      specplan rebuild --stack e4s --level version --candidates e4s/spack.lock
      specplan rebuild --want spack.yaml --candidates may/spack.lock --candidates june/spack.lock
    """  # noqa: D301 - \b keeps click from wrapping the examples
    unplannable = settings.write_unplannable
    lock = settings.write_lock
    output.refuse_one_place(settings.output, unplannable, names=("--output", "--write-unplannable"))
    output.refuse_one_place(settings.output, lock, names=("--output", "--write-lock"))
    output.refuse_one_place(unplannable, lock, names=("--write-unplannable", "--write-lock"))
    plans.refuse_lock_without_successors(settings)
    plan = plans.plan(settings)
    report = plan.to_list() if settings.own_format == "list" else _rendered(plan, settings)
    texts: list[tuple[output.Text, str | None]] = [(report, settings.output)]
    if unplannable is not None:
        texts.insert(0, (plan.unplannable_environment(), unplannable))
    following = None if lock is None else plan.successor_lock()
    if following is not None:
        texts.insert(0, (following.decode(), lock))
    output.write_all(texts)
    code = verdict.conclude(plan, settings)
    if lock is not None and following is None:
        output.not_whole(f"the lock `{lock}` is not written, because some next hashes are unknown")
        return code or 1
    return code if lock is None else plans.say_kept(plan) or code


def _rendered(plan: Plan, settings: Settings) -> output.Text:
    if settings.format != "table":
        return output.rendered(plan, settings)
    return output.rendered(plan, settings, show=settings.show)
