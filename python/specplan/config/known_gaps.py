"""The file of known gaps: TOML with a table ``[[known-gap]]`` for each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from specplan.config.file import parsed
from specplan.config.table import TomlTable
from specplan.model.known_gap import KnownGap, KnownGaps

if TYPE_CHECKING:
    from specplan.model.known_gap import DateOrigin

__all__ = ["KNOWN_GAP_KEYS", "read_known_gaps"]

#: Every key of a ``[[known-gap]]`` entry.
KNOWN_GAP_KEYS: Final = ("want", "stack", "os", "target", "reason", "until", "issue")

_HINT: Final = "docs/ci.md describes files of known gaps"


def read_known_gaps(path: str, date: str, date_from: DateOrigin) -> KnownGaps:
    """Return the entries of a file, all of them still unused.

    Args:
        path: The file.
        date: The day of the run.
        date_from: The origin of that day.

    Raises:
        ConfigurationError: If a key is unknown or its value invalid.
        SourceError: If the file cannot be read or is not TOML.
    """
    file = Path(path)
    table = TomlTable(file, parsed(file, _HINT))
    table.only_known(("known-gap",))
    entries = tuple(map(_entry, table.tables("known-gap")))
    return KnownGaps(path=path, date=date, date_from=date_from, entries=entries)


def _entry(table: TomlTable) -> KnownGap:
    table.only_known(KNOWN_GAP_KEYS)
    for key in ("want", "reason"):
        if key not in table:
            table.fail(key, f"a {key} is required")
    return KnownGap(
        want=table.text("want") or "*",
        stack=table.text("stack") or "*",
        os=table.text("os") or "*",
        target=table.text("target") or "*",
        reason=table.shown_text("reason") or "",
        until=table.day("until"),
        issue=table.shown_text("issue"),
    )
