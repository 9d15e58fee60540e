"""The configuration: ``specplan.toml``, or ``[tool.specplan]`` in ``pyproject.toml``.

A project writes down once which caches it looks at, which stacks and which gates, so
that ``specplan gaps`` alone does the job there. ``docs/configuration.md`` documents
every key. A key that is not known, or a value that does not fit, is an error that names
the key: a setting that cannot be honoured is refused, never ignored.
"""

from specplan.config.configuration import (
    ALLOWED_KINDS,
    COMPATIBILITIES,
    FORMATS,
    LEVELS,
    SCOPES,
    CheckSettings,
    Configuration,
    Format,
    StackEntry,
    is_system,
    percentage_fault,
)
from specplan.config.file import find, load
from specplan.config.reader import KEYS

__all__ = [
    "ALLOWED_KINDS",
    "COMPATIBILITIES",
    "FORMATS",
    "KEYS",
    "LEVELS",
    "SCOPES",
    "CheckSettings",
    "Configuration",
    "Format",
    "StackEntry",
    "find",
    "is_system",
    "load",
    "percentage_fault",
]
