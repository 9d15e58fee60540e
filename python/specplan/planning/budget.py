"""Budgets for locks and abstract wants, together with the choice of specs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from specplan.catalog.specs import names_of
from specplan.model.budget import WantInCell
from specplan.planning import choice as choosing
from specplan.planning.budget_solver import BudgetSolver, Item, ItemGroup
from specplan.planning.candidates import Chosen
from specplan.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from specplan import _core as compiled
    from specplan.aliases import Unit
    from specplan.model import NamedSpec
    from specplan.model.budget import BudgetCurve
    from specplan.model.choice import Choice
    from specplan.planning.budget_solver import BudgetRequest, BudgetSolution, ItemGroupResult
    from specplan.planning.candidates import WantGroup
    from specplan.planning.choice import ChoiceSolution

__all__ = ["BudgetQuestion"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetQuestion:
    """A budget, and the roots that it can complete.

    Attributes:
        core: All known specs.
        question: The plan of all roots of locks.
        asked: The budget.
        stacks_by_root: By hash, these roots with the stacks that want them.
        matching: Returns the hashes of the specs that satisfy an abstract spec.
    """

    core: compiled.Catalog
    question: compiled.PlanQuestion
    asked: BudgetRequest
    stacks_by_root: Mapping[str, Iterable[str]]
    matching: Callable[[str], Iterable[str]]

    def solve_budget(self) -> BudgetSolution:
        """Choose which roots of locks the budget completes."""
        return self._of_locks().search()

    def curve(self, made: ChoiceSolution | None, unit: Unit) -> BudgetCurve:
        """Return the results of budgets from nothing to everything.

        Args:
            made: The choice without a limit; None if nothing has to be chosen.
            unit: The unit of costs.
        """
        if made is None:
            return self._of_locks().curve(unit, [*self.stacks_by_root], 0)
        _, solver = self._with_choice(made)
        wants = sum(len(group.wants) for group in made.options.groups)
        return solver.curve(unit, {*self.stacks_by_root, *made.choice.roots}, wants)

    def solve_budget_with_choice(self, made: ChoiceSolution) -> tuple[BudgetSolution, Choice]:
        """Choose which roots the budget completes, and the specs of those that are abstract.

        The builds within the budget and the spec for each want are chosen together. Then the
        completed wants get their cheapest candidates, if these are also within the budget.

        Args:
            made: The choice without a limit.

        Returns:
            The result of the budget, and the choice. The cost and the bound of the choice are those
                of completing the same wants.
        """
        groups, solver = self._with_choice(made)
        options, fixed = made.options, len(self.stacks_by_root)
        solution = solver.search()
        results = solution.results[fixed:]
        items = groups[fixed:]
        alternatives = [
            _alternatives(solver, group, result)
            for group, result in zip(items, results, strict=True)
        ]
        own = [root for root in solution.roots if root in self.stacks_by_root]
        there: compiled.PlanQuestion = {**self.question, "roots": own}
        choice, cheapest = choosing.least(self.core, there, alternatives, made.asked)
        roots = set(own)
        for group_alternatives, chosen in zip(alternatives, cheapest, strict=True):
            if chosen is not None:
                parts = zip(group_alternatives[chosen.position], chosen.specs, strict=True)
                roots.update(part[spec] for part, spec in parts)
        builds, cost = _size(self.core, self.question, roots)
        is_within = self.asked.builds is None or builds <= self.asked.builds
        if is_within and cost < solution.budget.cost:
            solution = solver.given(roots, solution)
        choice = replace(
            choice,
            cost=solution.budget.cost,
            lower_bound=min(choice.lower_bound, solution.budget.cost),
            optimal=choice.lower_bound >= solution.budget.cost,
            one_by_one=options.one_by_one,
            environments=options.environments,
        )
        now = [
            _pick(group, result)
            for group, result in zip(options.groups, solution.results[fixed:], strict=True)
        ]
        return solution, choosing.with_picks(choice, options, now)

    def _of_locks(self) -> BudgetSolver:
        """Return the question about the roots of locks alone."""
        groups = _fixed(self.stacks_by_root)
        plan = self.core.plan(self.question)
        return BudgetSolver(plan, self.asked, groups, _names(self.core, groups), self.matching)

    def _with_choice(self, made: ChoiceSolution) -> tuple[list[ItemGroup], BudgetSolver]:
        """Return the roots of locks, then the chosen wants, and the question about them."""
        options = made.options
        fixed = _fixed(self.stacks_by_root)
        groups = [*fixed, *(_items(*each) for each in zip(options.groups, made.picks, strict=True))]
        every = {
            spec
            for group in groups
            for source in group.sources
            for item in source
            for spec in item.hashes
        }
        # A spec without recorded dependencies is not built: its builds are unknown.
        all_options: compiled.PlanQuestion = {**self.question, "roots": sorted(every)}
        plan = self.core.plan(all_options, known_dependencies_only=True)
        names = {**_names(self.core, fixed), **options.names}
        return groups, BudgetSolver(plan, self.asked, groups, names, self.matching)


def _fixed(stacks_by_root: Mapping[str, Iterable[str]]) -> list[ItemGroup]:
    """Return the roots of locks as items of a budget."""
    items = (
        Item(stacks=tuple(sorted(own)), hashes=(root,), first=0, want=None)
        for root, own in sorted(stacks_by_root.items())
    )
    return [ItemGroup(sources=((item,),)) for item in items]


def _items(group: WantGroup, pick: Chosen | None) -> ItemGroup:
    """Return abstract wants as items of a budget."""
    first = 0 if pick is None else pick.source
    sources = []
    for at, source in enumerate(group.sources):
        own = []
        for position, (want, candidates) in enumerate(
            zip(group.wants, source.candidates, strict=True)
        ):
            chosen = pick.hashes[position] if pick is not None and at == first else None
            own.append(
                Item(
                    stacks=(want.stack,),
                    hashes=candidates,
                    first=None if chosen is None else candidates.index(chosen),
                    want=WantInCell(
                        stack=want.stack, os=want.os, target=want.target, want=want.spec
                    ),
                )
            )
        sources.append(tuple(own))
    return ItemGroup(sources=tuple(sources), first=first)


def _alternatives(
    solver: BudgetSolver, group: ItemGroup, result: ItemGroupResult
) -> list[list[list[str]]]:
    """Return the specs that complete the same wants of a group without losing worth."""
    if not group.sources:
        return []
    parts = []
    for item, spec, is_there in zip(
        group.sources[result.source], result.hashes, result.completed, strict=True
    ):
        if spec is not None and is_there:
            worth = solver.worth(item, spec)
            parts.append([each for each in item.hashes if solver.worth(item, each) >= worth])
    if len(parts) == 1:
        # With many options, each is a separate alternative.
        return [[[each]] for each in parts[0]]
    return [parts] if parts else []


def _pick(group: WantGroup, result: ItemGroupResult) -> Chosen | None:
    if not any(result.hashes):
        return None
    hashes = tuple(
        spec if candidates else None
        for spec, candidates in zip(
            result.hashes, group.sources[result.source].candidates, strict=True
        )
    )
    return Chosen(result.source, hashes, result.completed)


def _size(
    core: compiled.Catalog, question: compiled.PlanQuestion, roots: Iterable[str]
) -> tuple[int, float]:
    """Return the number of builds that some roots need, and their cost."""
    asked: compiled.PlanQuestion = {**question, "roots": sorted(roots)}
    totals = core.plan(asked).totals()
    return totals.builds, totals.cost


def _names(core: compiled.Catalog, groups: Iterable[ItemGroup]) -> dict[str, NamedSpec]:
    return names_of(core, {item.hashes[0] for group in groups for item in group.sources[0]})
