"""The end of a run through a bug in specplan or a signal."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from typing import TYPE_CHECKING, Final

import specplan
from specplan import temporary
from specplan.cli import output
from specplan.secrets import without_secrets

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

__all__ = ["FAULT", "cleaned_up", "tell_fault", "was_interrupted"]

#: The exit code of a bug in specplan itself.
FAULT: Final = 70

#: The signals that end a run, if the system has them.
_ENDING: Final = tuple(
    getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)
)

#: The time that the main thread has to end the run itself.
_GRACE_SECONDS: Final = 0.2


def tell_fault(error: BaseException, *, debug: bool) -> int:
    """Report in one line that specplan has a bug, and return the exit code.

    Args:
        error: The uncaught error.
        debug: Whether to show the traceback too.
    """
    kind = type(error).__name__
    with contextlib.suppress(Exception):
        output.settle()
        if debug:
            import traceback  # noqa: PLC0415 - rarely asked for

            for text in traceback.format_exception(type(error), error, error.__traceback__):
                for line in text.rstrip("\n").split("\n"):
                    output.say_line(without_secrets(line))
    try:
        first = str(error).strip().split("\n")[0]
    except Exception:  # noqa: BLE001 - a message that fails must not hide the fault
        first = ""
    said = f"{kind}: {first}" if first else kind
    how = "all of this" if debug else "the output of the same command with `--debug`"
    output.complain(
        f"this is a bug in specplan {specplan.__version__} itself, not in the input: "
        f"{without_secrets(said)}; please report it: send its developers {how}"
    )
    return FAULT


def was_interrupted(error: BaseException | None) -> bool:
    """Return whether an error was caused by an interruption, perhaps within a class body."""
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__
    return error is not None


@contextlib.contextmanager
def cleaned_up() -> Iterator[None]:
    """Remove temporary files if a signal ends the run.

    The compiled core may work for minutes without running Python's handlers. So a separate thread
    waits for the signal.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    taken = [each for each in _ENDING if signal.getsignal(each) == signal.SIG_DFL]
    if not taken:
        yield
        return
    read, write = os.pipe()
    os.set_blocking(write, False)
    before = signal.set_wakeup_fd(write, warn_on_full_buffer=False)
    for each in taken:
        signal.signal(each, _end)
    waiting = threading.Thread(target=_wait, args=(read,), name="signals", daemon=True)
    waiting.start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        for each in taken:
            signal.signal(each, signal.SIG_DFL)
        # The thread reads the end of the pipe and ends.
        os.close(write)
        waiting.join()
        os.close(read)


def _end(number: int, _frame: FrameType | None) -> None:
    """End the run like the signal does, after cleaning up."""
    temporary.remove_all()
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)


def _wait(read: int) -> None:
    """End the run if the main thread is too busy to do so."""
    while received := os.read(read, 1):
        if received[0] in _ENDING:
            time.sleep(_GRACE_SECONDS)
            temporary.remove_all()
            # The exit code that a shell reports for a program ended by a signal.
            os._exit(128 + received[0])
