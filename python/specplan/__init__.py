"""Know, for any Spack build cache, what is missing and the least that must be built.

>>> import specplan
>>> catalog = specplan.load("examples/cache")
>>> report = catalog.gaps(stack="e4s*")
>>> [(cell.stack, cell.covered, cell.wanted) for cell in report.cells]
[('e4s', 100, 101), ('e4s-neoverse-v2', 92, 101)]
"""

from specplan import annotations, reports
from specplan._core import Version, __version__
from specplan.abstract_spec import AbstractSpec
from specplan.budget import Budget, BudgetRoot, OpenRoot, Place, Weight
from specplan.catalog import Catalog
from specplan.check_model import (
    Binaries,
    Check,
    CheckedFiles,
    CheckedHashes,
    CheckedRoots,
    CheckedSpec,
    Finding,
)
from specplan.choice import Choice
from specplan.choice_options import ChosenWant
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
    UnknownTargetError,
    UsageError,
)
from specplan.found import Found, Undecided
from specplan.gap_wants import PublishedWant
from specplan.host import Host
from specplan.loading import load
from specplan.model import (
    Alone,
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
    LackedSpec,
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
from specplan.plan_model import (
    Build,
    ChangeAsked,
    ChangedSpec,
    ChangeLink,
    Difference,
    Excluded,
    ExcludedBuild,
    HeldChange,
    HoldStep,
    Input,
    LockDiff,
    LockDiffTotals,
    MigratedSpec,
    NamedSpec,
    Needless,
    NewSpec,
    OwnChange,
    PlanTotals,
    Untested,
    WhatIf,
    Why,
    WhyLine,
)
from specplan.question import Question
from specplan.schedule import Run, Schedule, Shard
from specplan.search import Search
from specplan.selection import Selection
from specplan.sources import Limits
from specplan.targets import teach as teach_targets

annotations.complete()

__all__ = [
    "AbstractSpec",
    "Alone",
    "Binaries",
    "BrokenRoot",
    "Budget",
    "BudgetRoot",
    "Build",
    "Catalog",
    "Cell",
    "Change",
    "ChangeAsked",
    "ChangeLink",
    "ChangedSpec",
    "Check",
    "CheckedFiles",
    "CheckedHashes",
    "CheckedRoots",
    "CheckedSpec",
    "Choice",
    "ChosenWant",
    "ConfigurationError",
    "Coverage",
    "DamagedFile",
    "DamagedSourceError",
    "Diff",
    "DiffCell",
    "DiffTotals",
    "Difference",
    "EmptySelectionError",
    "EnvironmentAsked",
    "Excluded",
    "ExcludedBuild",
    "Finding",
    "Found",
    "Gap",
    "HeldChange",
    "HoldStep",
    "Host",
    "Input",
    "KeyInCell",
    "LackedSpec",
    "Lacking",
    "LeftOut",
    "LeftOutKind",
    "Limits",
    "LockDiff",
    "LockDiffTotals",
    "MigratedSpec",
    "NamedSpec",
    "Nearest",
    "Needless",
    "NewSpec",
    "NotWanted",
    "OpenRoot",
    "OwnChange",
    "Place",
    "Plan",
    "PlanTotals",
    "PublishedWant",
    "Question",
    "RemoteError",
    "RootCoverage",
    "Run",
    "Schedule",
    "Search",
    "Selection",
    "Shard",
    "SourceError",
    "Spec",
    "SpecSyntaxError",
    "SpecplanError",
    "Totals",
    "Undecided",
    "UndecidedConditionError",
    "UndecidedError",
    "UnknownNameError",
    "UnknownTargetError",
    "UnknownWant",
    "Untested",
    "UsageError",
    "Version",
    "Weight",
    "WhatIf",
    "Why",
    "WhyLine",
    "__version__",
    "load",
    "reports",
    "teach_targets",
]
