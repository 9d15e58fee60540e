"""``specplan gaps``: the gaps of a coverage document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specplan.cli.coverage_views import run
from specplan.cli.options import command

if TYPE_CHECKING:
    from specplan.cli.settings import Settings

__all__ = ["gaps"]


@command("gaps")
def gaps(settings: Settings) -> int:
    """List the gaps of stacks, the most useful first.

    A want is a spec that a stack should have on a system: by default every spec that the stacks
    of its family have on any system; with --baseline those of an older state; with --want those
    of a lock. A gap is a want that no available binary covers. Each gap is listed with its
    state and the nearest available binary; a gap of a lock also with the specs that it blocks.

    \b
    Examples:
      specplan gaps --cache _cache --stack e4s
      specplan gaps --stack 'e4s*' --os 'ubuntu*' --level version --compat target
      specplan gaps --stack e4s --system ubuntu24.04/neoverse_v2
      specplan gaps --limit 20 --package 'py-*'
      specplan gaps --cache mirror --want e4s=spack.lock --fail-under-roots 100
      specplan gaps --baseline develop-2025-05-18 --fail-on-lost --format markdown -o gaps.md
    """  # noqa: D301 - \b keeps click from wrapping the examples
    return run(settings, "gaps")
