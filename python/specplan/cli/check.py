"""``specplan check``: whether the cache itself is sound."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, get_args

import click

from specplan.cli import load, options, output, progress, verdict
from specplan.model.check import FindingKind, Verify

if TYPE_CHECKING:
    from typing_extensions import Unpack


__all__ = ["check"]


@click.command(short_help="What is wrong with the cache itself.")
@click.argument("caches", nargs=-1, metavar="[CACHE]...")
@options.left_out
@options.sources
@click.option(
    "--verify",
    type=click.Choice(get_args(Verify)),
    help="How far to go: what indexes and locks say; also the manifests and spec files of mirrors; "
    "also the bytes of their binaries. [default: index]",
)
@click.option("--tag", help="The snapshot whose binaries count. [default: the newest]")
@click.option(
    "--want",
    multiple=True,
    metavar="[LABEL=]LOCK",
    help="Count the roots of this spack.lock (`-` for standard input) as what is broken, instead "
    "of the binaries that no other binary depends on; may be repeated.",
)
@click.option(
    "--ignore",
    multiple=True,
    type=click.Choice(get_args(FindingKind)),
    help="Leave findings of this kind out and only count them; may be repeated.",
)
@options.report
def check(
    caches: tuple[str, ...],
    ignore: tuple[FindingKind, ...],
    verify: Verify | None,
    **typed: Unpack[options.Typed],
) -> int:
    """List everything that is wrong with the caches.

    Of indexes, locks and spec files: what binaries lack to be installed, and how many
    binaries and roots that breaks; edges that lead nowhere; what is listed without a binary;
    cycles; hashes that are not those of their content; one hash with two contents; one
    operating system on two platforms. Of mirrors, with --verify: manifests, spec files and
    blobs that are not there, are damaged, or that no index lists. Of pages: damage, meta that
    contradicts spec_details, pages in the folder of another package or snapshot. Exits with
    1 when there is anything, and with 3 when files are damaged, unless --skip-damaged says
    that these are known.

    \b
    Examples:
      specplan check _cache
      specplan check s3://bucket/mirror --want radiuss=spack.lock
      specplan check mirror --verify blobs
      specplan check mirror --ignore not-in-cache
      specplan check --format markdown -o check.md
    """  # noqa: D301 - \b keeps click from wrapping the examples
    settings = options.settings(typed)
    if caches:
        settings = replace(settings, cache=(*caches, *typed.get("cache", ())))
    # Everything is to be listed: nothing stops at the first fault, nothing is said twice.
    catalog = load.configured(
        replace(settings, strict=False, skip_damaged=True), settings.tag, quiet=True
    )
    with progress.counted("files of mirrors") as counted:
        answer = catalog.check(
            want=typed.get("want", ()),
            tag=settings.tag,
            verify=verify or settings.check.verify,
            counted=counted,
            libc=settings.libc,
        )
    if ignored := ignore or settings.check.ignore:
        answer = answer.without(ignored)
    answer = verdict.settled(answer, settings)
    output.write(output.rendered(answer, settings, typed), typed.get("output"))
    code = verdict.conclude(answer, settings, typed)
    if not answer.findings:
        return code
    damaged = any(finding.kind == "damaged" for finding in answer.findings)
    return 3 if damaged and not settings.skip_damaged else 1
