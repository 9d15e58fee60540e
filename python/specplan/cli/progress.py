"""How far a run is: bars on a terminal, and a line now and then in the log of a CI job."""

from __future__ import annotations

import contextlib
import sys
import time
from typing import TYPE_CHECKING, Final

from specplan.cli import output
from specplan.reports.render import escape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.console import Console
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

    from specplan.aliases import Progress

__all__ = ["counted", "transfers"]

#: How often a log gets a line; some CI systems end a job that says nothing for ten minutes.
_SECONDS_BETWEEN_LINES: Final = 30.0

#: How much of a name a bar shows: its end distinguishes the files of one mirror.
_LONGEST_NAME: Final = 48

_MEGABYTE: Final = 1_000_000


@contextlib.contextmanager
def transfers() -> Iterator[Progress]:
    """Give the display of transfers: a bar for each on a terminal, else a line now and then.

    The bars vanish when the block ends, so that a report is all that stays.
    """
    if not output.is_terminal(sys.stderr):
        yield _Log().transfer
        return
    # Most runs fetch nothing and should not wait for this.
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    bars = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=None),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
        console=_console(),
        transient=True,
        expand=True,
    )
    with bars:
        yield _Transfers(bars)


@contextlib.contextmanager
def counted(what: str) -> Iterator[Callable[[int, int], None]]:
    """Give the display of how many things are done: a bar, or a line now and then.

    Args:
        what: What the things are called.
    """
    if not output.is_terminal(sys.stderr):
        log = _Log()
        yield lambda done, total: log.line(f"{what}: {done} of {total}")
        return
    from rich.progress import (  # noqa: PLC0415 - as above
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    bars = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=None),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=_console(),
        transient=True,
        expand=True,
    )
    with bars:
        task = bars.add_task(what, total=None)
        yield lambda done, total: bars.update(task, completed=done, total=total)


def _console() -> Console:
    from rich.console import Console  # noqa: PLC0415 - as above

    return Console(stderr=True)


class _Log:
    """Writes a line now and then, the first one after a while: most runs are shorter."""

    def __init__(self) -> None:
        self._last = time.monotonic()

    def line(self, text: str) -> None:
        """Write a line, unless the last one is not long ago."""
        now = time.monotonic()
        if now - self._last >= _SECONDS_BETWEEN_LINES:
            self._last = now
            output.note(text)

    def transfer(self, shown: str, done: int, total: int | None) -> None:
        """Say how far a transfer is."""
        of = "" if total is None else f" of {total / _MEGABYTE:.1f}"
        self.line(f"fetching `{shown}`: {done / _MEGABYTE:.1f}{of} MB")


class _Transfers:
    """Draws one bar for each file."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, shown: str, done: int, total: int | None) -> None:
        task = self._tasks.get(shown)
        if task is None:
            # A URL may hold anything.
            name = escape.terminal(_name(shown))
            name = name if len(name) <= _LONGEST_NAME else f"...{name[3 - _LONGEST_NAME :]}"
            task = self._tasks[shown] = self._bars.add_task(name, total=total)
        self._bars.update(task, completed=done, total=total)


def _name(shown: str) -> str:
    """Return what a file is called; a blob has no name, so that its mirror stands for it."""
    mirror, blobs, _ = shown.partition("/blobs/sha256/")
    return f"{mirror} (index)" if blobs else shown
