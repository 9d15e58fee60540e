"""The aims of the benches, and the places of the numbers in their output."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["AIMS", "Aim", "Judgement", "Verdict", "judged"]


class Verdict(enum.Enum):
    """Whether an aim is met."""

    MET = "met"
    MISSED = "missed"
    NOT_MEASURED = "not measured"


@dataclass(frozen=True, kw_only=True)
class Aim:
    """A limit for a number in the output of a bench.

    Attributes:
        what: The measured quantity.
        text: The limit, formatted for people.
        bench: The bench that prints it.
        row: The start of the row, as a pattern.
        column: The heading of the number's column.
        limit: The limit.
        at_least: Whether the number must not be below it; otherwise it must not be above.
        below: Another row, whose number divides that of the first: the ratio must keep the limit.
    """

    what: str
    text: str
    bench: str
    row: str
    column: str
    limit: float
    at_least: bool = False
    below: str | None = None


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """An aim, the measured number, and whether it is met."""

    aim: Aim
    measured: str
    verdict: Verdict


AIMS: Final = (
    Aim(
        what="index of 100,000 specs, beside orjson",
        text="12 x",
        bench="indexes",
        row="orjson ",
        column="times specplan",
        limit=12,
        at_least=True,
    ),
    Aim(
        what="the same on one thread",
        text="6 x",
        bench="indexes",
        row="orjson ",
        column="median s",
        below="specplan, one thread ",
        limit=6,
        at_least=True,
    ),
    Aim(
        what="60,000 specs on 5,000 pages, beside orjson",
        text="2.5 x",
        bench="pages",
        row="orjson ",
        column="times specplan",
        limit=2.5,
        at_least=True,
    ),
    Aim(
        what="the same, beside PyYAML",
        text="40 x",
        bench="pages",
        row="PyYAML",
        column="times specplan",
        limit=40,
        at_least=True,
    ),
    Aim(
        what="the same, beside only reading the files",
        text="at most 1.3 x",
        bench="pages",
        row="specplan ",
        column="median s",
        below="reading only ",
        limit=1.3,
    ),
    Aim(
        what="matrix of 1,000,000 specs, beside prepared bitmaps",
        text="at most 2 x",
        bench="coverage",
        row=r"matrix +specplan ",
        column="median ms",
        below=r"matrix +pyroaring ",
        limit=2,
    ),
    Aim(
        what="the same, beside Polars",
        text="20 x",
        bench="coverage",
        row=r"matrix +Polars ",
        column="times specplan",
        limit=20,
        at_least=True,
    ),
    Aim(
        what="least plan of 1,000,000 specs, beside rustworkx",
        text="100 x",
        bench="plans",
        row=r"nothing cached +rustworkx ",
        column="times specplan",
        limit=100,
        at_least=True,
    ),
    Aim(
        what="trend over 100 snapshots of 60,000 specs, CPU",
        text="at most 60 s",
        bench="trend",
        row="specplan trend",
        column="CPU s",
        limit=60,
    ),
    Aim(
        what="start of `specplan --help`, beside importing click",
        text="at most 1.5 x",
        bench="startup",
        row="specplan --help",
        column="times click",
        limit=1.5,
    ),
    Aim(
        what="start of `specplan gaps --stack e4s`, likewise",
        text="at most 3 x",
        bench="startup",
        row="specplan gaps --stack e4s",
        column="times click",
        limit=3,
    ),
)


def judged(aim: Aim, outputs: Mapping[str, str]) -> Judgement:
    """Return whether an aim is met.

    Args:
        aim: The aim.
        outputs: The output of each bench that has run.
    """
    output = outputs.get(aim.bench)
    number = None if output is None else _number(output, aim.row, aim.column)
    if number is not None and output is not None and aim.below is not None:
        divisor = _number(output, aim.below, aim.column)
        number = None if not divisor else number / divisor
    if number is None:
        return Judgement(aim=aim, measured="-", verdict=Verdict.NOT_MEASURED)
    is_met = number >= aim.limit if aim.at_least else number <= aim.limit
    return Judgement(
        aim=aim, measured=f"{number:.2f}", verdict=Verdict.MET if is_met else Verdict.MISSED
    )


def _number(output: str, row: str, column: str) -> float | None:
    """Return the number of a row in the last table that has the row.

    Numbers are right-aligned below the end of their heading.
    """
    found = None
    lines = output.splitlines()
    heading: str | None = None
    for before, line in zip(["", *lines], lines, strict=False):
        if line and set(line) <= {"-", " "}:
            heading = before
        elif heading is not None and column in heading and re.match(row, line):
            end = heading.index(column) + len(column)
            found = float(line[:end].split()[-1].replace(",", ""))
    return found
