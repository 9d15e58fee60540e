"""An empty text names nothing: it is mostly a variable that is not set."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import pytest

from specplan.cli.program import program

if TYPE_CHECKING:
    from tests.cli.conftest import Runs


def commands() -> dict[str, click.Command]:
    context = click.Context(program)
    found = {name: program.get_command(context, name) for name in program.list_commands(context)}
    return {name: each for name, each in found.items() if each is not None}


@pytest.mark.parametrize("text", ["", " "])
@pytest.mark.parametrize("name", commands())
def test_no_option_and_no_argument_takes_an_empty_text(run: Runs, name: str, text: str) -> None:
    parameters = commands()[name].params
    arguments = [each for each in parameters if isinstance(each, click.Argument)]
    words = [
        each.type.choices[0] if isinstance(each.type, click.Choice) else "x" for each in arguments
    ]
    for each in parameters:
        if not isinstance(each.type, click.types.StringParamType):
            continue
        if isinstance(each, click.Argument):
            at = arguments.index(each)
            shown, typed = (
                f"`{str(each.name).upper()}` is empty",
                [*words[:at], text, *words[at + 1 :]],
            )
        else:
            option = next(name for name in each.opts if name.startswith("--"))
            shown, typed = f"`{option}` is empty", [*words, option, text]
            if each.callback is not None:  # it says what it takes
                shown = f"invalid value for '{option}'"
        ended = run(name, *typed)
        assert (ended.code, ended.out) == (2, ""), typed
        assert f"error: {shown}" in ended.err, typed
