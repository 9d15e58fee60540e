"""Phrases about a review, in every format."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specplan.counting import count, form
from specplan.reports.plan import wording as plan_wording
from specplan.reports.recipes import wording as recipe_wording
from specplan.reports.render import amounts, prose
from specplan.reports.render import wording as render_wording

if TYPE_CHECKING:
    from specplan.model import RecipesAssumed
    from specplan.reports.render.prose import Prose
    from specplan.review.model import Review, StackReview

__all__ = ["chain", "headline", "lines", "notes", "time_of"]

#: The maximum length of a chain that is shown build by build.
_LONG_CHAIN = 8


def headline(review: Review) -> str:
    """Return the main sentence for the reader of a pull request, without a full stop."""
    recipes = recipe_wording.changed(review.recipes)
    totals = review.totals
    if not review.change.changed:
        return f"{recipes}: no binary becomes stale"
    binaries = count(totals.binaries, "binary", "binaries")
    become = form(totals.stale, "becomes", "become")
    stale = f"{totals.stale} of {binaries} {become} stale in {count(totals.stacks, 'stack')}"
    builds = f"least rebuild {count(totals.builds, 'build')}"
    if totals.builds and totals.makespan is not None:
        time = amounts.amount(totals.makespan, review.unit)
        builds += f", {time} on {count(totals.runners or 0, 'runner')}"
    return f"{recipes}: {stale}; {builds}"


def lines(review: Review) -> list[Prose]:
    """Return the other counts, one sentence each."""
    totals = review.totals
    found = []
    if totals.builds:
        stages = count(totals.stages, "stage")
        path = amounts.of_total(totals.critical_path_cost, totals.cost, review.unit)
        found.append(f"{stages}; critical path: {path}; due to the change: {totals.due_to_change}")
    asked = review.change
    if asked.policy != "hash" or asked.depth is not None:
        depth = "" if asked.depth is None else f", depth {asked.depth}"
        kept = count(totals.untested, "binary contains", "binaries contain")
        found.append(f"policy {asked.policy}{depth}: {kept} the change but are not rebuilt")
    blind = [
        each.package
        for each in review.recipes.recipes
        if any(spec.verdict == "blind" for spec in each.specs)
    ]
    if blind:
        names = render_wording.folded([prose.name(each) for each in blind], 5)
        found.append(f"builds change under the same hash, and old binaries are reused: {names}")
    if (quiet := totals.reviewed - len(review.stacks)) > 0:
        found.append(f"the change reaches nothing of {count(quiet, 'other stack')}")
    return found


def chain(stack: StackReview) -> Prose:
    """Return the most expensive chain of builds of a stack, shortened if it is long."""
    names = [
        prose.spec(f"{each.package}@{each.version}", each.hash) for each in stack.critical_path
    ]
    if len(names) > _LONG_CHAIN:
        names = [*names[: _LONG_CHAIN // 2], "...", *names[-_LONG_CHAIN // 2 :]]
    return " -> ".join(names)


def time_of(stack: StackReview) -> float:
    """Return the time of the builds of a stack: on the runners, or one after the other."""
    return stack.cost if stack.makespan is None else stack.makespan


def notes(review: Review) -> list[Prose]:
    """Return notes about the answer."""
    recipes = review.recipes
    between = f"{recipes.before[:12]} with {recipes.after[:12]}"
    found = [
        f"compared {prose.words(between)}, by the rules of Spack {recipes.spack_rules}",
        *map(plan_wording.assumed, _assumed(review)),
    ]
    if recipes.others:
        others = count(len(recipes.others), "other file")
        found.append(f"{others} changed, the first is {prose.name(recipes.others[0])}")
    if review.change.changed:
        found.append(
            "hashes are those before the change; locks made before it still install stale binaries"
        )
    return found


def _assumed(review: Review) -> list[RecipesAssumed]:
    compared = review.change.recipes
    return [] if compared is None else [each for each in compared.assumed if each.specs]
