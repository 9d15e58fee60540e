"""Output: reports to standard output or a file, messages to standard error."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO, TypeAlias

import click

from specplan import temporary
from specplan.cli import streams
from specplan.errors import SpecplanError, UsageError
from specplan.model.report import ReportOptions, as_markdown, as_text, csv_parts, json_parts
from specplan.patterns import pattern
from specplan.records import dataclass
from specplan.reports.render import escape
from specplan.reports.render.bounded import bounded
from specplan.secrets import without_secrets

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from specplan.cli.settings import Settings
    from specplan.model.report import Report, View

__all__ = [
    "QUIET",
    "VERBOSE",
    "Text",
    "colour",
    "complain",
    "detail",
    "fitted",
    "gates_failed",
    "is_device",
    "is_quiet",
    "is_terminal",
    "not_whole",
    "note",
    "publish",
    "refuse_one_place",
    "rendered",
    "said_once",
    "say_line",
    "settle",
    "warn",
    "width",
    "write",
    "write_all",
    "write_folder",
]

#: A text, whole or in parts that follow each other.
Text: TypeAlias = "str | Iterable[str]"

#: The keys of the verbosity in a context.
QUIET: Final = "specplan.quiet"
VERBOSE: Final = "specplan.verbose"

#: The width of a table that goes to a file or another program.
_UNSEEN_WIDTH: Final = 100


def complain(message: str, hint: str | None = None, excerpt: Sequence[str] = ()) -> None:
    """Report the error that ends the run, its place, and a hint."""
    _say("error", message)
    for line in excerpt:
        say_line(escape.excerpt(line.rstrip().removeprefix("  ")))
    if hint is not None:
        _say("hint", hint)


def warn(message: str) -> None:
    """Report a fault that does not end the run."""
    _say("warning", message)


def is_quiet() -> bool:
    """Return whether to show only errors, warnings and failed gates."""
    return _is_kept(QUIET)


def note(message: str) -> None:
    """Print a note, unless only faults are requested."""
    if not is_quiet():
        _say("note", message)


def detail(message: str) -> None:
    """Print a step of the run, if requested."""
    if _is_kept(VERBOSE):
        _say("detail", message)


def _is_kept(key: str) -> bool:
    """Return whether the current run has options that all commands share."""
    context = click.get_current_context(silent=True)
    kept = None if context is None else context.find_root().obj
    return isinstance(kept, dict) and bool(kept.get(key))


def _say(kind: str, message: str) -> None:
    # Messages quote names and paths from the sources.
    say_line(f"{kind}: {escape.terminal(message)}")


#: The lines printed so far while duplicates are suppressed; None if they are not.
_said: set[str] | None = None


@contextlib.contextmanager
def said_once() -> Iterator[None]:
    """Print each line once per run."""
    global _said  # noqa: PLW0603 - standard error is one for the whole process, too
    _said = set()
    try:
        yield
    finally:
        _said = None


def say_line(line: str) -> None:
    """Write a line to standard error, if that is open."""
    stream = sys.stderr
    if stream is None or (_said is not None and line in _said):
        return
    if _said is not None:
        _said.add(line)
    # Messages of click quote what was typed, which may be a URL with a password.
    line = escape.for_logs(without_secrets(line))
    content = f"{line}\n".encode(stream.encoding or "utf-8", "backslashreplace")
    with contextlib.suppress(OSError, ValueError):
        # A failure to print must not change how the run ends.
        streams.put(stream, [content])


def is_terminal(stream: TextIO | None) -> bool:
    """Return whether a stream is a terminal; False if it was closed at the start."""
    try:
        return stream is not None and stream.isatty()
    except (OSError, ValueError):
        return False


def gates_failed(failed: Sequence[str]) -> int:
    """Report the failed gates and return the exit code."""
    for gate in failed:
        _say("gate failed", gate)
    return 1 if failed else 0


def not_whole(message: str) -> None:
    """Report that left-out input could change a verdict."""
    _say("not whole", message)


def _is_seen(settings: Settings) -> bool:
    return settings.output in {None, "-"} and is_terminal(sys.stdout)


def width(settings: Settings) -> int:
    """Return the width of a table: the requested one, the terminal's, or else a fixed one."""
    asked = settings.width
    if asked is not None:
        return asked
    if not _is_seen(settings):
        return _UNSEEN_WIDTH
    # Like `shutil`, which would import every kind of archive.
    columns = os.environ.get("COLUMNS", "")
    if columns.isdecimal() and int(columns) > 0:
        return int(columns)
    try:
        return os.get_terminal_size(1).columns or _UNSEEN_WIDTH
    except (OSError, ValueError):
        return _UNSEEN_WIDTH


def colour(settings: Settings) -> bool:
    """Return whether to use colours; ``NO_COLOR`` and dumb terminals are respected."""
    choice = settings.color
    if choice != "auto":
        return choice == "always"
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return _is_seen(settings) and not plain


def fitted(report: str, settings: Settings) -> str:
    """Return a report in Markdown within the requested size."""
    mark = _mark_of_comment(settings.comment_id)
    most = settings.max_bytes or (_MOST_OF_SUMMARY if not mark else _MOST_OF_COMMENT)
    return mark + bounded(report, most - len(mark))


#: GitHub accepts 65,536 characters in a comment, and 1 MiB in the summary of a step.
_MOST_OF_COMMENT: Final = 60_000
_MOST_OF_SUMMARY: Final = 1_000_000


#: The characters that are safe in a comment of HTML and easy to search for.
_COMMENT_ID: Final = pattern(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,63}")


def _mark_of_comment(name: str | None) -> str:
    """Return the line by which a script finds a comment, if requested."""
    if name is None:
        return ""
    if _COMMENT_ID.fullmatch(name) is None or "--" in name:
        raise UsageError(
            f"`--comment-id {name}` is not an id",
            hint="use up to 64 letters, digits, `.`, `_`, `/` and single `-`, such as `e4s`",
        )
    return f"<!-- specplan:{name} -->\n"


def publish(result: Report, settings: Settings, *, view: View = "gaps") -> None:
    """Write a result in the requested format to the requested output.

    JUnit XML that is too large for its readers is split into several files: ``gaps.xml``,
    ``gaps-2.xml``, and so on.

    Args:
        result: The result.
        settings: The settings, with the format and the file.
        view: The view of coverage.

    Raises:
        UsageError: If it cannot be written completely, or the format does not support the result.
    """
    output = settings.output
    if settings.own_format != "junit" or output is None or _place_of(output).file is None:
        write(rendered(result, settings, view=view), output)
        return
    from specplan.reports.dialects import junit_files  # noqa: PLC0415 - what few need

    path = Path(output)
    write_all(
        (text, output if at == 1 else str(path.with_name(f"{path.stem}-{at}{path.suffix}")))
        for at, text in enumerate(junit_files(result), 1)
    )


def rendered(
    result: Report,
    settings: Settings,
    *,
    view: View = "gaps",
    show: Collection[str] = (),
) -> Text:
    """Return a result in the requested format.

    Args:
        result: The result.
        settings: The settings, with the format, the width and the colour.
        view: The view of coverage.
        show: The parts of a plan to list instead of only counting them.
    """
    asked = ReportOptions(
        view=view,
        show=show,
        width=width(settings),
        colour=colour(settings),
        long_hashes=settings.long_hashes,
        limit=settings.limit,
        package=settings.package,
        summary=settings.summary,
    )
    if settings.own_format:
        return _in_dialect(result, settings)
    if settings.format == "json":
        return json_parts(result)
    if settings.format == "csv":
        return csv_parts(result, asked)
    if settings.format == "markdown":
        return fitted(as_markdown(result, asked), settings)
    return as_text(result, asked)


def _in_dialect(result: Report, settings: Settings) -> str:
    """Return a result in a format of CI systems."""
    from specplan.reports.dialects import DIALECTS, badge_endpoint  # noqa: PLC0415 - what few need

    if settings.own_format == "html":
        from specplan.cli import pages  # noqa: PLC0415 - as above

        page = pages.page_of_one(result, settings)
        for line in pages.size_notes(page):
            note(line)
        return page.files[0][1]
    if settings.own_format == "badge" and (settings.output or "").lower().endswith(".json"):
        return badge_endpoint(result)
    return DIALECTS[settings.own_format](result)


def write(report: Text, output: str | None) -> None:
    """Write the report as UTF-8, with the same bytes on every system.

    Args:
        report: The text, whole or in parts.
        output: A file, or None or ``-`` for standard output.

    Raises:
        UsageError: If it cannot be written completely; a file keeps its previous content.
    """
    write_all([(report, output)])


def write_all(texts: Iterable[tuple[Text, str | None]]) -> None:
    """Write several texts, all or none of the files; see :func:`write`.

    Files get their names only when everything is written.

    Args:
        texts: Each text with its file, or None or ``-`` for standard output.

    Raises:
        UsageError: If one cannot be written completely.
    """
    places = [(_encoded(text), _place_of(output)) for text, output in texts]
    with contextlib.ExitStack() as staged:
        beside = [
            (place, staged.enter_context(_staged(content, place)))
            for content, place in places
            if place.file is not None
        ]
        for content, place in places:
            if place.file is None:
                with _naming(place):
                    _to_descriptor(content, place)
        for place, path in beside:
            with _naming(place):
                path.replace(place.real)


def _encoded(text: Text) -> Iterator[bytes]:
    """Yield a text as bytes, each part when it is needed."""
    parts = iter([text] if isinstance(text, str) else text)
    while True:
        try:
            part = next(parts, None)
        except ValueError as error:
            if isinstance(error, SpecplanError):
                raise
            # It is not a fault of the destination.
            raise RuntimeError("a part of the report cannot be worked out") from error
        if part is None:
            return
        yield part.encode("utf-8", "backslashreplace")


def write_folder(files: Iterable[tuple[str, str]], folder: str) -> None:
    """Write files into a folder, all or none, creating the folder if necessary.

    Args:
        files: The name of each file and its text.
        folder: The folder.

    Raises:
        UsageError: If one cannot be written completely.
    """
    with _naming(_Destination(shown=f"`{folder}`")):
        Path(folder).mkdir(parents=True, exist_ok=True)
    write_all([(text, str(Path(folder) / name)) for name, text in files])


def withdraw(output: str | None) -> None:
    """Remove the file of a report that is not written, so that no earlier one remains.

    Args:
        output: A file, or None or ``-`` for standard output.

    Raises:
        UsageError: If the file cannot be removed.
    """
    place = _place_of(output)
    if place.file is None or not place.file.is_file():
        return
    with _naming(place):
        place.real.unlink(missing_ok=True)
    note(f"{place.shown} was the report of an earlier run; it is removed")


def is_device(output: str) -> bool:
    """Return whether an output is an open descriptor, a device or a pipe, not a file."""
    return _place_of(output).file is None


def refuse_one_place(one: str | None, other: str | None, *, names: tuple[str, str]) -> None:
    """Refuse to write two texts to one place, because the second would replace the first.

    Args:
        one: The destination of the first; None if not given.
        other: The destination of the second.
        names: The options for the destinations.

    Raises:
        UsageError: If both are the same place, however they are written.
    """
    if one is None or other is None or _place_of(one).identity != _place_of(other).identity:
        return
    raise UsageError(
        f"`{names[0]} {one}` and `{names[1]} {other}` are the same file",
        hint="give each its own file",
    )


def settle() -> None:
    """Flush the standard streams, so that nothing fails when the interpreter ends.

    Raises:
        UsageError: If standard output cannot be written.
    """
    with contextlib.suppress(OSError, ValueError):
        streams.settle(sys.stderr)
    with _naming(_STANDARD_OUTPUT):
        streams.settle(sys.stdout)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Destination:
    """The destination of a text.

    Attributes:
        shown: Its name in messages.
        file: The file to replace; None for a destination that cannot be replaced.
        descriptor: The open descriptor, or None.
        device: The device or pipe that is opened, or None.
    """

    shown: str
    file: Path | None = None
    descriptor: int | None = None
    device: Path | None = None

    @property
    def real(self) -> Path:
        """The file after following all links."""
        return Path(os.path.realpath(self.file or self.device or ""))

    @property
    def identity(self) -> tuple[object, ...]:
        """A value that is equal for two spellings of the same place."""
        if self.descriptor is not None:
            return ("descriptor", self.descriptor)
        try:
            real = self.real
        except (OSError, ValueError):
            return ("name", str(self.file or self.device))
        try:
            there = real.stat()
        except OSError:
            return ("path", str(real))
        return ("file", there.st_dev, there.st_ino)


_STANDARD_OUTPUT: Final = _Destination(shown="standard output", descriptor=1)


def _place_of(output: str | None) -> _Destination:
    if output is None or output == "-":
        return _STANDARD_OUTPUT
    path = Path(output)
    shown = f"`{output}`"
    try:
        descriptor = streams.descriptor_named(path)
        is_device = path.exists() and not path.is_file() and not path.is_dir()
    except (OSError, ValueError):
        # Writing reports its fault.
        return _Destination(shown=shown, file=path)
    if descriptor is not None:
        return _Destination(shown=shown, descriptor=descriptor)
    return (
        _Destination(shown=shown, device=path)
        if is_device
        else _Destination(shown=shown, file=path)
    )


@contextlib.contextmanager
def _naming(place: _Destination) -> Iterator[None]:
    """Report the place where a text could not be written."""
    try:
        yield
    except (OSError, ValueError) as error:
        if isinstance(error, UsageError):
            raise
        fault = getattr(error, "strerror", None) or str(error)
        is_absent = isinstance(error, FileNotFoundError)
        raise UsageError(
            f"cannot write the report to {place.shown}: {fault}",
            hint="its folder does not exist; make it first" if is_absent else None,
        ) from error


def _to_descriptor(content: Iterable[bytes], place: _Destination) -> None:
    """Write to an open descriptor, a device or a pipe, which cannot be replaced."""
    if place.device is not None:
        opened = os.open(place.device, os.O_WRONLY | getattr(os, "O_BINARY", 0))
        try:
            with contextlib.suppress(BrokenPipeError):
                streams.write_fully(opened, content)
        finally:
            os.close(opened)
        return
    standard = {1: sys.stdout, 2: sys.stderr}
    if place.descriptor in standard:
        _to_standard(content, standard[place.descriptor])
        return
    with contextlib.suppress(BrokenPipeError):
        streams.write_fully(place.descriptor or 0, content)


def _to_standard(content: Iterable[bytes], stream: TextIO | None) -> None:
    if stream is None:
        raise UsageError(
            "cannot write the report: standard output is closed",
            hint="`-o FILE` writes it to a file",
        )
    streams.put(stream, content)


@contextlib.contextmanager
def _staged(content: Iterable[bytes], place: _Destination) -> Iterator[Path]:
    """Write beside a file, so that only renaming is left and no reader sees half a report."""
    beside: Path | None = None
    try:
        with _naming(place):
            target = place.real
            if target.is_dir():
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
            handle, beside = temporary.new_file(
                target.parent, prefix=".specplan-", suffix=".part", mode=0o666
            )
            try:
                streams.write_fully(handle, content)
            finally:
                os.close(handle)
            if target.exists():
                beside.chmod(stat.S_IMODE(target.stat().st_mode))
        yield beside
    finally:
        if beside is not None:
            temporary.forget(beside)
