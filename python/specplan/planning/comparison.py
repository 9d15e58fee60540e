"""The reasons of a choice, and the cost of the plan with another spec."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from specplan.model.choice import OtherCandidate
from specplan.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from specplan import _core as compiled
    from specplan.model.choice import Choice, ChosenWant, Reason
    from specplan.planning.candidates import Options, Want

__all__ = ["compared"]

#: The number of candidates for which the plan is made again. Further wants are not compared.
_MOST: Final = 400


def compared(
    core: compiled.Catalog,
    question: compiled.PlanQuestion,
    fixed: Iterable[str],
    options: Options,
    choice: Choice,
) -> Choice:
    """Return a choice with the reason for the spec of each want.

    Args:
        core: All known specs.
        question: The plan.
        fixed: Its roots that are wanted by hash, independently of the choice.
        options: The candidates.
        choice: The choice.
    """
    wants = [want for group in options.groups for want in group.wants]
    alone = [group.is_alone for group in options.groups for _ in group.wants]
    rows = zip(wants, alone, choice.wants, strict=True)
    comparison = _PlanComparison.of(core, question, choice.wants, fixed)
    said = (
        comparison.said(want, chosen, options, is_alone=is_alone) for want, is_alone, chosen in rows
    )
    return replace(choice, wants=tuple(said))


@dataclass(slots=True)
class _PlanComparison:
    """The original plan, with which others are compared.

    Attributes:
        core: All known specs.
        question: The plan.
        roots: Its roots, each with the number of times it is wanted, by hash and for wants.
        builds: The number of its builds.
        cost: Their cost.
        no_build: The chosen specs that install without any build.
        left: The number of plans that may still be made.
    """

    core: compiled.Catalog
    question: compiled.PlanQuestion
    roots: Counter[str]
    builds: int
    cost: Decimal
    no_build: frozenset[str]
    left: int = _MOST

    @classmethod
    def of(
        cls,
        core: compiled.Catalog,
        question: compiled.PlanQuestion,
        wants: Sequence[ChosenWant],
        fixed: Iterable[str],
    ) -> _PlanComparison:
        """Make the original plan."""
        chosen = [each.spec.hash for each in wants if each.spec is not None and each.completed]
        plan = core.plan(question)
        totals = plan.totals()
        found = cls(
            core=core,
            question=question,
            roots=Counter({*fixed}) + Counter(chosen),
            builds=totals.builds,
            cost=_exact(totals.cost),
            no_build=frozenset(),
        )
        built = set(plan.builds().hashes)
        found.no_build = found.without_builds(sorted(set(chosen) - built))
        return found

    def without_builds(self, available: list[str]) -> frozenset[str]:
        """Return the specs that install without any build: nearly always all of them."""
        if not available or self._size(available)[0] == 0:
            return frozenset(available)
        if len(available) == 1:
            return frozenset()
        half = len(available) // 2
        return self.without_builds(available[:half]) | self.without_builds(available[half:])

    def said(
        self, want: Want, chosen: ChosenWant, options: Options, *, is_alone: bool
    ) -> ChosenWant:
        """Return a want with the reason why its spec was chosen."""
        if chosen.spec is None or not chosen.completed:
            return chosen
        if not is_alone:
            return replace(chosen, reason="lock")
        if len(want.candidates) == 1:
            return replace(chosen, reason="only")
        if chosen.spec.hash in self.no_build:
            return replace(chosen, reason="no_build")
        others = [each for each in want.candidates if each != chosen.spec.hash]
        if len(others) > self.left:
            return chosen
        self.left -= len(others)
        best = min(
            (self._with(each, chosen.spec.hash) for each in others), key=lambda size: size[:2]
        )
        cost, builds, spec = best
        other = OtherCandidate(spec=options.names[spec], more_builds=builds, more_cost=float(cost))
        reason: Reason = "least" if cost > 0 else "tie" if cost == 0 else "cut"
        return replace(chosen, reason=reason, other=other)

    def _with(self, other: str, chosen: str) -> tuple[Decimal, int, str]:
        """Return the additional cost of the plan with another spec for a want."""
        roots = set(self.roots)
        if self.roots[chosen] == 1:
            roots.discard(chosen)
        builds, cost = self._size({*roots, other})
        return cost - self.cost, builds - self.builds, other

    def _size(self, roots: Iterable[str]) -> tuple[int, Decimal]:
        asked: compiled.PlanQuestion = {**self.question, "roots": sorted(roots)}
        totals = self.core.plan(asked).totals()
        return totals.builds, _exact(totals.cost)


def _exact(cost: float) -> Decimal:
    """Return a cost as a short decimal, so that differences are short too."""
    return Decimal(repr(cost))
