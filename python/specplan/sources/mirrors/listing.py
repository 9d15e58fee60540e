"""Listings of the snapshots of many stacks: a map, or a tree of mirrors.

The public cache publishes a map from each snapshot to the indexes of its stacks::

    {"develop-2025-05-25": [{"label": "root", "url": "s3://..."}, {"label": "e4s", ...}]}

``root`` is the union index.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from specplan.patterns import pattern
from specplan.records import dataclass
from specplan.sources import strict_json
from specplan.sources.location import WHOLE, Location
from specplan.sources.mirrors import mirror

if TYPE_CHECKING:
    from collections.abc import Iterable

    from specplan.sources.stores.store import LocalStore

__all__ = ["MAP_NAME", "UNION", "Listed", "parse", "tree"]

#: The file name of the map at the top of a mirror.
MAP_NAME: Final = "cache_spack_io_index.json"

#: The names that identify a folder as a mirror.
_INDEXES: Final = ("v3/manifests/index/index.manifest.json", "build_cache/index.json")

#: The label of the union index.
UNION: Final = "root"

#: Labels that the public site leaves out.
_DROPPED: Final = frozenset({"deprecated", "e4s-mac"})

_LABEL: Final = pattern(r"[A-Za-z0-9_.-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """The index of one stack in one snapshot.

    Attributes:
        stack: The name of the stack.
        url: The location of the index or of its mirror.
        shown: The file or folder with this entry.
        location: The location in it.
    """

    stack: str
    url: str
    shown: str
    location: Location = WHOLE

    @property
    def said_by(self) -> str:
        """The file with this entry, and the location in it."""
        location = str(self.location)
        return f"{self.shown}: {location}" if location else self.shown


def parse(document: bytes, shown: str) -> dict[str, tuple[Listed, ...]] | None:
    """Read a map of snapshots.

    Returns:
        The indexes of each snapshot, without the labels that the public site leaves out; None if
            the document is JSON but not such a map.

    Raises:
        DamagedSourceError: If it is a malformed map.
    """
    whole = strict_json.parse(document, shown)
    if not _is_map(whole.raw):
        return None
    listed = {}
    for tag in whole.keys():  # noqa: SIM118 - no dict
        listings = [_listing(each) for each in whole.at(tag).items()]
        listed[tag] = tuple(each for each in listings if each.stack not in _DROPPED)
    return listed


def tree(
    store: LocalStore, *, from_manifests: bool = False
) -> dict[str, tuple[Listed, ...]] | None:
    """Return the content of a tree of mirrors ``TAG/v3`` and ``TAG/STACK/v3``, or None.

    The public cache and copies of it have this layout.

    Args:
        store: The folder.
        from_manifests: Whether a mirror need not have an index.
    """
    files = (*_INDEXES, mirror.SPEC_FOLDER) if from_manifests else _INDEXES
    listed = {}
    for tag in store.folders():
        if not _has_any(store, tag, files):
            continue
        stacks = [
            Listed(stack=stack, url=f"{tag}/{stack}", shown=store.shown(tag))
            for stack in store.folders(tag)
            if stack not in {*_DROPPED, UNION} and _has_any(store, f"{tag}/{stack}", files)
        ]
        union = Listed(stack=UNION, url=tag, shown=store.shown())
        listed[tag] = (union, *stacks)
    return listed or None


def _is_map(value: object) -> bool:
    """Return whether a document is a map, even a malformed one; a lock has arrays too."""
    if not isinstance(value, dict) or not all(isinstance(each, list) for each in value.values()):
        return False
    return any(
        isinstance(entry, dict) and not entry.keys().isdisjoint({"label", "url"})
        for entries in value.values()
        for entry in entries
    )


def _listing(entry: strict_json.Value) -> Listed:
    label, url = entry.at("label"), entry.at("url")
    if _LABEL.fullmatch(label.text()) is None:
        label.fail(f"`{label.raw}` is not a label of a stack")
    if not url.text():
        url.fail("is empty")
    if "\0" in url.text():
        url.fail("holds a NUL byte")
    return Listed(stack=label.text(), url=url.text(), shown=entry.shown, location=url.at_location)


def _has_any(store: LocalStore, folder: str, names: Iterable[str]) -> bool:
    # A tree of pages has thousands of folders without any: the target of a link only matters if
    # there is one.
    names = tuple(names)
    beside = os.path.join(store.root, *folder.split("/"))  # noqa: PTH118 - many are looked at
    if not any(os.path.exists(os.path.join(beside, name)) for name in names):  # noqa: PTH110, PTH118
        return False
    below = store.below(folder).root
    # `Path.exists` raises an error if access is denied; an unreadable folder has none.
    return any(os.path.exists(below / name) for name in names)  # noqa: PTH110
