"""A check for CI systems: its findings as cases, and its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from specplan.model.check import Check
from specplan.model.left_out import blocking
from specplan.reports.check import wording as check_wording
from specplan.reports.findings import (
    Case,
    Findings,
    Measure,
    Standing,
    findings,
    findings_of,
    left_out_cases,
    left_out_measures,
    measures_of,
    standing_of,
)
from specplan.reports.render import prose, wording

if TYPE_CHECKING:
    from collections.abc import Iterator

    from specplan.model.check import Finding

__all__ = ["check_findings", "check_measures", "check_standing"]

#: The kinds of findings that break an installation.
_BREAKS: Final = frozenset({"damaged", "damaged-blob", "missing", "missing-blob", "wrong-hash"})


@findings_of.register(Check)
def check_findings(result: Check) -> Findings:
    """Return a case for each finding, the worst first; a passed one for each sound kind."""
    cases = [*left_out_cases(result.left_out)]
    found = check_wording.by_kind(result)
    cases += [_case(each) for of_kind in found.values() for each in of_kind]
    ignored = dict(result.ignored)
    for kind in check_wording.FINDING_WORDS:
        if kind in found:
            continue
        number = ignored.get(kind, 0)
        cases.append(
            Case(
                suite=("specplan", "check"),
                name=kind,
                state="skipped" if number else "passed",
                kind=kind,
                message=f"{number} ignored" if number else "",
            )
        )
    return findings("check", prose.plain(check_wording.headline(result)), (), cases)


def _case(finding: Finding) -> Case:
    spec = finding.spec
    what = finding.location
    if spec is not None:
        what = f"{check_wording.label(spec)}/{spec.hash}"
    name = " ".join(filter(None, (finding.path, what))) or finding.message
    details = []
    if finding.binaries is not None:
        details.append(f"binaries that have it in their closure: {finding.binaries}")
    if finding.roots is not None:
        details.append(f"roots that have it in their closure: {finding.roots}")
    return Case(
        suite=("specplan", "check", finding.kind),
        name=name,
        state="failed",
        kind=finding.kind,
        severity="critical" if finding.kind in _BREAKS else "major",
        message=finding.message,
        details=tuple(details),
        path=finding.path,
        line=finding.line,
    )


@measures_of.register(Check)
def check_measures(result: Check) -> Iterator[Measure]:
    """Yield the numbers of findings of each kind, and of binaries and roots that install."""
    counts = dict(result.counts())
    for kind in check_wording.FINDING_WORDS:
        text = "Faults of the caches."
        labels = (("kind", kind),)
        number = counts.get(kind, 0)
        yield Measure(name="specplan_findings", help=text, value=number, labels=labels)
    if result.binaries is not None:
        text = "Binaries."
        yield Measure(name="specplan_binaries", help=text, value=result.binaries.available)
        text = "Binaries that install from the caches alone."
        yield Measure(name="specplan_binaries_usable", help=text, value=result.binaries.usable)
    if result.roots is not None:
        text = "Roots."
        yield Measure(name="specplan_roots", help=text, value=result.roots.counted)
        text = "Roots that install from the caches alone."
        yield Measure(name="specplan_roots_installable", help=text, value=result.roots.installable)
    yield from left_out_measures(result.left_out)


@standing_of.register(Check)
def check_standing(result: Check) -> Standing:
    """Return the number of binaries that install from the caches alone."""
    number = len(result.findings)
    failure = wording.count(number, "finding") if number else ""
    if result.binaries is None:
        return Standing(label="spack cache sound", part=0, whole=0, failure=failure)
    return Standing(
        label="spack cache sound",
        part=result.binaries.usable,
        whole=result.binaries.available,
        is_doubtful=bool(blocking(result.left_out)),
        failure=failure,
    )
