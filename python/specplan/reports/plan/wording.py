"""The phrases that the reports of plans and of differences of locks share.

Names in a sentence are marked (:mod:`specplan.reports.render.prose`), so that each format
shows them as it must.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from specplan.patterns import pattern
from specplan.reports.plan import choice
from specplan.reports.render import amounts, prose, wording

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from specplan.model import (
        ChangedSpec,
        CutReason,
        Difference,
        ExcludedBuild,
        LockDiff,
        NamedSpec,
        NewSpec,
        Origin,
        OwnKey,
        RecipesAssumed,
        RecipesCompared,
        Why,
        WhyLine,
    )
    from specplan.model.successors import Successors
    from specplan.planning.plan import Plan
    from specplan.planning.why_wanted import WhyWanted
    from specplan.reports.render.prose import Prose

__all__ = [
    "HOLDS_WHEN",
    "RUN_IT",
    "assumed",
    "cause",
    "change",
    "diff_headline",
    "diff_notes",
    "difference_lines",
    "headline",
    "held",
    "left_out",
    "level",
    "line",
    "name",
    "named",
    "names_of_chains",
    "notes",
    "numbers",
    "origin",
    "unplannable",
    "verdict",
    "want_lines",
    "want_verdict",
    "what_if",
]

#: The commands with which builds and consumers must install for a plan to be valid.
HOLDS_WHEN: Final = (
    "the plan requires that each build runs as `spack install "
    "--use-buildcache=package:never,dependencies:only /HASH` and that consumers install with "
    "`--use-buildcache=only`"
)

#: The advice on running a plan.
RUN_IT: Final = (
    "run it with the same options: `specplan export make -o plan.mk && make -f plan.mk -j8 -k`"
)

#: The texts that are shortened for people: checksums of patches and commits.
_CHECKSUM: Final = pattern(r"\b[0-9a-f]{40,64}\b")

#: The number of letters shown of a checksum.
_SHORT_CHECKSUM: Final = 7

#: The maximum number of lost packages in a line.
_FEW_LOST: Final = 6

#: The maximum indentation of a tree; the graphs of real locks are about 30 deep.
_DEEP: Final = 30

#: The maximum length of a chain that is shown spec by spec.
_LONG_CHAIN: Final = 50

_CUT: Final[Mapping[CutReason, str]] = {
    "available": "is available, so it needs this only to be built",
    "external": "is external, so it needs nothing",
    "spliced": "is spliced, so it is not built",
    "test_only": "needs this only for its tests",
}

_ORIGIN: Final[Mapping[Origin, str]] = {
    "content": "own change",
    "rewired": "own change: old content with other old dependencies",
    "inherited": "inherited",
}


def name(spec: NamedSpec) -> str:
    """Return a spec as ``name@version``; it is not escaped."""
    return f"{spec.package}@{spec.version}" if spec.package else "unknown"


def named(spec: NamedSpec) -> Prose:
    """Return a spec in a sentence: its name, with its hash."""
    return prose.spec(name(spec), spec.hash)


def headline(plan: Plan) -> str:
    """Return the one line on the number of builds."""
    totals = plan.totals
    kind = ("what if: " if plan.what_if else "") + ("predicted: " if plan.predicted else "")
    wants = wording.count(totals.wants, "spec") + " wanted"
    publish = f", {len(plan.publish)} to publish" if plan.publish else ""
    kind += "".join(f"{each}, " for each in unplannable(len(plan.unplannable)))
    if not totals.builds:
        cut = nothing(plan.excluded_builds, plan.open_roots)
        return f"{kind}{cut}, {wants}, {totals.reused} reused{publish}"
    stages = wording.count(totals.stages, "stage")
    return (
        f"{kind}{wording.count(totals.builds, 'build')} in {stages}, {wants}, "
        f"{totals.reused} reused{publish}"
    )


def nothing(excluded: int, open_roots: int) -> str:
    """Return the phrase for a plan without builds, which may have had to leave out everything.

    Args:
        excluded: The number of builds that are excluded because of specs that do not build.
        open_roots: The number of roots that a budget does not complete.
    """
    cut = limits(excluded, open_roots, is_what_if=False)
    return f"no build is planned ({', '.join(cut)})" if cut else "nothing to build"


def unplannable(count: int) -> list[str]:
    """Return the phrase on the number of unplannable wants, if there are any."""
    return [f"{wording.count(count, 'want')} cannot be planned"] if count else []


def limits(excluded: int, open_roots: int, *, is_what_if: bool) -> list[str]:
    """Return the phrases on the reasons why a plan is not everything that must be built.

    Args:
        excluded: The number of builds that are excluded because of specs that do not build.
        open_roots: The number of roots that a budget does not complete.
        is_what_if: Whether it assumes anything that contradicts the caches.
    """
    found = ["what if"] if is_what_if else []
    if excluded:
        found.append(f"{wording.count(excluded, 'build')} left out")
    if open_roots:
        found.append(f"{wording.count(open_roots, 'root')} not completed")
    return found


def numbers(plan: Plan) -> list[str]:
    """Return the other counts, one sentence each."""
    totals = plan.totals
    unnecessary = f", {len(plan.unnecessary)} of them unnecessary" if plan.unnecessary else ""
    lines = [f"pruned node by node: {wording.count(totals.node_by_node, 'build')}{unnecessary}"]
    if totals.builds:
        path = amounts.of_total(totals.critical_path_cost, totals.cost, plan.unit)
        lines.append(f"critical path: {path}")
        estimated = sum(build.estimated for build in plan.builds)
        if plan.unit == "seconds":
            lines.append(f"costs: {totals.builds - estimated} measured, {estimated} estimated")
    if plan.change is not None and not plan.successors:
        lines.append(f"due to the change: {wording.count(totals.due_to_change, 'build')}")
    return lines


def change(plan: Plan) -> list[str]:
    """Return the assumptions and changes, and the named specs that no want contains."""
    lines = what_if(plan)
    if plan.change is None:
        return lines
    asked = plan.change
    depth = "" if asked.depth is None else f", followed to depth {asked.depth}"
    matched = [each for each in asked.specs if each.matches]
    specs = (
        wording.folded([prose.name(each.spec) for each in matched], 5) or "nothing that is wanted"
    )
    count = wording.count(len(asked.changed), "spec")
    if plan.successors:
        count = f"{count} predicted"
    line = f"changed: {specs} ({count}), policy {asked.policy}{depth}"
    recipes = () if asked.recipes is None else _recipes(asked.recipes)
    return [*lines, line, *recipes, *_unmatched("changed", asked.specs)]


def _recipes(compared: RecipesCompared) -> list[str]:
    """Return the changes of recipes, and the recipes with which locks are assumed to be made."""
    touched = wording.count(compared.recipes, "recipe")
    if compared.changes == "name":
        return [f"recipes: {touched} touched since {prose.name(compared.before)}, by name"]
    does = (
        (compared.stale, "changes hashes", "change hashes"),
        (compared.may_change, "may change hashes", "may change hashes"),
        (compared.blind, "changes builds but no hash", "change builds but no hash"),
        (compared.same, "changes no hash", "change no hash"),
    )
    parts = [f"{number} {one if number == 1 else many}" for number, one, many in does if number]
    between = f"{compared.before[:12]} to {compared.after[:12]}"
    lines = [f"recipes: {', '.join([f'{touched} touched', *parts])} ({between})"]
    return [*lines, *(assumed(each) for each in compared.assumed if each.specs)]


def assumed(found: RecipesAssumed) -> str:
    """Return the recipes with which a stack is assumed to be made, and whether that is proven."""
    pins = ", which its environment pins" if found.pinned else ""
    proof = "no package hash proves that"
    if found.proven:
        hashes = wording.count(found.specs, "package hash", "package hashes")
        proof = f"{found.proven} of {hashes} follow from them"
    made = f"assumed to be made with the recipes of {found.revision[:12]}{pins}"
    what = f"{prose.name(found.stack)} is" if found.stack else "specs that only caches have are"
    return f"{what} {made}; {proof}"


def what_if(plan: Plan) -> list[str]:
    """Return the assumptions of the plan that contradict the caches."""
    if plan.what_if is None:
        return []
    lines = []
    if plan.what_if.assumed:
        specs = ", ".join(prose.name(each.spec) for each in plan.what_if.assumed)
        more = wording.count(len(plan.what_if.available), "spec")
        lines.append(f"assumed to be available: {specs} ({more} without a binary)")
    if plan.what_if.withheld:
        specs = ", ".join(prose.name(each.spec) for each in plan.what_if.withheld)
        fewer = wording.count(len(plan.what_if.unavailable), "binary", "binaries")
        lines.append(f"assumed not to be available: {specs} ({fewer})")
    return lines


def _unmatched(what: str, specs: Sequence[ChangedSpec]) -> list[str]:
    missing = [prose.name(each.spec) for each in specs if not each.matches]
    if not missing:
        return []
    names = wording.count(
        len(missing),
        f"name that is listed as {what} is in no want",
        f"names that are listed as {what} are in no want",
    )
    return [f"{names}: {wording.folded(missing, 3)}"]


def notes(plan: Plan) -> list[str]:
    """Return notes besides the builds, one per line."""
    lines = _unmatched("broken", plan.excluded.specs)
    totals = plan.totals
    if plan.excluded.builds:
        cut = wording.count(len(plan.excluded.needed), "broken spec")
        lines.append(
            f"{wording.count(len(plan.excluded.builds), 'build')} and "
            f"{wording.count(totals.wants_excluded, 'want')} are left out because of {cut}"
        )
    lines += wording.not_wanted(plan.not_wanted)
    if plan.untested:
        kept = wording.count(
            totals.untested,
            "binary contains the change but is not rebuilt",
            "binaries contain the change but are not rebuilt",
        )
        lines.append(f"{kept} ({_kept_by(plan)})")
    if plan.predicted and plan.successors:
        lines.append(
            "specs without a known next hash are predicted: they keep the hash from "
            "before the change"
        )
    elif plan.predicted:
        lines.append(
            "predicted from locks made before the change: hashes are those before the change"
        )
    if plan.successors:
        lines += map(_next_hashes, plan.successors)
    run = [RUN_IT] if plan.builds and not plan.predicted else []
    return [*lines, *choice.notes(plan), HOLDS_WHEN, *run]


def _next_hashes(found: Successors) -> str:
    """Return the numbers of specs of a lock with each kind of next hash."""
    known = sum(each.successor is not None for each in found.specs)
    open_ = len(found.specs) - known
    stack = prose.name(found.stack)
    kept = f"{found.kept} kept"
    if found.open:
        kept = f"{kept}, {len(found.open)} kept unless a concretizer chooses otherwise"
    return f"next hashes of {stack}: {known} computed, {kept}, {open_} not known"


def _kept_by(plan: Plan) -> str:
    """Return the settings that keep binaries with the change: the policy, the depth or both."""
    asked = plan.change
    kinds = {each.kept_by for each in plan.untested if each.available}
    parts = []
    if "policy" in kinds:
        parts.append(f"policy {asked.policy}" if asked else "policy")
    if "depth" in kinds:
        parts.append(f"depth {asked.depth}" if asked else "depth")
    return ", ".join(parts)


def cause(word: str) -> str:
    """Return the reason why a spec is built, as in a column of a table."""
    return {"changed": "changed", "stale": "stale", "missing": "no binary"}[word]


def left_out(build: ExcludedBuild, names: Mapping[str, NamedSpec]) -> str:
    """Return the reason why a build is left out.

    Args:
        build: The build.
        names: The names of the specs in chains, by hash, as returned by :func:`names_of_chains`.
    """
    if build.reason == "broken":
        return "known not to build"
    if build.reason == "unneeded":
        return "only needed by left-out builds"
    if len(build.chain) > _LONG_CHAIN:
        away = wording.count(len(build.chain) - 1, "edge")
        return f"needs a spec that is known not to build, {away} away"
    return "needs " + " -> ".join(named(names[each]) for each in build.chain[1:])


def names_of_chains(plan: Plan) -> Mapping[str, NamedSpec]:
    """Return the names of the specs in chains of left out builds, by hash."""
    chains = [build.chain for build in plan.excluded.builds if len(build.chain) <= _LONG_CHAIN]
    return {each.hash: each for each in plan.named({spec for chain in chains for spec in chain})}


def verdict(why: Why, *, predicted: bool) -> str:
    """Return the verdict of a plan on a spec, as the end of a sentence."""
    if why.verdict == "planned":
        causes = {
            "changed": "is built: it changed",
            "stale": "is built: it depends on what changed, so its binary is stale",
            "missing": "is built: no cache has a binary",
        }
        return causes[why.cause or "missing"]
    return {
        "reused": "is reused: it is needed and has a binary",
        "rewired": "is rewired from the binary that it was built as",
        "external": "is external: the system provides it",
        "left_out": "is left out: " + _left_out(why),
        "cut_off": "is not built: nothing that could need it does"
        + (" after the change" if predicted else ""),
        "not_wanted": "is not wanted: no root reaches it",
    }[why.verdict]


def held(why: Why) -> list[str]:
    """Return the chain from a spec to the change, if there is one; at most one line."""
    if why.change is None or len(why.change.chain) == 1:
        return []
    *above, last = why.change.chain
    chain = "".join(
        f"{named(each.spec)} -> ({'/'.join(each.types) or 'no'} edge) " for each in above
    )
    state = "stale" if why.change.stale else "contains the change but is not rebuilt"
    return [f"{state}: {chain}{named(last.spec)}, which changed"]


def _left_out(why: Why) -> str:
    return {
        "broken": "it is known not to build",
        "needs": "it needs a spec that is known not to build",
        "unneeded": "only left-out builds need it",
    }[why.exclusion or "broken"]


def level(each: WhyLine) -> int:
    """Return the indentation of a line of a tree; deep lines show their depth instead."""
    return min(each.depth, _DEEP)


def line(each: WhyLine) -> str:
    """Return one line of a tree without its indent."""
    shown = named(each.spec)
    if each.depth > _DEEP:
        shown = f"({each.depth} deep) {shown}"
    if each.wanted:
        shown += " (wanted)"
    if each.link == "asked":
        return shown
    needs = "/".join(each.types) or "no"
    if each.link == "cuts":
        cut = _CUT[each.reason or "test_only"]
        return f"{shown} {cut} ({needs} edge)"
    need = "needs it" if each.link == "demands" else "would need it, but is not needed itself"
    more = "; see above or below" if each.repeated else ""
    return f"{shown} {need} ({needs} edge){more}"


def diff_headline(diff: LockDiff) -> str:
    """Return the headline of the new specs."""
    totals = diff.totals
    return (
        f"{prose.name(diff.old)} -> {prose.name(diff.new)}: {totals.new} new, {totals.gone} gone, "
        f"{totals.kept} kept; {wording.count(totals.builds, 'build')}"
    )


def diff_notes(diff: LockDiff) -> list[str]:
    """Return the totals in words, one line each."""
    totals = diff.totals
    notes = wording.migrated(totals.migrated)
    if diff.lost:
        names = wording.folded([prose.name(each) for each in diff.lost], _FEW_LOST)
        notes = [f"{wording.count(totals.lost, 'package')} lost: {names}", *notes]
    if not totals.new:
        return notes
    own = f"{totals.own_change} of the new specs changed themselves"
    recipe = f"{totals.recipe_only} of them by the text of the recipe alone"
    return [*notes, f"{own} ({recipe}), {totals.inherited} inherited a new hash"]


def origin(spec: NewSpec) -> str:
    """Return the reason why the hash of a spec is new."""
    return _ORIGIN[spec.origin]


def difference_lines(spec: NewSpec) -> list[str]:
    """Return the differences between a new spec and the old one, one key per line."""
    if spec.against is None:
        return ["new package"]
    if spec.origin == "rewired":
        return ["other dependencies"]
    keys = {each.key for each in spec.differences}
    lines = [_difference(each, keys) for each in spec.differences]
    if not spec.replaces:
        lines.append(f"beside {named(spec.against)}")
    return [each for each in lines if each] or ["other content"]


def _difference(difference: Difference, keys: Collection[OwnKey]) -> str:
    if difference.key == "package_hash":
        return "recipe"
    old, new = _values(difference.key, difference.old), _values(difference.key, difference.new)
    gone = [each for each in old if each not in new]
    come = [each for each in new if each not in old]
    if "patches" in keys and difference.key == "variants":
        # The variant only contains the first letters of the checksums in the patches.
        gone, come = _but_patches(gone), _but_patches(come)
        if not gone and not come:
            return ""
    sides = (", ".join(map(prose.name, side)) or "none" for side in (gone, come))
    return f"{difference.key} {' -> '.join(sides)}"


def _values(key: OwnKey, text: str) -> list[str]:
    values = text.split("," if key == "patches" else "\n")
    return [
        _CHECKSUM.sub(lambda found: found[0][:_SHORT_CHECKSUM], each) for each in values if each
    ]


def _but_patches(variants: Sequence[str]) -> list[str]:
    return [each for each in variants if not each.startswith("patches=")]


def want_verdict(want: WhyWanted) -> str:
    """Return a sentence on a want of a cell: that it is wanted, and whether it is available."""
    cell = f"{prose.name(want.stack)} on {prose.name(f'{want.os}/{want.target}')}"
    return {
        "gap": f"is wanted for {cell}, and is a gap there",
        "covered": f"is wanted for {cell}, and is available there",
        "undecided": f"is wanted for {cell}, and the sources do not say whether it is available",
        "excluded": f"is not wanted for {cell}, as `[[not-wanted]]` excludes it",
    }[want.verdict]


def want_lines(want: WhyWanted) -> list[str]:
    """Return the origins of wants, their state, the nearest spec and the plan for them.

    Args:
        want: The want.
    """
    lines = []
    if want.wanted_by:
        lines.append(
            f"wanted by: {wording.folded([prose.name(each) for each in want.wanted_by], 5)}"
        )
    if want.reason:
        lines.append(f"reason: {prose.words(want.reason)}")
    if want.state is not None:
        lines.append(f"state: {wording.STATE_SENTENCES[want.state]}")
    if want.nearest is not None and want.nearest_spec is not None:
        place = prose.name(wording.nearest_cell(want.nearest))
        differs = prose.words(", ".join(want.nearest.differs) or "hash alone")
        lines.append(f"nearest: {named(want.nearest_spec)} in {place} (differs in {differs})")
    elif want.verdict == "gap" and want.state is not None:
        lines.append(f"nearest: none, as no cache has a binary of {prose.name(want.package)}")
    lines += _want_plan(want)
    return lines


def _want_plan(want: WhyWanted) -> list[str]:
    spec = "" if want.spec is None else named(want.spec)
    if want.plan == "publish":
        return [f"plan: list {spec} in the stack; nothing has to be built"]
    if want.plan == "chosen":
        return [f"plan: {spec} was chosen for it"]
    if want.plan == "over_budget":
        return [
            f"plan: not within the budget; {spec} would complete it at the lowest additional cost"
        ]
    if want.plan == "unplannable":
        lack = choice.LACKS[want.lack or "no_candidate"]
        if want.lack == "developed":
            return [f"plan: cannot be planned, as {lack}"]
        ways = (
            "`--candidates SOURCE` adds specs to choose from, `rebuild --write-unplannable FILE` "
        )
        ways += "writes a spack.yaml for a concretizer"
        return [f"plan: cannot be planned, as {lack}; {ways}"]
    return []
