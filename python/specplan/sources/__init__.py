"""Where specs come from: one file a format, and what they have in common.

:func:`read` finds out what a source is and reads it. Readers stop at nothing that
is wrong with a single file: they tell it in their answer, and who called decides
whether damage is an error.
"""

from specplan.sources.limits import Limits
from specplan.sources.mirrors.tags import newest_first
from specplan.sources.origins import FileOfSpecs, IndexAlone, MirrorTaken
from specplan.sources.read import read
from specplan.sources.result import SourceRead

__all__ = [
    "FileOfSpecs",
    "IndexAlone",
    "Limits",
    "MirrorTaken",
    "SourceRead",
    "newest_first",
    "read",
]
