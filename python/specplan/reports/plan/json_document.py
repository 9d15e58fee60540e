"""Plans and differences of locks as JSON documents.

Versioned and stable: see :mod:`specplan.reports.render.document`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from specplan.model import LockDiff
from specplan.model.report import json_parts
from specplan.planning.plan import Plan
from specplan.reports.plan import budget, choice, schedule
from specplan.reports.plan.size import refuse_endless
from specplan.reports.render.document import document, fields_of, left_out_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from specplan.model import Build, Excluded, NewSpec
    from specplan.reports.render.document import Json

__all__ = ["lock_diff", "rebuild"]


@json_parts.register(Plan)
def rebuild(plan: Plan) -> Iterator[str]:
    """Return the document of kind ``specplan.rebuild/1``.

    Raises:
        UsageError: If the needs and chains of the builds are too many for a document.
    """
    refuse_endless(plan)
    return document(
        {
            "schema": "specplan.rebuild/1",
            "predicted": plan.predicted,
            "successors": bool(plan.successors),
            "optimal": plan.optimal,
            "lower_bound": plan.lower_bound,
            "scope": plan.scope,
            "unit": plan.unit,
            "inputs": plan.inputs,
            "install": {
                "build": "spack install --use-buildcache=package:never,dependencies:only /HASH",
                "consume": "spack install --use-buildcache=only",
            },
            "change": plan.change,
            "what_if": plan.what_if,
            "next_hashes": plan.successors,
            "builds": [_build(build) for build in plan.builds],
            "critical_path": plan.critical_path,
            "budget": budget.as_json(plan.budget),
            "budget_curve": budget.curve_json(plan.budget_curve),
            "schedule": schedule.as_json(plan.schedule),
            "publish": choice.publish_json(plan.publish),
            "unplannable": choice.unplannable_json(plan.choice),
            "choice": choice.as_json(plan.choice),
            "excluded": _excluded(plan.excluded),
            "untested": [
                {**fields_of(each.spec), "kept_by": each.kept_by, "available": each.available}
                for each in plan.untested
            ],
            "unnecessary": [
                {**fields_of(each.spec), "cut_by": each.cut_by, "reason": each.reason}
                for each in plan.unnecessary
            ],
            "not_wanted": plan.not_wanted,
            "totals": plan.totals,
            "left_out": left_out_json(plan.left_out),
            "gates": plan.gates,
            "sources": plan.sources,
        }
    )


def _excluded(excluded: Excluded) -> Json:
    return {
        "specs": excluded.specs,
        "broken": excluded.broken,
        "needed": excluded.needed,
        "wants": excluded.wants,
        "builds": [
            {**fields_of(each.spec), "reason": each.reason, "chain": list(each.chain)}
            for each in excluded.builds
        ],
    }


@json_parts.register(LockDiff)
def lock_diff(diff: LockDiff) -> Iterator[str]:
    """Return the document of kind ``specplan.diff/1`` about the specs of two states."""
    return document(
        {
            "schema": "specplan.diff/1",
            "compares": "specs",
            "old": diff.old,
            "new": diff.new,
            "specs": [_new(each) for each in diff.specs],
            "gone": diff.gone,
            "lost_packages": list(diff.lost),
            "absent_stacks": list(diff.absent_stacks),
            "migrated": [
                {**fields_of(each.spec), "old_hash": each.old_hash} for each in diff.migrated
            ],
            "causes": [
                {
                    "hash": each.spec.spec.hash,
                    "reaches": each.reaches,
                    "explains_alone": each.explains_alone,
                    "reaches_by_link_run": each.reaches_by_link_run,
                }
                for each in diff.causes
            ],
            "hold": [
                {
                    "hash": each.spec.hash,
                    "builds_left": each.builds_left,
                    "fewest_left": each.fewest_left,
                }
                for each in diff.hold
            ],
            "totals": diff.totals,
            "left_out": left_out_json(diff.left_out),
            "gates": diff.gates,
            "known_gaps": diff.known_gaps,
            "sources": diff.sources,
        }
    )


def _build(build: Build) -> Json:
    return {
        "hash": build.hash,
        "package": build.package,
        "version": build.version,
        "platform": build.platform,
        "os": build.os,
        "target": build.target,
        "stacks": build.stacks,
        "stage": build.stage,
        "needs": list(build.needs),
        "cost": build.cost,
        "estimated": build.estimated,
        "cause": build.cause,
        "because": list(build.because),
    }


def _new(spec: NewSpec) -> Json:
    return {
        **fields_of(spec.spec),
        "external": spec.external,
        "origin": spec.origin,
        "own_change": spec.is_own_change,
        "recipe_only": spec.is_recipe_only,
        "against": spec.against,
        "replaces": spec.replaces,
        "differences": spec.differences,
    }
