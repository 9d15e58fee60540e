"""The records of answers: frozen and typed.

The terms are those of the documentation: a *cell* is a stack on a system (an operating system and a
target), a *want* is something that should be available in a cell, a *gap* is a want that no
available spec covers.

Every sequence in these records is a tuple in a fixed order, so that the same catalog and the same
question produce equal records and identical output.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from specplan.lazy import gathered

if TYPE_CHECKING:
    from specplan.model.budget import (
        Budget,
        BudgetCurve,
        BudgetPoint,
        BudgetRoot,
        OpenReason,
        OpenRoot,
        WantInCell,
        Weight,
    )
    from specplan.model.build import Build, Cause, PlanTotals
    from specplan.model.change import (
        ChangeAsked,
        ChangedSpec,
        CountedBy,
        Input,
        OpenVerdict,
        Policy,
        RecipesAssumed,
        RecipesCompared,
        WhatIf,
    )
    from specplan.model.check import (
        Binaries,
        Check,
        CheckedFiles,
        CheckedHashes,
        CheckedRoots,
        CheckedSpec,
        Finding,
        FindingKind,
        Verify,
    )
    from specplan.model.choice import (
        Choice,
        ChosenWant,
        Cut,
        OtherCandidate,
        PublishedWant,
        Reason,
        UnplannableReason,
    )
    from specplan.model.costs import Cost, Costs
    from specplan.model.coverage import (
        Alone,
        Carried,
        Cell,
        Coverage,
        LackedSpec,
        LackingKeys,
        Totals,
        View,
    )
    from specplan.model.damage import DamagedFile
    from specplan.model.diff import Change, Diff, DiffCell, DiffTotals, KeyInCell
    from specplan.model.find import Found, Missing, Undecided
    from specplan.model.gap import CoveredWant, Gap, GapState, Nearest, UnknownWant
    from specplan.model.gate import Gate, GateUnit
    from specplan.model.hashes import Hashes
    from specplan.model.host import Host
    from specplan.model.known_gap import DateOrigin, KnownGap, KnownGaps, KnownGapState
    from specplan.model.left_out import AllowedKind, LeftOut, LeftOutKind
    from specplan.model.lock_diff import (
        Difference,
        HoldStep,
        LockDiff,
        LockDiffTotals,
        MigratedSpec,
        NewSpec,
        Origin,
        OwnChange,
        OwnKey,
    )
    from specplan.model.not_built import (
        CutReason,
        Excluded,
        ExcludedBuild,
        ExclusionReason,
        Unnecessary,
        Untested,
    )
    from specplan.model.query import (
        Compatibility,
        Detail,
        EnvironmentAsked,
        Level,
        NotWanted,
        Scope,
        Unify,
        WantsKind,
    )
    from specplan.model.report import Report
    from specplan.model.roots import (
        DEFAULT_GROUP,
        BrokenRoot,
        Lacking,
        RootCoverage,
        RootLine,
        RootsOfStack,
        RootState,
    )
    from specplan.model.schedule import BoundReason, Run, Schedule, Shard
    from specplan.model.source import IndexUsed, SourceUsed
    from specplan.model.spec import EdgeType, NamedSpec, Spec
    from specplan.model.successors import OpenSpec, Successor, Successors
    from specplan.model.trend import (
        LostWant,
        Measured,
        Trend,
        TrendCell,
        TrendPoint,
        TrendQuestion,
        TrendStack,
        TrendStep,
    )
    from specplan.model.want_keys import KeyedWants, WantKeys
    from specplan.model.why import ChangeLink, HeldChange, Why, WhyLine, WhyLink, WhyVerdict
else:
    __getattr__, __dir__ = gathered(
        __name__,
        {
            "specplan.model.budget": (
                "Budget BudgetCurve BudgetPoint BudgetRoot OpenReason OpenRoot WantInCell Weight"
            ),
            "specplan.model.build": "Build Cause PlanTotals",
            "specplan.model.change": "ChangeAsked ChangedSpec CountedBy Input OpenVerdict Policy "
            "RecipesAssumed RecipesCompared WhatIf",
            "specplan.model.check": (
                "Binaries Check CheckedFiles CheckedHashes CheckedRoots CheckedSpec "
                "Finding FindingKind Verify"
            ),
            "specplan.model.choice": (
                "Choice ChosenWant Cut UnplannableReason OtherCandidate PublishedWant Reason"
            ),
            "specplan.model.costs": "Cost Costs",
            "specplan.model.coverage": (
                "Alone Carried Cell Coverage LackedSpec LackingKeys Totals View"
            ),
            "specplan.model.damage": "DamagedFile",
            "specplan.model.diff": "Change Diff DiffCell DiffTotals KeyInCell",
            "specplan.model.find": "Found Missing Undecided",
            "specplan.model.gap": "CoveredWant Gap GapState Nearest UnknownWant",
            "specplan.model.gate": "Gate GateUnit",
            "specplan.model.hashes": "Hashes",
            "specplan.model.host": "Host",
            "specplan.model.known_gap": "DateOrigin KnownGap KnownGapState KnownGaps",
            "specplan.model.trend": (
                "LostWant Measured Trend TrendCell TrendPoint TrendQuestion TrendStack TrendStep"
            ),
            "specplan.model.left_out": "AllowedKind LeftOut LeftOutKind",
            "specplan.model.lock_diff": (
                "Difference HoldStep LockDiff LockDiffTotals MigratedSpec NewSpec "
                "Origin OwnChange OwnKey"
            ),
            "specplan.model.not_built": (
                "CutReason Excluded ExcludedBuild ExclusionReason Unnecessary Untested"
            ),
            "specplan.model.query": (
                "Compatibility Detail EnvironmentAsked Level NotWanted Scope Unify WantsKind"
            ),
            "specplan.model.report": "Report",
            "specplan.model.roots": (
                "DEFAULT_GROUP BrokenRoot Lacking RootCoverage RootLine RootState RootsOfStack"
            ),
            "specplan.model.schedule": "BoundReason Run Schedule Shard",
            "specplan.model.source": "IndexUsed SourceUsed",
            "specplan.model.spec": "EdgeType NamedSpec Spec",
            "specplan.model.successors": "OpenSpec Successor Successors",
            "specplan.model.want_keys": "KeyedWants WantKeys",
            "specplan.model.why": "ChangeLink HeldChange Why WhyLine WhyLink WhyVerdict",
        },
    )

__all__ = [
    "DEFAULT_GROUP",
    "AllowedKind",
    "Alone",
    "Binaries",
    "BoundReason",
    "BrokenRoot",
    "Budget",
    "BudgetCurve",
    "BudgetPoint",
    "BudgetRoot",
    "Build",
    "Carried",
    "Cause",
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
    "Compatibility",
    "Cost",
    "Costs",
    "CountedBy",
    "Coverage",
    "CoveredWant",
    "Cut",
    "CutReason",
    "DamagedFile",
    "DateOrigin",
    "Detail",
    "Diff",
    "DiffCell",
    "DiffTotals",
    "Difference",
    "EdgeType",
    "EnvironmentAsked",
    "Excluded",
    "ExcludedBuild",
    "ExclusionReason",
    "Finding",
    "FindingKind",
    "Found",
    "Gap",
    "GapState",
    "Gate",
    "GateUnit",
    "Hashes",
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
    "Level",
    "LockDiff",
    "LockDiffTotals",
    "LostWant",
    "Measured",
    "MigratedSpec",
    "Missing",
    "NamedSpec",
    "Nearest",
    "NewSpec",
    "NotWanted",
    "OpenReason",
    "OpenRoot",
    "OpenSpec",
    "OpenVerdict",
    "Origin",
    "OtherCandidate",
    "OwnChange",
    "OwnKey",
    "PlanTotals",
    "Policy",
    "PublishedWant",
    "Reason",
    "RecipesAssumed",
    "RecipesCompared",
    "Report",
    "RootCoverage",
    "RootLine",
    "RootState",
    "RootsOfStack",
    "Run",
    "Schedule",
    "Scope",
    "Shard",
    "SourceUsed",
    "Spec",
    "Successor",
    "Successors",
    "Totals",
    "Trend",
    "TrendCell",
    "TrendPoint",
    "TrendQuestion",
    "TrendStack",
    "TrendStep",
    "Undecided",
    "Unify",
    "UnknownWant",
    "Unnecessary",
    "UnplannableReason",
    "Untested",
    "Verify",
    "View",
    "WantInCell",
    "WantKeys",
    "WantsKind",
    "Weight",
    "WhatIf",
    "Why",
    "WhyLine",
    "WhyLink",
    "WhyVerdict",
]
