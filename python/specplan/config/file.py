"""Finding the configuration file, and parsing its TOML."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from specplan.config.reader import configuration
from specplan.config.table import TomlTable, type_name
from specplan.errors import ConfigurationError, DamagedSourceError, SourceError
from specplan.patterns import pattern
from specplan.sources.content import first_bytes

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from pathlib import Path

    from specplan.config.configuration import Configuration

__all__ = ["find", "load", "parsed"]

_FILE: Final = "specplan.toml"
_SHARED_FILE: Final = "pyproject.toml"
_SHARED_TABLE: Final = "tool.specplan"
#: The size limit for a configuration.
_MOST_BYTES: Final = 4 << 20

_LINE: Final = pattern(r"\(at line ([0-9]+), column [0-9]+\)$")


def find(start: Path) -> Path | None:
    """Return the nearest configuration in a folder or above it, or None.

    In one folder ``specplan.toml`` comes before ``pyproject.toml``; a ``pyproject.toml`` without
    the table ``[tool.specplan]`` is skipped.

    Raises:
        SourceError: If a ``pyproject.toml`` on the way cannot be read.
    """
    for folder in (start, *start.parents):
        own = folder / _FILE
        if os.path.isfile(own):  # noqa: PTH113 - Path.is_file raises where a folder is closed
            return own
        shared = folder / _SHARED_FILE
        if os.path.isfile(shared) and _shared_table(_parse(shared)) is not None:  # noqa: PTH113
            return shared
    return None


def load(path: Path) -> Configuration:
    """Return the configuration in a file.

    Args:
        path: A TOML file; in one called ``pyproject.toml`` the table
            ``[tool.specplan]`` is read.

    Raises:
        ConfigurationError: If a key is unknown or its value invalid.
        SourceError: If the file cannot be read or is not TOML.
    """
    content = _parse(path)
    if path.name != _SHARED_FILE:
        return configuration(TomlTable(path, content), path.parent)
    shared = _shared_table(content)
    if shared is None:
        raise ConfigurationError(path=str(path), key=_SHARED_TABLE, fault="unknown table")
    if not isinstance(shared, Mapping):
        fault = f"expected a table, found {type_name(shared)}"
        raise ConfigurationError(path=str(path), key=_SHARED_TABLE, fault=fault)
    return configuration(TomlTable(path, shared, _SHARED_TABLE), path.parent)


def _parse(path: Path) -> Mapping[str, object]:
    return parsed(path, "`--no-config` runs without a configuration")


def parsed(path: Path, hint: str) -> Mapping[str, object]:
    """Return the content of a TOML file, with decimal fractions as they are written.

    Args:
        path: The file.
        hint: Advice for the user if it cannot be read.

    Raises:
        SourceError: If the file cannot be read or is not TOML.
    """
    # Decimal keeps a percentage exactly as written for the comparison in a gate.
    try:
        document = first_bytes(path, _MOST_BYTES + 1)
    except SourceError as error:
        raise SourceError(str(error), path=str(path), hint=error.hint or hint) from error
    if len(document) > _MOST_BYTES:
        fault = (
            f"`{path}` has more than the {_MOST_BYTES} bytes (4 MiB) allowed for a configuration"
        )
        fewer = "one entry with a shell pattern, such as `e4s-*`, replaces many entries"
        raise SourceError(fault, path=str(path), hint=f"{fewer}; {hint}")
    try:
        content = document.decode("utf-8-sig").replace("\r\n", "\n")
        parsed: Mapping[str, object] = tomllib.loads(content, parse_float=Decimal)
    except UnicodeDecodeError as error:
        raise DamagedSourceError(
            path=str(path), location="", line=None, fault="it is not UTF-8", hint=hint
        ) from error
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        found = _LINE.search(message)
        raise DamagedSourceError(
            path=str(path),
            location="",
            line=int(found[1]) if found else None,
            fault=f"not valid TOML: {message}",
            hint=hint,
        ) from error
    except (ValueError, RecursionError, ArithmeticError) as error:
        # Numbers with thousands of digits, and endlessly nested tables.
        fault = "it is nested too deep" if isinstance(error, RecursionError) else str(error)
        raise DamagedSourceError(
            path=str(path), location="", line=None, fault=fault, hint=hint
        ) from error
    return parsed


def _shared_table(content: Mapping[str, object]) -> object:
    tool = content.get("tool")
    return tool.get("specplan") if isinstance(tool, Mapping) else None
