"""Results for CI systems: cases that hold or fail, and numbers.

Text and tables are for people. A CI system compares runs: it needs cases with stable names, each
with a state, and numbers with labels. Each kind of result is converted to these once
(:func:`findings_of`, :func:`measures_of`), and each format of a CI system is one file that shows
them. Texts here contain unescaped names; each format escapes them in its own way.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from functools import singledispatch
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from specplan.errors import UsageError
from specplan.records import dataclass
from specplan.reports.gates import amount
from specplan.reports.render import prose, wording
from specplan.reports.render.escape import terminal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from specplan.model import LeftOut
    from specplan.model.gate import Gate
    from specplan.model.report import Report

__all__ = [
    "Case",
    "CaseState",
    "Findings",
    "Measure",
    "Severity",
    "Standing",
    "Suite",
    "findings",
    "findings_of",
    "gate_cases",
    "gate_measures",
    "left_out_cases",
    "left_out_measures",
    "measures_of",
    "standing_of",
    "titled",
]

#: The states of a case: it holds, fails, is undecided or not requested, or could not be checked.
CaseState: TypeAlias = Literal["passed", "failed", "skipped", "error"]

#: The severity of a failure, from harmless to harmful for users.
Severity: TypeAlias = Literal["info", "minor", "major", "critical", "blocker"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One thing that holds or fails.

    Attributes:
        suite: The parts of the name of its suite: stack, operating system and target of a
            cell, or words of ours.
        name: Its name, which is stable between runs.
        state: Whether it holds.
        kind: Its kind, as a stable word such as ``missing``.
        severity: The severity of a failure.
        message: The fault, in one sentence; empty if it holds.
        details: More about it, one sentence each.
        path: The file that it is about; empty if there is none.
        line: The line of the file, counted from 1, or None.
    """

    suite: tuple[str, ...]
    name: str
    state: CaseState
    kind: str
    severity: Severity = "major"
    message: str = ""
    details: tuple[str, ...] = ()
    path: str = ""
    line: int | None = None

    @property
    def fingerprint(self) -> str:
        """A text that is the same for the same case in every run: 64 hexadecimal digits."""
        text = json.dumps([self.kind, *self.suite, self.name])
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """Cases that belong together, such as those of a cell.

    Attributes:
        names: The parts of its name.
        title: The title for people.
        properties: Property names of specplan, each with its value.
    """

    names: tuple[str, ...]
    title: str
    properties: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """All cases of a result.

    Attributes:
        kind: The kind of result: ``coverage``, ``diff``, ``check``, ``rebuild``.
        headline: The overall result, in one sentence.
        suites: The suites, in their order; each case belongs to one of them.
        cases: The cases, the worst and most useful first.
    """

    kind: str
    headline: str
    suites: tuple[Suite, ...]
    cases: tuple[Case, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A number with labels.

    Attributes:
        name: Its name, such as ``specplan_gaps``; it ends with the unit, if it has one.
        help: Its meaning.
        value: The number.
        labels: Label names of specplan, each with its value.
        unit: Its unit; empty if it counts things.
    """

    name: str
    help: str
    value: float
    labels: tuple[tuple[str, str], ...] = ()
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The result as one share.

    Attributes:
        label: The subject of the share.
        part: The part.
        whole: The whole; 0 if the share is undefined.
        is_doubtful: Whether left-out input could change the share.
        is_partly_old: Whether an earlier run measured a part of it.
        gates: The limit, the value and the verdict of each gate, in a line.
        failure: A fault besides the share, such as a failed gate; empty if there is none.
    """

    label: str
    part: int
    whole: int
    failure: str = ""
    is_doubtful: bool = False
    is_partly_old: bool = False
    gates: tuple[str, ...] = ()


#: The suites that come before those of cells, if they have cases.
_OWN_SUITES: Final = (
    Suite(names=("specplan", "gates"), title="gates"),
    Suite(names=("specplan", "left-out"), title="left out"),
    Suite(names=("specplan", "known-gaps"), title="known gaps"),
    Suite(names=("specplan", "not-wanted"), title="not wanted"),
    Suite(names=("specplan", "stacks"), title="stacks"),
)


def findings(kind: str, headline: str, suites: Iterable[Suite], cases: Iterable[Case]) -> Findings:
    """Return cases with all their suites, under unique names.

    Of two cases with the same name, CI systems only use the first.

    Args:
        kind: The kind of result.
        headline: The overall result.
        suites: The suites that exist even without cases.
        cases: The cases.
    """
    cases = _with_own_names(cases)
    used = {case.suite for case in cases}
    known = (*(each for each in _OWN_SUITES if each.names in used), *suites)
    more = sorted(used - {each.names for each in known})
    return Findings(
        kind=kind,
        headline=headline,
        suites=(*known, *(Suite(names=names, title=titled(names)) for names in more)),
        cases=cases,
    )


def titled(names: Sequence[str]) -> str:
    """Return the title of a suite: the stack, and its system."""
    stack, *system = names
    return f"{stack} {'/'.join(system)}"


def _with_own_names(cases: Iterable[Case]) -> tuple[Case, ...]:
    taken: set[tuple[str, str]] = set()
    found = []
    for case in cases:
        # Formats may show two names in the same way.
        suite, name = terminal(".".join(case.suite)), case.name
        times = 1
        while (suite, terminal(name)) in taken:
            times += 1
            name = f"{case.name} ({times})"
        taken.add((suite, terminal(name)))
        found.append(case if times == 1 else replace(case, name=name))
    return tuple(found)


@singledispatch
def findings_of(result: Report) -> Findings:
    """Return the cases of a result; each kind of result registers its own."""
    raise _unknown(result, "cases")


@singledispatch
def measures_of(result: Report) -> Iterable[Measure]:
    """Return the numbers of a result, those of one name together; each kind registers its own."""
    raise _unknown(result, "numbers")


@singledispatch
def standing_of(result: Report) -> Standing:
    """Return the one share of a result; each kind of result registers its own."""
    raise _unknown(result, "a share")


def _unknown(result: Report, what: str) -> UsageError:
    return UsageError(
        f"this format shows {what}, and a `{type(result).__name__}` has none",
        hint="`--format json` holds everything",
    )


#: The state of the case of a gate, by its verdict.
_GATE_STATES: Final[dict[bool | None, CaseState]] = {
    True: "passed",
    False: "failed",
    None: "skipped",
}


def gate_cases(gates: Iterable[Gate]) -> Iterator[Case]:
    """Yield a case for each gate, with its limit and its value."""
    for gate in gates:
        yield Case(
            suite=("specplan", "gates"),
            name=gate.label,
            state=_GATE_STATES[gate.held],
            kind="gate",
            severity="info" if gate.held is None else "blocker",
            message=gate.reason,
            details=(f"limit {amount(gate, gate.limit)}", f"value {amount(gate, gate.value)}"),
        )


def left_out_cases(records: Iterable[LeftOut]) -> Iterator[Case]:
    """Yield a case for each left-out record: an error if it blocks."""
    for each in records:
        yield Case(
            suite=("specplan", "left-out"),
            name=f"{each.kind}: {each.where}: {each.detail}",
            state="error" if each.blocks else "skipped",
            kind=f"left-out-{each.kind}",
            severity="blocker" if each.blocks else "info",
            message=prose.plain(wording.left_out_line(each)),
            details=(f"to settle it: {each.remedy}",),
        )


def gate_measures(gates: Iterable[Gate]) -> Iterator[Measure]:
    """Yield the limit, the value and the verdict of each gate."""
    gates = tuple(gates)
    for gate in gates:
        text = "The limit of a gate."
        limit = gate.limit
        yield Measure(name="specplan_gate_limit", help=text, value=limit, labels=_labels(gate))
    for gate in gates:
        text = "The value that a gate measured."
        if (value := gate.value) is not None:
            yield Measure(name="specplan_gate_value", help=text, value=value, labels=_labels(gate))
    for gate in gates:
        text = "Whether a gate holds: 1 or 0."
        if (held := gate.held) is not None:
            number = int(held)
            yield Measure(name="specplan_gate_held", help=text, value=number, labels=_labels(gate))


def _labels(gate: Gate) -> tuple[tuple[str, str], ...]:
    own = (("gate", gate.name), ("unit", gate.unit))
    return (*own, ("stack", gate.stack)) if gate.stack else own


def left_out_measures(records: Iterable[LeftOut]) -> Iterator[Measure]:
    """Yield the number of left-out records, by kind."""
    counts: dict[tuple[str, bool], int] = {}
    for each in records:
        key = each.kind, each.blocks
        counts[key] = counts.get(key, 0) + each.count
    for (kind, blocks), count in sorted(counts.items()):
        labels = (("kind", kind), ("blocks", str(blocks).lower()))
        text = "Input of the question that could not be taken into account."
        yield Measure(name="specplan_left_out", help=text, value=count, labels=labels)
