"""The configuration: ``specplan.toml``, or ``[tool.specplan]`` in ``pyproject.toml``.

A project records its caches, stacks and gates once, so that ``specplan gaps`` needs no options
there. ``docs/configuration.md`` documents every key. An unknown key or an invalid value is an error
that names the key: a setting that cannot be honoured is refused, never ignored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from specplan.lazy import gathered

if TYPE_CHECKING:
    from specplan.config.configuration import (
        ALLOWED_KINDS,
        COMPATIBILITIES,
        DIALECTS,
        FORMATS,
        LEVELS,
        SCOPES,
        CheckSettings,
        Configuration,
        Dialect,
        Format,
        StackEntry,
        is_system,
        percentage_fault,
    )
    from specplan.config.file import find, load
    from specplan.config.reader import KEYS
else:
    __getattr__, __dir__ = gathered(
        __name__,
        {
            "specplan.config.configuration": (
                "ALLOWED_KINDS COMPATIBILITIES DIALECTS FORMATS LEVELS SCOPES CheckSettings "
                "Configuration Dialect Format StackEntry is_system percentage_fault"
            ),
            "specplan.config.file": "find load",
            "specplan.config.reader": "KEYS",
        },
    )

__all__ = [
    "ALLOWED_KINDS",
    "COMPATIBILITIES",
    "DIALECTS",
    "FORMATS",
    "KEYS",
    "LEVELS",
    "SCOPES",
    "CheckSettings",
    "Configuration",
    "Dialect",
    "Format",
    "StackEntry",
    "find",
    "is_system",
    "load",
    "percentage_fault",
]
