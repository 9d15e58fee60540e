"""The commands of click: their options come from the table of settings."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Final

import click
from click.core import ParameterSource

from specplan.cli import output
from specplan.cli.common import with_common
from specplan.cli.option_table import options_of
from specplan.cli.settings import settled
from specplan.config.settings import GROUPS, SETTINGS

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["command"]


#: Headings that need more than the name of their group.
_HEADINGS: Final = {"Other": "Other options"}


class GroupedCommand(click.Command):
    """A command whose help lists options under the headings of the table of settings."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, group by group."""
        groups = {each.attribute: each.group for each in SETTINGS}
        for heading in GROUPS:
            rows = [
                row
                for each in self.get_params(ctx)
                if groups.get(str(each.name), "Other") == heading
                and (row := each.get_help_record(ctx)) is not None
            ]
            if rows:
                with formatter.section(_HEADINGS.get(heading, heading)):
                    formatter.write_dl(rows)


def _by_origin(words: dict[str, object]) -> tuple[dict[str, object], dict[str, object]]:
    """Return what was typed, and what environment variables say."""
    context = click.get_current_context()
    variables = {
        name: value
        for name, value in words.items()
        if context.get_parameter_source(name) is ParameterSource.ENVIRONMENT
    }
    return {name: words[name] for name in words if name not in variables}, variables


def command(
    name: str, arguments: tuple[click.Argument, ...] = (), *, configured: bool = True
) -> Callable[[Callable[..., int]], click.Command]:
    """Return what makes a command of a function that takes settings, and perhaps arguments.

    The function gets the arguments by name, and `settings`: what was typed over what is
    configured. Its docstring is the help.

    Args:
        name: The command, as the table of settings calls it.
        arguments: What it takes beside options.
        configured: Whether it reads the configuration.
    """
    positions: Final = [str(each.name) for each in arguments]
    formats: Final = next(
        each.in_command(name).choices for each in SETTINGS if each.name == "format"
    )

    def decorate(function: Callable[..., int]) -> click.Command:
        @functools.wraps(function)
        def run(**words: object) -> int:
            given = {each: words.pop(each) for each in positions}
            typed, variables = _by_origin(words)
            settings = settled(typed, variables=variables, configured=configured, formats=formats)
            if settings.unwritten_format:
                form = settings.unwritten_format
                output.note(f"`{name}` does not write the configured format `{form}`: a table")
            return function(**given, settings=settings)

        made = GroupedCommand(
            name,
            callback=run,
            params=[*arguments, *options_of(name)],
            help=function.__doc__,
        )
        with_common(made)
        return made

    return decorate
