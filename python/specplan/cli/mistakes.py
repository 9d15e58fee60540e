"""Messages and hints for command lines that click refuses."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Final

import click
from click.core import ParameterSource

from specplan.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["flags_hint", "worded"]

#: Compiler flags, followed by words that a spec would take as separate variants.
_FLAGS: Final = pattern(
    r"\b(cflags|cxxflags|cppflags|fflags|ldflags|ldlibs)(==?)([^\s\"']\S*)((?:\s+-\S+)+)"
)

#: Formats that are selected by the suffix of their files.
_SUFFIXES: Final = {
    "md": "markdown",
    "txt": "table",
    "text": "table",
    "xml": "junit",
    "prom": "openmetrics",
    "info": "lcov",
    "htm": "html",
}

#: The argument of commands that take an abstract spec.
_SPEC: Final = "spec"


def worded(error: click.ClickException, words: Sequence[str]) -> tuple[str, str | None]:
    """Return the message and the hint for a mistake that click noticed.

    Args:
        error: The mistake.
        words: The command line.
    """
    # Choices of an argument are listed on separate lines.
    message = " ".join(error.format_message().rstrip(".").split())
    message = message[:1].lower() + message[1:]
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is None:
        return message, _value_hint(error, words)
    hint = f"`{context.command_path} --help` lists the options and commands"
    if (variable := _variable_of(error, context)) is not None:
        return (
            f"the variable {variable}: {_bare(error)}",
            f"unset {variable}, or correct it; {hint}",
        )
    if isinstance(error, click.NoSuchOption):
        is_flag = not error.option_name.startswith("--")
        whole = (_whole_spec(context, words) or _whole_want(context, words)) if is_flag else None
        return message, whole or hint
    if (near := _near_choice(error) or _near_command(error, context)) is not None:
        return message, f"did you mean `{near}`?"
    if "unexpected extra argument" in message:
        return message, (
            _whole_want(context, words)
            or _repeated(context, words)
            or _cache(context, words)
            or _whole_spec(context, words)
            or hint
        )
    return message, hint


def _value_hint(error: click.ClickException, words: Sequence[str]) -> str | None:
    """Return the values of an option that was given without one; None for other mistakes."""
    if not isinstance(error, click.BadOptionUsage):
        return None
    from specplan.config.settings import SETTINGS  # noqa: PLC0415 - only mistakes need it

    for each in SETTINGS:
        if error.option_name in {f"--{each.name}", f"-{each.short}"}:
            command = next((word for word in words if word in each.commands), "")
            shown = each.in_command(command)
            takes = shown.metavar or "|".join(shown.choices)
            return f"write `--{each.name} {takes}`" if takes else None
    return None


def _variable_of(error: click.ClickException, context: click.Context) -> str | None:
    """Return the environment variable whose value click refuses, or None if it was typed."""
    parameter = error.param if isinstance(error, click.BadParameter) else None
    if parameter is None or parameter.name is None:
        return None
    if context.get_parameter_source(parameter.name) is not ParameterSource.ENVIRONMENT:
        return None
    return parameter.envvar if isinstance(parameter.envvar, str) else None


def _bare(error: click.ClickException) -> str:
    """Return the fault of a value from a variable, without the name of the option."""
    message = error.message.rstrip(".")
    return message[:1].lower() + message[1:]


def flags_hint(spec: str) -> str | None:
    """Return a hint on compiler flags with blanks, if a spec has any; otherwise None.

    Example:
        >>> flags_hint("zlib cflags=-O2 -g")
        'flags with blanks go in quotes: `zlib cflags="-O2 -g"`'
    """
    whole = _with_quotes(spec)
    return None if whole == spec else f"flags with blanks go in quotes: `{whole}`"


def _with_quotes(spec: str) -> str:
    """Return the spec with quotes around flags that have blanks."""
    return _FLAGS.sub(lambda found: f'{found[1]}{found[2]}"{found[3]}{found[4]}"', spec)


def _repeated(context: click.Context, words: Sequence[str]) -> str | None:
    """Return a hint on several values, if they follow an option that takes one at a time."""
    import shlex  # noqa: PLC0415 - only mistakes need it

    options = {
        name: each
        for each in context.command.params
        if isinstance(each, click.Option)
        for name in each.opts
    }
    for at, word in enumerate(words):
        name, equals, first = word.partition("=")
        option = options.get(name)
        if option is None or not option.multiple or not name.startswith("--"):
            continue
        start = at + 1 if equals else at + 2
        values = [first] if equals else list(words[at + 1 : start])
        for following in words[start:]:
            if following.startswith("-"):
                break
            values.append(following)
        if len(values) > 1:
            given = " ".join(f"{name} {shlex.quote(each)}" for each in values[:3])
            more = " ..." if len(values) > 3 else ""  # noqa: PLR2004 - those that are shown
            return f"`{name}` takes one value, and may be repeated: `{given}{more}`"
    return None


def _cache(context: click.Context, words: Sequence[str]) -> str | None:
    """Return a hint on naming a cache, if the last word is one without an option."""
    import shlex  # noqa: PLC0415 - as above

    from specplan.sources.label import split_label  # noqa: PLC0415

    word = words[-1]
    place = split_label(word)[1]
    takes_caches = any(each.name == "cache" for each in context.command.params)
    if not takes_caches or word.startswith("-"):
        return None
    if "://" not in place and not os.path.exists(place):  # noqa: PTH110 - `Path.exists` fails on long names
        return None
    return f"a cache is named with `--cache {shlex.quote(word)}`, a lock with `--want`"


def _near_choice(error: click.ClickException) -> str | None:
    """Return the intended value, if an option takes one of a few; None for others."""
    parameter = error.param if isinstance(error, click.BadParameter) else None
    if parameter is None or not isinstance(parameter.type, click.Choice):
        return None
    from specplan.similar_names import suggestions  # noqa: PLC0415 - only mistakes need it

    typed = re.match(r"'([^']*)' is not one of", error.message)
    if typed is None:
        return None
    meant = _SUFFIXES.get(typed[1].lower().removeprefix("."))
    if meant in parameter.type.choices:
        return meant
    near = suggestions(typed[1], parameter.type.choices)
    return near[0] if near else None


def _near_command(error: click.ClickException, context: click.Context) -> str | None:
    """Return the command with a name similar to a nonexistent one; None for others."""
    typed = re.match(r"No such command '([^']{3,})'", error.message)
    if typed is None or not isinstance(context.command, click.Group):
        return None
    from specplan.similar_names import suggestions  # noqa: PLC0415 - only mistakes need it

    near = suggestions(typed[1], context.command.list_commands(context))
    return f"{context.command_path} {near[0]}" if near else None


def _whole_want(context: click.Context, words: Sequence[str]) -> str | None:
    """Return a hint on quoting a wanted spec that the shell has split; None without one."""
    import shlex  # noqa: PLC0415 - as above

    if "--want" not in words or not any(each.name == "want" for each in context.command.params):
        return None
    parts: list[str] = []
    for word in words[words.index("--want") + 1 :]:
        if word.startswith("--"):
            break
        parts.append(word)
    if len(parts) < 2 or not re.match(r"[%^@+~]|\w+=", parts[1]):  # noqa: PLR2004 - as above
        return None
    return f"quote a spec that has blanks: `--want {shlex.quote(_with_quotes(' '.join(parts)))}`"


def _whole_spec(context: click.Context, words: Sequence[str]) -> str | None:
    """Return a hint on quoting a spec that the shell has split; None without a spec."""
    import shlex  # noqa: PLC0415 - as above

    if not any(each.name == _SPEC for each in context.command.params):
        return None
    name = context.info_name or ""
    after = list(words[words.index(name) + 1 :]) if name in words else []
    parts: list[str] = []
    for word in after:
        if word.startswith("--"):
            break
        parts.append(word)
    if len(parts) < 2:  # noqa: PLR2004 - one word needs no quotes
        return None
    spec = _with_quotes(" ".join(parts))
    return f"quote a spec that has blanks: `{context.command_path} {shlex.quote(spec)}`"
