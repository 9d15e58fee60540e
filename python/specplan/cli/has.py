"""``specplan has``: the check that a mirror has the binaries of some hashes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from specplan.cli import load, output
from specplan.cli.options import argument, command
from specplan.errors import DamagedSourceError
from specplan.reports.render import prose, wording

if TYPE_CHECKING:
    from collections.abc import Sequence

    from specplan.cli.settings import Settings
    from specplan.model import Spec
    from specplan.sources.mirrors.presence import AskedBinary

__all__ = ["has"]


@command(
    "has",
    (
        argument(
            "source", "The mirror to look into, as --cache takes it.", metavar="[LABEL=]SOURCE"
        ),
        argument(
            "specs",
            "The full hashes to look for, each with the name and version where these are known.",
            metavar="[NAME@VERSION/]HASH...",
            is_repeatable=True,
        ),
    ),
)
def has(settings: Settings, source: str, specs: tuple[str, ...]) -> int:
    """Exit with 0 if a mirror has a binary of each hash, and with 1 if it lacks one.

    This makes retries cheap: a job that finds its binary does not build it again. With name and
    version, a server gets one request per hash, for the manifest that Spack writes last. With
    hashes alone its index is read, which may be out of date. In a folder, the names of files
    decide, or its index if it has no files of binaries; in a registry, the tags.

    \b
    Examples:
      specplan has /mirror abcdefghijklmnopqrstuvwxyz234567
      specplan has s3://bucket/mirror zlib@1.3.1/abcdefghijklmnopqrstuvwxyz234567
      specplan has oci://ghcr.io/site/cache zlib@1.3.1/abcdefghijklmnopqrstuvwxyz234567
      specplan has https://host/mirror "$NAME@$VERSION/$HASH" || spack ci rebuild
    """  # noqa: D301 - \b keeps click from wrapping the examples
    from specplan.sources.label import split_label  # noqa: PLC0415 - help reads no file
    from specplan.sources.mirrors.presence import asked, present_by_name  # noqa: PLC0415

    binaries = [asked(each) for each in specs]
    limits = load.limits_of(settings)
    present = present_by_name(split_label(source)[1], binaries, limits)
    if present is None:
        present = _listed(source, binaries, settings)
    lines = [
        f"{each.text} {'is there' if present[each.hash] else 'is not there'}\n" for each in binaries
    ]
    output.write("".join(lines), None)
    return 0 if all(present.values()) else 1


def _listed(source: str, binaries: list[AskedBinary], settings: Settings) -> dict[str, bool]:
    """Return the binaries that the index of a source lists, by hash."""
    try:
        catalog = load.read([source], replace(settings, cache=(source,)))
    except DamagedSourceError as error:
        # Skipping damage would report an existing binary as absent.
        error.hint = f"`specplan check --cache {source}` shows all that is wrong"
        raise
    found = {each.hash: catalog.query(f"/{each.hash}", available=True) for each in binaries}
    for record in dict.fromkeys(each for answer in found.values() for each in answer.left_out):
        if record.kind == "index_version":
            output.note(f"left out: {prose.plain(wording.left_out_line(record))}")
    specs = {dag_hash: answer.decided() for dag_hash, answer in found.items()}
    return {each.hash: _is_it(each, specs[each.hash]) for each in binaries}


def _is_it(binary: AskedBinary, specs: Sequence[Spec]) -> bool:
    """Return whether a binary has the requested name and version, if any."""
    for each in specs:
        if binary.name and (each.package, each.version) != (binary.name, binary.version):
            output.note(f"`{binary.hash}` is {each.package}@{each.version} there")
            return False
    return bool(specs)
