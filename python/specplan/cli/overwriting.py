"""The check that a run does not write its report over a file that it reads."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from specplan.errors import UsageError
from specplan.sources.label import split_label
from specplan.sources.named_want import lock_or_environment_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from specplan.cli.settings import Settings

__all__ = ["refuse_overwriting"]

#: The settings that name files to read. An earlier document to carry cells from may be replaced.
_READ: Final = (
    *("cache", "upstream", "want", "lock", "baseline", "candidates"),
    *("costs", "exclude_broken", "changed_from", "known_gaps", "documents"),
)

#: The arguments that do; a pipeline may be trimmed in its place.
_READ_ARGUMENTS: Final = ("old", "new", "more", "source", "sources", "steps")

#: The settings that name files to write, with their options.
_WRITTEN: Final = (("output", "--output"), ("write_unplannable", "--write-unplannable"))


def refuse_overwriting(settings: Settings, arguments: Mapping[str, object]) -> None:
    """Refuse an output that is an input of the same run, because its content would be lost.

    Args:
        settings: The settings.
        arguments: The arguments by name.

    Raises:
        UsageError: If an output is a file that the run reads.
    """
    for name, option in _WRITTEN:
        output = getattr(settings, name)
        if output is None or not os.path.isfile(output):  # noqa: PTH113 - not of a long name
            continue
        values = [
            *(getattr(settings, each) for each in _READ),
            *(arguments.get(each) for each in _READ_ARGUMENTS),
        ]
        for place in (place for each in values for place in _texts(each)):
            file = lock_or_environment_in(split_label(place)[1])
            if os.path.isfile(file) and os.path.samefile(file, output):  # noqa: PTH113, PTH121
                raise UsageError(
                    f"`{option} {output}` would replace `{place}`, which this run reads",
                    hint="name another file",
                )


def _texts(value: object) -> Iterable[str]:
    if isinstance(value, str):
        return (value,)
    return (each for each in value if isinstance(each, str)) if isinstance(value, tuple) else ()
