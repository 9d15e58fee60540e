"""The caches of a command line, found without running it: typed, in a variable or configured.

Only the completion of command lines needs this. It reads the configuration like commands do, but
without validation, because :mod:`specplan.config` takes too long to import for a shell.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["caches_asked"]

_MOST_BYTES = 4 << 20


def caches_asked(values: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the caches as a run would get them.

    Args:
        values: The typed values of each option, by its long name.
    """
    if typed := values.get("--cache"):
        return [os.path.expandvars(os.path.expanduser(each)) for each in typed]  # noqa: PTH111 - without pathlib
    if from_environment := os.environ.get("SPECPLAN_CACHE"):
        return from_environment.split()
    if "--no-config" in values or os.environ.get("SPECPLAN_NO_CONFIG"):
        return []
    named = values.get("--config") or [os.environ.get("SPECPLAN_CONFIG", "")]
    # Faults in the configuration are reported when the command runs.
    try:
        return _configured(named[-1]) if named[-1] else _nearest()
    except (OSError, ValueError, RecursionError, ArithmeticError):
        return []


def _nearest() -> list[str]:
    """Return the caches of the nearest configuration in this folder or above."""
    folder = os.getcwd()  # noqa: PTH109 - as above
    while True:
        for name in ("specplan.toml", "pyproject.toml"):
            path = os.path.join(folder, name)  # noqa: PTH118 - as above
            if os.path.isfile(path) and (name == "specplan.toml" or _has_table(path)):  # noqa: PTH113 - as above
                return _configured(path)
        above = os.path.dirname(folder)  # noqa: PTH120 - as above
        if above == folder:
            return []
        folder = above


def _has_table(path: str) -> bool:
    return _tables(path) is not None


def _configured(path: str) -> list[str]:
    """Return the caches of one configuration, with paths relative to its folder."""
    from specplan.cli.known_names import split_label  # noqa: PLC0415 - it is imported already

    tables = _tables(path)
    caches = tables.get("cache") if isinstance(tables, dict) else None
    named = [caches] if isinstance(caches, str) else caches
    found = []
    for cache in named if isinstance(named, list) else []:
        label, place = split_label(str(cache))
        is_path = "://" not in place and cache not in {"none", "-"}
        folder = os.path.dirname(path)  # noqa: PTH120 - as above
        found.append(label + os.path.join(folder, place) if is_path else str(cache))  # noqa: PTH118 - as above
    return found


def _tables(path: str) -> object:
    """Return the tables of a configuration; None for a pyproject.toml without ours."""
    with open(path, "rb") as file:  # noqa: PTH123 - as above
        content = file.read(_MOST_BYTES)
    is_shared = os.path.basename(path) == "pyproject.toml"  # noqa: PTH119 - as above
    if is_shared and b"specplan" not in content:
        return None
    if sys.version_info >= (3, 11):
        import tomllib  # noqa: PLC0415 - many lines name their caches
    else:
        import tomli as tomllib  # noqa: PLC0415

    document = tomllib.loads(content.decode("utf-8-sig").replace("\r\n", "\n"))
    if not is_shared:
        return document
    tool = document.get("tool")
    return tool.get("specplan") if isinstance(tool, dict) else None
