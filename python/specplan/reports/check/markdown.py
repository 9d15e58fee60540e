"""Checks as Markdown, as :mod:`specplan.reports.coverage.markdown` writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specplan.model.check import Check
from specplan.model.report import as_markdown
from specplan.reports.check.wording import FINDING_WORDS, by_kind, headline, named, numbers
from specplan.reports.coverage.markdown import document, foldable, listed, warned
from specplan.reports.render import wording
from specplan.reports.render.escape import markdown_code as code
from specplan.reports.render.escape import markdown_text as sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from specplan.model.check import Finding

__all__ = ["check"]


@as_markdown.register(Check)
def check(result: Check) -> str:
    """Return the headline, and a table of the findings of each kind."""
    parts = [*warned(result.left_out), f"### {headline(result)}", listed(numbers(result))]
    for kind, findings in by_kind(result).items():
        summary = wording.count(len(findings), *FINDING_WORDS[kind])
        parts.append(
            _missing(summary, findings) if kind == "missing" else _others(summary, findings)
        )
    notes = [sentence(note) for note in result.notes]
    return document([*parts, listed([*notes, *wording.left_out(result.left_out, sentence)])])


def _missing(summary: str, findings: Sequence[Finding]) -> str:
    names = ("missing", "what is wrong", "binaries", "roots")
    rows = [
        (
            code(named(finding.spec)) if finding.spec else "",
            sentence(finding.message),
            wording.number(finding.binaries),
            wording.number(finding.roots),
        )
        for finding in findings
    ]
    return foldable(summary, names, rows, numbers=2)


def _others(summary: str, findings: Sequence[Finding]) -> str:
    rows = [
        (
            code(finding.path if finding.line is None else f"{finding.path}:{finding.line}"),
            code(_place(finding)) if finding.place else "",
            sentence(finding.message),
        )
        for finding in findings
    ]
    return foldable(summary, ("file", "place", "message"), rows)


def _place(finding: Finding) -> str:
    if finding.spec is not None and finding.place == finding.spec.hash:
        return named(finding.spec)
    return finding.place
