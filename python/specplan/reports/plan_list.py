"""A plan as a list to be piped: one build a line, in the order in which they can run."""

from __future__ import annotations

from specplan.plan import Plan
from specplan.report import as_lines
from specplan.reports.escape import for_logs, terminal

__all__ = ["rebuild"]


@as_lines.register(Plan)
def rebuild(plan: Plan) -> str:
    """Return ``name@version/hash`` of each build below a line that says ``# exact``.

    In a predicted plan that line says ``# predicted``, and there are no hashes: those that
    are known will not exist again. What only needs to be listed follows as comments, so that
    a reader that passes over these builds nothing else.
    """
    lines = ["# predicted" if plan.predicted else "# exact"]
    for build in plan.builds:
        spec = terminal(f"{build.name}@{build.version}")
        lines.append(spec if plan.predicted else f"{spec}/{build.hash}")
    for want in plan.publish:
        binary = terminal(f"{want.name}@{want.version}/{want.hash}")
        cell = terminal(f"{want.stack} on {want.os}/{want.target}")
        lines.append(f"# publish {binary} for {terminal(want.want)} in {cell}")
    return for_logs("\n".join(lines) + "\n")
