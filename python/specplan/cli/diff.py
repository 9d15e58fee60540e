"""``specplan diff``: specs lost, gained and changed between two states of a cache."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from specplan.cli import known_gaps, load, output, verdict
from specplan.cli.options import argument, command
from specplan.errors import UsageError
from specplan.sources.absent import absence, looks_like_a_file
from specplan.sources.label import split_label
from specplan.sources.named_want import named_want

if TYPE_CHECKING:
    from specplan.api.catalog import Catalog
    from specplan.cli.settings import Settings
    from specplan.model import Diff, LockDiff

__all__ = ["asked_difference", "diff"]


@command(
    "diff",
    (
        argument(
            "old",
            "The older state: a snapshot of the caches, or a lock or cache as --cache takes it, "
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
    """Compare two states: OLD and NEW, or OLD and the newest snapshot; or compare locks.

    Each is a snapshot of the caches or a source of its own. A key that was replaced by another
    key of the same package is changed, not lost. A stack that the newer state does not list at
    all is absent, and its keys are not counted.

    If OLD or NEW is a lock, and both are sources, their specs are compared instead: which
    hashes are new, which specs changed themselves and which inherited a change, how far each
    change reaches, and which changes to hold back so that few builds remain. A package is then
    lost if the newer state has no spec of it.

    \b
    Examples:
      specplan diff --cache _cache develop-2025-05-18 develop-2025-05-25
      specplan diff _cache/develop-2025-05-18 _cache/develop-2025-05-25 --level version
      specplan diff develop-2025-05-18 --stack e4s --fail-on-lost --fail-on-absent
      specplan diff old/spack.lock new/spack.lock
      specplan diff mirror new/spack.lock
    """  # noqa: D301 - \b keeps click from wrapping the examples
    return _concluded(asked_difference(old, new, settings), settings)


def asked_difference(old: str, new: str | None, settings: Settings) -> Diff | LockDiff:
    """Read two states and return their differences.

    Args:
        old: The older state: a snapshot, a source or a lock.
        new: The newer one; None for the newest snapshot.
        settings: The settings for reading them, and the cells to compare.

    Raises:
        SourceError: If one cannot be read.
        UsageError: If they cannot be compared.
    """
    if (states := _locks(old, new)) is not None:
        _refuse_cells(settings)
        if settings.known_gaps is not None:
            output.note(
                "known gaps are about cells, which locks do not have: they excuse nothing here, "
                "and only whether one has expired is checked"
            )
        older, newer = (load.read([place], settings) for place in states)
        compared = replace(newer.diff_specs(older), absent_stacks=_absent(*states))
        return verdict.settled(known_gaps.held(compared, settings), settings)
    return verdict.settled(known_gaps.held(_ask(old, new, settings), settings), settings)


def _concluded(answer: Diff | LockDiff, settings: Settings) -> int:
    """Write the report, unless nothing differs, and return the exit code."""
    if settings.quiet_if_same and verdict.is_same(answer):
        output.withdraw(settings.output)
        return 0
    output.publish(answer, settings)
    return verdict.conclude(answer, settings)


def _locks(old: str, new: str | None) -> tuple[str, str] | None:
    """Return both sources if one of them is a lock."""
    older = load.as_source(split_label(old)[1])
    newer = None if new is None else load.as_source(split_label(new)[1])
    locks = [
        each for each in (older, newer) if each is not None and named_want(each).kind == "lock"
    ]
    if not locks:
        return None
    if older is None or newer is None or new is None:
        raise UsageError(
            f"the lock `{locks[0]}` cannot be compared with a snapshot",
            hint="name another lock, a mirror or an index; snapshots compare with snapshots",
        )
    return old, new


def _absent(old: str, new: str) -> tuple[str, ...]:
    """Return the label of the older of two locks, if the newer has another one."""
    older, newer = (split_label(each)[0] for each in (old, new))
    return (older,) if older and newer and older != newer else ()


#: The options that only apply to cells of snapshots.
_OF_CELLS: Final = ("stack", "os", "target", "level")


def _refuse_cells(settings: Settings) -> None:
    for name in _OF_CELLS:
        if settings.is_typed(name) and getattr(settings, name):
            raise UsageError(
                f"`--{name.replace('_', '-')}` applies to the cells of snapshots, not to locks",
                hint="leave it out, or compare two snapshots",
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
    catalog = load.configured(settings, old, new, only_states=True)
    older_state = load.other_state(old, catalog, settings, "")
    newer_state = None if new is None else load.other_state(new, catalog, settings, "")
    return catalog, older_state, newer_state
