"""A plan as a list for pipes: one build per line, in a valid build order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from specplan.model.report import as_lines
from specplan.planning.plan import Plan
from specplan.reports.gates import amount, is_asked, verdict_word
from specplan.reports.plan import wording as plan_wording
from specplan.reports.plan.choice import LACKS
from specplan.reports.render import wording
from specplan.reports.render.escape import for_logs, terminal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from specplan.model import LeftOut
    from specplan.model.choice import ChosenWant, PublishedWant
    from specplan.model.gate import Gate

__all__ = ["ListedPlan", "listed", "rebuild"]


class ListedPlan(Protocol):
    """The parts of a plan that a list shows; the plan was made in this run or read."""

    @property
    def predicted(self) -> bool:
        """True if its hashes are those before the change."""

    @property
    def is_what_if(self) -> bool:
        """True if it relies on assumptions that contradict the caches."""

    @property
    def excluded_builds(self) -> int:
        """The number of builds that are excluded because specs do not build."""

    @property
    def open_roots(self) -> int:
        """The number of roots that a budget does not complete."""

    @property
    def listed(self) -> Iterable[tuple[str, str, str]]:
        """Its builds: name, version, hash."""

    @property
    def publish(self) -> Sequence[PublishedWant]:
        """The specs that only need listing."""

    @property
    def unplannable(self) -> Sequence[ChosenWant]:
        """The wants that no known spec can meet."""

    @property
    def left_out(self) -> Sequence[LeftOut]:
        """The input that could not be taken into account."""

    @property
    def gates(self) -> Sequence[Gate]:
        """The gates of the run."""


@as_lines.register(Plan)
def rebuild(plan: Plan) -> str:
    """Return the builds of a plan of this process, as :func:`listed` does."""
    return listed(plan)


def listed(plan: ListedPlan) -> str:
    """Return ``name@version/hash`` of each build below a line ``# exact``.

    In a predicted plan, that line is ``# predicted`` and there are no hashes, because the known
    ones will not exist again. It also mentions assumptions, excluded builds, roots that a budget
    does not complete, wants that cannot be planned, and left-out input that could change the plan.
    Wants that cannot be planned, specs that only need listing and the requested gates follow as
    comments, so that a reader that ignores comments only sees builds.
    """
    first = [
        "# predicted" if plan.predicted else "# exact",
        *plan_wording.limits(plan.excluded_builds, plan.open_roots, is_what_if=plan.is_what_if),
        *plan_wording.unplannable(len(plan.unplannable)),
    ]
    lines = [", ".join([*first, *wording.not_whole(plan.left_out)])]
    for name, version, dag_hash in plan.listed:
        spec = terminal(f"{name}@{version}")
        lines.append(spec if plan.predicted else f"{spec}/{dag_hash}")
    for want in plan.publish:
        binary = terminal(f"{want.package}@{want.version}/{want.hash}")
        cell = terminal(f"{want.stack} on {want.os}/{want.target}")
        lines.append(f"# publish {binary} for {terminal(want.want)} in {cell}")
    for unmet in plan.unplannable:
        cell = terminal(f"{unmet.stack} on {unmet.os}/{unmet.target}")
        why = LACKS[unmet.lack or "no_candidate"]
        lines.append(f"# cannot be planned: {terminal(unmet.want)} in {cell}: {why}")
    for gate in plan.gates:
        if is_asked(gate):
            limit, value = amount(gate, gate.limit), amount(gate, gate.value)
            verdict = verdict_word(gate.held)
            lines.append(f"# gate --{terminal(gate.label)}: {value}, limit {limit}: {verdict}")
    return for_logs("\n".join(lines) + "\n")
