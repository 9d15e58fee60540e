"""Cases as GitHub annotations: at most ten of a kind, because GitHub shows no more in a step.

A failure is an error, or a warning if it costs no build; the headline is a notice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from specplan.reports.findings import findings_of
from specplan.reports.render import wording
from specplan.reports.render.escape import workflow_message, workflow_property

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from specplan.model.report import Report
    from specplan.reports.findings import Case, Findings

__all__ = ["MOST_ANNOTATIONS", "annotation", "github", "limited"]

_Level: TypeAlias = Literal["error", "warning", "notice"]

#: The number of annotations of each kind that a step shows.
MOST_ANNOTATIONS: Final = 10

#: The maximum number of cells in an annotation.
_FEW: Final = 3

_OWN: Final = "specplan"


def annotation(level: str, message: Sequence[str], properties: Mapping[str, str | None]) -> str:
    """Return one annotation as a line.

    Args:
        level: ``error``, ``warning`` or ``notice``.
        message: Its lines.
        properties: Its properties, such as ``file``; those that are None or empty are left out.
    """
    shown = ",".join(
        f"{key}={workflow_property(value)}" for key, value in properties.items() if value
    )
    said = "%0A".join(map(workflow_message, message))
    return f"::{level} {shown}::{said}" if shown else f"::{level}::{said}"


def github(result: Report) -> str:
    """Return the failures of a result as annotations, merging similar ones."""
    findings = findings_of(result)
    lines: list[str] = []
    for level in ("error", "warning"):
        lines += limited(level, list(_of_level(findings, level)))
    title = f"{_OWN} {findings.kind}"
    lines += [annotation("notice", [findings.headline], {"title": title})]
    lines += [annotation("notice", [line], {"title": title}) for line in _gates(findings)]
    return "".join(f"{line}\n" for line in lines)


def _gates(findings: Findings) -> Iterator[str]:
    for case in findings.cases:
        if case.kind == "gate" and case.state == "passed":
            yield f"gate {case.name} holds: {', '.join(case.details)}"


def _level(case: Case) -> _Level | None:
    if case.state == "error":
        return "error"
    if case.state == "failed":
        return "warning" if case.severity in {"info", "minor"} else "error"
    return None


def _of_level(findings: Findings, level: str) -> Iterator[str]:
    chosen = [case for case in findings.cases if _level(case) == level]
    for alike in wording.grouped(
        chosen, lambda case: (case.kind, case.name, case.path, case.line, case.message)
    ):
        first = alike[0]
        where = [_where(each) for each in alike if each.suite[0] != _OWN]
        places = [wording.folded(where, _FEW)] if where else []
        yield annotation(
            level,
            [first.message, *places, *first.details],
            {
                "file": first.path,
                "line": None if first.line is None else str(first.line),
                "title": f"{first.kind}: {first.name}",
            },
        )


def _where(case: Case) -> str:
    stack, *system = case.suite
    return f"{stack} {'/'.join(system)}".rstrip(" ")


def limited(level: str, lines: Sequence[str], most: int = MOST_ANNOTATIONS) -> list[str]:
    """Return the first annotations; the last one counts the rest.

    Args:
        level: Their level.
        lines: The annotations, the most important first.
        most: The maximum number of them in a step.
    """
    if len(lines) <= most:
        return [*lines]
    more = wording.count(len(lines) - most + 1, f"more {level}")
    said = f"and {more}, which GitHub would not show; the report lists all"
    return [*lines[: most - 1], annotation(level, [said], {"title": _OWN})]
