"""The kind of a want, decided here once for all commands."""

from __future__ import annotations

import codecs
import os
import re
from pathlib import Path
from typing import Final, Literal, TypeAlias

from specplan import _core
from specplan.patterns import pattern
from specplan.records import dataclass
from specplan.sources.absent import looks_like_a_file
from specplan.sources.content import start_of
from specplan.sources.label import STANDARD_INPUT, split_label
from specplan.sources.stores.store import is_file

__all__ = [
    "AVAILABLE",
    "ENVIRONMENT_NAME",
    "LOCK_NAME",
    "NamedWant",
    "WantKind",
    "begins_environment",
    "lock_or_environment_in",
    "named_want",
]

#: The kinds of wants: a lock, an environment, an abstract spec, standard input (a lock or an
#: environment by its content), the binaries of stacks, or a place that is none of these, which its
#: reader refuses.
WantKind: TypeAlias = Literal["lock", "environment", "spec", "input", "available", "other"]

#: The word for the binaries of stacks; a package of that name is written ``available@:``.
AVAILABLE: Final = "available"

#: The first key of a lock, which identifies it.
_FILE_TYPE: Final = b'"spack-lockfile"'

#: The name of a lock in the folder of its environment.
LOCK_NAME: Final = "spack.lock"

ENVIRONMENT_NAME: Final = "spack.yaml"

#: The top-level key of an environment; until Spack 0.20 it could be `env`.
_ENVIRONMENT: Final = pattern(rb"""(?:^|\A\s*\{\s*)["']?(?:spack|env)["']?[ \t]*:""", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedWant:
    """One ``[LABEL=]WANT``, split into its parts.

    Attributes:
        text: The typed or configured text.
        stack: The stack, or an empty string if not given.
        source: The part after the label.
        kind: Its kind.
    """

    text: str
    stack: str
    source: str
    kind: WantKind

    @property
    def stacks(self) -> str:
        """The pattern of the stacks whose binaries are wanted; empty for all of them."""
        return self.source.partition(":")[2] if self.kind == "available" else ""

    @property
    def is_abstract(self) -> bool:
        """True if it has no hash, so that a known spec must be chosen for it."""
        return self.kind in {"environment", "spec"}


def named_want(text: str) -> NamedWant:
    """Return the want that ``[LABEL=]WANT`` names.

    A text that looks like a file (it has a separator, or the suffix of one) is never an abstract
    spec, whether the file exists or not. ``available`` and ``available:STACK`` are never files: a
    file of that name is written ``./available``.

    Raises:
        SourceError: If a file cannot be read.
    """
    stack, source = split_label(text)
    return NamedWant(text=text, stack=stack, source=source, kind=_kind_of(source))


def _kind_of(source: str) -> WantKind:
    if source == STANDARD_INPUT:
        return "input"
    if source.partition(":")[0] == AVAILABLE:
        return "available"
    if os.path.exists(source):  # noqa: PTH110 - `Path.exists` fails on long names
        return _kind_of_file(Path(lock_or_environment_in(source)))
    if looks_like_a_file(source):
        return "other"
    try:
        return "other" if _core.AbstractSpec(source).name is None else "spec"
    except ValueError:
        return "other"


def _kind_of_file(path: Path) -> WantKind:
    start = start_of(path) if is_file(path) else b""
    if _FILE_TYPE in start:
        return "lock"
    return "environment" if begins_environment(start) else "other"


def lock_or_environment_in(source: str) -> str:
    """Return the file for a folder: its lock, or else its environment."""
    if not os.path.isdir(source):  # noqa: PTH112 - that of `Path` fails where it may not look
        return source
    for name in (LOCK_NAME, ENVIRONMENT_NAME):
        file = os.path.join(source, name)  # noqa: PTH118 - as it was given
        # A lock that cannot be read, such as a broken link, must not be passed over.
        if os.path.lexists(file):
            return file
    return source


def begins_environment(start: bytes) -> bool:
    """Return whether a file with this beginning is an environment."""
    start = start.removeprefix(codecs.BOM_UTF8)
    # A lock has the same key for the Spack that wrote it.
    return _FILE_TYPE not in start and _ENVIRONMENT.search(start) is not None
