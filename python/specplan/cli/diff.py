"""``specplan diff``: what was lost, gained and changed between two states of caches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specplan.cli import known_gaps, load, output, verdict
from specplan.cli.options import argument, command
from specplan.errors import UsageError
from specplan.sources.absent import absence, looks_like_a_file
from specplan.sources.label import split_label
from specplan.sources.named_want import named_want

if TYPE_CHECKING:
    from specplan.api.catalog import Catalog
    from specplan.cli.settings import Settings
    from specplan.model import Diff

__all__ = ["asked_difference", "diff"]


@command(
    "diff",
    (
        argument(
            "old",
            "The older state: a snapshot of the caches, or a source as --cache takes it, "
            "[LABEL=]SOURCE.",
        ),
        argument(
            "new",
            "The newer state, in the same form. [default: the newest snapshot]",
            is_required=False,
        ),
    ),
)
def diff(settings: Settings, old: str, new: str | None) -> int:
    """Compare two states of caches: OLD and NEW, or OLD and the newest snapshot.

    Each is a snapshot of the caches, or else a source of its own. A key that was replaced by
    another key of the same package is changed, not lost. A stack that the newer state does not
    list at all is absent, and its keys are not counted. `specplan lock-diff` compares locks.

    \b
    Examples:
      specplan diff --cache _cache develop-2025-05-18 develop-2025-05-25
      specplan diff _cache/develop-2025-05-18 _cache/develop-2025-05-25 --level version
      specplan diff develop-2025-05-18 --stack e4s --fail-on-lost --fail-on-absent
    """  # noqa: D301 - \b keeps click from wrapping the examples
    answer = asked_difference(old, new, settings)
    if settings.quiet_if_same and verdict.is_same(answer):
        output.withdraw(settings.output)
        return 0
    output.publish(answer, settings)
    return verdict.conclude(answer, settings)


def asked_difference(old: str, new: str | None, settings: Settings) -> Diff:
    """Read two states and return their differences.

    Args:
        old: The older state: a snapshot or a source.
        new: The newer one; None for the newest snapshot.
        settings: How to read them, and which cells to compare.

    Raises:
        SourceError: If one cannot be read.
        UsageError: If they cannot be compared.
    """
    _refuse_locks(old, new)
    return verdict.settled(known_gaps.held(_ask(old, new, settings), settings), settings)


def _refuse_locks(old: str, new: str | None) -> None:
    """Refuse locks, which have no cells to compare."""
    sources = [
        None if state is None else load.as_source(split_label(state)[1]) for state in (old, new)
    ]
    for source in sources:
        if source is not None and named_want(source).kind == "lock":
            raise UsageError(
                f"the lock `{source}` cannot be compared with a snapshot"
                if None in sources
                else f"`{source}` is a lock, and `diff` compares snapshots",
                hint="`specplan lock-diff OLD NEW` compares the specs of locks and mirrors",
            )


def _ask(old: str, new: str | None, settings: Settings) -> Diff:
    catalog, older, newer = _states(old, new, settings)
    answer = catalog.diff(
        older,
        newer,
        stack=settings.stack,
        os=settings.os,
        target=settings.target,
        level=settings.level or "package",
    )
    asked = [state for state in (older, newer) if state is None or isinstance(state, str)]
    if any(asked):
        load.note_unused(catalog.unused_tags(*asked))
    return answer


def _states(
    old: str, new: str | None, settings: Settings
) -> tuple[Catalog, str | Catalog, str | Catalog | None]:
    """Return the catalog to ask and the two states; two paths need no other cache."""
    if not settings.cache and new is not None:
        older_place, newer_place = load.as_source(old), load.as_source(new)
        if older_place is not None and newer_place is not None:
            older = load.read([older_place], settings)
            newer = load.read([newer_place], settings)
            return newer, older, newer
    if not settings.cache:
        for each in (old, new):
            if each and looks_like_a_file(each) and load.as_source(each) is None:
                raise absence(each)
    catalog = load.configured(settings, old, new)
    older_state = load.other_state(old, catalog, settings, "")
    newer_state = None if new is None else load.other_state(new, catalog, settings, "")
    return catalog, older_state, newer_state
