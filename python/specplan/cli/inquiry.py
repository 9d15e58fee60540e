"""What ``gaps`` and ``coverage`` have in common: they are two views of one document."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from specplan.cli import load, options, output, verdict
from specplan.errors import UsageError
from specplan.sources.label import split_label
from specplan.sources.wants import is_environment

if TYPE_CHECKING:
    from specplan.cli.options import Typed
    from specplan.config import Configuration
    from specplan.model import Coverage, View

__all__ = ["Listing", "run"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Which gaps are listed; the numbers are those of all.

    Attributes:
        package: Shell patterns of their packages; all where there are none.
        limit: How many wants are listed; None for all.
    """

    package: tuple[str, ...] = ()
    limit: int | None = None

    def of(self, coverage: Coverage) -> Coverage:
        """Return coverage of which these gaps are listed."""
        if not self.package and self.limit is None:
            return coverage
        return coverage.listing(package=self.package, limit=self.limit)


def run(typed: Typed, view: View, listing: Listing | None = None) -> int:
    """Ask the catalog, write the view of its answer, and return the exit code."""
    settings = options.with_stacks(options.settings(typed), typed)
    if settings.baseline is None:
        _refuse_gates_without_baseline(typed)
    if typed.get("scope") is not None and not _any_lock(settings):
        raise UsageError("`--scope` is of locks", hint="name one with `--want [LABEL=]spack.lock`")
    coverage = verdict.settled(_ask(settings, typed, view), settings)
    if listing is not None:
        coverage = listing.of(coverage)
    output.write(output.rendered(coverage, settings, typed, view=view), typed.get("output"))
    return verdict.conclude(coverage, settings, typed)


def _any_lock(settings: Configuration) -> bool:
    return any(not is_environment(split_label(each)[1]) for each in settings.want)


def _refuse_gates_without_baseline(typed: Typed) -> None:
    # In the configuration these gates may be meant for `diff` alone.
    names = {
        "--fail-on-lost": typed.get("fail_on_lost"),
        "--fail-on-absent": typed.get("fail_on_absent"),
    }
    for name, value in names.items():
        if value:
            raise UsageError(
                f"`{name}` needs an older state to compare with",
                hint="name one with `--baseline TAG|SOURCE`, or use `specplan diff`",
            )


def _ask(settings: Configuration, typed: Typed, view: View) -> Coverage:
    states = [settings.tag] if settings.baseline is None else [settings.tag, settings.baseline]
    catalog = load.configured(settings, *states, or_nothing=bool(settings.want))
    baseline = None
    if settings.baseline is not None:
        directory = settings.baseline_directory
        baseline = load.other_state(settings.baseline, catalog, settings, directory)
    query = replace(
        options.with_environments(options.query_of(settings, baseline), settings, typed),
        want=settings.want,
        scope=settings.scope,
        # Of the views of coverage only the document shows what is nearest to a gap.
        nearest=view == "gaps" or settings.format == "json",
    )
    ask = catalog.gaps if view == "gaps" else catalog.coverage
    coverage = (
        ask(query)
        if baseline is None or isinstance(baseline, str)
        else ask(query, baseline=baseline)
    )
    asked = [settings.tag] if not isinstance(baseline, str) else [settings.tag, baseline]
    load.note_unused(catalog.unused_tags(*asked))
    return coverage
