"""``specplan lock-diff``: the new specs between two locks, by cause."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specplan.cli import load, output, verdict
from specplan.cli.options import argument, command

if TYPE_CHECKING:
    from specplan.cli.settings import Settings
    from specplan.model import LockDiff

__all__ = ["asked_lock_diff", "lock_diff"]


@command(
    "lock-diff",
    (
        argument(
            "older",
            "The older state: a spack.lock, a mirror or an index, [LABEL=]SOURCE.",
            metavar="OLD",
        ),
        argument("newer", "The newer state, in the same form.", metavar="NEW"),
    ),
)
def lock_diff(settings: Settings, older: str, newer: str) -> int:
    """Compare the specs of two locks, mirrors or indexes, and show the causes of new hashes.

    Lists which hashes are new, which specs changed themselves and which inherited a change,
    how far each change reaches, and which changes to hold back so that few builds remain.

    \b
    Examples:
      specplan lock-diff old/spack.lock new/spack.lock
      specplan lock-diff mirror new/spack.lock --limit 5
      specplan lock-diff old/spack.lock new/spack.lock --format markdown
    """  # noqa: D301 - \b keeps click from wrapping the examples
    answer = asked_lock_diff(older, newer, settings)
    if settings.quiet_if_same and verdict.is_same(answer):
        output.withdraw(settings.output)
        return 0
    output.publish(answer, settings)
    return verdict.conclude(answer, settings)


def asked_lock_diff(older: str, newer: str, settings: Settings) -> LockDiff:
    """Read two sources and return their new specs.

    Args:
        older: The older source.
        newer: The newer one.
        settings: How to read them.

    Raises:
        SourceError: If one cannot be read.
    """
    old, new = (load.read([place], settings) for place in (older, newer))
    return verdict.settled(new.compare(old), settings)
