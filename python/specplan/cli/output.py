"""Where text goes: the report to standard output or a file, all else to standard error."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

from specplan.errors import UsageError
from specplan.report import as_csv, as_json, as_markdown, as_text
from specplan.reports import escape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from specplan.cli.options import Typed
    from specplan.config import Configuration
    from specplan.report import Report

__all__ = [
    "colour",
    "complain",
    "gates_failed",
    "note",
    "rendered",
    "warn",
    "width",
    "write",
]

#: The width of a table that goes to a file or another program.
_UNSEEN_WIDTH: Final = 100


def complain(message: str, hint: str | None = None, excerpt: Sequence[str] = ()) -> None:
    """Say what ends the run, where the fault is, and what the reader can do about it."""
    _say("error", message)
    for line in excerpt:
        print(escape.terminal(line.rstrip()), file=sys.stderr)  # noqa: T201 - likewise
    if hint is not None:
        _say("hint", hint)


def warn(message: str) -> None:
    """Say what is wrong but does not end the run."""
    _say("warning", message)


def note(message: str) -> None:
    """Say what the reader might not expect."""
    _say("note", message)


def _say(kind: str, message: str) -> None:
    if not _is_open(sys.stderr):
        return
    # Messages quote names and paths from the sources.
    print(f"{kind}: {escape.terminal(message)}", file=sys.stderr)  # noqa: T201 - the one place that says things


def gates_failed(failed: Sequence[str]) -> int:
    """Say which gates failed and return the exit code."""
    for gate in failed:
        _say("gate failed", gate)
    return 1 if failed else 0


def _is_seen(typed: Typed) -> bool:
    return typed.get("output") in {None, "-"} and _is_open(sys.stdout) and sys.stdout.isatty()


def _is_open(stream: TextIO | None) -> bool:
    """Whether there is a stream: the interpreter has none where none was open at its start."""
    return stream is not None


def width(typed: Typed) -> int:
    """Return the width of a table: the one asked, the terminal's, or else a fixed one."""
    asked = typed.get("width")
    if asked is not None:
        return asked
    if not _is_seen(typed):
        return _UNSEEN_WIDTH
    return shutil.get_terminal_size((_UNSEEN_WIDTH, 24)).columns


def colour(typed: Typed) -> bool:
    """Whether to paint the report; ``NO_COLOR`` and dumb terminals are respected."""
    choice = typed.get("color", "auto")
    if choice != "auto":
        return choice == "always"
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return _is_seen(typed) and not plain


def rendered(result: Report, settings: Configuration, typed: Typed, **options: object) -> str:
    """Return a result in the format that is asked for.

    Args:
        result: The result.
        settings: What says the format.
        typed: What says the width and the colour.
        **options: What its kind has in formats for people and tables, such as ``view``.
    """
    if settings.format == "json":
        return as_json(result)
    if settings.format == "csv":
        return as_csv(result, **options)
    if settings.format == "markdown":
        return as_markdown(result, **options)
    return as_text(result, width=width(typed), colour=colour(typed), **options)


def write(report: str, output: str | None) -> None:
    """Write the report as UTF-8, the same bytes on every system.

    Args:
        report: The text.
        output: A file, or None or ``-`` for standard output.

    Raises:
        UsageError: If it cannot be written; a file keeps what it held before.
    """
    # A lone surrogate, from a file name that is not UTF-8, has no bytes of its own.
    content = report.encode("utf-8", "backslashreplace")
    try:
        if output in {None, "-"}:
            _to_standard_output(content)
        else:
            _to_file(content, Path(str(output)))
    except OSError as error:
        place = "standard output" if output in {None, "-"} else f"`{output}`"
        fault = error.strerror or str(error)
        raise UsageError(f"cannot write the report to {place}: {fault}") from error


def _to_standard_output(content: bytes) -> None:
    if not _is_open(sys.stdout):
        raise UsageError(
            "cannot write the report: standard output is closed",
            hint="`-o FILE` writes it to a file",
        )
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        # Whoever reads has seen enough, as `head` does. The interpreter flushes the
        # stream once more at its end, which must not fail either.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def _to_file(content: bytes, path: Path) -> None:
    """Write beside the file, then rename, so that no reader sees half a report."""
    if path.exists() and not path.is_file():
        # A device or a pipe can only be written as it is; a folder fails here.
        path.write_bytes(content)
        return
    target = Path(os.path.realpath(path))
    beside = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with beside.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            shutil.copymode(target, beside)
        beside.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise
