"""Plans, reasons and differences of locks as Markdown for the summary of a CI job."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specplan.model import LockDiff
from specplan.model.report import as_markdown
from specplan.planning.plan import Plan
from specplan.reports.coverage.markdown import document, foldable, listed, warned
from specplan.reports.plan import budget, choice, schedule
from specplan.reports.plan import wording as plan_wording
from specplan.reports.render import wording
from specplan.reports.render.escape import markdown_code as code
from specplan.reports.render.escape import markdown_text as sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from specplan.model import LeftOut, NamedSpec, Why
    from specplan.model.report import ReportOptions
    from specplan.planning.why_wanted import WhyWanted

__all__ = ["lock_diff", "rebuild", "why"]


@as_markdown.register(Plan)
def rebuild(plan: Plan, options: ReportOptions) -> str:
    """Return the headline, the numbers, the builds, and all that is left out or untested."""
    del options
    names = plan_wording.names_of_chains(plan)
    return document(
        [
            *warned(plan.left_out),
            f"### {_capitalised(plan_wording.headline(plan))}",
            listed(
                [
                    *choice.lines(plan),
                    *plan_wording.change(plan, code),
                    *plan_wording.numbers(plan),
                ]
            ),
            choice.publish_as_markdown(plan),
            choice.as_markdown(plan),
            foldable(
                wording.count(len(plan.builds), "build"),
                ("stage", "build", "cause", "stacks", "needs"),
                [
                    (
                        str(build.stage),
                        code(f"{build.name}@{build.version}/{build.hash}"),
                        plan_wording.cause(build.cause),
                        ", ".join(map(code, build.stacks)),
                        str(len(build.needs)),
                    )
                    for build in plan.builds
                ],
                numbers=1,
            ),
            foldable(
                f"{wording.count(len(plan.excluded.builds), 'build')} left out",
                ("build", "why"),
                [
                    (_spec(each.spec), plan_wording.left_out(each, names, code))
                    for each in plan.excluded.builds
                ],
            ),
            foldable(
                f"{wording.count(len(plan.untested), 'spec')} untested",
                ("spec", "kept by", "has a binary"),
                [
                    (_spec(each.spec), each.kept_by, wording.answer(each.available))
                    for each in plan.untested
                ],
            ),
            foldable(
                f"{wording.count(len(plan.needless), 'unnecessary build')} of pruning node by node",
                ("build", "needless because of", "which"),
                [
                    (_spec(each.spec), _spec(each.cut_by), each.reason.replace("_", " "))
                    for each in plan.needless
                ],
            ),
            budget.as_markdown(plan),
            schedule.as_markdown(plan),
            listed([*wording.left_out(plan.left_out, sentence), *plan_wording.notes(plan, code)]),
        ]
    )


def why(
    reasons: Sequence[Why],
    wants: Sequence[WhyWanted] = (),
    *,
    predicted: bool,
    left_out: Sequence[LeftOut] = (),
) -> str:
    """Return what becomes of each want, then the verdict and the tree of each spec."""
    parts = warned(left_out)
    for want in wants:
        parts.append(f"### {code(want.want)} {plan_wording.want_verdict(want, code)}")
        parts.append(listed(plan_wording.want_lines(want, code, _spec)))
    for each in reasons:
        verdict = plan_wording.verdict(each, predicted=predicted)
        wanted = ", and it is wanted" if each.tree[0].is_want else ""
        parts.append(f"### {_spec(each.spec)} {verdict}{wanted}")
        parts += plan_wording.held(each, code)
        parts.append(
            "\n".join(
                f"{'  ' * (plan_wording.level(line) - 1)}- {plan_wording.line(line, code)}"
                for line in each.tree[1:]
            )
        )
    return document([*parts, listed(wording.left_out(left_out, sentence))])


@as_markdown.register(LockDiff)
def lock_diff(diff: LockDiff, options: ReportOptions) -> str:
    """Return the causes, how far each goes, what to hold back, and all that is new or gone."""
    del options
    return document(
        [
            *warned(diff.left_out),
            f"### {plan_wording.diff_headline(diff, code)}",
            listed(plan_wording.diff_notes(diff)),
            foldable(
                f"{wording.count(len(diff.causes), 'spec')} changed themselves",
                ("changed itself", "what", "reaches", "alone", "by link and run"),
                [
                    (
                        _spec(cause.spec.spec),
                        "<br>".join(plan_wording.difference_lines(cause.spec, code)),
                        str(cause.reaches),
                        str(cause.explains_alone),
                        str(cause.reaches_by_link_run),
                    )
                    for cause in diff.causes
                ],
                numbers=3,
            ),
            foldable(
                "Hold back, and estimated builds that remain",
                ("hold", "builds left", "fewest by any so many"),
                [
                    (_spec(step.spec), str(step.builds_left), wording.number(step.fewest_left))
                    for step in diff.hold
                ],
                numbers=2,
            ),
            foldable(
                f"{len(diff.specs)} new",
                ("spec", "why", "instead of"),
                [
                    (
                        _spec(each.spec),
                        plan_wording.origin(each),
                        _spec(each.against) if each.against and each.replaces else "",
                    )
                    for each in diff.specs
                ],
            ),
            foldable(f"{len(diff.gone)} gone", ("spec",), [(_spec(each),) for each in diff.gone]),
            listed(wording.left_out(diff.left_out, sentence)),
        ]
    )


def _spec(spec: NamedSpec) -> str:
    return code(f"{plan_wording.name(spec)}/{spec.hash}")


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]
