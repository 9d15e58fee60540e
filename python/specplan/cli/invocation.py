"""The command line of a run, kept for who shows it."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Final

import click

from specplan.secrets import without_secrets

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["command_line", "keep"]

#: The key under which a context keeps the words.
_WORDS: Final = "specplan.words"


def keep(context: click.Context, words: Sequence[str]) -> None:
    """Keep the words of a command line as long as its context."""
    context.meta[_WORDS] = tuple(words)


def command_line() -> str:
    """Return the command line of this run as a shell takes it, without credentials.

    Empty outside a run.
    """
    context = click.get_current_context(silent=True)
    words = () if context is None else context.meta.get(_WORDS, ())
    return shlex.join(["specplan", *map(without_secrets, words)]) if words else ""
