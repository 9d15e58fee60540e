"""The page of an answer, with notes about it on standard error."""

from __future__ import annotations

from typing import TYPE_CHECKING

import specplan
from specplan.cli.days import day_of
from specplan.cli.invocation import command_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from specplan.cli.settings import Settings
    from specplan.model.report import Report
    from specplan.reports.html.page import InputFile, Origin
    from specplan.reports.html.render import Rendered

__all__ = ["origin", "page_of_one", "size_notes"]


def origin(settings: Settings, files: Sequence[InputFile] = ()) -> Origin:
    """Return the origin of a page of this run.

    Args:
        settings: The settings, which may include the day of the run; the clock is not used, so that
            pages are reproducible.
        files: Its input files, besides those that its documents name.
    """
    from specplan.reports.html.page import Origin  # noqa: PLC0415 - what few need

    day, said_by = day_of(settings)
    return Origin(
        version=specplan.__version__,
        command=command_line(settings.output),
        date="" if said_by == "clock" else day,
        files=tuple(files),
    )


def page_of_one(result: Report, settings: Settings) -> Rendered:
    """Return the page of one answer, as one file."""
    from specplan.model.report import as_json  # noqa: PLC0415 - as above
    from specplan.reports.html.documents import read_document  # noqa: PLC0415 - as above
    from specplan.reports.html.render import single  # noqa: PLC0415 - as above

    return single([read_document(as_json(result).encode())], origin(settings))


def size_notes(page: Rendered) -> list[str]:
    """Return a note on the size of a page, if it is large."""
    from specplan.reports.html.render import SOFT_BYTES  # noqa: PLC0415 - as above

    notes = []
    if page.cut:
        notes.append(
            f"the page leaves out {page.cut} gaps and builds of the lowest rank, to stay within "
            "20 MB; the JSON documents contain all"
        )
    if page.bytes > SOFT_BYTES:
        notes.append(
            f"the page has {page.bytes / 1e6:.1f} MB, which some browsers and CI systems are slow "
            "to show"
        )
    return notes
