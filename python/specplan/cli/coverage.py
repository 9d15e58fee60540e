"""``specplan coverage``: the matrix of stacks against systems."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from specplan.cli import inquiry, options

if TYPE_CHECKING:
    from typing_extensions import Unpack

__all__ = ["coverage"]


@click.command(short_help="How much is there, by stack and system.")
@options.cells
@options.wants
@options.locks
@options.environments
@options.gates
@options.left_out
@options.sources
@options.report
def coverage(**typed: Unpack[options.Typed]) -> int:
    """Tell how much of what each stack should have is available on each system.

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
    return inquiry.run(typed, "coverage")
