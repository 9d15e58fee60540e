"""Checks as text for a terminal: causes first, the rest in groups of a screenful."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from specplan.model.check import Check
from specplan.model.report import as_text
from specplan.reports.check.wording import FINDING_WORDS, by_kind, headline, named, numbers
from specplan.reports.render import wording
from specplan.reports.render.escape import terminal
from specplan.reports.render.layout import Column, Span
from specplan.reports.render.page import Page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from specplan.model.check import Finding

__all__ = ["check"]

#: How many findings of a kind are shown before the rest is counted.
_SCREENFUL: Final = 20

#: How many specs are named of which the same is wrong in one file.
_FEW: Final = 4


@as_text.register(Check)
def check(result: Check, *, width: int, colour: bool = False) -> str:
    """Return the findings, by kind; of a kind with many, the first.

    Args:
        result: The result.
        width: The terminal's width in columns.
        colour: Whether to paint with escape sequences.
    """
    page = Page(width=width, colour=colour)
    page.warnings(wording.not_whole(result.left_out))
    page.text(headline(result), style="bold")
    for line in numbers(result):
        page.text(line)
    for kind, findings in by_kind(result).items():
        page.blank()
        page.text(wording.count(len(findings), *FINDING_WORDS[kind]), style="red")
        groups = wording.grouped(findings, _group)
        shown = groups[:_SCREENFUL]
        if kind == "missing":
            page.table(*_missing([finding for group in shown for finding in group]))
        else:
            for group in shown:
                _findings(page, group)
        more = len(findings) - sum(map(len, shown))
        if more:
            page.text(f"... and {more} more, which `--format json` lists", style="dim")
    notes = [terminal(note) for note in result.notes]
    page.notes([*notes, *wording.left_out(result.left_out, terminal)])
    return page.end()


def _missing(findings: Sequence[Finding]) -> tuple[list[Column], list[list[Span]]]:
    columns = [
        Column(("missing",), overhangs=True),
        Column(("binaries",), align="right"),
        Column(("roots",), align="right"),
        Column(("what is wrong",), wraps=True),
    ]
    rows = [
        [
            Span("" if finding.spec is None else terminal(named(finding.spec))),
            Span(wording.number(finding.binaries)),
            Span(wording.number(finding.roots)),
            Span(terminal(finding.message)),
        ]
        for finding in findings
    ]
    return columns, rows


def _group(finding: Finding) -> object:
    """Return what findings share that are told together: one sentence about specs."""
    return finding if finding.spec is None or finding.kind == "missing" else finding.message


def _findings(page: Page, group: Sequence[Finding]) -> None:
    """Tell what is wrong once: with several specs of one file, or with several files."""
    names = [_place(finding) for finding in group]
    if len({finding.path for finding in group}) == 1:
        _file(page, group[0], wording.folded(names, _FEW))
    else:
        shown = len(group) if len(group) <= _FEW + 1 else _FEW
        for finding, name in zip(group[:shown], names, strict=False):
            _file(page, finding, name)
        if len(group) > shown:
            page.text(f"and {len(group) - shown} more", indent="  ")
    page.text(terminal(group[0].message), indent="    ")


def _place(finding: Finding) -> str:
    if finding.spec is not None and finding.place == finding.spec.hash:
        return named(finding.spec)
    return finding.place


def _file(page: Page, finding: Finding, place: str) -> None:
    line = "" if finding.line is None else f":{finding.line}"
    after = f": {terminal(place)}" if place else ""
    page.text(f"{terminal(finding.path)}{line}{after}", indent="  ")
