"""Plans and differences of locks as CSV, as those of coverage."""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING

from specplan.model import LockDiff
from specplan.model.report import as_csv
from specplan.planning.plan import Plan
from specplan.reports.plan import wording
from specplan.reports.plan.size import refuse_endless
from specplan.reports.render import amounts, escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from specplan.model import Why
    from specplan.model.report import ReportOptions
    from specplan.planning.why_wanted import WhyWanted

__all__ = ["lock_diff", "rebuild", "why"]


@as_csv.register(Plan)
def rebuild(plan: Plan, options: ReportOptions) -> str:
    """Return one row a build, one a want that only needs to be listed, one that cannot be planned.

    The column ``action`` tells them apart. The spec of a row to publish is the binary that
    its stack has to list; what it is for stands in the last columns. Each build says whether
    its hash is predicted.

    Raises:
        UsageError: If the needs and chains of the builds are too many for a document.
    """
    del options
    refuse_endless(plan)
    names = (
        "stage", "hash", "name", "version", "platform", "os", "target",
        "stacks", "cause", "cost", "estimated", "needs", "because", "predicted",
        "action", "want", "want.os", "want.target", "listed_by",
    )  # fmt: skip
    predicted = "true" if plan.predicted else "false"
    builds = (
        (
            str(build.stage),
            build.hash,
            build.name,
            build.version,
            build.platform,
            build.os,
            build.target,
            "; ".join(build.stacks),
            build.cause,
            amounts.exact(build.cost),
            "true" if build.estimated else "false",
            "; ".join(build.needs),
            "; ".join(build.because),
            predicted,
            "build",
            *[""] * 4,
        )
        for build in plan.builds
    )
    published = (
        (
            "",
            want.hash,
            want.name,
            want.version,
            "",
            want.binary_os,
            want.binary_target,
            want.stack,
            *[""] * 5,
            "false",
            "publish",
            want.want,
            want.os,
            want.target,
            "; ".join(want.listed_by),
        )
        for want in plan.publish
    )
    unplannable = (
        (*[""] * 7, want.stack, *[""] * 6, "unplannable", want.want, want.os, want.target, "")
        for want in plan.unplannable
    )
    return _table(names, (*builds, *published, *unplannable))


def why(reasons: Sequence[Why], wants: Sequence[WhyWanted] = ()) -> str:
    """Return one row a line of a tree, then one a want.

    Of a want, ``verdict`` says whether it is a gap, ``reason`` why; the spec is what the plan
    lists or chose for it.
    """
    names = (
        "asked", "verdict", "depth", "hash", "name", "version",
        "link", "reason", "types", "is_want", "is_repeated",
        "want", "stack", "os", "target", "wanted_by", "plan", "nearest.hash", "nearest.differs",
    )  # fmt: skip
    nothing = ("",) * 8
    trees = (
        (
            each.spec.hash,
            each.verdict,
            str(line.depth),
            line.spec.hash,
            line.spec.name,
            line.spec.version,
            line.link,
            line.reason or "",
            "; ".join(line.types),
            "true" if line.is_want else "false",
            "true" if line.is_repeated else "false",
        )
        for each in reasons
        for line in each.tree
    )
    return _table(names, (*((*tree, *nothing) for tree in trees), *map(_wanted, wants)))


def _wanted(want: WhyWanted) -> tuple[str, ...]:
    spec, nearest = want.spec, want.nearest
    return (
        "",
        want.verdict,
        "",
        "" if spec is None else spec.hash,
        want.package if spec is None else spec.name,
        "" if spec is None else spec.version,
        "",
        want.reason or want.lack or want.state or "",
        "",
        "false" if want.verdict == "excluded" else "true",
        "false",
        want.want,
        want.stack,
        want.os,
        want.target,
        "; ".join(want.wanted_by),
        want.plan or "",
        "" if nearest is None else nearest.hash,
        "" if nearest is None else "; ".join(nearest.differs),
    )


@as_csv.register(LockDiff)
def lock_diff(diff: LockDiff, options: ReportOptions) -> str:
    """Return one row a spec that is new or gone; what causes others tells how far it goes."""
    del options
    names = (
        "change", "hash", "name", "version", "external", "origin", "old.hash", "old.version",
        "differs", "reaches", "explains_alone", "reaches_by_link_run",
    )  # fmt: skip
    causes = {
        each.spec.spec.hash: (
            str(each.reaches), str(each.explains_alone), str(each.reaches_by_link_run)
        )
        for each in diff.causes
    }  # fmt: skip
    nothing = ("", "", "")
    rows: list[Sequence[str]] = [
        (
            "new",
            each.spec.hash,
            each.spec.name,
            each.spec.version,
            "true" if each.external else "false",
            each.origin,
            each.against.hash if each.against else "",
            each.against.version if each.against else "",
            "; ".join(wording.difference_lines(each, str)) if each.is_own_change else "",
            *causes.get(each.spec.hash, nothing),
        )
        for each in diff.specs
    ]
    rows += [
        ("gone", each.hash, each.name, each.version, *[""] * 5, *nothing) for each in diff.gone
    ]
    return _table(names, rows)


def _table(names: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([escape.csv_cell(value) for value in row] for row in rows)
    return text.getvalue()
