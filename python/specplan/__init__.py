"""Know, for any Spack build cache, what is missing and the least that must be built.

>>> import specplan
>>> catalog = specplan.load("examples/cache")
>>> report = catalog.gaps(stack="e4s*")
>>> [(cell.stack, cell.covered, cell.wanted) for cell in report.cells]
[('e4s', 100, 101), ('e4s-neoverse-v2', 92, 101)]
"""

from specplan import reports
from specplan._core import Version, __version__
from specplan.abstract_spec import AbstractSpec
from specplan.catalog import Catalog
from specplan.check_model import Check, Finding
from specplan.errors import (
    ConfigurationError,
    DamagedSourceError,
    EmptySelectionError,
    RemoteError,
    SourceError,
    SpecplanError,
    SpecSyntaxError,
    UndecidedConditionError,
    UndecidedError,
    UnknownNameError,
    UsageError,
)
from specplan.found import Found, Undecided
from specplan.loading import load
from specplan.model import (
    BrokenRoot,
    Cell,
    Change,
    Coverage,
    DamagedFile,
    Diff,
    DiffCell,
    DiffTotals,
    EnvironmentAsked,
    Gap,
    KeyInCell,
    Lacking,
    LeftOut,
    LeftOutKind,
    Nearest,
    NotWanted,
    RootCoverage,
    Spec,
    Totals,
    UnknownWant,
)
from specplan.plan import Plan
from specplan.plan_model import Build, LockDiff, NewSpec, OwnChange, PlanTotals, Why
from specplan.selection import Selection
from specplan.sources import Limits

__all__ = [
    "AbstractSpec",
    "BrokenRoot",
    "Build",
    "Catalog",
    "Cell",
    "Change",
    "Check",
    "ConfigurationError",
    "Coverage",
    "DamagedFile",
    "DamagedSourceError",
    "Diff",
    "DiffCell",
    "DiffTotals",
    "EmptySelectionError",
    "EnvironmentAsked",
    "Finding",
    "Found",
    "Gap",
    "KeyInCell",
    "Lacking",
    "LeftOut",
    "LeftOutKind",
    "Limits",
    "LockDiff",
    "Nearest",
    "NewSpec",
    "NotWanted",
    "OwnChange",
    "Plan",
    "PlanTotals",
    "RemoteError",
    "RootCoverage",
    "Selection",
    "SourceError",
    "Spec",
    "SpecSyntaxError",
    "SpecplanError",
    "Totals",
    "Undecided",
    "UndecidedConditionError",
    "UndecidedError",
    "UnknownNameError",
    "UnknownWant",
    "UsageError",
    "Version",
    "Why",
    "__version__",
    "load",
    "reports",
]
