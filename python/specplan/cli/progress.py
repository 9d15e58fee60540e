"""How far a transfer is, on a terminal and nowhere else."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING

from specplan.cli import output
from specplan.reports.render import escape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.progress import Progress as Bars
    from rich.progress import TaskID

    from specplan.aliases import Progress

__all__ = ["counted", "transfers"]


@contextlib.contextmanager
def transfers() -> Iterator[Progress | None]:
    """Give whom to tell of transfers: a bar for each on a terminal, else nobody.

    The bars vanish when the block ends, so that a report is all that stays.
    """
    if not output.is_terminal(sys.stderr):
        yield None
        return
    # Most runs fetch nothing and should not wait for this.
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TransferSpeedColumn,
    )

    bars = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    with bars:
        yield _Transfers(bars)


@contextlib.contextmanager
def counted(what: str) -> Iterator[Callable[[int, int], None] | None]:
    """Give whom to tell how many things of how many are done: a bar on a terminal, else nobody."""
    if not output.is_terminal(sys.stderr):
        yield None
        return
    from rich.console import Console  # noqa: PLC0415 - as above
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn  # noqa: PLC0415

    bars = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    with bars:
        task = bars.add_task(what, total=None)
        yield lambda done, total: bars.update(task, completed=done, total=total)


class _Transfers:
    """Draws one bar for each file."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, shown: str, done: int, total: int | None) -> None:
        task = self._tasks.get(shown)
        if task is None:
            # A URL may hold anything; its end tells files of one mirror apart.
            name = escape.terminal(shown)
            longest = 48
            name = name if len(name) <= longest else f"...{name[3 - longest :]}"
            task = self._tasks[shown] = self._bars.add_task(name, total=total)
        self._bars.update(task, completed=done, total=total)
