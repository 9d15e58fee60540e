"""The command ``specplan``: read, ask the catalog, write the report, exit.

This is the only part of the package that prints or sets an exit code:

- 0: done, and every gate held;
- 1: done, and a gate failed, or the verdict is not whole (or ``check`` found something);
- 2: the command line or the configuration is wrong, or the report cannot be written;
- 3: an input could not be read;
- 70: a bug in specplan itself, reported in one line.
"""

from __future__ import annotations

import gc
import os
import signal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code.

    Args:
        arguments: The words after the command's name; those of the process by default.
    """
    if shell := os.environ.get("_SPECPLAN_COMPLETE"):
        # A shell waits for this while the user types, so nothing else is imported.
        from specplan.cli import completed  # noqa: PLC0415

        return completed.answer(shell, arguments)
    if arguments is None:
        # Answers are millions of small records without cycles, which the collector would scan again
        # and again; a high threshold still finds cycles, but rarely.
        gc.set_threshold(1_000_000, 50, 1_000)
    # During imports there is nothing to clean up, and nothing that could catch it.
    is_own = arguments is None and signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if is_own:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from specplan.cli import program  # noqa: PLC0415 - as above

    if is_own:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    code = program.run(arguments)
    if arguments is None:
        # The process ends, so there is no need to look for cycles.
        gc.freeze()
    return code
