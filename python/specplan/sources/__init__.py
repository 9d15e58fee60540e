"""Sources of specs: a file for each format, and their common parts.

:func:`specplan.sources.read.read` finds out what a source is and reads it. Readers do not stop at a
fault of a single file: they report it in their result, and the caller decides whether damage is an
error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from specplan.lazy import gathered

if TYPE_CHECKING:
    from specplan.sources.limits import Limits
    from specplan.sources.mirrors.tags import newest_first
    from specplan.sources.origins import MirrorOrigin, SpecFileOrigin, StandaloneIndex
    from specplan.sources.result import SourceRead
else:
    __getattr__, __dir__ = gathered(
        __name__,
        {
            "specplan.sources.limits": "Limits",
            "specplan.sources.mirrors.tags": "newest_first",
            "specplan.sources.origins": "MirrorOrigin SpecFileOrigin StandaloneIndex",
            "specplan.sources.result": "SourceRead",
        },
    )

__all__ = [
    "Limits",
    "MirrorOrigin",
    "SourceRead",
    "SpecFileOrigin",
    "StandaloneIndex",
    "newest_first",
]
