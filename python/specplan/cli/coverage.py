"""``specplan coverage`` and ``specplan gaps``: two views of one document."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from specplan.cli import known_gaps, load, output, questions, verdict
from specplan.cli.options import command
from specplan.coverage.carry import carried_forward
from specplan.errors import UsageError
from specplan.records import dataclass
from specplan.reports.render import wording
from specplan.sources.documents import read_coverage
from specplan.sources.named_want import named_want

if TYPE_CHECKING:
    from specplan.api import Catalog
    from specplan.cli.settings import Settings
    from specplan.model import Coverage, View

__all__ = ["AskedCoverage", "asked_coverage", "coverage", "gaps", "say_coverage"]


@command("coverage")
def coverage(settings: Settings) -> int:
    """Show how much of what each stack should have is available on each system.

    The question is that of `specplan gaps`, and so is the JSON document; the other
    formats show the cells instead of the gaps.

    \b
    Examples:
      specplan coverage --cache _cache
      specplan coverage --stack 'ml-*' --peers 'ml-*' --level version
      specplan coverage --stack e4s --fail-under 95
      specplan coverage --cache mirror --want e4s=spack.lock --scope all
      specplan coverage --format csv -o coverage.csv
    """  # noqa: D301 - \b keeps click from wrapping the examples
    return _run(settings, "coverage")


@command("gaps")
def gaps(settings: Settings) -> int:
    """List what the stacks lack, the most useful gaps first.

    A want is what a stack should have on a system: by default everything that the stacks
    of its family have on any system; with --baseline what an older state had; with --want
    the specs of a lock. A gap is a want that no available binary covers. Each comes with
    its state and with the nearest binary that there is; of a lock also with what it blocks.

    \b
    Examples:
      specplan gaps --cache _cache --stack e4s
      specplan gaps --stack 'e4s*' --os 'ubuntu*' --level version --compat target
      specplan gaps --stack e4s --system ubuntu24.04/neoverse_v2
      specplan gaps --limit 20 --package 'py-*'
      specplan gaps --cache mirror --want e4s=spack.lock --fail-under-roots 100
      specplan gaps --baseline develop-2025-05-18 --fail-on-lost --format markdown -o gaps.md
    """  # noqa: D301 - as above
    return _run(settings, "gaps")


def _run(settings: Settings, view: View) -> int:
    """Ask the catalog, write the view of its answer, and return the exit code."""
    answer = asked_coverage(settings, view).coverage
    code = 0
    if settings.quiet_if_same and verdict.is_same(answer):
        output.withdraw(settings.output)
    else:
        output.publish(answer, settings, view=view)
        code = verdict.conclude(answer, settings)
    if settings.ci_line:
        say_coverage(answer)
    return code


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedCoverage:
    """Coverage with the catalog that was asked.

    Attributes:
        coverage: The coverage, with its gates.
        catalog: The caches.
    """

    coverage: Coverage
    catalog: Catalog


def asked_coverage(settings: Settings, view: View) -> AskedCoverage:
    """Read what is typed and return the coverage that it asks for.

    Raises:
        SourceError: If an input cannot be read.
        UsageError: If the question makes no sense.
    """
    settings = questions.with_stacks(settings)
    if settings.baseline is None:
        _refuse_gates_without_baseline(settings)
    if settings.is_typed("scope") and not _any_lock(settings):
        raise UsageError(
            "`--scope` applies to locks only", hint="name one with `--want [LABEL=]spack.lock`"
        )
    asked = _ask(settings, view)
    held = known_gaps.held(asked.coverage, settings)
    return replace(asked, coverage=verdict.settled(held, settings))


def say_coverage(answer: Coverage) -> None:
    """Say the coverage in the form that programs search logs for; nothing where it is n/a."""
    totals = answer.totals
    if totals.wanted:
        share = wording.percentage(totals.covered, totals.wanted).replace(" ", "")
        output.say_line(f"specplan coverage: {share}")


def _any_lock(settings: Settings) -> bool:
    return any(named_want(each).kind != "environment" for each in settings.want)


def _refuse_gates_without_baseline(settings: Settings) -> None:
    # In the configuration these gates may be meant for `diff` alone.
    for name in ("fail_on_lost", "fail_on_absent", "quiet_if_same"):
        if settings.is_typed(name) and getattr(settings, name):
            raise UsageError(
                f"`--{name.replace('_', '-')}` needs an older state to compare with",
                hint="name one with `--baseline TAG|SOURCE`, or use `specplan diff`",
            )


def _ask(settings: Settings, view: View) -> AskedCoverage:
    states = [settings.tag] if settings.baseline is None else [settings.tag, settings.baseline]
    catalog = load.configured(settings, *states, or_nothing=bool(settings.want))
    baseline = None
    if settings.baseline is not None:
        directory = settings.baseline_directory
        baseline = load.other_state(settings.baseline, catalog, settings, directory)
    query = replace(
        questions.with_environments(questions.query_of(settings, baseline), settings),
        want=settings.want,
        scope=settings.scope,
        # Of the views of coverage only the document shows what is nearest to a gap.
        nearest=view == "gaps" or settings.format == "json" or settings.own_format == "html",
        # Of all formats only this one has a case for what is there.
        covered=settings.own_format == "junit",
    )
    ask = catalog.gaps if view == "gaps" else catalog.coverage
    answer = (
        ask(query)
        if baseline is None or isinstance(baseline, str)
        else ask(query, baseline=baseline)
    )
    if settings.carry_forward is not None:
        old = read_coverage(settings.carry_forward)
        answer = carried_forward(answer, old, settings.carry_forward)
    asked = [settings.tag] if not isinstance(baseline, str) else [settings.tag, baseline]
    if settings.changes_since in catalog.tags:
        asked.append(settings.changes_since)
    load.note_unused(catalog.unused_tags(*asked))
    return AskedCoverage(coverage=answer, catalog=catalog)
