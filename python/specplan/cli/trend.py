"""``specplan trend``: coverage over many snapshots or saved documents."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from specplan.cli import load, mirrors, output, questions, verdict
from specplan.cli.options import argument, command
from specplan.coverage.trend import measured_before
from specplan.coverage.trend import trend as trend_of
from specplan.errors import UsageError
from specplan.sources import newest_first
from specplan.sources.absent import absence, looks_like_a_file
from specplan.sources.documents import is_document, read_coverage
from specplan.sources.environments.options import EnvironmentOptions
from specplan.sources.named_want import named_want
from specplan.sources.snapshot_folders import snapshot_folders

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from specplan.api.catalog import Catalog
    from specplan.cli.settings import Settings
    from specplan.model import Measured
    from specplan.model.trend import Trend

__all__ = ["asked_trend", "trend"]


@command(
    "trend",
    (
        argument(
            "steps",
            "Snapshots, sources as --cache takes them, or saved documents, the oldest first. "
            "[default: all snapshots of the caches]",
            metavar="[STEP]...",
            is_required=False,
            is_repeatable=True,
        ),
    ),
)
def trend(settings: Settings, steps: tuple[str, ...]) -> int:
    """Show how coverage changed over STEPS: snapshots, sources or saved documents, oldest first.

    Without STEPS, all snapshots of the caches are compared. Each step answers the question of
    `specplan coverage`, and the steps are read one after the other. A want is lost if it was
    covered once, is still wanted, and is a gap at the last step. A step at which the wants
    changed is marked, as such a change is not a loss of the cache.

    Saved documents (`specplan coverage --format json -o FILE`) record their wants only by
    number, so that a new gap may look like a lost want.

    \b
    Examples:
      specplan trend --cache _cache
      specplan trend --stack 'e4s*' develop-2025-05-18 develop-2025-05-25
      specplan trend monday.json tuesday.json --format csv -o trend.csv
      specplan trend --cache _cache --stack e4s -o trend.svg
    """  # noqa: D301 - \b keeps click from wrapping the examples
    answer = asked_trend(settings, steps)
    output.publish(answer, settings)
    return verdict.conclude(answer, settings)


def asked_trend(settings: Settings, steps: Sequence[str] = ()) -> Trend:
    """Read the steps one after the other and return the trend of coverage.

    Args:
        settings: The settings for the question at each step.
        steps: The steps, the oldest first; none for all snapshots of the caches.

    Raises:
        SourceError: If one cannot be read.
        UsageError: If there are none, or the question makes no sense.
    """
    # A trend does not support a baseline.
    settings = questions.with_stacks(replace(settings, baseline=None))
    for text in settings.want:
        if named_want(text).kind == "available":
            raise UsageError(
                f"`--want {text}` wants the binaries of each step itself, so nothing is ever lost",
                hint="`specplan diff OLD NEW` shows which binaries were lost; a lock as `--want` "
                "is the same at each step",
            )
    return verdict.settled(trend_of(_steps(steps, settings)), settings)


def _steps(steps: Sequence[str], settings: Settings) -> Iterator[Measured]:
    """Yield the steps, reading one at a time."""
    tags = _Tags(settings)
    for each in steps or tags.every():
        if is_document(each):
            yield measured_before(read_coverage(each), Path(each).stem)
        elif steps and not tags.has(each) and (source := load.as_source(each)) is not None:
            catalog = load.read([source], settings, quiet=True)
            yield _measured(catalog, settings, each, None)
        elif looks_like_a_file(each) and not tags.has(each):
            raise absence(each)
        else:
            yield _measured(tags.read(each), settings, each, each)


def _measured(catalog: Catalog, settings: Settings, name: str, tag: str | None) -> Measured:
    query = questions.with_environments(questions.query_of(settings), settings)
    query = replace(query, tag=tag, want=settings.want, scope=settings.scope, nearest=False)
    return catalog.trend_step(name, query)


class _Tags:
    """The snapshots of the caches, read one at a time."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._found: dict[str, list[str]] | None = None
        self._others: list[str] = []
        self._first: Catalog | None = None

    def every(self) -> list[str]:
        """Return all snapshots, the oldest first.

        Raises:
            UsageError: If there are none, or no cache is given.
        """
        folders = self._folders
        if folders is None:
            raise UsageError(
                "no cache is given", hint="name one with `--cache SOURCE`, or saved documents"
            )
        found = newest_first(folders)[::-1]
        if not found:
            raise UsageError(
                "the caches have no snapshots",
                hint="name sources or saved documents, the oldest first",
            )
        return found

    def has(self, name: str) -> bool:
        """Return whether a name is that of a snapshot."""
        given = bool(self.settings.cache) or bool(self.settings.want)
        return given and name in (self._folders or ())

    def read(self, tag: str) -> Catalog:
        """Return the caches with one snapshot.

        Raises:
            UnknownNameError: If none has it.
        """
        known = self._folders or {}
        folders = known.get(tag, [])
        first = self._first
        if first is not None and not folders and (tag in first.tags or tag not in known):
            # It is already there, or the question suggests similar names.
            return first
        if not folders and not self._others:
            return load.configured(self.settings, tag)
        return load.read([*folders, *self._others], self.settings, tag, quiet=True)

    @property
    def _folders(self) -> dict[str, list[str]] | None:
        """The folders with only one snapshot, by snapshot; none if it is read by name.

        None without caches: sources may be the steps then.
        """
        if self._found is not None:
            return self._found
        settings = self.settings
        caches = mirrors.caches_of(settings, EnvironmentOptions(host=settings.host))
        if not caches:
            return None
        self._found = {}
        for each in caches:
            folders = snapshot_folders(each)
            if not folders:
                self._others.append(each)
            for tag, folder in folders.items():
                self._found.setdefault(tag, []).append(folder)
        if self._others:
            self._first = load.read(self._others, settings, quiet=True)
            for tag in (*self._first.tags, *self._first.unused_tags(None)):
                self._found.setdefault(tag, [])
        return self._found
