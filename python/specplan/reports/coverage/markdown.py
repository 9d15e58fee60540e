"""Results as Markdown for the summary of a CI job: a headline, tables, long ones folded.

It is GitHub's dialect, which GitLab renders as well. Tables of more than a screenful
go into a ``details`` element. All names are code spans, so that none is taken for a
link, a mention or an element. Nothing is truncated.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from specplan.model import Coverage, Diff
from specplan.model.find import Found
from specplan.model.report import as_markdown
from specplan.reports.render import wording
from specplan.reports.render.escape import for_logs
from specplan.reports.render.escape import markdown_code as code
from specplan.reports.render.escape import markdown_text as sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from specplan.model import Cell, Change, Gap, KeyInCell, LeftOut, Spec, View

__all__ = [
    "coverage",
    "diff",
    "document",
    "find",
    "foldable",
    "gaps",
    "listed",
    "view_of",
    "warned",
]

#: A table of more rows is folded away behind its summary.
_SCREENFUL: Final = 20

#: A matrix of more systems becomes a table of cells: a page is not wider than this.
_ABREAST: Final = 6


@as_markdown.register(Coverage)
def view_of(result: Coverage, *, view: View) -> str:
    """Return a view of the document."""
    return gaps(result) if view == "gaps" else coverage(result)


def gaps(result: Coverage) -> str:
    """Return the headline, the cells, and the gaps, ranked."""
    parts = [*_opening(result), _cells(result.cells)]
    summary = _capitalised(wording.gaps_by_state(result.gaps))
    if result.listed_gaps:
        parts.append(foldable(summary, *_gaps(result)))
    elif result.totals.wanted:
        parts.append(f"{summary}.")
    parts += [f"{_capitalised(line)}." for line in wording.unlisted(result)]
    return document([*parts, listed(wording.coverage_notes(result, code, sentence))])


def coverage(result: Coverage) -> str:
    """Return the headline and the matrix of stacks against systems."""
    parts = [*_opening(result), _matrix(result.cells)]
    return document([*parts, listed(wording.coverage_notes(result, code, sentence))])


@as_markdown.register(Diff)
def diff(result: Diff) -> str:
    """Return the headline, the cells, and what was lost, changed and gained."""
    names = ("stack", "system", "kept", "lost", "gained", "changed")
    rows = [
        (
            code(cell.stack),
            code(wording.system(cell.os, cell.target)),
            str(cell.kept),
            str(cell.lost),
            str(cell.gained),
            str(cell.changed),
        )
        for cell in result.cells
    ]
    parts = [
        *warned(result.left_out),
        f"### {wording.diff_headline(result, code)}",
        listed(wording.diff_notes(result, code)),
        foldable(wording.count(len(rows), "cell"), names, rows, numbers=4),
        _keys("lost", result.lost),
        _changes(result.changed),
        _keys("gained", result.gained),
    ]
    return document(parts)


@as_markdown.register(Found)
def find(result: Found) -> str:
    """Return the headline, the specs, and those that cannot be decided."""
    parts = [*warned(result.left_out), f"### {wording.find_headline(result, code)}"]
    parts.append(_specs(wording.count(len(result.specs), "spec"), result.specs))
    for line, group in wording.undecided(result):
        parts.append(_specs(line, [each.spec for each in group]))
    notes = wording.others_left_out(result.left_out, sentence)
    parts.append(listed(notes + wording.damaged_note(result.damaged, code)))
    return document(parts)


def _specs(summary: str, specs: Sequence[Spec]) -> str:
    names = ("spec", "hash", "system", "compiler", "variants", "stacks", "binary")
    rows = [
        (
            code(f"{spec.name}@{spec.version}"),
            code(spec.hash),
            code(wording.system(spec.os, spec.target)),
            code(spec.compiler) if spec.compiler else "",
            code(" ".join(spec.variants)) if spec.variants else "",
            ", ".join(map(code, wording.stacks(spec))),
            wording.binary(spec),
        )
        for spec in specs
    ]
    return foldable(summary, names, rows)


def document(parts: Iterable[str]) -> str:
    """Return the parts that are not empty, each a paragraph."""
    return for_logs("\n\n".join(part for part in parts if part) + "\n")


def _opening(result: Coverage) -> list[str]:
    opening = [*warned(result.left_out), f"### {wording.coverage_headline(result, code)}"]
    if result.roots is not None:
        opening.append(f"**{_capitalised(wording.roots_line(result.roots))}**")
    opening.append(f"{_capitalised(wording.question(result, code))}.")
    opening += [f"{_capitalised(line)}." for line in wording.upper_bound(result)]
    return opening + [f"{_capitalised(line)}." for line in wording.alone(result, code)]


def warned(records: Sequence[LeftOut]) -> list[str]:
    """Return what has to be read before all else."""
    return [f"**{_capitalised(line)}**" for line in wording.not_whole(records)]


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def listed(notes: Sequence[str]) -> str:
    """Return notes as a list."""
    return "\n".join(f"- {note}" for note in notes)


def foldable(
    summary: str, names: Sequence[str], rows: Sequence[Sequence[str]], *, numbers: int = 0
) -> str:
    """Return a table under its summary, folded away where it is long.

    Args:
        summary: What the table holds; it is not escaped.
        names: The names of the columns.
        rows: Their cells, escaped.
        numbers: How many of the last columns hold numbers.
    """
    if not rows:
        return ""
    rules = ["---"] * (len(names) - numbers) + ["---:"] * numbers
    table = "\n".join(f"| {' | '.join(line)} |" for line in (names, rules, *rows))
    if len(rows) <= _SCREENFUL:
        return f"**{summary}**\n\n{table}"
    return f"<details><summary>{summary}</summary>\n\n{table}\n\n</details>"


def _cells(cells: Sequence[Cell]) -> str:
    usable = any(cell.usable is not None for cell in cells)
    names = ["stack", "system", "wanted", "covered", "exact", "unknown"]
    names += [*(["usable"] if usable else []), "gaps", "coverage"]
    rows = [
        (
            code(cell.stack),
            code(wording.system(cell.os, cell.target)),
            str(cell.wanted),
            str(cell.covered),
            str(cell.covered_exact),
            str(cell.unknown),
            *([wording.number(cell.usable)] if usable else []),
            str(cell.wanted - cell.covered - cell.unknown),
            wording.percentage(cell.covered, cell.wanted),
        )
        for cell in cells
    ]
    return foldable(wording.count(len(rows), "cell"), names, rows, numbers=len(names) - 2)


def _matrix(cells: Sequence[Cell]) -> str:
    systems = sorted({(cell.os, cell.target) for cell in cells})
    if len(systems) > _ABREAST:
        return _cells(cells)
    shares = {
        (cell.stack, cell.os, cell.target): wording.percentage(cell.covered, cell.wanted)
        for cell in cells
    }
    names = ("stack", *(code(wording.system(os, target)) for os, target in systems))
    rows = [
        (code(stack), *(shares.get((stack, os, target), "") for os, target in systems))
        for stack in sorted({cell.stack for cell in cells})
    ]
    return foldable(wording.count(len(rows), "stack"), names, rows, numbers=len(systems))


def _where(items: Iterable[Gap] | Iterable[KeyInCell] | Iterable[Change]) -> str:
    return ", ".join(
        f"{code(item.stack)} {code(wording.system(item.os, item.target))}" for item in items
    )


def _gaps(result: Coverage) -> tuple[Sequence[str], Sequence[Sequence[str]]]:
    closure = any(gap.blocked is not None for gap in result.listed_gaps)
    names = [wording.want_word(result), "cells", "lacking in", "why", "nearest"]
    names += ["differs in", *(("blocks", "roots completed", "buildable now") if closure else ())]
    rows = []
    for group in wording.grouped(
        result.listed_gaps, lambda gap: replace(gap, stack="", os="", target="")
    ):
        gap = group[0]
        want = code(gap.want)
        if gap.hash is not None:
            want = f"{code(wording.spec_name(gap.package, gap.version))} {code('/' + gap.hash)}"
        row = [want, str(len(group)), _where(group), wording.STATE_WORDS[gap.state]]
        if gap.nearest is None:
            row += ["none", ""]
        else:
            place = code(wording.nearest_place(gap.nearest))
            row += [f"{code(gap.nearest.hash)} {place}", sentence(", ".join(gap.nearest.differs))]
        if closure:
            row += [wording.number(gap.blocked), wording.number(gap.roots_completed)]
            row.append(wording.answer(gap.buildable_now))
        rows.append(row)
    return names, rows


def _keys(title: str, keys: Sequence[KeyInCell]) -> str:
    groups = wording.grouped(keys, lambda key: key.want)
    rows = [
        (code(wording.key_name(group[0], str)), str(len(group)), _where(group)) for group in groups
    ]
    return foldable(f"{len(keys)} {title}", (title, "cells", "in"), rows)


def _changes(changes: Sequence[Change]) -> str:
    rows = [
        (
            code(group[0].package),
            ", ".join(map(code, wording.changed_keys(group[0].old, group[0].old_versions, str))),
            ", ".join(map(code, wording.changed_keys(group[0].new, group[0].new_versions, str))),
            str(len(group)),
            _where(group),
        )
        for group in wording.grouped(changes, lambda each: (each.package, each.old, each.new))
    ]
    return foldable(f"{len(changes)} changed", ("changed", "old", "new", "cells", "in"), rows)
