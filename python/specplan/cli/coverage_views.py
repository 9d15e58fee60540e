"""The common part of ``specplan coverage`` and ``specplan gaps``, two views of one document."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from specplan.cli import known_gaps, load, output, questions, verdict
from specplan.errors import UsageError
from specplan.records import dataclass
from specplan.reports.render import wording
from specplan.sources.named_want import named_want

if TYPE_CHECKING:
    from specplan.api.catalog import Catalog
    from specplan.cli.settings import Settings
    from specplan.model import Coverage, View

__all__ = ["AskedCoverage", "asked_coverage", "run", "say_coverage"]


def run(settings: Settings, view: View) -> int:
    """Ask the catalog, write the view of its answer, and return the exit code."""
    answer = asked_coverage(settings, view, dependencies=False).coverage
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


def asked_coverage(settings: Settings, view: View, *, dependencies: bool = True) -> AskedCoverage:
    """Read the settings and return the requested coverage.

    Args:
        settings: The settings.
        view: The view.
        dependencies: Whether the catalog is asked further questions, which may depend on the
            dependencies of specs.

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
    is_part = not (dependencies or settings.want) and load.is_one_saved_catalog(settings)
    asked = _ask(settings, view, dependencies=not is_part)
    if is_part and asked.coverage.alone is not None:
        # It counts the binaries whose dependencies are there too.
        asked = _ask(settings, view, dependencies=True, quiet=True)
    held = known_gaps.held(asked.coverage, settings)
    return replace(asked, coverage=verdict.settled(held, settings))


def say_coverage(answer: Coverage) -> None:
    """Print the coverage in the form that programs search for in logs; nothing if it is n/a."""
    totals = answer.totals
    if totals.wanted:
        share = wording.percentage(totals.covered, totals.wanted).replace(" ", "")
        output.say_line(f"specplan coverage: {share}")


def _any_lock(settings: Settings) -> bool:
    return any(named_want(each).kind != "environment" for each in settings.want)


def _refuse_gates_without_baseline(settings: Settings) -> None:
    # In the configuration these gates may only be meant for `diff`.
    for name in ("fail_on_lost", "fail_on_absent", "quiet_if_same"):
        if settings.is_typed(name) and getattr(settings, name):
            raise UsageError(
                f"`--{name.replace('_', '-')}` needs an older state to compare with",
                hint="name one with `--baseline TAG|SOURCE`, or use `specplan diff`",
            )


def _ask(
    settings: Settings, view: View, *, dependencies: bool, quiet: bool = False
) -> AskedCoverage:
    states = [settings.tag] if settings.baseline is None else [settings.tag, settings.baseline]
    catalog = load.configured(
        settings,
        *states,
        quiet=quiet,
        or_nothing=bool(settings.want),
        only_states=True,
        dependencies=dependencies,
    )
    baseline = None
    if settings.baseline is not None:
        directory = settings.baseline_directory
        baseline = load.other_state(settings.baseline, catalog, settings, directory)
    query = replace(
        questions.with_environments(questions.query_of(settings, baseline), settings),
        want=settings.want,
        scope=settings.scope,
        # Of the views of coverage, only the document shows the nearest spec of a gap.
        nearest=view == "gaps" or settings.format == "json" or settings.own_format == "html",
        # This is the only format with a case for covered wants.
        covered=settings.own_format == "junit",
    )
    ask = catalog.gaps if view == "gaps" else catalog.coverage
    answer = (
        ask(query)
        if baseline is None or isinstance(baseline, str)
        else ask(query, baseline=baseline)
    )
    if settings.carry_forward is not None:
        # Imported here because few runs carry cells forward.
        from specplan.coverage.carry import carried_forward  # noqa: PLC0415
        from specplan.sources.documents import read_coverage  # noqa: PLC0415

        old = read_coverage(settings.carry_forward)
        answer = carried_forward(answer, old, settings.carry_forward)
    asked = [settings.tag] if not isinstance(baseline, str) else [settings.tag, baseline]
    if settings.changes_since in catalog.tags:
        asked.append(settings.changes_since)
    if not quiet:
        load.note_unused(catalog.unused_tags(*asked))
    return AskedCoverage(coverage=answer, catalog=catalog)
