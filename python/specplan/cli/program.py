"""The program: its commands, their order in help, and the exit codes of errors.

Each command is a separate module that is imported when the command runs, so that no command waits
for the imports of another, and ``specplan --help`` for none.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Final

import click

from specplan.cli import ending, invocation, mistakes, output, streams
from specplan.cli.common import DEBUG, show_version, with_common
from specplan.errors import SourceError, SpecplanError, SpecSyntaxError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["program", "run"]

#: The exit code that a shell reports for a program ended with Ctrl-C.
_INTERRUPTED: Final = 130

#: The commands under the headings of help, each with one line about it.
_GROUPS: Final = {
    "Show what is available": {
        "gaps": "Missing specs, the most useful first.",
        "coverage": "Coverage by stack and system.",
        "find": "Specs that satisfy an abstract spec.",
        "diff": "Specs lost, gained and changed between two states.",
        "trend": "Coverage over many snapshots.",
        "check": "Faults in the caches themselves.",
        "report": "An HTML page of coverage, gaps, plan and changes.",
    },
    "Plan what to build": {
        "rebuild": "The smallest set of builds, with order and reasons.",
        "why": "The reason why a spec is in the plan, or is not.",
        "recipes": "Changes of recipes that change hashes.",
        "review": "The cost of a change of recipes: binaries, builds, time.",
    },
    "Run the plan": {
        "export": "The plan for make, ninja, a shell, Slurm, GitLab or GitHub.",
        "trim": "The pipeline of `spack ci generate` without unnecessary jobs.",
        "has": "Check whether a mirror has the binaries of some hashes.",
    },
    "Set up": {
        "index": "Save sources as Parquet files.",
        "init": "Write a configuration for the caches and stacks of a folder.",
        "doctor": "Check versions, configuration, folders and Spack.",
        "completion": "A script that completes command lines in your shell.",
    },
}

#: The commands, each with one line about it, in the order of help.
_COMMANDS: Final = {name: line for commands in _GROUPS.values() for name, line in commands.items()}


class _Commands(dict[str, click.Command]):
    """The commands by name, each imported on access."""

    def __missing__(self, name: str) -> click.Command:
        if name not in _COMMANDS:
            raise KeyError(name)
        module = import_module(f"specplan.cli.{name}")
        self[name] = getattr(module, name)
        return self[name]


class _Program(click.Group):
    """The commands, each imported when it runs, so that no command waits for the others."""

    #: The line about each command in the list of commands.
    summaries: Final = _COMMANDS

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click passes it
        """Return the names of the commands, in the order of help."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        """Return the command of a name, or None."""
        return self.commands[cmd_name] if cmd_name in _COMMANDS else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - as above
        """List the commands, group by group, without importing them."""
        width = max(map(len, _COMMANDS))
        for heading, commands in _GROUPS.items():
            with formatter.section(heading):
                formatter.write_dl([(name.ljust(width), line) for name, line in commands.items()])


@click.group(
    cls=_Program,
    commands=_Commands(),
    context_settings={"help_option_names": [], "max_content_width": 100},
    no_args_is_help=False,
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=show_version,
    help="Show the version and exit.",
)
def program() -> None:
    """Show the content of Spack build caches, their gaps and their changes.

    Everything works from files alone: mirrors and their indexes, here or remote, package
    pages, locks and environments. Defaults come from `specplan.toml`, or `[tool.specplan]`
    in pyproject.toml, found upwards from the working directory.

    \b
    Exit codes:
      0  done, and every gate held
      1  done, and a gate failed, or the verdict is not whole (or check found something)
      2  the command line or the configuration is wrong, or the report cannot be written
      3  an input could not be read
     70  a bug in specplan itself
    """  # noqa: D301 - \b keeps click from wrapping the list


with_common(program)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code.

    Args:
        arguments: The words after the command's name; those of the process by default.
    """
    streams.fill_closed()
    kept: dict[str, bool] = {}
    try:
        with ending.cleaned_up():
            return _ended(arguments, kept)
    except (KeyboardInterrupt, click.Abort):
        return _INTERRUPTED
    except BaseException as error:  # noqa: BLE001 - a panic of the core is none of Exception's
        if ending.was_interrupted(error):
            return _INTERRUPTED
        if isinstance(error, OSError) and _is_nowhere():
            output.complain("the working directory no longer exists", "change to an existing one")
            return 3
        return ending.tell_fault(error, debug=DEBUG in kept)


def _ended(arguments: Sequence[str] | None, kept: dict[str, bool]) -> int:
    """Run the command line and return the exit code, except for bugs."""
    words: list[str] = []
    try:
        words = _words() if arguments is None else list(arguments)
        code = _run(words, kept)
        # Buffered output would otherwise be written when a failure can no longer be reported.
        output.settle()
    except click.ClickException as error:
        output.complain(*mistakes.worded(error, words))
        return 2
    except SpecplanError as error:
        output.complain(*_shown(error))
        return 3 if isinstance(error, SourceError) else 2
    return code


def _is_nowhere() -> bool:
    """Return whether the working directory was removed, so that relative paths are useless."""
    try:
        os.getcwd()  # noqa: PTH109 - that of `Path` is the same
    except OSError:
        return True
    return False


def _run(words: list[str], kept: dict[str, bool]) -> int:
    # click's own `main` misinterprets some errors of the system.
    try:
        with program.make_context("specplan", words, obj=kept) as context:
            # A page shows the command that reproduces it.
            invocation.keep(context, words)
            code = program.invoke(context)
    except click.exceptions.Exit as ended:
        return ended.exit_code
    return code if isinstance(code, int) else 0


def _words() -> list[str]:
    """Return the words of the command line; on Windows no shell has expanded patterns."""
    words = sys.argv[1:]
    if os.name != "nt":
        return words
    import glob  # noqa: PLC0415 - as above

    return [name for word in words for name in (sorted(glob.glob(word)) or [word])]  # noqa: PTH207 - as it was typed


def _shown(error: SpecplanError) -> tuple[str, str | None, list[str]]:
    """Return the message, the hint, and the lines that show the place of the fault."""
    # For a spec in a file, the file's fault names the place and ends with the spec's message.
    syntax = error if isinstance(error, SpecSyntaxError) else error.__cause__
    if not isinstance(syntax, SpecSyntaxError):
        return str(error), error.hint, []
    _, *excerpt = str(syntax).split("\n")
    hint = error.hint or mistakes.flags_hint(syntax.text)
    return str(error).removesuffix("\n".join(excerpt)).rstrip("\n"), hint, excerpt
