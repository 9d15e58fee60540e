"""What may follow on a command line: files, and the names that earlier runs found."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from specplan.config.settings import Setting

__all__ = ["argument_of", "completed"]

#: The settings that take names out of caches, and which; all others of a kind take files or
#: nothing that could be known.
_NAMES: Final[Mapping[str, str]] = {
    "assume-available": "package",
    "baseline": "tag",
    "changed": "package",
    "changes-since": "tag",
    "os": "os",
    "package": "package",
    "peers": "stack",
    "stack": "stack",
    "tag": "tag",
    "target": "target",
    "without": "package",
}

#: Settings that take a file although a text of another kind could stand there.
_FILES: Final = frozenset(
    {"baseline", "changes-since", "config", "from", "output", "write-unplannable"}
)

#: The commands whose arguments are abstract specs.
_OF_SPECS: Final = frozenset({"find", "why"})

_SHELLS: Final = ("bash", "fish", "zsh")

#: Where a label before a source ends.
_LABEL_END: Final = "="


def completed(
    setting: Setting, context: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Return what may stand as the value of a setting.

    Args:
        setting: The setting.
        context: What is typed so far.
        incomplete: How the value starts.
    """
    items = []
    if setting.name in _NAMES:
        items = _starting(_known(context, _NAMES[setting.name]), incomplete)
    if setting.kind in {"source", "file"} or setting.name in _FILES:
        items += _files(incomplete)
    return items


def argument_of(command: str) -> click.Argument:
    """Return the arguments of a command, as far as completion needs them."""
    complete = _complete_packages if command in _OF_SPECS else _complete_files
    choices = _SHELLS if command == "completion" else None
    kind = None if choices is None else click.Choice(choices)
    return click.Argument(["words"], nargs=-1, type=kind, shell_complete=None if kind else complete)


def _complete_packages(
    context: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    return _starting(_known(context, "package"), incomplete)


def _complete_files(
    _context: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    return _files(incomplete)


def _starting(names: list[str], incomplete: str) -> list[CompletionItem]:
    return [CompletionItem(each) for each in names if each.startswith(incomplete)]


def _files(incomplete: str) -> list[CompletionItem]:
    label, equals, path = incomplete.rpartition(_LABEL_END)
    # A shell completes a path alone, so that a label before it is put back by us.
    return [] if label and equals else [CompletionItem(path, type="file")]


def _known(context: click.Context, kind: str) -> list[str]:
    # Most command lines are run and not completed.
    from specplan.cli.known_names import known  # noqa: PLC0415

    caches = context.params.get("cache") or _configured(context)
    return known(caches, kind) if caches else []


def _configured(context: click.Context) -> tuple[str, ...]:
    """Return the caches that the configuration names, or nothing."""
    from specplan import config  # noqa: PLC0415 - as above
    from specplan.errors import SpecplanError  # noqa: PLC0415

    if context.params.get("no_config"):
        return ()
    named = context.params.get("config")
    found = Path(named) if isinstance(named, str) else config.find(Path.cwd())
    try:
        return () if found is None else config.load(Path(os.path.relpath(found))).cache
    except (SpecplanError, OSError, ValueError):
        return ()
