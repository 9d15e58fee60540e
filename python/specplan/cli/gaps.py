"""``specplan gaps``: what is missing, ranked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from specplan.cli import inquiry, options

if TYPE_CHECKING:
    from typing_extensions import Unpack

__all__ = ["gaps"]


@click.command(short_help="What is missing, ranked.")
@options.cells
@options.wants
@options.locks
@options.environments
@options.gates
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    metavar="N",
    help="List the first N wants only, the most useful; the others are counted.",
)
@click.option(
    "--package",
    multiple=True,
    metavar="PATTERN",
    help="List the gaps of these packages only (shell pattern); may be repeated.",
)
@click.option("--summary", is_flag=True, help="List no gap, only the numbers.")
@options.left_out
@options.sources
@options.report
def gaps(
    limit: int | None, package: tuple[str, ...], *, summary: bool, **typed: Unpack[options.Typed]
) -> int:
    """Tell what the stacks lack, the most useful gaps first.

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
    """  # noqa: D301 - \b keeps click from wrapping the examples
    listing = inquiry.Listing(package=package, limit=0 if summary else limit)
    return inquiry.run(typed, "gaps", listing)
