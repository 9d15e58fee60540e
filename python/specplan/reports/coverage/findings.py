"""Coverage and differences for CI systems: wants as cases, cells as numbers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from specplan.model import Coverage, Diff
from specplan.model.left_out import blocking
from specplan.reports.findings import (
    Case,
    Findings,
    Measure,
    Standing,
    Suite,
    findings,
    findings_of,
    gate_cases,
    gate_measures,
    left_out_cases,
    left_out_measures,
    measures_of,
    standing_of,
    titled,
)
from specplan.reports.gates import verdict
from specplan.reports.render import prose, wording

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from specplan import model
    from specplan.model.roots import RootLine
    from specplan.reports.findings import Severity

__all__ = ["coverage_findings", "coverage_measures", "diff_findings", "diff_measures"]

_SEVERITIES: Final[Mapping[model.GapState, Severity]] = {
    "not_concretized": "major",
    "installed": "minor",
    "unindexed": "minor",
    "other_stack": "minor",
    "other_system": "major",
    "missing": "major",
}

#: Stack, operating system, target, want and group.
_Place = tuple[str, str, str, str, str | None]


@findings_of.register(Coverage)
def coverage_findings(result: Coverage) -> Findings:
    """Return a case for each want that is known by name, after the gates.

    The covered wants of environments are known; others only if requested.
    """
    places = {_of_line(each): each for each in reversed(result.root_lines)}
    cases = [*gate_cases(result.gates), *left_out_cases(result.left_out)]
    cases += _entries(result)
    cases += [_absent(stack) for stack in result.absent_stacks]
    cases += [_gap(each, places.get(_of_want(each))) for each in result.gaps]
    cases += [_unknown(each, places.get(_of_want(each))) for each in result.unknown]
    cases += [_covered(each) for each in places.values() if each.state in {"covered", "broken"}]
    cases += map(_covered_want, result.covered or ())
    cases += [_not_wanted(each) for each in result.not_wanted if each.excluded]
    headline = prose.plain(wording.coverage_headline(result))
    return findings("coverage", headline, map(_suite, result.cells), _dated(result, cases))


def _dated(result: Coverage, cases: Iterable[Case]) -> Iterator[Case]:
    """Yield cases; those of cells that this run did not measure name their origin."""
    old = {
        (cell.stack, cell.os, cell.target): cell.carried_from
        for cell in result.cells
        if cell.carried_from is not None
    }
    for case in cases:
        stack, os, target, *_ = (*case.suite, "", "")
        since = old.get((stack, os, target))
        if since is None:
            yield case
        else:
            message = f"{case.message} (not measured this time, as of {since})".strip()
            yield replace(case, message=message)


def _suite(cell: model.Cell) -> Suite:
    names = (cell.stack, cell.os, cell.target)
    numbers = ("wanted", "covered", "covered_exact", "unknown", "usable")
    properties = [(name, wording.number(getattr(cell, name))) for name in numbers]
    if cell.carried_from is not None:
        properties.append(("carried_from", cell.carried_from))
    share = wording.percentage(cell.covered, cell.wanted)
    return Suite(names=names, title=titled(names), properties=(*properties, ("coverage", share)))


def _of_line(root: RootLine) -> _Place:
    return root.stack, root.os, root.target, root.want, root.group


def _of_want(want: model.Gap | model.UnknownWant) -> _Place:
    return want.stack, want.os, want.target, want.want, want.group


def _path(root: RootLine | None) -> str:
    return "" if root is None else root.path


def _line(root: RootLine | None) -> int | None:
    return root.line if root is not None and root.path else None


def _named(want: str, group: str | None) -> str:
    return want if group is None else f"{want} (group {group})"


def _gap(gap: model.Gap, root: RootLine | None) -> Case:
    name = _name_of(gap) if gap.hash is not None else _named(gap.want, gap.group)
    details = []
    if gap.nearest is not None:
        differs = ", ".join(gap.nearest.differs) or "hash alone"
        cell = wording.nearest_cell(gap.nearest)
        details.append(f"nearest: {gap.nearest.hash} of {cell} (differs in: {differs})")
    if gap.blocked:
        details.append(f"{wording.count(gap.blocked, 'other want')} of the stack need it")
    if gap.roots_completed:
        details.append(f"it completes {wording.count(gap.roots_completed, 'root')}")
    return Case(
        suite=(gap.stack, gap.os, gap.target),
        name=name,
        state="failed" if gap.known is None else "skipped",
        kind=gap.state if gap.known is None else "known-gap",
        severity=_SEVERITIES[gap.state],
        message=wording.STATE_SENTENCES[gap.state] if gap.known is None else gap.known,
        details=tuple(details),
        path=_path(root),
        line=_line(root),
    )


def _unknown(want: model.UnknownWant, root: RootLine | None) -> Case:
    return Case(
        suite=(want.stack, want.os, want.target),
        name=_named(want.want, want.group),
        state="skipped",
        kind="unknown",
        severity="info",
        message="the sources cannot decide whether a binary covers it",
        details=(f"missing: {', '.join(want.missing)}",),
        path=_path(root),
        line=_line(root),
    )


def _covered_want(want: model.CoveredWant) -> Case:
    return Case(
        suite=(want.stack, want.os, want.target),
        name=_name_of(want),
        state="passed",
        kind="covered",
        severity="info",
    )


def _name_of(want: model.CoveredWant | model.Gap) -> str:
    """Return the name of a want, covered or lacking: a key, or a spec's name."""
    if want.hash is None:
        return want.want
    return f"{wording.spec_name(want.package, want.version)}/{want.hash}"


def _covered(root: RootLine) -> Case:
    is_broken = root.state == "broken"
    return Case(
        suite=(root.stack, root.os, root.target),
        name=_named(root.want, root.group),
        state="passed",
        kind=root.state,
        severity="info",
        details=("it does not install: binaries that it needs are missing",) if is_broken else (),
        path=_path(root),
        line=_line(root),
    )


def _entries(result: Coverage | Diff) -> Iterator[Case]:
    """Yield a case for each entry of known gaps that has expired or excuses nothing."""
    known = result.known_gaps
    if known is None:
        return
    is_strict = any(gate.name == "strict-known-gaps" for gate in result.gates)
    for each in known.stale:
        is_over = each.state == "expired"
        what = f"expired on {each.until}" if is_over else "excuses nothing"
        yield Case(
            suite=("specplan", "known-gaps"),
            name=each.label,
            state="failed" if is_strict else "skipped",
            kind=f"{each.state}-known-gap",
            severity="major",
            message=f"the known gap {what}",
            details=(each.reason, *([each.issue] if each.issue else [])),
        )


def _old_measures(result: Coverage) -> Iterator[Measure]:
    """Yield the cells that this run did not measure."""
    for cell in result.cells:
        if cell.carried_from is not None:
            yield Measure(
                name="specplan_cell_carried",
                help="Cells that are carried forward from an earlier run: 1.",
                value=1,
                labels=(*_labels(cell), ("as_of", cell.carried_from)),
            )


def _known_measures(result: Coverage | Diff) -> Iterator[Measure]:
    """Yield the numbers of known gaps and of stale entries."""
    known = result.known_gaps
    if known is None:
        return
    text = "Gaps that a file of known gaps excuses."
    number = sum(each.excused for each in known.entries)
    yield Measure(name="specplan_known_gaps", help=text, value=number)
    text = "Entries of known gaps that have expired or excuse nothing."
    yield Measure(name="specplan_known_gaps_stale", help=text, value=len(known.stale))


def _absent(stack: str) -> Case:
    return Case(
        suite=("specplan", "stacks"),
        name=stack,
        state="failed",
        kind="absent-stack",
        severity="critical",
        message="the newer state does not list this stack at all",
    )


def _not_wanted(entry: model.NotWanted) -> Case:
    where = f"{entry.stack} {wording.system(entry.os, entry.target)}"
    return Case(
        suite=("specplan", "not-wanted"),
        name=f"{entry.package} of {where}",
        state="skipped",
        kind="not-wanted",
        severity="info",
        message=f"not wanted: {entry.reason}",
        details=(f"excludes {wording.count(entry.excluded, 'want')}",),
    )


@measures_of.register(Coverage)
def coverage_measures(result: Coverage) -> Iterator[Measure]:
    """Yield the numbers of the cells, of all of them, of the roots and of the gates."""
    yield from _of_cells(
        result.cells,
        (
            ("wanted", "wanted", "Wants of a cell."),
            ("covered", "covered", "Wants of a cell that an available binary covers."),
            ("unknown", "unknown", "Wants of a cell that cannot be decided."),
        ),
    )
    for cell in result.cells:
        yield Measure(
            name="specplan_gaps",
            help="Wants of a cell that no available binary covers.",
            value=cell.wanted - cell.covered - cell.unknown,
            labels=_labels(cell),
        )
    for cell in result.cells:
        if cell.coverage is not None:
            yield Measure(
                name="specplan_coverage_ratio",
                help="Covered wants of a cell, of all its wants.",
                value=cell.coverage,
                labels=_labels(cell),
                unit="ratio",
            )
    if result.totals.coverage is not None:
        text = "Covered wants of all cells, of all wants."
        share = result.totals.coverage
        yield Measure(name="specplan_total_coverage_ratio", help=text, value=share, unit="ratio")
    if result.roots is not None:
        text = "Roots that are wanted."
        yield Measure(name="specplan_roots_wanted", help=text, value=result.roots.wanted)
        text = "Roots that install from the caches alone."
        number = result.roots.installable
        yield Measure(name="specplan_roots_installable", help=text, value=number)
    yield from _old_measures(result)
    yield from _known_measures(result)
    yield from gate_measures(result.gates)
    yield from left_out_measures(result.left_out)


def _of_cells(
    cells: Sequence[model.Cell] | Sequence[model.DiffCell],
    numbers: Iterable[tuple[str, str, str]],
) -> Iterator[Measure]:
    for name, attribute, text in numbers:
        for cell in cells:
            yield Measure(
                name=f"specplan_{name}",
                help=text,
                value=getattr(cell, attribute),
                labels=_labels(cell),
            )


def _labels(cell: model.Cell | model.DiffCell) -> tuple[tuple[str, str], ...]:
    return ("stack", cell.stack), ("os", cell.os), ("target", cell.target)


@standing_of.register(Coverage)
def coverage_standing(result: Coverage) -> Standing:
    """Return the share of wants that are covered."""
    return Standing(
        label="spack cache",
        part=result.totals.covered,
        whole=result.totals.wanted,
        is_doubtful=bool(blocking(result.left_out)),
        is_partly_old=result.carried is not None,
        failure="gate failed" if any(gate.failed for gate in result.gates) else "",
        gates=tuple(map(verdict, result.gates)),
    )


@findings_of.register(Diff)
def diff_findings(result: Diff) -> Findings:
    """Return a case for each key that was lost and each stack that is absent, after the gates."""
    cases = [*gate_cases(result.gates), *left_out_cases(result.left_out)]
    cases += _entries(result)
    cases += [_absent(stack) for stack in result.absent_stacks]
    cases += [_lost(key) for key in result.lost]
    headline = prose.plain(wording.diff_headline(result))
    return findings("diff", headline, map(_diff_suite, result.cells), cases)


def _diff_suite(cell: model.DiffCell) -> Suite:
    names = (cell.stack, cell.os, cell.target)
    numbers = ("kept", "lost", "gained", "changed")
    properties = tuple((name, str(getattr(cell, name))) for name in numbers)
    return Suite(names=names, title=titled(names), properties=properties)


def _lost(key: model.KeyInCell) -> Case:
    name = key.want
    if key.hash is not None:
        name = f"{wording.spec_name(key.package, key.version)}/{key.hash}"
    return Case(
        suite=(key.stack, key.os, key.target),
        name=name,
        state="failed" if key.known is None else "skipped",
        kind="lost" if key.known is None else "known-gap",
        severity="critical",
        message=key.known or "the older state has it, and the newer one has nothing in its place",
    )


@measures_of.register(Diff)
def diff_measures(result: Diff) -> Iterator[Measure]:
    """Yield the numbers of the cells, of the stacks and of the gates."""
    yield from _of_cells(
        result.cells,
        (
            ("kept", "kept", "Packages of a cell whose keys both states have."),
            ("lost", "lost", "Keys of a cell that only the older state has."),
            ("gained", "gained", "Keys of a cell that only the newer state has."),
            ("changed", "changed", "Packages of a cell whose keys changed."),
        ),
    )
    text = "Stacks that only the older state lists."
    yield Measure(name="specplan_absent_stacks", help=text, value=len(result.absent_stacks))
    yield from _known_measures(result)
    yield from gate_measures(result.gates)
    yield from left_out_measures(result.left_out)
