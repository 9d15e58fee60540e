"""``specplan check``: whether the cache itself is sound."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from specplan.cli import catalogs, options, output
from specplan.reports import csv_table, json_document, markdown, text

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from specplan.config import Configuration
    from specplan.model import Check

__all__ = ["check"]


@click.command(short_help="What is wrong with the cache itself.")
@click.argument("caches", nargs=-1, metavar="[CACHE]...")
@options.sources
@options.report
def check(caches: tuple[str, ...], **typed: Unpack[options.Typed]) -> int:
    """List everything that is wrong with the caches.

    Damaged files, pages whose meta contradicts their spec_details, pages in the folder of
    another package or snapshot, one hash with two contents, one operating system on two
    platforms. Exits with 1 when there is anything, and with 3 when files are damaged,
    unless --skip-damaged says that these are known.

    \b
    Examples:
      specplan check _cache
      specplan check --format markdown -o check.md
    """  # noqa: D301 - \b keeps click from wrapping the examples
    settings = options.settings(typed)
    if caches:
        settings = replace(settings, cache=(*caches, *typed.get("cache", ())))
    # Everything is to be listed: nothing stops at the first fault, nothing is said twice.
    catalog = catalogs.configured(replace(settings, strict=False, skip_damaged=True), quiet=True)
    answer = catalog.check()
    output.write(_rendered(answer, settings, typed), typed.get("output"))
    if not answer.findings:
        return 0
    damaged = any(finding.kind == "damaged" for finding in answer.findings)
    return 3 if damaged and not settings.skip_damaged else 1


def _rendered(answer: Check, settings: Configuration, typed: options.Typed) -> str:
    if settings.format == "json":
        return json_document.check(answer)
    if settings.format == "csv":
        return csv_table.check(answer)
    if settings.format == "markdown":
        return markdown.check(answer)
    return text.check(answer, width=output.width(typed), colour=output.colour(typed))
