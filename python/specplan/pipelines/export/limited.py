"""The text of a foreign template, rendered in a separate process with limits.

A template can loop forever, and a single filter can fill the memory. Python cannot stop such work
from within, so a child process does it, and the system stops the child.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING, Final

from specplan.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["LimitError", "TemplateLimits", "limited"]

_TEXT: Final = "text"
_MEMORY: Final = "it uses more memory than allowed"
_PAGES: Final = "/proc/self/statm"


@dataclass(frozen=True, slots=True)
class TemplateLimits:
    """The limits of a template.

    Attributes:
        seconds: CPU time.
        letters: The length of its text.
        memory: Bytes of memory, beyond those that the process has.
    """

    seconds: int
    letters: int
    memory: int

    @classmethod
    def of(cls, builds: int) -> TemplateLimits:
        """Return the limits for a plan with a number of builds."""
        return cls(
            seconds=_SECONDS + builds // 1000,
            letters=(8 << 20) + builds * (8 << 10),
            memory=(128 << 20) + builds * (16 << 10),
        )


_SECONDS: Final = 5


class LimitError(Exception):
    """A template exceeds its limits, or is faulty.

    Attributes:
        line: Its line, if known.
    """

    def __init__(self, fault: str, line: int | None = None) -> None:
        super().__init__(fault)
        self.line = line


def limited(pieces: Callable[[], Iterable[str]], limits: TemplateLimits) -> str:
    """Return the pieces of a template's text, joined.

    Args:
        pieces: Makes them.
        limits: The limits for that. Without ``fork`` on the system, only the length of the text
            counts.

    Raises:
        LimitError: If the template is faulty, or a limit is reached.
    """
    if not hasattr(os, "fork"):
        return _joined(pieces, limits)
    read, write = os.pipe()
    child = _fork()
    if child == 0:
        _work(write, lambda: _joined(pieces, limits), limits)
    try:
        os.close(write)
        with os.fdopen(read, "rb") as answers:
            answer = answers.read()
    except BaseException:
        os.kill(child, signal.SIGKILL)
        raise
    finally:
        _, status = os.waitpid(child, 0)
    if status:
        raise LimitError(_ended(status, limits))
    head, _, said = answer.decode("utf-8", "surrogatepass").partition("\n")
    if head == _TEXT:
        return said
    raise LimitError(said, int(head) if head else None)


def _joined(pieces: Callable[[], Iterable[str]], limits: TemplateLimits) -> str:
    found = []
    left = limits.letters
    try:
        for piece in pieces():
            left -= len(piece)
            if left < 0:
                break
            found.append(piece)
        else:
            return "".join(found)
    except Exception as error:
        raise LimitError(_said(error), _line(error)) from error
    raise LimitError(f"it writes more than {limits.letters} letters")


def _said(error: Exception) -> str:
    if isinstance(error, MemoryError):
        return _MEMORY
    if isinstance(error, RecursionError):
        return "it nests too deeply, or its macros call each other endlessly"
    return str(error) or type(error).__name__


def _line(error: Exception) -> int | None:
    """Return the line of the template: that of a syntax error, or the last one that ran."""
    line = getattr(error, "lineno", None)
    step = error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename == "<template>":
            line = step.tb_lineno
        step = step.tb_next
    return line if isinstance(line, int) else None


def _fork() -> int:
    import warnings  # noqa: PLC0415 - templates of users are rare

    with warnings.catch_warnings():
        # From Python 3.12 on: the other threads wait for signals or for work of the core, which the
        # child does not use.
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def _work(write: int, make: Callable[[], str], limits: TemplateLimits) -> None:
    """Do the work of the child, which never returns."""
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        for each in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(each, signal.SIG_DFL)
        _limit(limits)
        try:
            answer = f"{_TEXT}\n{make()}"
        except LimitError as error:
            answer = f"{error.line or ''}\n{error}"
        with os.fdopen(write, "wb") as answers:
            answers.write(answer.encode("utf-8", "surrogatepass"))
        code = 0
    finally:
        os._exit(code)


def _limit(limits: TemplateLimits) -> None:
    import resource  # noqa: PLC0415 - not on Windows

    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_CPU, limits.seconds)
    if sys.platform == "linux":
        with open(_PAGES, encoding="ascii") as pages:  # noqa: PTH123 - a file of the kernel
            held = int(pages.read().split()[0]) * resource.getpagesize()
        _lower(resource.RLIMIT_AS, held + limits.memory)


def _lower(kind: int, value: int) -> None:
    import resource  # noqa: PLC0415 - not on Windows

    _, most = resource.getrlimit(kind)
    if most == resource.RLIM_INFINITY or value < most:
        resource.setrlimit(kind, (value, most))


def _ended(status: int, limits: TemplateLimits) -> str:
    ended_by = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    if ended_by == signal.SIGXCPU:
        return f"it takes more than {limits.seconds} seconds of CPU time"
    return _MEMORY
