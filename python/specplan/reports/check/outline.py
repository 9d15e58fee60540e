"""The report of a check: findings by kind, the most harmful first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from specplan.model.check import Check
from specplan.reports.check import wording as check_wording
from specplan.reports.outline import (
    Column,
    File,
    Line,
    Name,
    Number,
    Outline,
    Records,
    ReportTable,
    Section,
    SpecWithHash,
    Words,
    outline_of,
    records_of,
)
from specplan.reports.render import prose, wording

if TYPE_CHECKING:
    from collections.abc import Sequence

    from specplan.model.check import CheckedSpec, Finding
    from specplan.model.report import ReportOptions
    from specplan.reports.outline import TableCell

__all__ = ["outline", "records"]

#: The number of findings of a kind that a terminal shows before it counts the rest.
_SCREENFUL: Final = 20

_MISSING: Final = (
    Column("spec", "missing", "spec", is_lead=True),
    Column("binaries", "binaries", "count"),
    Column("roots", "roots", "count"),
    Column("message", "what is wrong", "words"),
)

_LOCATIONS: Final = (
    Column("file", "file", "file", is_lead=True),
    Column("location", "location", "name"),
    Column("message", "message", "words"),
)


@outline_of.register(Check)
def outline(result: Check, options: ReportOptions) -> Outline:
    """Return the findings, one section per kind."""
    del options
    return Outline(
        kind="check",
        headline=check_wording.headline(result),
        warnings=tuple(wording.not_whole(result.left_out)),
        lines=tuple(map(Line, check_wording.numbers(result))),
        sections=tuple(
            Section(
                id=kind,
                title=wording.count(len(findings), *check_wording.FINDING_WORDS[kind]),
                tone="bad",
                table=_missing(findings) if kind == "missing" else _places(findings),
            )
            for kind, findings in check_wording.by_kind(result).items()
        ),
        notes=(
            *map(prose.words, result.notes),
            *wording.left_out(result.left_out),
        ),
    )


@records_of.register(Check)
def records(result: Check, options: ReportOptions) -> Records:
    """Return one row per finding."""
    del options
    names = (
        "kind", "path", "location", "line", "message",
        "spec.hash", "spec.package", "spec.version", "binaries", "roots", "dependents",
    )  # fmt: skip
    return Records(
        names,
        (
            (
                finding.kind,
                finding.path,
                finding.location,
                finding.line,
                finding.message,
                None if finding.spec is None else finding.spec.hash,
                None if finding.spec is None else finding.spec.package,
                None if finding.spec is None else finding.spec.version,
                finding.binaries,
                finding.roots,
                finding.dependents,
            )
            for finding in result.findings
        ),
    )


def _missing(findings: Sequence[Finding]) -> ReportTable:
    rows = tuple(
        (
            None if finding.spec is None else _spec(finding.spec),
            Number(finding.binaries),
            Number(finding.roots),
            Words(finding.message),
        )
        for finding in findings
    )
    return ReportTable(_MISSING, rows, most=_SCREENFUL, packages=_packages(findings))


def _places(findings: Sequence[Finding]) -> ReportTable:
    rows = tuple(
        (File(finding.path, finding.line), _place(finding), Words(finding.message))
        for finding in findings
    )
    packages = _packages(findings)
    return ReportTable(_LOCATIONS, rows, names=2, form="places", most=_SCREENFUL, packages=packages)


def _packages(findings: Sequence[Finding]) -> tuple[str, ...]:
    """Return the package of each finding; empty if it is about none."""
    specs = (finding.spec for finding in findings)
    return tuple("" if spec is None or spec.package is None else spec.package for spec in specs)


def _place(finding: Finding) -> TableCell:
    if finding.spec is not None and finding.location == finding.spec.hash:
        return _spec(finding.spec)
    return Name(finding.location) if finding.location else None


def _spec(spec: CheckedSpec) -> SpecWithHash:
    return SpecWithHash(check_wording.label(spec), spec.hash, between=" /")
