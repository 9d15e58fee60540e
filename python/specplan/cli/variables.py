"""Errors for misspelt variables ``SPECPLAN_...`` of the environment.

A gate requested through a misspelt variable would always hold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from specplan.config.settings import SETTINGS
from specplan.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["refuse_misspelt"]

_PREFIX: Final = "SPECPLAN_"

#: The required similarity of names, from 0 to 1.
_CLOSENESS: Final = 0.8

#: The maximum length of a name to compare.
_LONGEST: Final = 100

#: Variables that are not options: for the folder of fetched files, and for exported scripts.
_OTHERS: Final = frozenset(
    _PREFIX + each
    for each in (
        "ASKED",
        "CACHE_DIR",
        "DEBUG",
        "ENTRY",
        "NEEDS",
        "PROFILE",
        "QUIET",
        "RETRY_DELAY",
        "SETUP",
        "SIGNING_KEY",
        "SKIP_PREFLIGHT",
        "STATE",
        "VERBOSE",
        "WAIT",
    )
)


def refuse_misspelt(names: Iterable[str]) -> None:
    """Refuse variables with names similar to those of options; others may belong to anyone.

    Args:
        names: The names of all variables.

    Raises:
        UsageError: If the name of one is similar to that of an option.
    """
    known = {each.variable for each in SETTINGS} | _OTHERS
    for name in sorted(names):
        if name in known or not name.startswith(_PREFIX) or len(name) > _LONGEST:
            continue
        near = _near(name.removeprefix(_PREFIX).upper().replace("-", "_"), known)
        if near is not None:
            raise UsageError(
                f"specplan does not read the variable {name}",
                hint=f"did you mean {near}? Rename it, or unset it",
            )


def _near(name: str, known: Iterable[str]) -> str | None:
    """Return the variable with the most similar name, or None."""
    import difflib  # noqa: PLC0415 - only mistakes need it

    names = sorted(each.removeprefix(_PREFIX) for each in known)
    found = difflib.get_close_matches(name, names, n=1, cutoff=_CLOSENESS)
    return _PREFIX + found[0] if found else None
