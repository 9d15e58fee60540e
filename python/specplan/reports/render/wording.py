"""Phrases that several formats share: numbers, states, cells and notes.

Names in a sentence are marked (:mod:`specplan.reports.render.prose`), so that each format shows
them in its own way.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, TypeVar

from specplan.counting import count, form
from specplan.coverage.entries import not_wanted_entries
from specplan.model.column_records import values_of
from specplan.reports.render import prose

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from specplan.model import (
        Cell,
        Coverage,
        DamagedFile,
        Diff,
        Gap,
        GapState,
        KnownGaps,
        LackedSpec,
        Lacking,
        LeftOut,
        Level,
        Nearest,
        NotWanted,
        RootCoverage,
    )
    from specplan.model.find import Found, Undecided
    from specplan.model.known_gap import DateOrigin, KnownGapState
    from specplan.reports.render.prose import Prose

Item = TypeVar("Item")

__all__ = [
    "LEVEL_WORDS",
    "STATE_SENTENCES",
    "STATE_WORDS",
    "UNION_INDEX",
    "alone",
    "answer",
    "binary",
    "broken_roots",
    "count",
    "coverage_headline",
    "coverage_notes",
    "damaged_note",
    "diff_headline",
    "diff_notes",
    "find_headline",
    "folded",
    "gaps_by_state",
    "grouped",
    "known_gaps",
    "left_out",
    "left_out_kinds",
    "left_out_line",
    "nearest_cell",
    "not_whole",
    "number",
    "others_left_out",
    "percentage",
    "question",
    "roots_line",
    "share",
    "shortened",
    "spec_name",
    "stacks",
    "system",
    "undecided",
    "unknown",
    "upper_bound",
    "want_word",
]

#: The label of package pages for the union of all stacks; it is not a stack.
UNION_INDEX: Final = "root"

#: The reasons why a want is a gap, as in a column of a table.
STATE_WORDS: Final[Mapping[GapState, str]] = {
    "not_concretized": "not concretized",
    "installed": "installed",
    "unindexed": "not in the index",
    "other_stack": "other stack",
    "other_system": "other system",
    "missing": "missing",
}

#: The same as a separate sentence.
STATE_SENTENCES: Final[Mapping[GapState, str]] = {
    "not_concretized": "the lock beside the environment lacks it: run `spack concretize`",
    "installed": "it is installed, and no cache has a binary: push it",
    "unindexed": "a binary is there, and no index lists it: run `spack buildcache update-index`",
    "other_stack": "another stack has it on a system that serves this one: publish, do not build",
    "other_system": "only other systems have it",
    "missing": "nothing in the catalog matches it",
}

#: The nouns for the wants of a level: one, several.
LEVEL_WORDS: Final[Mapping[Level, tuple[str, str]]] = {
    "package": ("package", "packages"),
    "version": ("version", "versions"),
    "variant": ("variant", "variants"),
    "hash": ("hash", "hashes"),
}

_STATE_SUMS: Final[Mapping[GapState, str]] = {
    "not_concretized": "not in the lock (run `spack concretize`)",
    "installed": "installed without a binary (push it)",
    "unindexed": "not in the index (run `spack buildcache update-index`)",
    "other_stack": "that another stack has (publish, do not build)",
    "other_system": "that only other systems have",
    "missing": "that nothing in the catalog matches",
}

#: The information that a source lacks, as the end of a sentence.
_MISSING: Final[Mapping[str, str]] = {
    "edges": "the dependencies",
    "virtuals": "the virtual packages that specs provide",
    "compiler": "the compiler",
    "field": "a field of the spec",
    "recipe": "the version of a virtual package",
    "git-repository": "the version of a git reference",
}

#: The number of records of a kind that a report lists before it counts the rest.
_FEW_RECORDS: Final = 3


def percentage(part: int, whole: int, *, digits: int = 1) -> str:
    """Return the share with one decimal or more, ``n/a`` if there is no whole.

    Only all is 100.0 % and only nothing is 0.0 %: other shares are never rounded to these.

    Example:
        >>> percentage(112, 239), percentage(9999, 10000), percentage(0, 0)
        ('46.9 %', '99.9 %', 'n/a')
        >>> percentage(2, 3, digits=3)
        '66.667 %'
    """
    if whole == 0:
        return "n/a"
    one: int = 10**digits
    most = 100 * one
    rounded = (2 * most * part + whole) // (2 * whole)
    if 0 < part < whole:
        rounded = min(max(rounded, 1), most - 1)
    return f"{rounded // one}.{rounded % one:0{digits}} %"


def share(part: int, whole: int, *, is_old: bool) -> str:
    """Return a share as a percentage, marked where an earlier run measured it."""
    return f"{percentage(part, whole)}{' (old)' if is_old else ''}"


def number(known: int | None) -> str:
    """Return the number, ``n/a`` if unknown."""
    return "n/a" if known is None else str(known)


def answer(known: bool | None) -> str:  # noqa: FBT001 - the value to word, not a flag
    """Return ``yes`` or ``no``, ``n/a`` if unknown."""
    if known is None:
        return "n/a"
    return "yes" if known else "no"


def grouped(items: Iterable[Item], alike: Callable[[Item], object]) -> list[list[Item]]:
    """Return similar items as one group, with groups and items in their original order."""
    groups: dict[object, list[Item]] = {}
    for item in items:
        groups.setdefault(alike(item), []).append(item)
    return list(groups.values())


def system(os: str, target: str) -> str:
    """Return a system as on the command line."""
    return f"{os}/{target}"


def folded(names: Sequence[str], shown: int) -> str:
    """Return the first names and the number of the others."""
    return first_of(names, shown, str)


def first_of(items: Sequence[Item], shown: int, called: Callable[[Item], str]) -> str:
    """Return the names of the first items, and the number of the others.

    Args:
        items: The items, of which only the shown ones need a name.
        shown: The number of items to show, or one more if that is all.
        called: Returns the name of an item.
    """
    if len(items) <= shown + 1:
        return ", ".join(map(called, items))
    return f"{', '.join(map(called, items[:shown]))} and {len(items) - shown} more"


def nearest_cell(nearest: Nearest) -> str:
    """Return the place of the nearest spec of a gap: its stack and system."""
    stack = "the union index" if nearest.stack == UNION_INDEX else nearest.stack
    # An index without a label is in no stack.
    return f"{stack} {system(nearest.os, nearest.target)}".lstrip(" ")


def _subject(cells: Iterable[Cell]) -> str:
    stacks = sorted({cell.stack for cell in cells})
    if not stacks:
        return "no cells"
    few = 3
    return ", ".join(map(prose.name, stacks)) if len(stacks) <= few else count(len(stacks), "stack")


def coverage_headline(coverage: Coverage) -> Prose:
    """Return the headline: the number of available wants."""
    totals = coverage.totals
    subject = _subject(coverage.cells)
    if totals.wanted == 0:
        return f"{subject}: nothing is wanted, so coverage is n/a"
    one, several = _nouns(coverage)
    noun = form(totals.wanted, f"{one} is", f"{several} are")
    share = percentage(totals.covered, totals.wanted)
    line = f"{subject}: {totals.covered} of {totals.wanted} wanted {noun} available ({share})"
    line += f", {count(totals.gaps, 'gap')}"
    if totals.unknown:
        line += f", {totals.unknown} unknown"
    if len(coverage.cells) > 1:
        line += f", in {count(len(coverage.cells), 'cell')}"
    return line


def question(coverage: Coverage) -> Prose:
    """Return the line on the question: wants, level, compatibility, snapshot."""
    wants = "wants from peers"
    if coverage.wants == "lock":
        wants = f"wants from locks, scope {coverage.scope}"
    if coverage.wants == "environment":
        wants = "wants from environments"
    if coverage.wants == "lock_and_environment":
        wants = f"wants from locks, scope {coverage.scope}, and from environments"
    if coverage.wants == "baseline":
        wants = "wants from the baseline"
        if coverage.baseline is not None:
            wants += f" {prose.name(coverage.baseline)}"
    parts = [wants, *([] if coverage.level is None else [f"level {coverage.level}"])]
    parts.append(f"compatibility {coverage.compat}")
    if coverage.tags:
        parts.append(f"snapshot {prose.name(', '.join(coverage.tags))}")
    return ", ".join(parts)


def _nouns(coverage: Coverage) -> tuple[str, str]:
    """Return the nouns for one want and for several."""
    if coverage.level is None:
        return "root", "roots"
    if coverage.level == "hash" and coverage.wants in {"lock", "lock_and_environment"}:
        return "spec", "specs"
    return LEVEL_WORDS[coverage.level]


def want_word(coverage: Coverage) -> str:
    """Return the head of a column of wants."""
    return "spec" if coverage.level == "hash" else _nouns(coverage)[0]


def upper_bound(coverage: Coverage) -> list[str]:
    """Return the line on the limits of the coverage of environments."""
    if not coverage.is_upper_bound:
        return []
    line = "an upper bound: a binary that covers a root of an environment could be reused"
    return [f"{line}; a concretizer may still decide otherwise"]


def unknown(coverage: Coverage) -> list[Prose]:
    """Return the lines on undecided wants, by the missing information."""
    groups = grouped(coverage.unknown, lambda each: each.missing)
    lines = []
    for group in groups:
        wants = list(dict.fromkeys(prose.name(each.want) for each in group))
        reasons = " and ".join(_MISSING[each] for each in group[0].missing)
        cannot = count(len(group), "want")
        lines.append(f"{cannot} cannot be decided, as no source says {reasons}: {folded(wants, 3)}")
    return lines


def left_out_line(record: LeftOut) -> Prose:
    """Return one line on left-out input: its place, the event, the count, its kind."""
    times = f", {record.count} times" if record.count > 1 else ""
    return f"{prose.name(record.where)}: {prose.words(record.detail)}{times} ({record.kind})"


def left_out_kinds(records: Iterable[LeftOut]) -> str:
    """Return the numbers of left-out input by kind: ``2 include, 1 no_peer``."""
    counts: dict[str, int] = {}
    for each in records:
        counts[each.kind] = counts.get(each.kind, 0) + each.count
    return ", ".join(f"{count} {kind}" for kind, count in counts.items())


def not_whole(records: Sequence[LeftOut]) -> list[str]:
    """Return the first line of a report whose verdict is incomplete, if it is."""
    blocking = [each for each in records if each.blocks]
    if not blocking:
        return []
    kinds = left_out_kinds(blocking)
    line = f"not whole: left-out input could change the answer ({kinds})"
    return [f"{line}; `--explain-left-out` shows the remedies"]


def left_out(records: Iterable[LeftOut]) -> list[Prose]:
    """Return the lines on left-out input, one per record; the first of many similar ones."""
    lines = []
    for group in grouped(records, lambda each: (each.kind, each.blocks)):
        shown = group if len(group) <= _FEW_RECORDS + 1 else group[:_FEW_RECORDS]
        lines += [f"left out: {left_out_line(each)}" for each in shown]
        if len(group) > len(shown):
            lines.append(f"left out: {len(group) - len(shown)} more of {group[0].kind}")
    return lines


def others_left_out(records: Iterable[LeftOut]) -> list[Prose]:
    """Return the lines on left-out input, except records with their own lines."""
    own = {"damaged_file", "absent_stack"}
    return left_out(each for each in records if each.kind not in own)


def shortened(name: str, most: int) -> str:
    """Return a name with at most a number of letters, with an ellipsis in place of the rest."""
    return name if len(name) <= most else f"{name[: most - 1]}…"


def spec_name(package: str | None, version: str | None) -> str:
    """Return the package and the version of a spec as Spack spells them."""
    if package is None:
        return "not described by any source"
    return package if version is None else f"{package}@{version}"


def roots_line(roots: RootCoverage) -> str:
    """Return the line on the number of roots that install from the cache alone."""
    if roots.wanted == 0:
        return "no root is wanted, so root coverage is n/a"
    install = form(roots.wanted, "root installs", "roots install")
    share = percentage(roots.installable, roots.wanted)
    line = f"{roots.installable} of {roots.wanted} {install} from the cache alone ({share})"
    if not roots.undecided:
        return line
    return f"{line}; {count(roots.undecided, 'root is', 'roots are')} undecided"


def alone(coverage: Coverage) -> list[Prose]:
    """Return the lines on the content of caches without wants."""
    found = coverage.alone
    if found is None:
        return []
    lines = [count(found.binaries, "binary", "binaries")]
    if found.usable is not None:
        install = count(found.usable, "installs", "install")
        lines[0] += f", of which {install} from the cache alone"
    if found.lacking:
        lacking = [
            f"{_lacked(each)} ({count(each.binaries, 'binary', 'binaries')})"
            for each in found.lacking
        ]
        broken = found.binaries - (found.usable or 0)
        others = form(broken, "the other lacks", "the others lack")
        lines.append(f"{others} {count(len(lacking), 'spec')}: {folded(lacking, 3)}")
    lines.append(
        "no wants are defined: give `--want spack.lock`, `--baseline TAG|SOURCE`, or another stack "
        "of the family (`--cache LABEL=SOURCE`)"
    )
    return lines


def _lacked(spec: LackedSpec | Lacking) -> Prose:
    return prose.spec(spec_name(spec.package, spec.version), spec.hash, " /")


def broken_roots(roots: RootCoverage | None) -> list[Prose]:
    """Return the lines on roots that do not install, and the specs that they lack."""
    if roots is None or not roots.broken:
        return []
    broken = first_of(
        roots.broken,
        3,
        lambda root: (
            f"{prose.name(spec_name(root.package, root.version))} "
            f"(lacks {count(root.lacks_total, 'spec')})"
        ),
    )
    lacking = first_of(
        roots.lacking, 3, lambda each: f"{_lacked(each)} ({count(each.roots, 'root')})"
    )
    do = count(len(roots.broken), "root does", "roots do")
    lack = form(len(roots.broken), "it lacks", "they lack")
    return [
        f"{do} not install: {broken}",
        f"{lack} {count(len(roots.lacking), 'spec')}: {lacking}",
    ]


def _broken_specs(coverage: Coverage) -> list[str]:
    cells = [cell for cell in coverage.cells if cell.usable is not None]
    broken = sum(cell.covered - (cell.usable or 0) for cell in cells)
    if broken <= 0:
        return []
    are = count(
        broken,
        "available spec is broken: not everything it links to or runs with is available",
        "available specs are broken: not everything they link to or run with is available",
    )
    return [are]


def gaps_by_state(gaps: Sequence[Gap]) -> str:
    """Return the number of gaps in each state, in words."""
    numbers = Counter(values_of(gaps, "state"))
    parts = [f"{numbers[state]} {words}" for state, words in _STATE_SUMS.items() if numbers[state]]
    return f"{count(sum(numbers.values()), 'gap')}: {', '.join(parts)}" if parts else "no gaps"


def damaged_note(damaged: Sequence[DamagedFile]) -> list[Prose]:
    """Return the line on skipped files, if there are any."""
    if not damaged:
        return []
    shown = folded([prose.name(each.path) for each in damaged], 3)
    return [f"{count(len(damaged), 'damaged file was', 'damaged files were')} skipped: {shown}"]


def _pattern(entry: NotWanted) -> str:
    parts = {"package": entry.package, "stack": entry.stack, "os": entry.os, "target": entry.target}
    named = [f"{name} {prose.name(pattern)}" for name, pattern in parts.items() if pattern != "*"]
    return ", ".join(named) or "everything"


def coverage_notes(coverage: Coverage) -> list[Prose]:
    """Return the notes besides the numbers, one per line."""
    notes = [f"stack {prose.name(stack)} is absent" for stack in coverage.absent_stacks]
    notes += carried(coverage)
    notes += unknown(coverage)
    notes += not_wanted(coverage.not_wanted)
    concerned = _concerned(coverage)
    for at, entry in enumerate(coverage.not_wanted):
        if not entry.excluded and at in concerned:
            pattern = _pattern(entry)
            notes.append(f"unused not-wanted entry ({pattern}): {prose.words(entry.reason)}")
    notes += known_gaps(coverage.known_gaps)
    notes += _broken_specs(coverage) + broken_roots(coverage.roots)
    notes += others_left_out(coverage.left_out)
    return notes + damaged_note(coverage.damaged)


def carried(coverage: Coverage) -> list[Prose]:
    """Return the note on cells that this run did not measure, if there are any."""
    if coverage.carried is None:
        return []
    number = count(coverage.carried.cells, "cell was", "cells were")
    tags = ", ".join(coverage.carried.tags)
    of = f" of {prose.name(tags)}" if tags else ""
    file = prose.name(coverage.carried.path)
    return [f"{number} not measured this time, and carried forward from {file}{of}"]


#: The words on entries of known gaps that should be removed.
_STALE: Final[Mapping[KnownGapState, str]] = {"expired": "over", "unused": "unused"}

#: The origin of the day of a run, in words.
_DAYS: Final[Mapping[DateOrigin, str]] = {
    "option": "--date",
    "SOURCE_DATE_EPOCH": "SOURCE_DATE_EPOCH",
    "clock": "the clock",
}


def known_gaps(known: KnownGaps | None) -> list[Prose]:
    """Return the excused known gaps and stale entries, one note each."""
    if known is None:
        return []
    number = sum(each.excused for each in known.entries)
    when = f"on {known.date} by {_DAYS[known.date_from]}"
    notes: list[Prose] = [f"{count(number, 'known gap')}, {when} ({prose.name(known.path)})"]
    for each in known.entries:
        about = prose.name(each.label)
        reason = prose.words(each.reason)
        until = f", until {each.until}" if each.until else ""
        issue = f", {prose.words(each.issue)}" if each.issue else ""
        if each.state == "used":
            notes.append(f"known: {about}, {count(each.excused, 'gap')}: {reason}{until}{issue}")
        elif each.state in _STALE:
            notes.append(f"known gap that is {_STALE[each.state]}: {about}: {reason}{until}{issue}")
    return notes


def not_wanted(
    entries: Iterable[NotWanted],
) -> list[str]:
    """Return the exclusions of the configuration, one note each."""
    return [
        f"not wanted: {count(entry.excluded, 'want')} ({_pattern(entry)}): "
        f"{prose.words(entry.reason)}"
        for entry in entries
        if entry.excluded
    ]


def _concerned(coverage: Coverage) -> AbstractSet[int]:
    """Return the positions of entries that could have excluded something.

    They may exclude wants of unreported cells; and they need not exclude specs that an older state
    or a file does not want.
    """
    if coverage.wants != "peers":
        return frozenset()
    cells = ((cell.stack, cell.os, cell.target) for cell in coverage.cells)
    return not_wanted_entries(coverage.not_wanted).in_cells(cells)


def diff_headline(diff: Diff) -> Prose:
    """Return the headline of the changes between two states."""
    totals = diff.totals
    return (
        f"{prose.name(diff.old)} -> {prose.name(diff.new)}: "
        f"{totals.lost} lost, {totals.gained} gained, {totals.changed} changed, "
        f"{totals.kept} kept (level {diff.level})"
    )


def diff_notes(diff: Diff) -> list[Prose]:
    """Return the notes besides the keys, one per line."""
    absent = [f"stack {prose.name(stack)} is absent" for stack in diff.absent_stacks]
    new = [f"stack {prose.name(stack)} is new" for stack in diff.new_stacks]
    notes = absent + new + migrated(len(diff.migrated))
    return notes + others_left_out(diff.left_out) + damaged_note(diff.damaged)


def migrated(number: int) -> list[Prose]:
    """Return the line on specs whose hash only differs because of another format, if any."""
    only = count(number, "spec has", "specs have")
    line = f"{only} another hash only because of another format: one cause, no other difference"
    return [line] if number else []


def find_headline(found: Found) -> Prose:
    """Return the one line on the number of specs found."""
    number = len(found.specs)
    line = count(number, "spec satisfies", "specs satisfy") if number else "no spec satisfies"
    line += f" {prose.name(found.query)}"
    return f"{line}, {len(found.undecided)} undecided" if found.undecided else line


def undecided(found: Found) -> list[tuple[str, list[Undecided]]]:
    """Return the undecided specs by missing information, each with its line."""
    groups = grouped(found.undecided, lambda each: each.missing)
    return [(f"{len(group)} undecided: {group[0].reason}", group) for group in groups]


def stacks(listed: Sequence[str]) -> list[str]:
    """Return the stacks that list a spec; the union index only if no stack does."""
    return [each for each in listed if each != UNION_INDEX] or list(listed)


def binary(available: bool, external: bool) -> str:  # noqa: FBT001 - fields of a spec
    """Return whether a spec has a binary or needs none."""
    return "external" if external else answer(available)
