"""What plans and differences of locks are made of: frozen, typed records.

The words are those of the documentation: a *build* is a spec that the plan builds, a
spec is *stale* if its hash will not exist again after a change, *needless* if only
pruning node by node would build it, *untested* if it holds a change that a policy or a
depth leaves alone.

Every sequence is in a fixed order, so that equal questions give equal records; it is a tuple,
or :class:`Hashes` where all of them together may be too many to be held.
"""

from specplan.plan_model.asked import ChangeAsked, ChangedSpec, Input, Policy, WhatIf
from specplan.plan_model.build import Build, Cause, PlanTotals
from specplan.plan_model.hashes import Hashes
from specplan.plan_model.lock_diff import (
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
from specplan.plan_model.spec import EdgeType, NamedSpec
from specplan.plan_model.unbuilt import (
    CutReason,
    Excluded,
    ExcludedBuild,
    ExclusionReason,
    Needless,
    Untested,
)
from specplan.plan_model.why import ChangeLink, HeldChange, Why, WhyLine, WhyLink, WhyVerdict

__all__ = [
    "Build",
    "Cause",
    "ChangeAsked",
    "ChangeLink",
    "ChangedSpec",
    "CutReason",
    "Difference",
    "EdgeType",
    "Excluded",
    "ExcludedBuild",
    "ExclusionReason",
    "Hashes",
    "HeldChange",
    "HoldStep",
    "Input",
    "LockDiff",
    "LockDiffTotals",
    "MigratedSpec",
    "NamedSpec",
    "Needless",
    "NewSpec",
    "Origin",
    "OwnChange",
    "OwnKey",
    "PlanTotals",
    "Policy",
    "Untested",
    "WhatIf",
    "Why",
    "WhyLine",
    "WhyLink",
    "WhyVerdict",
]
