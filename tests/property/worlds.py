"""What the property tests share: a tree on disk, its catalog, and the model of it."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import archspec.cpu

import specplan
from specplan.testing import Listing, Model, Page, Spelling
from specplan.testing.pages import write_tree
from specplan.testing.strategies import VERSIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

#: The C libraries of the systems that the strategies draw, as their distributions ship them.
LIBC: Final = {
    "rhel8": ("glibc", (2, 28)),
    "ubuntu22.04": ("glibc", (2, 35)),
    "ubuntu24.04": ("glibc", (2, 39)),
    "debian12": ("glibc", (2, 36)),
    "alpine3.20": ("musl", (1, 2, 5)),
}

#: The releases of macOS that the strategies draw, oldest first.
RELEASES: Final = ("ventura", "sonoma", "sequoia", "tahoe")


def target_serves(binary: str, host: str) -> bool:
    """Whether archspec has the binary's target among the ancestors of the host's."""
    targets = archspec.cpu.TARGETS
    if binary == host:
        return True
    if binary not in targets or host not in targets:
        return False
    return targets[binary] in targets[host].ancestors


def model_of(listings: Iterable[Listing]) -> Model:
    return Model(
        listings,
        target_serves=target_serves,
        libc=LIBC,
        releases=RELEASES,
        version_key=VERSIONS.index,
    )


@dataclass(frozen=True)
class World:
    """A tree on disk, what specplan makes of it, and what it should be."""

    folder: Path
    catalog: specplan.Catalog
    model: Model


@contextmanager
def folders() -> Iterator[Path]:
    """A folder for one example; those of pytest live as long as the test."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


@contextmanager
def world(pages: Sequence[Page]) -> Iterator[World]:
    with folders() as folder:
        listings = write_tree(pages, folder)
        yield World(folder, specplan.load(folder), model_of(listings))


def rewritten(pages: Sequence[Page], folder: Path, spellings: Sequence[Spelling]) -> None:
    """Write the pages once more where they were, each in another spelling."""
    for page, spelling in zip(pages, spellings, strict=True):
        page.write(folder, spelling)
