"""The verdict of a run: gates, completeness and the exit code.

*A gate holds only if it holds in the worst case of everything that was left out.* Any left-out
input that could change the answer fails every gate, and "no gaps", "nothing lost", "nothing to
build" and "no findings" are verdicts too. All of it is reported on standard error, in every format.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

from specplan.cli import gates, output
from specplan.model import Coverage, Diff
from specplan.model.check import Check
from specplan.model.find import Found
from specplan.model.left_out import allowing, blocking
from specplan.model.trend import Trend
from specplan.reports.render import prose, wording

if TYPE_CHECKING:
    from collections.abc import Sequence

    from specplan.cli.settings import Settings
    from specplan.model import LeftOut, LockDiff, Why
    from specplan.model.choice import ChosenWant
    from specplan.model.gate import Gate
    from specplan.planning.plan import Plan
    from specplan.recipes.model import RecipeChanges
    from specplan.review.model import Review

__all__ = ["conclude", "is_same", "of_document", "of_reasons", "settled"]

Result = TypeVar(
    "Result", Check, Coverage, Diff, Found, "LockDiff", "Plan", "RecipeChanges", "Review", "Trend"
)

_Answer: TypeAlias = (
    "Check | Coverage | Diff | Found | LockDiff | Plan | RecipeChanges | Review | Trend"
)

#: The formats that cannot express that an answer is incomplete.
_WITHOUT_DOUBT: Final = frozenset({"lcov", "cobertura"})

#: The number of blocking, and of other, records that are listed by default.
_FEW: Final = 3


def settled(result: Result, settings: Settings) -> Result:
    """Return a result with its gates, in which allowed records do not block."""
    found = replace(result, left_out=allowing(result.left_out, settings.allow_left_out))
    # Only results with gates have a field for them.
    held: dict[str, Any] = {}
    if hasattr(found, "gates"):
        held["gates"] = gates.evaluated(found, settings)
    return replace(found, **held)


def conclude(result: _Answer, settings: Settings) -> int:
    """Report left-out input, failed gates and uncertain facts; return the exit code.

    Args:
        result: The result, after :func:`settled` has applied what the user allows.
        settings: The gates, and whether to explain all left-out input.
    """
    _explain(result.left_out, whole=settings.explain_left_out)
    failed = gates.failed(result, settings)
    _say_not_evaluated(result)
    fine = _fine(result)
    doubts = _doubts(result, settings)
    output.gates_failed(failed)
    if fine is not None and doubts:
        output.not_whole(f"{fine}, but {' and '.join(doubts)}")
        return 1
    if settings.own_format in _WITHOUT_DOUBT and blocking(result.left_out):
        output.not_whole(
            f"`{settings.own_format}` shows only lines, and left-out input could change them"
        )
        return 1
    return 1 if failed else 0


def of_document(
    held: Sequence[Gate],
    records: Sequence[LeftOut],
    unplannable: Sequence[ChosenWant],
    settings: Settings,
    more: Sequence[str] = (),
) -> int:
    """Report the same for a plan from a document, and return the exit code.

    Args:
        held: The gates of the run that wrote it.
        records: The records of left-out input, after applying what the user allows.
        unplannable: The wants that no known spec can meet.
        settings: The settings, which may allow that.
        more: The reasons why gates of this run fail.
    """
    _explain(records, whole=settings.explain_left_out)
    # That gate is evaluated again: `--allow-unplannable` may only be given here.
    failed = [gate.reason for gate in held if gate.failed and gate.name != gates.UNPLANNABLE]
    if unplannable and not settings.allow_unplannable:
        failed.append(gates.unplannable_reason(len(unplannable)))
    failed += [reason for reason in more if reason not in failed]
    output.gates_failed(failed)
    return 1 if failed else 0


def of_reasons(reasons: Sequence[Why], records: Sequence[LeftOut], settings: Settings) -> int:
    """Report the same for the reasons of a plan, and return the exit code."""
    _explain(records, whole=settings.explain_left_out)
    if any(each.verdict == "planned" for each in reasons) or not blocking(records):
        return 0
    output.not_whole("it is not built, but left-out input could change that")
    return 1


def is_same(result: Coverage | Diff | LockDiff) -> bool:
    """Return whether a result certainly does not differ from the older state.

    A result with a failed gate or with left-out input that could change the answer never counts as
    the same.

    Args:
        result: The result, with its gates :func:`settled`.
    """
    if blocking(result.left_out) or not _is_without_change(result):
        return False
    is_held = not any(gate.failed for gate in result.gates)
    if is_held:
        output.note("nothing differs from the older state, so no report is written")
    return is_held


def _is_without_change(result: Coverage | Diff | LockDiff) -> bool:
    if isinstance(result, Coverage):
        return not (result.totals.gaps or result.totals.unknown or result.absent_stacks)
    if isinstance(result, Diff):
        totals = result.totals
        changes = totals.lost + totals.gained + totals.changed + totals.migrated
        return not (changes or result.absent_stacks or result.new_stacks)
    return not (result.totals.new or result.gone or result.migrated)


def _say_not_evaluated(result: _Answer) -> None:
    """Report the gates of the configuration that this run could not evaluate."""
    for gate in getattr(result, "gates", ()):
        if gate.held is None:
            output.note(
                f"the gate `{gate.label}` was not evaluated, as there is no older state to compare "
                "with, which `--allow-left-out` accepts: name one with `--baseline TAG|SOURCE`"
            )


def _explain(records: Sequence[LeftOut], *, whole: bool) -> None:
    """List left-out input: blocking parts first, with remedies."""
    for blocks, say in ((True, output.warn), (False, output.note)):
        found = [each for each in records if each.blocks is blocks]
        if not blocks and not whole:
            # Damaged files have already been reported when they were read.
            found = [each for each in found if each.kind != "damaged_file"]
        shown = found if whole or len(found) <= _FEW + 1 else found[:_FEW]
        for each in shown:
            line = f"left out: {prose.plain(wording.left_out_line(each))}"
            say(f"{line}; to settle it: {each.remedy}" if blocks or whole else line)
        if len(found) > len(shown):
            say(f"left out: {len(found) - len(shown)} more; `--explain-left-out` lists them all")


def _fine(result: _Answer) -> str | None:
    """Return the verdict that all is well or nothing was found; otherwise None."""
    if isinstance(result, Coverage):
        fine = "no gaps" if result.totals.wanted else "nothing is wanted"
        return None if result.totals.gaps else fine
    if isinstance(result, Diff):
        return None if result.totals.lost else "nothing lost"
    if isinstance(result, Check):
        return None if result.findings else "no findings"
    if isinstance(result, Found):
        return None if result.specs else "nothing found"
    if isinstance(result, Trend):
        return None if result.lost else "nothing lost"
    return _fine_of_others(result)


def _fine_of_others(result: Plan | LockDiff | RecipeChanges | Review) -> str | None:
    # The planner and the reader of recipes are only imported by the commands that need them.
    from specplan.planning.plan import Plan  # noqa: PLC0415
    from specplan.recipes.model import RecipeChanges  # noqa: PLC0415
    from specplan.review.model import Review  # noqa: PLC0415

    if isinstance(result, RecipeChanges):
        is_fine = all(each.verdict == "same" for each in result.recipes)
        return "no recipe changes a build" if is_fine else None
    if isinstance(result, Review):
        return None if result.change.changed else "no binary becomes stale"
    if isinstance(result, Plan):
        return None if result.totals.builds else "nothing to build"
    return None if result.totals.new else "nothing new"


def _doubts(result: _Answer, settings: Settings) -> list[str]:
    """Return the reasons why a verdict is not certain."""
    doubts = []
    if blocks := blocking(result.left_out):
        doubts.append(f"left-out input could change that ({wording.left_out_kinds(blocks)})")
    undecided = 0
    if isinstance(result, Coverage) and settings.fail_on_unknown_over is None:
        undecided = result.totals.unknown
    if isinstance(result, Found):
        undecided = len(result.undecided)
    if undecided:
        doubts.append(f"{undecided} cannot be decided")
    return doubts
