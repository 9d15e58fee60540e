"""Commands of click, whose options come from the table of settings."""

from __future__ import annotations

import functools
import os
from typing import TYPE_CHECKING, Any, Final

import click
from click.core import ParameterSource

from specplan.cli import output
from specplan.cli.common import with_common
from specplan.cli.option_table import options_of
from specplan.cli.overwriting import refuse_overwriting
from specplan.cli.settings import settled
from specplan.cli.variables import refuse_misspelt
from specplan.config.settings import GROUPS, SETTINGS
from specplan.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["argument", "command"]


#: Headings that are longer than the name of their group.
_HEADINGS: Final = {"Other": "Other options"}


class _Argument(click.Argument):
    """An argument with a line of help, which click does not support before 8.5."""

    def __init__(self, name: str, *, purpose: str, **attributes: Any) -> None:
        """Create an argument.

        Args:
            name: The parameter of the function that gets it.
            purpose: Its purpose.
            **attributes: The attributes for click.
        """
        super().__init__([name], **attributes)
        self.purpose: Final = purpose

    def get_help_record(self, ctx: click.Context) -> tuple[str, str]:
        """Return the name and the purpose for the help."""
        return self.make_metavar(ctx), self.purpose


def argument(
    name: str,
    purpose: str,
    *,
    metavar: str | None = None,
    choices: Sequence[str] | None = None,
    is_required: bool = True,
    is_repeatable: bool = False,
) -> click.Argument:
    """Return an argument of a command, with its help.

    Args:
        name: The parameter of the function that gets it.
        purpose: Its purpose, as a sentence, with the default in brackets.
        metavar: Its name in the help; by default the name in capitals.
        choices: The words that it takes, if they are fixed.
        is_required: Whether it is required; if not, the function gets None or an empty tuple
            without it.
        is_repeatable: Whether it takes several values, passed to the function as a tuple.
    """
    return _Argument(
        name,
        purpose=purpose,
        metavar=metavar,
        type=None if choices is None else click.Choice(choices),
        required=is_required,
        nargs=-1 if is_repeatable else 1,
    )


class GroupedCommand(click.Command):
    """A command whose help lists options under the headings of the table of settings."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the arguments, and the options, group by group."""
        groups = {each.attribute: each.group for each in SETTINGS}
        parameters = self.get_params(ctx)
        arguments = [each.get_help_record(ctx) for each in parameters if _is_argument(each)]
        if arguments:
            with formatter.section("Arguments"):
                formatter.write_dl([each for each in arguments if each is not None])
        for heading in GROUPS:
            rows = [
                row
                for each in parameters
                if not _is_argument(each)
                and groups.get(str(each.name), "Other") == heading
                and (row := each.get_help_record(ctx)) is not None
            ]
            if rows:
                with formatter.section(_HEADINGS.get(heading, heading)):
                    formatter.write_dl(rows)


def _is_argument(parameter: click.Parameter) -> bool:
    return isinstance(parameter, click.Argument)


def _by_origin(words: dict[str, object]) -> tuple[dict[str, object], dict[str, object]]:
    """Return the typed values, and those of environment variables."""
    context = click.get_current_context()
    variables = {
        name: value
        for name, value in words.items()
        if context.get_parameter_source(name) is ParameterSource.ENVIRONMENT
    }
    return {name: words[name] for name in words if name not in variables}, variables


def _refuse_empty(typed: dict[str, object]) -> None:
    """Refuse an empty text, which names nothing and is mostly a variable that is not set.

    Raises:
        UsageError: For the first one.
    """
    for each in click.get_current_context().command.params:
        value = typed.get(str(each.name))
        texts = value if isinstance(value, tuple) else (value,)
        if any(isinstance(text, str) and not text.strip() for text in texts):
            option = next((name for name in each.opts if name.startswith("--")), None)
            shown = option or str(each.name).upper()
            raise UsageError(f"`{shown}` is empty", hint="is a variable unset?")


def command(
    name: str, arguments: tuple[click.Argument, ...] = (), *, configured: bool = True
) -> Callable[[Callable[..., int]], click.Command]:
    """Return a decorator that makes a command from a function with settings and arguments.

    The function gets the arguments by name, and `settings`: typed values over configured ones. Its
    docstring is the help.

    Args:
        name: The name of the command in the table of settings.
        arguments: Its arguments besides options.
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
            refuse_misspelt(os.environ)
            typed, variables = _by_origin(words)
            _refuse_empty({**given, **typed})
            settings = settled(typed, variables=variables, configured=configured, formats=formats)
            if settings.unwritten_format:
                form = settings.unwritten_format
                output.note(f"`{name}` does not write the configured format `{form}`: a table")
            refuse_overwriting(settings, given)
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
