"""The lines of a ``spack.yaml`` that ask for roots, as line coverage: LCOV and Cobertura.

A line is hit once for each cell in which a root that it asks for installs from the caches. If it
asks for several, each is a branch. Undecided roots do not count as hit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from specplan.errors import UsageError
from specplan.model import Coverage
from specplan.reports.gates import verdict
from specplan.reports.render.escape import terminal, xml_comment, xml_text

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from specplan.model.report import Report

__all__ = ["cobertura", "lcov"]

#: By file, then line, whether each root that the line asks for installs.
_Lines = dict[str, dict[int, list[bool]]]


def lcov(result: Report) -> str:
    """Return line coverage in LCOV format.

    Raises:
        UsageError: If no root of an environment is wanted.
    """
    files = _files_of(result)
    # Readers of LCOV ignore unknown lines, and newer ones support comments.
    parts = [f"# {terminal(line)}" for line in _verdicts(result)]
    for path, lines in files.items():
        parts += ["TN:", f"SF:{terminal(path)}"]
        for number, roots in lines.items():
            if len(roots) > 1:
                parts += [
                    f"BRDA:{number},0,{at},{int(installs)}" for at, installs in enumerate(roots)
                ]
        several = [roots for roots in lines.values() if len(roots) > 1]
        if several:
            parts += [
                f"BRF:{sum(map(len, several))}",
                f"BRH:{sum(map(sum, several))}",
            ]
        parts += [f"DA:{number},{sum(roots)}" for number, roots in lines.items()]
        parts += [f"LF:{len(lines)}", f"LH:{_hit(lines.values())}", "end_of_record"]
    return "\n".join(parts) + "\n"


def cobertura(result: Report) -> str:
    """Return line coverage in Cobertura format.

    Raises:
        UsageError: If no root of an environment is wanted.
    """
    files = _files_of(result)
    every = [roots for lines in files.values() for roots in lines.values()]
    taken, branches = _branches(every)
    numbers = (
        f'{_rates(every)} lines-covered="{_hit(every)}" lines-valid="{len(every)}" '
        f'branches-covered="{taken}" branches-valid="{branches}"'
    )
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<coverage {numbers} complexity="0" version="specplan" timestamp="0">',
        *(f"  <!-- {xml_comment(line)} -->" for line in _verdicts(result)),
        "  <sources><source>.</source></sources>",
        "  <packages>",
        f'    <package name="spack" {_rates(every)} complexity="0">',
        "      <classes>",
    ]
    for path, lines in files.items():
        name = xml_text(path)
        rates = _rates(list(lines.values()))
        parts += [
            f'        <class name="{name}" filename="{name}" {rates} complexity="0">',
            "          <methods/>",
            "          <lines>",
            *(f"            {_line(number, roots)}" for number, roots in lines.items()),
            "          </lines>",
            "        </class>",
        ]
    parts += ["      </classes>", "    </package>", "  </packages>", "</coverage>"]
    return "\n".join(parts) + "\n"


def _verdicts(result: Report) -> list[str]:
    return [verdict(gate) for gate in result.gates] if isinstance(result, Coverage) else []


def _files_of(result: Report) -> _Lines:
    every = result.root_lines if isinstance(result, Coverage) else ()
    roots = [each for each in every if each.path]
    if not roots:
        raise UsageError(
            "this format shows the lines of a `spack.yaml`, and no root of one is wanted",
            hint="want one with `--want [LABEL=]spack.yaml`",
        )
    files: _Lines = {}
    for each in sorted(roots, key=lambda each: (each.path, each.line)):
        of_line = files.setdefault(each.path, {}).setdefault(each.line, [])
        of_line.append(each.state == "covered")
    return files


def _hit(lines: Collection[Sequence[bool]]) -> int:
    return sum(any(roots) for roots in lines)


def _branches(lines: Collection[Sequence[bool]]) -> tuple[int, int]:
    several = [roots for roots in lines if len(roots) > 1]
    return sum(map(sum, several)), sum(map(len, several))


def _rates(lines: Collection[Sequence[bool]]) -> str:
    taken, branches = _branches(lines)
    rates: Mapping[str, float] = {
        "line-rate": _hit(lines) / len(lines) if lines else 1,
        "branch-rate": taken / branches if branches else 1,
    }
    return " ".join(f'{name}="{rate:.4f}"' for name, rate in rates.items())


def _line(number: int, roots: Sequence[bool]) -> str:
    hits = sum(roots)
    shown = f'<line number="{number}" hits="{hits}"'
    if len(roots) == 1:
        return f'{shown} branch="false"/>'
    share = 100 * hits // len(roots)
    condition = f"{share}% ({hits}/{len(roots)})"
    return f'{shown} branch="true" condition-coverage="{condition}"/>'
