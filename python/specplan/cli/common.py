"""Options of all commands: help, version, verbosity and tracebacks."""

from __future__ import annotations

from typing import Final

import click

import specplan
from specplan.cli import output

__all__ = ["DEBUG", "show_version", "with_common"]

#: The key in a context for whether tracebacks are requested.
DEBUG: Final = "specplan.debug"


def show_version(context: click.Context, _parameter: click.Parameter, wanted: bool) -> None:  # noqa: FBT001 - click passes it so
    """Write the version and end the run."""
    if not wanted or context.resilient_parsing:
        return
    output.write(f"specplan {specplan.__version__}\n", None)
    context.exit()


def _show_help(context: click.Context, _parameter: click.Parameter, wanted: bool) -> None:  # noqa: FBT001 - as above
    if not wanted or context.resilient_parsing:
        return
    output.write(f"{context.get_help()}\n", None)
    context.exit()


def _keep_debug(context: click.Context, _parameter: click.Parameter, wanted: bool) -> None:  # noqa: FBT001 - as above
    kept = context.find_root().obj
    if wanted and isinstance(kept, dict):
        # Help does not need the core.
        from specplan import _core  # noqa: PLC0415

        kept[DEBUG] = True
        _core.show_panics()


def _keep_loudness(context: click.Context, parameter: click.Parameter, wanted: bool) -> None:  # noqa: FBT001 - as above
    kept = context.find_root().obj
    if wanted and isinstance(kept, dict):
        kept[output.QUIET if parameter.name == "quiet" else output.VERBOSE] = True


def with_common(command: click.Command) -> None:
    """Add the common options to a command: help, verbosity, tracebacks of bugs."""
    quiet = click.option(
        "-q",
        "--quiet",
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_keep_loudness,
        envvar="SPECPLAN_QUIET",
        help="Show no notes. Errors, warnings and failed gates are always shown.",
    )
    verbose = click.option(
        "-v",
        "--verbose",
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_keep_loudness,
        envvar="SPECPLAN_VERBOSE",
        help="Show on standard error which sources are read and how long it takes.",
    )
    debug = click.option(
        "--debug",
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_keep_debug,
        help="Show the traceback of a bug in specplan itself (exit code 70).",
    )
    # click's own help bypasses the code that ensures complete output.
    help_ = click.option(
        "-h",
        "--help",
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_show_help,
        help="Show this message and exit.",
    )
    for option in (quiet, verbose, debug, help_):
        option(command)
