"""How much of a hash a report for people shows."""

from __future__ import annotations

import contextlib
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["SHORT", "in_full", "shown"]

#: How many letters of a hash name it to people, as in Spack's own output.
SHORT: Final = 7

#: Whether hashes are shown whole. All reports share it, so that none can forget it.
_is_in_full: ContextVar[bool] = ContextVar("is_in_full", default=False)


def shown(dag_hash: str) -> str:
    """Return what of a hash is shown: its first letters, or all of it.

    Example:
        >>> shown("36c47octke23tog3tjpjamxsrop4btuz")
        '36c47oc'
        >>> with in_full(asked=True):
        ...     shown("36c47octke23tog3tjpjamxsrop4btuz")
        '36c47octke23tog3tjpjamxsrop4btuz'
    """
    return dag_hash if _is_in_full.get() else dag_hash[:SHORT]


@contextlib.contextmanager
def in_full(*, asked: bool) -> Iterator[None]:
    """Show hashes whole while the block runs, if that is asked."""
    before = _is_in_full.set(asked)
    try:
        yield
    finally:
        _is_in_full.reset(before)
