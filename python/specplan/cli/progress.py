"""Progress: bars on a terminal, occasional lines in the log of a CI job."""

from __future__ import annotations

import contextlib
import sys
import time
from typing import TYPE_CHECKING, Final

from specplan.cli import output
from specplan.reports.render import escape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.progress import Progress as Bars
    from rich.progress import ProgressColumn, TaskID

    from specplan.aliases import Progress

__all__ = ["counted", "transfers"]

#: The interval of lines in a log; some CI systems end a job without output for ten minutes.
_SECONDS_BETWEEN_LINES: Final = 30.0

#: The maximum and minimum length of a name beside a bar; its end distinguishes the files of a
#: mirror.
_LONGEST_NAME: Final = 48
_SHORTEST_NAME: Final = 12

#: The width of the columns beside a name: a short bar, `999.9/999.9 MB`, the speed, the time left.
_BESIDE_NAME: Final = 43

_MEGABYTE: Final = 1_000_000


@contextlib.contextmanager
def transfers() -> Iterator[Progress]:
    """Return the display of transfers: a bar for each on a terminal, otherwise occasional lines.

    A bar vanishes when its transfer ends, so that only the report remains.
    """
    if not _has_bars():
        yield _Log().transfer
        return
    # Imported here because most runs fetch nothing.
    from rich.progress import DownloadColumn, TransferSpeedColumn  # noqa: PLC0415

    with _bars(DownloadColumn, TransferSpeedColumn) as bars:
        yield _Transfers(bars)


@contextlib.contextmanager
def counted(what: str) -> Iterator[Callable[[int, int], None]]:
    """Return the display of progress: a bar, or occasional lines.

    Args:
        what: The noun for the counted things.
    """
    if not _has_bars():
        log = _Log()
        yield lambda done, total: log.line(f"{what}: {done} of {total}")
        return
    from rich.progress import MofNCompleteColumn  # noqa: PLC0415 - as above

    with _bars(MofNCompleteColumn) as bars:
        task = bars.add_task(what, total=None)
        yield lambda done, total: bars.update(task, completed=done, total=total)


def _has_bars() -> bool:
    return output.is_terminal(sys.stderr) and not output.is_quiet()


def _bars(*numbers: type[ProgressColumn]) -> Bars:
    """Return bars with a name, numbers and the time left, each on one line however narrow it is.

    Args:
        numbers: The columns of numbers.
    """
    from rich.console import Console  # noqa: PLC0415 - as above
    from rich.progress import (  # noqa: PLC0415 - as above
        BarColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.table import Column  # noqa: PLC0415 - as above

    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=None),
        *(each(table_column=Column(no_wrap=True)) for each in numbers),
        TimeRemainingColumn(table_column=Column(no_wrap=True)),
        console=Console(stderr=True),
        transient=True,
        expand=True,
    )


class _Log:
    """Writes occasional lines, the first one after a while: most runs are shorter."""

    def __init__(self) -> None:
        self._last = time.monotonic()

    def line(self, text: str) -> None:
        """Write a line, unless the last one was recent."""
        now = time.monotonic()
        if now - self._last >= _SECONDS_BETWEEN_LINES:
            self._last = now
            output.note(text)

    def transfer(self, shown: str, done: int, total: int | None) -> None:
        """Show the progress of a transfer."""
        of = "" if total is None else f" of {total / _MEGABYTE:.1f}"
        self.line(f"fetching `{shown}`: {done / _MEGABYTE:.1f}{of} MB")


class _Transfers:
    """Draws one bar for each file."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, shown: str, done: int, total: int | None) -> None:
        task = self._tasks.get(shown)
        if total is not None and done >= total:
            if task is not None:
                self._bars.remove_task(self._tasks.pop(shown))
            return
        if task is None:
            # A URL may contain anything.
            name = self._fitted(escape.terminal(_name(shown)))
            task = self._tasks[shown] = self._bars.add_task(name, total=total)
        self._bars.update(task, completed=done, total=total)

    def _fitted(self, name: str) -> str:
        room = self._bars.console.width - _BESIDE_NAME
        most = max(min(room, _LONGEST_NAME), _SHORTEST_NAME)
        return name if len(name) <= most else f"...{name[3 - most :]}"


def _name(shown: str) -> str:
    """Return the name of a file; for a blob, which has none, that of its mirror."""
    mirror, blobs, _ = shown.partition("/blobs/sha256/")
    return f"{mirror} (index)" if blobs else shown
