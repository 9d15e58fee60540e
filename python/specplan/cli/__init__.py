"""The command ``specplan``: it reads, asks the catalog, writes the report and exits.

This is the only part of the package that prints or sets an exit code:

- 0: done, and every gate held;
- 1: done, and a gate failed, or the verdict is not whole (or ``check`` found something);
- 2: the command line or the configuration is wrong, or the report cannot be written;
- 3: an input could not be read;
- 70: a fault of specplan itself, which one line says.

What plans, reads YAML or draws progress bars is imported by the commands that use it, so
that ``specplan --help`` is quick.
"""

from __future__ import annotations

import gc
import glob
import os
import sys
from typing import TYPE_CHECKING, Final

import click

import specplan
from specplan import _core
from specplan.cli import ending, mistakes, output, streams
from specplan.cli.check import check
from specplan.cli.coverage import coverage
from specplan.cli.diff import diff
from specplan.cli.find import find
from specplan.cli.gaps import gaps
from specplan.cli.init import init
from specplan.cli.rebuild import rebuild
from specplan.cli.recipes import recipes
from specplan.cli.why import why
from specplan.errors import SourceError, SpecplanError, SpecSyntaxError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main", "program"]

#: What a shell reports of a program that was ended with Ctrl-C.
_INTERRUPTED: Final = 130

#: The key under which a context keeps whether tracebacks are asked for.
_DEBUG: Final = "specplan.debug"

#: What asks for the words that complete a command line.
_COMPLETION: Final = "_SPECPLAN_COMPLETE"


def _show_version(context: click.Context, _parameter: click.Parameter, wanted: bool) -> None:  # noqa: FBT001 - click passes it so
    if not wanted or context.resilient_parsing:
        return
    output.write(f"specplan {specplan.__version__}\n", None)
    context.exit()


def _show_help(context: click.Context, _parameter: click.Parameter, wanted: bool) -> None:  # noqa: FBT001 - likewise
    if not wanted or context.resilient_parsing:
        return
    output.write(f"{context.get_help()}\n", None)
    context.exit()


def _keep_debug(context: click.Context, _parameter: click.Parameter, wanted: bool) -> None:  # noqa: FBT001 - likewise
    kept = context.find_root().obj
    if wanted and isinstance(kept, dict):
        kept[_DEBUG] = True
        _core.show_panics()


def _with_common(command: click.Command) -> None:
    """Give a command what all have: help, and tracebacks where specplan itself is at fault."""
    debug = click.option(
        "--debug",
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_keep_debug,
        help="Show the traceback where specplan itself is at fault (exit code 70).",
    )
    # click writes its own help past what makes sure that all of it is written.
    help_ = click.option(
        "-h",
        "--help",
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_show_help,
        help="Show this message and exit.",
    )
    for option in (debug, help_):
        option(command)


@click.group(
    context_settings={"help_option_names": [], "max_content_width": 100},
    no_args_is_help=False,
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the version and exit.",
)
def program() -> None:
    """Tell what Spack build caches hold, what they lack, and what changed.

    Everything works from files alone: mirrors and their indexes, here or remote, package
    pages, locks and environments. Defaults come from `specplan.toml`, or `[tool.specplan]`
    in pyproject.toml, found upwards from the working directory.

    \b
    Exit codes:
      0  done, and every gate held
      1  done, and a gate failed, or the verdict is not whole (or check found something)
      2  the command line or the configuration is wrong, or the report cannot be written
      3  an input could not be read
     70  a fault of specplan itself
    """  # noqa: D301 - \b keeps click from wrapping the list


_with_common(program)
for _command in (gaps, coverage, rebuild, why, diff, find, check, init, recipes):
    _with_common(_command)
    program.add_command(_command)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code.

    Args:
        arguments: The words after the command's name; those of the process by default.
    """
    if arguments is None:
        # Answers are millions of small records without cycles, which the collector would walk
        # again and again; the process ends when the report is written.
        gc.disable()
    streams.fill_closed()
    kept: dict[str, bool] = {}
    try:
        with ending.cleaned_up():
            return _ended(arguments, kept)
    except (KeyboardInterrupt, click.Abort):
        return _INTERRUPTED
    except BaseException as error:  # noqa: BLE001 - a panic of the core is none of Exception's
        if isinstance(error, OSError) and _is_nowhere():
            output.complain("the working directory is gone", "change to one that is there")
            return 3
        return ending.tell_fault(error, debug=_DEBUG in kept)


def _ended(arguments: Sequence[str] | None, kept: dict[str, bool]) -> int:
    """Run the command line and return the exit code of everything that is foreseen."""
    words: list[str] = []
    try:
        words = _words() if arguments is None else list(arguments)
        code = _run(words, kept)
        # What is still held would be written when nobody can say any more that it failed.
        output.settle()
    except click.ClickException as error:
        output.complain(*mistakes.worded(error, words))
        return 2
    except SpecplanError as error:
        output.complain(*_shown(error))
        return 3 if isinstance(error, SourceError) else 2
    return code


def _is_nowhere() -> bool:
    """Whether the working directory was removed, so that no relative path leads anywhere."""
    try:
        os.getcwd()  # noqa: PTH109 - that of `Path` is the same
    except OSError:
        return True
    return False


def _run(words: list[str], kept: dict[str, bool]) -> int:
    # click's own `main` takes some errors of the system for other things.
    if instruction := os.environ.get(_COMPLETION):
        from click.shell_completion import shell_complete  # noqa: PLC0415 - rarely asked for

        return shell_complete(program, {}, "specplan", _COMPLETION, instruction)
    try:
        with program.make_context("specplan", words, obj=kept) as context:
            code = program.invoke(context)
    except click.exceptions.Exit as ended:
        return ended.exit_code
    return code if isinstance(code, int) else 0


def _words() -> list[str]:
    """Return the words of the command line; on Windows no shell has expanded patterns."""
    words = sys.argv[1:]
    if os.name != "nt":
        return words
    return [name for word in words for name in (sorted(glob.glob(word)) or [word])]  # noqa: PTH207 - as it was typed


def _shown(error: SpecplanError) -> tuple[str, str | None, list[str]]:
    """Return the message, the hint, and the lines that show where the fault is."""
    # Of a spec in a file, the file's fault says where it is, and ends with what the spec's says.
    syntax = error if isinstance(error, SpecSyntaxError) else error.__cause__
    if not isinstance(syntax, SpecSyntaxError):
        return str(error), error.hint, []
    _, *excerpt = str(syntax).split("\n")
    hint = error.hint or mistakes.flags_hint(syntax.text)
    return str(error).removesuffix("\n".join(excerpt)).rstrip("\n"), hint, excerpt
