"""Exports for one machine (make, ninja, a shell script), and drawings of the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from specplan.counting import count
from specplan.errors import UsageError
from specplan.pipelines.export.render import base_context, one_line, render, steps

if TYPE_CHECKING:
    from collections.abc import Mapping

    from specplan.pipelines.export.request import ExportRequest

__all__ = ["TEMPLATES", "drawing", "on_one_machine"]

#: The template of each format that is one file.
TEMPLATES: Final[Mapping[str, str]] = {
    "make": "make.mk.j2",
    "ninja": "build.ninja.j2",
    "shell": "run.sh.j2",
    "dot": "graph.dot.j2",
    "mermaid": "graph.mmd.j2",
}

#: Linux accepts words of up to 128 KiB on a command line and in the environment.
_LONGEST_SCRIPT: Final = 120_000


def on_one_machine(format_: str, request: ExportRequest) -> str:
    """Return a file that builds everything on one machine.

    Raises:
        UsageError: If the builds are for several operating systems, or the common part of each
            command of make or ninja is too long.
    """
    systems = sorted({cell.os for cell in request.cells})
    if len(systems) > 1:
        raise UsageError(
            f"`{format_}` runs on one machine, and the builds are for "
            f"{count(len(systems), 'operating system')}: {', '.join(systems)}",
            hint="plan for the lock of one system at a time, or export `gitlab`, `github`, `slurm`",
        )
    script = steps(request)
    context = {**base_context(request), "script": script, "script_line": one_line(script)}
    # A quote within quotes takes four characters; a shell script contains its steps only once.
    longest = len(script.encode()) + 3 * script.count("'")
    if format_ in {"make", "ninja"} and longest > _LONGEST_SCRIPT and request.template is None:
        raise UsageError(
            f"the lock has so many externals that each command of `{format_}` would have "
            f"{count(longest, 'byte')}, more than the {_LONGEST_SCRIPT} that Linux takes",
            hint="export `shell` or `slurm`, whose commands are in files",
        )
    return render(TEMPLATES[format_], context, request.template)


def drawing(format_: str, request: ExportRequest) -> str:
    """Return the builds and their needs as a graph."""
    return render(TEMPLATES[format_], base_context(request), request.template)
