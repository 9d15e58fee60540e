"""The formats of exports: their names, and the files of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from specplan.pipelines.export import local
from specplan.pipelines.export.chunks import gitlab
from specplan.pipelines.export.slurm import slurm
from specplan.pipelines.export.waves import github

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from specplan.pipelines.export.request import ExportRequest

__all__ = ["DRAWINGS", "FOLDERS", "FORMATS", "files_of"]

#: The formats that only display a plan.
DRAWINGS: Final = ("dot", "mermaid")

#: The formats that are several files in a folder.
FOLDERS: Final = ("gitlab", "github")

_MAKERS: Final[Mapping[str, Callable[[str, ExportRequest], list[tuple[str, str]]]]] = {
    **dict.fromkeys(
        ("make", "ninja", "shell"), lambda style, asked: [("", local.on_one_machine(style, asked))]
    ),
    "slurm": lambda _, asked: [("", slurm(asked))],
    "gitlab": lambda _, asked: gitlab(asked),
    "github": lambda _, asked: github(asked),
    **dict.fromkeys(DRAWINGS, lambda style, asked: [("", local.drawing(style, asked))]),
}

#: The formats with files; `list` is the report of `specplan rebuild`.
FORMATS: Final[tuple[str, ...]] = tuple(_MAKERS)


def files_of(style: str, request: ExportRequest) -> list[tuple[str, str]]:
    """Return the files of a format: name within the folder (empty for a single file), and text.

    Raises:
        SourceError: If a template of the user cannot be read.
        UsageError: If the plan does not fit the limits of the format.
    """
    return _MAKERS[style](style, request)
