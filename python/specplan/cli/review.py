"""``specplan review``: the cost of a change of recipes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from specplan.cli import load, output, plans, questions, verdict
from specplan.cli.options import command
from specplan.errors import UsageError

if TYPE_CHECKING:
    from specplan.cli.settings import Settings
    from specplan.review.model import Review

__all__ = ["review"]

#: The maximum size of a comment on GitHub, with a margin.
_MOST_BYTES: Final = 60_000


@command("review")
def review(settings: Settings) -> int:
    """Show the cost of a change of recipes, for the review of its pull request.

    Recipes are judged by their content, and nothing of them is run. For each stack that the
    change reaches: the binaries that become stale, the smallest rebuild, its stages, its cost
    and its critical path; then the binaries that a policy leaves untested, the builds that
    change under the same hash, and the commands for exactly these builds. Without wants, the
    binaries of the caches themselves are wanted, so a checkout and a URL are enough.

    \b
    Examples:
      specplan review --since origin/develop...HEAD --cache https://binaries.spack.io/develop
      specplan review --since HEAD~1 --want 'site=spack.lock' --cache mirror --jobs 8
      specplan review --since HEAD~1 --cache mirror --format markdown --comment-id review
    """  # noqa: D301 - \b keeps click from wrapping the examples
    if settings.since is None:
        raise UsageError(
            "`review` needs a revision to compare with",
            hint="`--since origin/develop...HEAD` is what a branch changes",
        )
    if settings.max_bytes is None and settings.format == "markdown":
        settings = replace(settings, max_bytes=_MOST_BYTES)
    found = verdict.settled(_review(settings), settings)
    output.write(_rendered(found, settings), settings.output)
    return verdict.conclude(found, settings)


def _review(settings: Settings) -> Review:
    from specplan.review.request import ReviewRequest  # noqa: PLC0415 - help needs none
    from specplan.review.solve import review as review_of  # noqa: PLC0415 - as above

    settings = questions.with_stacks(settings)
    checkout = settings.packages or "."
    catalog = load.configured(settings, settings.tag)
    load.note_unused(catalog.unused_tags(settings.tag))
    coverage = questions.with_environments(questions.query_of(settings), settings)
    return review_of(
        catalog._contents,  # noqa: SLF001 - a script has no reviews
        ReviewRequest(
            recipes=plans.recipes_since(settings, settings.since or "", checkout),
            coverage=replace(
                coverage, want=settings.want, scope=settings.scope, level=None, stack=(), peers=()
            ),
            policy=settings.policy,
            depth=settings.depth,
            costs=settings.costs,
            jobs=settings.jobs,
            limits=load.limits_of(settings),
        ),
    )


def _rendered(found: Review, settings: Settings) -> output.Text:
    if settings.own_format == "github":
        from specplan.reports.review.github import github  # noqa: PLC0415 - what others need none of

        return github(found)
    return output.rendered(found, settings)
