"""The command line of this run, for reports that show it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import click

from specplan.secrets import without_secrets

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["command_line", "keep"]

#: The key of the words in a context.
_WORDS: Final = "specplan.words"


def keep(context: click.Context, words: Sequence[str]) -> None:
    """Keep the words of a command line as long as its context."""
    context.meta[_WORDS] = tuple(words)


def command_line(output: str | None) -> str:
    """Return the command line of this run, quoted for a shell, without credentials.

    Only the name of the output is kept, so that a report does not depend on its folder. Empty
    outside of a run.

    Args:
        output: The output of the run, as it was typed.
    """
    context = click.get_current_context(silent=True)
    words = () if context is None else context.meta.get(_WORDS, ())
    if output:
        named = re.split(r"[/\\]", output.rstrip("/\\"))[-1] + output[len(output.rstrip("/\\")) :]
        words = tuple(
            each[: -len(output)] + named if _is_output(each, output) else each for each in words
        )
    import shlex  # noqa: PLC0415 - few reports show it

    return shlex.join(["specplan", *map(without_secrets, words)]) if words else ""


def _is_output(word: str, output: str) -> bool:
    return word in {output, f"-o{output}", f"--output={output}"}
