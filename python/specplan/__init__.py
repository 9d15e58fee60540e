"""Show what any Spack build cache lacks, and the smallest set of builds that fixes it.

>>> import specplan
>>> catalog = specplan.load("examples/cache")
>>> report = catalog.gaps(stack="e4s*")
>>> [(cell.stack, cell.covered, cell.wanted) for cell in report.cells]
[('e4s', 100, 101), ('e4s-neoverse-v2', 92, 101)]
"""

from __future__ import annotations

from specplan.lazy import gathered

TYPE_CHECKING = False  # of typing, which takes longer to import than this package
if TYPE_CHECKING:
    from specplan import reports
    from specplan._core import Version, __version__
    from specplan.abstract_spec import AbstractSpec
    from specplan.api.catalog import Catalog, CoverageKeywords, PlanKeywords, trend
    from specplan.api.load import LoadKeywords, index, load
    from specplan.catalog.diff import DiffRequest
    from specplan.catalog.find import FindKeywords
    from specplan.catalog.selection import Selection, SelectKeywords
    from specplan.check.request import CheckRequest
    from specplan.coverage.query import CoverageQuery
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
    from specplan.model import (
        Alone,
        BrokenRoot,
        Build,
        Carried,
        Cell,
        Change,
        ChangeAsked,
        ChangedSpec,
        ChangeLink,
        Coverage,
        CoveredWant,
        DamagedFile,
        DateOrigin,
        Diff,
        DiffCell,
        Difference,
        DiffTotals,
        EnvironmentAsked,
        Excluded,
        ExcludedBuild,
        Gap,
        Gate,
        GateUnit,
        HeldChange,
        HoldStep,
        IndexUsed,
        Input,
        KeyedWants,
        KeyInCell,
        KnownGap,
        KnownGaps,
        KnownGapState,
        LackedSpec,
        Lacking,
        LackingKeys,
        LeftOut,
        LeftOutKind,
        LockDiff,
        LockDiffTotals,
        LostWant,
        Measured,
        MigratedSpec,
        NamedSpec,
        Nearest,
        NewSpec,
        NotWanted,
        OwnChange,
        PlanTotals,
        RecipesAssumed,
        RecipesCompared,
        RootCoverage,
        RootLine,
        RootsOfStack,
        RootState,
        SourceUsed,
        Spec,
        Totals,
        Trend,
        TrendCell,
        TrendPoint,
        TrendQuestion,
        TrendStack,
        TrendStep,
        UnknownWant,
        Unnecessary,
        Untested,
        WantKeys,
        WhatIf,
        Why,
        WhyLine,
    )
    from specplan.model.budget import (
        Budget,
        BudgetCurve,
        BudgetPoint,
        BudgetRoot,
        OpenRoot,
        WantInCell,
        Weight,
    )
    from specplan.model.check import (
        Binaries,
        Check,
        CheckedFiles,
        CheckedHashes,
        CheckedRoots,
        CheckedSpec,
        Finding,
    )
    from specplan.model.choice import Choice, ChosenWant, OtherCandidate, PublishedWant
    from specplan.model.find import Found, Undecided
    from specplan.model.host import Host
    from specplan.model.report import Table
    from specplan.model.rows import Rows
    from specplan.model.schedule import Run, Schedule, Shard
    from specplan.model.spec import DependencyEdge, PathStep
    from specplan.model.successors import OpenSpec, Successor, Successors
    from specplan.planning.plan import Plan
    from specplan.planning.request import (
        BudgetLimits,
        ChangeRequest,
        PlanRequest,
        RecipeRequest,
        SearchLimits,
        WhatIfRequest,
    )
    from specplan.sources import Limits
    from specplan.targets import teach as teach_targets
else:
    __getattr__, __dir__ = gathered(
        __name__,
        {
            "specplan": "reports",
            "specplan._core": "Version __version__",
            "specplan.abstract_spec": "AbstractSpec",
            "specplan.api.catalog": "Catalog CoverageKeywords PlanKeywords trend",
            "specplan.api.load": "LoadKeywords index load",
            "specplan.catalog.diff": "DiffRequest",
            "specplan.catalog.find": "FindKeywords",
            "specplan.catalog.selection": "SelectKeywords Selection",
            "specplan.check.request": "CheckRequest",
            "specplan.coverage.query": "CoverageQuery",
            "specplan.errors": (
                "ConfigurationError DamagedSourceError EmptySelectionError RemoteError "
                "SourceError SpecplanError SpecSyntaxError UndecidedConditionError "
                "UndecidedError UnknownNameError UnknownTargetError UsageError"
            ),
            "specplan.model": (
                "Alone BrokenRoot Build Carried Cell Change ChangeAsked ChangeLink ChangedSpec "
                "Coverage CoveredWant DamagedFile DateOrigin Diff DiffCell DiffTotals "
                "Difference EnvironmentAsked Excluded ExcludedBuild Gap Gate GateUnit "
                "HeldChange HoldStep IndexUsed Input KeyInCell KeyedWants KnownGap KnownGapState "
                "KnownGaps LackedSpec Lacking LackingKeys "
                "LeftOut LeftOutKind LockDiff LockDiffTotals LostWant "
                "Measured MigratedSpec NamedSpec Nearest NewSpec NotWanted OwnChange "
                "PlanTotals RecipesAssumed RecipesCompared RootCoverage RootLine RootState "
                "RootsOfStack SourceUsed Spec Totals Trend TrendCell TrendPoint TrendQuestion "
                "TrendStack TrendStep UnknownWant Unnecessary Untested WantKeys WhatIf Why WhyLine"
            ),
            "specplan.model.budget": (
                "Budget BudgetCurve BudgetPoint BudgetRoot OpenRoot WantInCell Weight"
            ),
            "specplan.model.check": (
                "Binaries Check CheckedFiles CheckedHashes CheckedRoots CheckedSpec Finding"
            ),
            "specplan.model.choice": "Choice ChosenWant OtherCandidate PublishedWant",
            "specplan.model.find": "Found Undecided",
            "specplan.model.host": "Host",
            "specplan.model.spec": "DependencyEdge PathStep",
            "specplan.model.report": "Table",
            "specplan.model.rows": "Rows",
            "specplan.model.schedule": "Run Schedule Shard",
            "specplan.model.successors": "OpenSpec Successor Successors",
            "specplan.planning.plan": "Plan",
            "specplan.planning.request": (
                "BudgetLimits ChangeRequest PlanRequest RecipeRequest SearchLimits WhatIfRequest"
            ),
            "specplan.sources": "Limits",
        },
        aliases={
            "teach_targets": "specplan.targets.teach",
        },
    )

__all__ = [
    "AbstractSpec",
    "Alone",
    "Binaries",
    "BrokenRoot",
    "Budget",
    "BudgetCurve",
    "BudgetLimits",
    "BudgetPoint",
    "BudgetRoot",
    "Build",
    "Carried",
    "Catalog",
    "Cell",
    "Change",
    "ChangeAsked",
    "ChangeLink",
    "ChangeRequest",
    "ChangedSpec",
    "Check",
    "CheckRequest",
    "CheckedFiles",
    "CheckedHashes",
    "CheckedRoots",
    "CheckedSpec",
    "Choice",
    "ChosenWant",
    "ConfigurationError",
    "Coverage",
    "CoverageKeywords",
    "CoverageQuery",
    "CoveredWant",
    "DamagedFile",
    "DamagedSourceError",
    "DateOrigin",
    "DependencyEdge",
    "Diff",
    "DiffCell",
    "DiffRequest",
    "DiffTotals",
    "Difference",
    "EmptySelectionError",
    "EnvironmentAsked",
    "Excluded",
    "ExcludedBuild",
    "FindKeywords",
    "Finding",
    "Found",
    "Gap",
    "Gate",
    "GateUnit",
    "HeldChange",
    "HoldStep",
    "Host",
    "IndexUsed",
    "Input",
    "KeyInCell",
    "KeyedWants",
    "KnownGap",
    "KnownGapState",
    "KnownGaps",
    "LackedSpec",
    "Lacking",
    "LackingKeys",
    "LeftOut",
    "LeftOutKind",
    "Limits",
    "LoadKeywords",
    "LockDiff",
    "LockDiffTotals",
    "LostWant",
    "Measured",
    "MigratedSpec",
    "NamedSpec",
    "Nearest",
    "NewSpec",
    "NotWanted",
    "OpenRoot",
    "OpenSpec",
    "OtherCandidate",
    "OwnChange",
    "PathStep",
    "Plan",
    "PlanKeywords",
    "PlanRequest",
    "PlanTotals",
    "PublishedWant",
    "RecipeRequest",
    "RecipesAssumed",
    "RecipesCompared",
    "RemoteError",
    "RootCoverage",
    "RootLine",
    "RootState",
    "RootsOfStack",
    "Rows",
    "Run",
    "Schedule",
    "SearchLimits",
    "SelectKeywords",
    "Selection",
    "Shard",
    "SourceError",
    "SourceUsed",
    "Spec",
    "SpecSyntaxError",
    "SpecplanError",
    "Successor",
    "Successors",
    "Table",
    "Totals",
    "Trend",
    "TrendCell",
    "TrendPoint",
    "TrendQuestion",
    "TrendStack",
    "TrendStep",
    "Undecided",
    "UndecidedConditionError",
    "UndecidedError",
    "UnknownNameError",
    "UnknownTargetError",
    "UnknownWant",
    "Unnecessary",
    "Untested",
    "UsageError",
    "Version",
    "WantInCell",
    "WantKeys",
    "Weight",
    "WhatIf",
    "WhatIfRequest",
    "Why",
    "WhyLine",
    "__version__",
    "index",
    "load",
    "reports",
    "teach_targets",
    "trend",
]
