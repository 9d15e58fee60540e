"""Gates of coverage and differences, for the whole run and for single stacks.

A known gap fails no gate: it is removed from the wants, so it does not improve any share.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Final, TypeVar

from specplan.cli.stack_gates import asked_tables, held_on_nothing, suffix_of
from specplan.exact import compare_share
from specplan.model.column_records import values_of
from specplan.model.gate import Gate, none_allowed
from specplan.model.left_out import ALL_KINDS, LeftOutKind
from specplan.model.roots import MOST_LACKS
from specplan.records import dataclass
from specplan.reports.render import wording

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from specplan.cli.settings import Settings
    from specplan.config.configuration import StackEntry
    from specplan.model import (
        Cell,
        Coverage,
        Diff,
        Gap,
        LockDiff,
        RootCoverage,
        RootsOfStack,
        Trend,
    )

__all__ = [
    "COMPARING",
    "accepts_no_older_state",
    "of_coverage",
    "of_diff",
    "of_lock_diff",
    "of_trend",
]

#: The gates that compare with an older state.
COMPARING: Final = ("fail-on-lost", "fail-on-absent")

_OfStack = TypeVar("_OfStack", "Cell", "Gap")

_FEW: Final = 3

#: The kinds to allow if a gate may have no older state to compare with.
NO_OLDER_STATE: Final[LeftOutKind] = "nothing_in_common"

#: The options that select other stacks, or systems that a stack need not support.
_CHOOSES: Final = ("os", "target", "want")


@dataclass(frozen=True, slots=True, kw_only=True)
class _CoverageSubject:
    """The subject of a gate: the whole run, or one stack.

    Attributes:
        stack: The stack; empty for the whole run.
        wanted: All wants that are not known gaps.
        covered: Those covered.
        unknown: Those that cannot be decided.
        lost: The number of wants of the older state that are not, or not certainly, covered.
        known: The number of known gaps.
        roots: The numbers of wanted roots, without known gaps, and of those that install; None if
            the wants have no roots.
        absent: Its stacks that the newer state does not list.
    """

    stack: str
    wanted: int = 0
    covered: int = 0
    unknown: int = 0
    lost: int = 0
    known: int = 0
    roots: tuple[int, int] | None = None
    absent: tuple[str, ...] = ()

    @property
    def suffix(self) -> str:
        """The words that name it in sentences."""
        return suffix_of(self.stack)


def of_coverage(coverage: Coverage, settings: Settings) -> Iterator[Gate]:
    """Yield the gates that a result of coverage has to pass, those of the run first."""
    is_compared = coverage.wants == "baseline"
    held_alone = None if accepts_no_older_state(settings) else False
    parts = _CoverageSubjects(coverage)
    yield from _asked(parts.part(""), settings, is_compared=is_compared, held_alone=held_alone)
    stacks = {*coverage.absent_stacks, *(cell.stack for cell in coverage.cells)}
    for table in asked_tables(settings, stacks, *_CHOOSES):
        part = parts.part(table.name)
        for gate in _asked(part, table, is_compared=is_compared, held_alone=held_alone):
            yield held_on_nothing(gate, stacks)
    yield from _stale(coverage, settings)


def accepts_no_older_state(settings: Settings) -> bool:
    """Return whether the user accepts that gates have no older state to compare with."""
    allowed = settings.allow_left_out
    return NO_OLDER_STATE in allowed or ALL_KINDS in allowed


def of_diff(diff: Diff, settings: Settings) -> Iterator[Gate]:
    """Yield the gates that a difference has to pass, those of the run first."""
    lost = Counter(key.stack for key in diff.lost if key.known is None)
    yield from _compared(
        _CoverageSubject(stack="", lost=lost.total(), absent=diff.absent_stacks), settings, "key"
    )
    cells = (cell.stack for cell in diff.cells)
    stacks = {*diff.absent_stacks, *diff.new_stacks, *cells}
    for table in asked_tables(settings, stacks, *_CHOOSES):
        absent = tuple(each for each in diff.absent_stacks if each == table.name)
        part = _CoverageSubject(stack=table.name, lost=lost[table.name], absent=absent)
        for gate in _compared(part, table, "key"):
            yield held_on_nothing(gate, stacks)
    yield from _stale(diff, settings)


def of_lock_diff(diff: LockDiff, settings: Settings) -> Iterator[Gate]:
    """Yield the gates that a difference of locks has to pass, those of the run first.

    The comparison is between two states of one stack. A table applies to it if it has its name; if
    none has, no gate of a table can be evaluated, and each requested one fails.
    """
    part = _CoverageSubject(stack="", lost=len(diff.lost), absent=diff.absent_stacks)
    yield from _compared(part, settings, "package")
    tables = [each for each in settings.stacks if each.name in diff.stacks] or settings.stacks
    for table in tables:
        for gate in _compared(replace(part, stack=table.name), table, "package"):
            yield held_on_nothing(gate, diff.stacks)
    yield from _stale(diff, settings)


def of_trend(trend: Trend, settings: Settings) -> Iterator[Gate]:
    """Yield the gates that a trend has to pass, those of the run first."""
    lost = Counter(each.stack for each in trend.lost)
    stacks = {each.stack for each in trend.stacks}
    asked = [(_CoverageSubject(stack="", lost=lost.total()), settings.fail_on_lost)]
    asked += [
        (_CoverageSubject(stack=table.name, lost=lost[table.name]), table.fail_on_lost)
        for table in asked_tables(settings, stacks, *_CHOOSES)
    ]
    for part, is_asked in asked:
        if is_asked:
            number = wording.count(part.lost, "want")
            reason = f"{number}{part.suffix} lost (--fail-on-lost)"
            gate = none_allowed("fail-on-lost", part.lost, reason, part.stack)
            yield held_on_nothing(gate, stacks)


class _CoverageSubjects:
    """The subjects of gates in one result; each of its stacks is computed once."""

    def __init__(self, coverage: Coverage) -> None:
        self._coverage = coverage
        self._cells = _by_stack(coverage.cells)
        # Gates only need the known gaps.
        marks = enumerate(values_of(coverage.gaps, "known"))
        self._all_known = [coverage.gaps[at] for at, known in marks if known is not None]
        self._known = _by_stack(self._all_known)
        self._roots: Mapping[str, RootsOfStack] = {}
        self._excused: AbstractSet[str] = frozenset()
        if coverage.roots is not None:
            self._roots = {each.stack: each for each in coverage.roots.stacks}
            self._excused = _excused_roots(coverage.roots, self._all_known)

    def part(self, stack: str) -> _CoverageSubject:
        """Return the subject of the gates of a stack; that of the whole run for an empty name."""
        coverage = self._coverage
        cells = self._cells.get(stack, ()) if stack else coverage.cells
        known = self._known.get(stack, ()) if stack else self._all_known
        wanted = sum(cell.wanted for cell in cells) - len(known)
        covered = sum(cell.covered for cell in cells)
        return _CoverageSubject(
            stack=stack,
            wanted=wanted,
            covered=covered,
            unknown=sum(cell.unknown for cell in cells),
            lost=wanted - covered,
            known=len(known),
            roots=self._counted_roots(stack, known),
            absent=tuple(each for each in coverage.absent_stacks if not stack or each == stack),
        )

    def _counted_roots(self, stack: str, known: Iterable[Gap]) -> tuple[int, int] | None:
        """Return the numbers of wanted and of installable roots; known gaps count as met."""
        roots = self._coverage.roots
        if roots is None:
            return None
        # The other gaps are roots of environments themselves.
        excused = sum(gap.hash is None for gap in known)
        if not stack:
            of_locks = {each for own in roots.stacks for each in own.broken} & self._excused
            return roots.wanted - excused - len(of_locks), roots.installable
        own = self._roots.get(stack)
        if own is None:
            return 0, 0
        excused += len(self._excused & {*own.broken})
        return own.wanted - excused, own.installable


def _by_stack(items: Iterable[_OfStack]) -> dict[str, list[_OfStack]]:
    found: dict[str, list[_OfStack]] = {}
    for each in items:
        found.setdefault(each.stack, []).append(each)
    return found


def _excused_roots(roots: RootCoverage, known_gaps: Iterable[Gap]) -> AbstractSet[str]:
    """Return the hashes of the roots that lack only known gaps."""
    known = {gap.hash for gap in known_gaps if gap.hash is not None}
    return {
        each.hash
        for each in roots.broken
        # The specs that a root lacks are computed on access.
        if each.lacks_total <= len(known)
        and known.issuperset(each.lacks[:MOST_LACKS])
        and known.issuperset(each.lacks)
    }


def _asked(
    part: _CoverageSubject,
    asked: Settings | StackEntry,
    *,
    is_compared: bool,
    held_alone: bool | None,
) -> Iterator[Gate]:
    if asked.fail_under is not None:
        yield _coverage(part, asked.fail_under)
    if asked.fail_under_roots is not None:
        yield _roots(part, asked.fail_under_roots)
    if asked.fail_on_unknown_over is not None:
        yield _unknown(part, asked.fail_on_unknown_over)
    if is_compared:
        yield from _compared(part, asked, "want")
    else:
        yield from _not_compared(part, asked, held_alone=held_alone)


def _not_compared(
    part: _CoverageSubject, asked: Settings | StackEntry, *, held_alone: bool | None
) -> Iterator[Gate]:
    """Yield the gates on an older state if there is none: they never hold.

    Args:
        part: The part that they concern.
        asked: The settings that request them.
        held_alone: Their verdict: None if the user accepts that nothing is compared.
    """
    for name in COMPARING:
        if getattr(asked, name.replace("-", "_")):
            yield Gate(
                name=name,
                unit="count",
                limit=0,
                value=None,
                held=held_alone,
                reason=f"there is no older state to compare with{part.suffix} (--{name}); name "
                "one with `--baseline TAG|SOURCE` in place of `--want`, or accept that with "
                f"`--allow-left-out {NO_OLDER_STATE}`",
                stack=part.stack,
            )


def _compared(part: _CoverageSubject, asked: Settings | StackEntry, noun: str) -> Iterator[Gate]:
    if asked.fail_on_lost:
        # Undecided wants may be lost.
        number = wording.count(part.lost, noun)
        how = "lost" if noun != "want" else "of the baseline not covered"
        reason = f"{number}{part.suffix} {how} (--fail-on-lost)"
        yield none_allowed("fail-on-lost", part.lost, reason, part.stack)
    if asked.fail_on_absent:
        yield _absent(part)


def _why_nothing(part: _CoverageSubject) -> str:
    return "every want is a known gap" if part.known else "nothing is wanted"


def _coverage(part: _CoverageSubject, least: Decimal) -> Gate:
    reason = f"coverage{part.suffix} is n/a, as {_why_nothing(part)} (--fail-under {least:f})"
    if part.wanted:
        short = _less(part.covered, part.wanted, least)
        reason = f"coverage{part.suffix} is {short} (--fail-under)" if short else ""
    return _share("fail-under", part, least, (part.covered, part.wanted), reason)


def _roots(part: _CoverageSubject, least: Decimal) -> Gate:
    wanted, installable = part.roots or (0, 0)
    if not wanted:
        why = "the wants have no roots" if part.roots is None else "no root is wanted"
        reason = f"root coverage{part.suffix} is n/a, as {why} (--fail-under-roots {least:f})"
        return _share("fail-under-roots", part, least, (0, 0), reason)
    short = _less(installable, wanted, least)
    reason = f"root coverage{part.suffix} is {short} (--fail-under-roots)" if short else ""
    return _share("fail-under-roots", part, least, (installable, wanted), reason)


def _unknown(part: _CoverageSubject, most: Decimal) -> Gate:
    reason = ""
    if not part.wanted:
        share = f"the share of the wants{part.suffix} that cannot be decided"
        reason = f"{share} is n/a, as {_why_nothing(part)} (--fail-on-unknown-over {most:f})"
    elif compare_share(part.unknown, part.wanted, most) > 0:
        share = _distinct_share(part.unknown, part.wanted, most, above=True)
        reason = (
            f"{share} of the wants{part.suffix} cannot be decided, more than {most:f} % "
            "(--fail-on-unknown-over)"
        )
    shares = part.unknown, part.wanted
    return _share("fail-on-unknown-over", part, most, shares, reason)


def _absent(part: _CoverageSubject) -> Gate:
    are = wording.count(len(part.absent), "stack is", "stacks are")
    reason = f"{are} absent: {wording.folded(part.absent, _FEW)} (--fail-on-absent)"
    return none_allowed("fail-on-absent", len(part.absent), reason, part.stack)


def _stale(result: Coverage | Diff | LockDiff, settings: Settings) -> Iterator[Gate]:
    """Yield the gate on entries of known gaps that have expired or excuse nothing."""
    known = result.known_gaps
    if known is None or not settings.strict_known_gaps:
        return
    stale: Sequence[str] = [f"{each.label} is {each.state}" for each in known.stale]
    entries = wording.count(len(stale), "known gap", "known gaps")
    reason = f"{entries} to take out: {wording.folded(stale, _FEW)} (--strict-known-gaps)"
    yield none_allowed("strict-known-gaps", len(stale), reason)


def _share(
    name: str, part: _CoverageSubject, limit: Decimal, shares: tuple[int, int], reason: str
) -> Gate:
    """Return a gate on a share of a whole, which is undefined if the whole is empty."""
    some, whole = shares
    return Gate(
        name=name,
        unit="percent",
        limit=float(limit),
        value=100 * some / whole if whole else None,
        held=not reason,
        reason=reason,
        stack=part.stack,
    )


def _less(part: int, whole: int, least: Decimal) -> str | None:
    """Return by how much a share falls short, or None if it is sufficient."""
    if compare_share(part, whole, least) >= 0:
        return None
    return f"{_distinct_share(part, whole, least, above=False)}, less than {least:f} %"


def _distinct_share(part: int, whole: int, limit: Decimal, *, above: bool) -> str:
    """Return a share as in tables, with enough digits to distinguish it from the limit."""
    digits = 1
    while True:
        shown = wording.percentage(part, whole, digits=digits)
        number = Decimal(shown.removesuffix(" %"))
        if number > limit if above else number < limit:
            return f"{shown} ({part} of {whole})"
        digits += 1
