"""``specplan coverage``: the cells of a coverage document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specplan.cli.coverage_views import run
from specplan.cli.options import command

if TYPE_CHECKING:
    from specplan.cli.settings import Settings

__all__ = ["coverage"]


@command("coverage")
def coverage(settings: Settings) -> int:
    """Show which share of its wants each stack has on each system.

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
    return run(settings, "coverage")
