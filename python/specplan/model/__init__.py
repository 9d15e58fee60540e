"""What specplan answers with: frozen, typed records of specs, coverage and differences.

The words are those of the documentation: a *cell* is a stack on a system (an
operating system and a target), a *want* is something that should be available
in a cell, a *gap* is a want that no available spec covers.

Every sequence in these records is a tuple in a fixed order, so that the same
catalog and the same question give equal records and the same bytes of output.
"""

from specplan.model.asked import (
    Compatibility,
    EnvironmentAsked,
    Level,
    NotWanted,
    Scope,
    Unify,
    WantsKind,
)
from specplan.model.coverage import Alone, Cell, Coverage, LackedSpec, Totals, View
from specplan.model.damage import DamagedFile
from specplan.model.diff import Change, Diff, DiffCell, DiffTotals, KeyInCell
from specplan.model.gap import Gap, GapState, Nearest, UnknownWant
from specplan.model.left_out import AllowedKind, LeftOut, LeftOutKind
from specplan.model.roots import BrokenRoot, Lacking, RootCoverage
from specplan.model.spec import Spec

__all__ = [
    "AllowedKind",
    "Alone",
    "BrokenRoot",
    "Cell",
    "Change",
    "Compatibility",
    "Coverage",
    "DamagedFile",
    "Diff",
    "DiffCell",
    "DiffTotals",
    "EnvironmentAsked",
    "Gap",
    "GapState",
    "KeyInCell",
    "LackedSpec",
    "Lacking",
    "LeftOut",
    "LeftOutKind",
    "Level",
    "Nearest",
    "NotWanted",
    "RootCoverage",
    "Scope",
    "Spec",
    "Totals",
    "Unify",
    "UnknownWant",
    "View",
    "WantsKind",
]
