"""Verification of several mirrors, one after the other."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from specplan import _core
from specplan.check.mirror_files import Verification, Verified, verify
from specplan.errors import DamagedSourceError
from specplan.sources import spec_files
from specplan.sources.mirrors import mirror
from specplan.sources.origins import StandaloneIndex
from specplan.sources.reading_options import Reading
from specplan.sources.stores.fetching import Fetching

if TYPE_CHECKING:
    from collections.abc import Sequence

    from specplan.aliases import Counted
    from specplan.sources.origins import MirrorOrigin

__all__ = ["settled", "verify_all"]


def verify_all(
    core: _core.Catalog,
    mirrors: Sequence[MirrorOrigin],
    *,
    wrong: frozenset[str],
    blobs: bool,
    counted: Counted | None,
) -> Verified:
    """Check the files of all mirrors.

    Args:
        core: A catalog with the content of their indexes, except for those that must be read again.
        mirrors: The mirrors, as :func:`settled` returns them.
        wrong: The hashes whose content is wrong in an index itself.
        blobs: Whether to check the bytes of binaries too.
        counted: Called with the number of checked files of a mirror.

    Raises:
        RemoteError: If a server cannot be asked.
        SourceError: If a mirror cannot be listed.
    """
    verified = Verified()
    for taken in mirrors:
        known = core if taken.listing is None else _listed(taken)
        index = taken.index
        verified.add(
            verify(
                Verification(
                    taken=taken,
                    core=known,
                    binaries=None if index is None else _binaries(known, taken),
                    wrong=wrong,
                    blobs=blobs,
                    counted=counted,
                )
            )
        )
    return verified


def _binaries(known: _core.Catalog, taken: MirrorOrigin) -> list[str]:
    """Return the hashes that the indexes of a mirror list as binaries."""
    indexes = (taken.index or "", *taken.older)
    return sorted({each for index in indexes for each in known.binaries_of(index)})


def settled(mirrors: Sequence[MirrorOrigin]) -> tuple[list[MirrorOrigin], list[str]]:
    """Return the mirrors that can be read, and notes about the others.

    Raises:
        SourceError: If a manifest cannot be read.
    """
    notes: list[str] = []
    known = [_settled(taken, notes) for taken in mirrors]
    return [each for each in known if each is not None], notes


def _listed(taken: MirrorOrigin) -> _core.Catalog:
    """Read the index of a stack again, this time with its binaries."""
    if taken.listing is None or taken.index is None:
        return _core.Catalog.merged([])
    reading = Reading(
        source=taken.cache, given_stack="", tags=(), fetching=Fetching(limits=taken.limits)
    )
    listings = ((taken.listing, taken.index), *taken.older_listings)
    return _core.Catalog.merged(
        [spec_files.parse(path, reading, shown=shown, stack="").catalog for path, shown in listings]
    )


def _settled(taken: MirrorOrigin, notes: list[str]) -> MirrorOrigin | None:
    """Return a mirror that knows whether its index is complete.

    A map may name an index by its checksum. Then the mirror is the one with that blob, if it has
    manifests of indexes at all; it may use this index for the whole mirror or for a view, or may
    have a newer one by now.
    """
    if taken.lists_all is not None:
        return taken
    checksum = mirror.blob_checksum(taken.index or "")
    try:
        whole = mirror.index_records(taken.store, taken.limits)
    except DamagedSourceError:
        # The files themselves will be checked, including this one.
        return replace(taken, lists_all=False)
    if any(each.checksum == checksum for each in whole):
        return replace(taken, lists_all=True)
    views = _views(taken)
    if not whole and not views:
        stack, tag = taken.of or ("", "")
        shown = taken.index or ""
        alone = StandaloneIndex(shown=shown, stack=stack, tag=tag, cache=taken.cache)
        notes.append(alone.note)
        return None
    if checksum not in views:
        notes.append(
            f"`{taken.index}` is not the current index of `{taken.store.shown()}`: files that are "
            "missing from it are not found"
        )
    return replace(taken, lists_all=False)


def _views(taken: MirrorOrigin) -> set[str]:
    """Return the checksums of the indexes of all views, if they can be determined."""
    checksums: set[str] = set()
    for view in mirror.views(taken.store):
        try:
            records = mirror.index_records(taken.store, taken.limits, view=view)
        except DamagedSourceError:
            continue
        checksums.update(each.checksum for each in records)
    return checksums
