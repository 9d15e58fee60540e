"""The command ``specplan``: it reads, asks the catalog, writes the report and exits.

This is the only part of the package that prints or sets an exit code:

- 0: done, and every gate held;
- 1: done, and a gate failed (or ``check`` found something);
- 2: the command line or the configuration is wrong, or the report cannot be written;
- 3: an input could not be read.

What plans, reads YAML or draws progress bars is imported by the commands that use it, so
that ``specplan --help`` is quick.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

import specplan
from specplan.cli import output
from specplan.cli.check import check
from specplan.cli.coverage import coverage
from specplan.cli.diff import diff
from specplan.cli.find import find
from specplan.cli.gaps import gaps
from specplan.cli.init import init
from specplan.cli.rebuild import rebuild
from specplan.cli.why import why
from specplan.errors import SourceError, SpecplanError, SpecSyntaxError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main", "program"]

#: What a shell reports of a program that was ended with Ctrl-C.
_INTERRUPTED = 130


def _show_version(context: click.Context, _parameter: click.Parameter, wanted: bool) -> None:  # noqa: FBT001 - click passes it so
    if not wanted or context.resilient_parsing:
        return
    click.echo(f"specplan {specplan.__version__}")
    context.exit()


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
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
      1  done, and a gate failed (or check found something)
      2  the command line or the configuration is wrong
      3  an input could not be read
    """  # noqa: D301 - \b keeps click from wrapping the list


for _command in (gaps, coverage, rebuild, why, diff, find, check, init):
    program.add_command(_command)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code.

    Args:
        arguments: The words after the command's name; those of the process by default.
    """
    given = None if arguments is None else list(arguments)
    try:
        code = program.main(args=given, prog_name="specplan", standalone_mode=False)
    except click.Abort:
        return _INTERRUPTED
    except click.ClickException as error:
        output.complain(*_worded(error))
        return 2
    except SpecplanError as error:
        output.complain(*_shown(error))
        return 3 if isinstance(error, SourceError) else 2
    return code if isinstance(code, int) else 0


def _shown(error: SpecplanError) -> tuple[str, str | None, list[str]]:
    """Return the message, the hint, and the lines that show where the fault is."""
    # Of a spec in a file, the file's fault says where it is, and ends with what the spec's says.
    syntax = error if isinstance(error, SpecSyntaxError) else error.__cause__
    if not isinstance(syntax, SpecSyntaxError):
        return str(error), error.hint, []
    _, *excerpt = str(syntax).split("\n")
    return str(error).removesuffix("\n".join(excerpt)).rstrip("\n"), error.hint, excerpt


def _worded(error: click.ClickException) -> tuple[str, str | None]:
    """Return the message and the hint of a mistake that click noticed."""
    message = error.format_message().rstrip(".")
    context = error.ctx if isinstance(error, click.UsageError) else None
    hint = None if context is None else f"`{context.command_path} --help` lists what there is"
    return message[:1].lower() + message[1:], hint
