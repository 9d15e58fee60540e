"""Two revisions of a checkout: their files, and the differences."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

from specplan.errors import SourceError
from specplan.patterns import pattern
from specplan.recipes.unread import UnreadError
from specplan.records import dataclass
from specplan.sources.content import first_bytes
from specplan.sources.git import git, git_bytes, without_filters
from specplan.sources.git_objects import Objects
from specplan.sources.recipes import no_repository, refuse_no_revision

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from specplan.sources.git_objects import GitObject

__all__ = [
    "WORKING_TREE",
    "ChangedFile",
    "Commit",
    "History",
    "Tree",
    "WorkingTree",
    "committed",
    "history",
    "with_older",
]

#: The name for the files of a checkout, in contrast to its commits.
WORKING_TREE: Final = "working tree"

#: The size limit of a file of a recipe; patches are larger than recipes.
_MOST_BYTES: Final = 1 << 24

_HUNK: Final = pattern(
    rb"@@ -(?P<old>[0-9]+)(?:,(?P<gone>[0-9]+))? \+(?P<new>[0-9]+)(?:,(?P<come>[0-9]+))? @@"
)

#: A line of a patch that is neither blank nor a comment.
_SAYS_SOMETHING: Final = pattern(rb"[-+]\s*[^\s#]")

_DIFF: Final = (
    "--raw",
    "--no-abbrev",
    "--patch",
    "-z",
    "-U0",
    "--no-color",
    "--no-prefix",
    "--no-renames",
    "--no-relative",
    "--no-ext-diff",
    "--no-textconv",
    "--ignore-submodules=dirty",
)

#: The mode of a commit of another repository.
_SUBMODULE: Final = "160000"

_Read: TypeAlias = bytes | UnreadError | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Checkout:
    """Facts about a checkout that are computed once.

    Attributes:
        place: The folder, as it was given.
        is_bare: Whether it has only git's own files.
        inside: The path from its top folder to the folder, ending with a slash; empty for the top.
        objects: The object store of git.
    """

    place: str
    is_bare: bool
    inside: str
    objects: Objects


class Tree(Protocol):
    """The files of one side."""

    @property
    def shown(self) -> str:
        """The name of the side."""

    def fetch(self, paths: Iterable[str]) -> None:
        """Read files in advance, all at once."""

    def read(self, path: str) -> bytes | None:
        """Return the content of a file; None if it does not exist.

        Raises:
            UnreadError: If it cannot be read.
        """

    def paths(self) -> tuple[str, ...]:
        """Return the paths of all files that git tracks, sorted."""


class Commit:
    """The files of a commit.

    Args:
        checkout: The checkout.
        commit: The commit.
    """

    __slots__ = ("_blobs", "_files", "_paths", "checkout", "shown")

    def __init__(self, checkout: _Checkout, commit: str) -> None:
        self.checkout = checkout
        self._blobs: dict[str, str] | None = None
        self._paths: tuple[str, ...] = ()
        self._files: dict[str, _Read] = {}
        self.shown = commit

    def fetch(self, paths: Iterable[str]) -> None:
        """Read files in advance, all at once."""
        blobs = self.blobs()
        wanted: dict[str, str] = {}
        for path in paths:
            if path not in self._files:
                self._files[path] = None
                if blob := blobs.get(path):
                    wanted[path] = blob
        found = self.checkout.objects.read([*wanted.values()], _MOST_BYTES)
        for path, each in zip(wanted, found, strict=True):
            self._files[path] = _file(each)

    def read(self, path: str) -> bytes | None:
        """Return the content of a file; None if it does not exist.

        Raises:
            UnreadError: If it cannot be read.
        """
        self.fetch([path])
        content = self._files[path]
        if isinstance(content, UnreadError):
            raise content
        return content

    def paths(self) -> tuple[str, ...]:
        """Return the paths of all files, sorted."""
        if not self._paths:
            self._paths = tuple(sorted(self.blobs()))
        return self._paths

    def blobs(self) -> Mapping[str, str]:
        """Return the blob names of all files, empty for other entries."""
        # For a path, git must read each folder on the way; the name of a blob needs no lookup.
        if self._blobs is None:
            words = ("ls-tree", "-r", "-z", "--full-tree", self.shown)
            lines = git(self.checkout.place, *words).split("\0")[:-1]
            self._blobs = {}
            for kind, _, path in (line.partition("\t") for line in lines):
                self._blobs[path] = kind.rpartition(" ")[2] if " blob " in kind else ""
        return self._blobs

    def follow(self, older: Commit, files: Mapping[str, ChangedFile]) -> None:
        """Use the files of an older commit, with the known differences."""
        blobs = dict(older.blobs())
        for path, each in files.items():
            blobs.pop(path, None)
            if each.blob is not None:
                blobs[path] = each.blob
        self._blobs = blobs


def _file(found: GitObject | None) -> _Read:
    if found is None or not found.is_file:
        return None
    if found.content is None:
        return UnreadError(f"it has more than {_MOST_BYTES} bytes")
    return found.content


class WorkingTree:
    """The current files of a checkout, committed or not.

    Args:
        checkout: A folder of the checkout.
        top: Its top folder.
    """

    __slots__ = ("_checkout", "_top", "shown")

    def __init__(self, checkout: str, top: Path) -> None:
        self._checkout = checkout
        self._top = top
        self.shown = WORKING_TREE

    def fetch(self, paths: Iterable[str]) -> None:
        """Do nothing, because files are read one by one."""

    def read(self, path: str) -> bytes | None:
        """Return the content of a file; None if it does not exist.

        Raises:
            UnreadError: If it cannot be read, or is reached through a link, which may lead
                anywhere.
        """
        file = self._top
        for part in path.split("/"):
            file /= part
            if file.is_symlink():
                raise UnreadError("it is a link")
        if not file.exists():
            return None
        try:
            content = first_bytes(file, _MOST_BYTES + 1)
        except SourceError as error:
            raise UnreadError(str(error)) from error
        if len(content) > _MOST_BYTES:
            raise UnreadError(f"it has more than {_MOST_BYTES} bytes")
        return content

    def paths(self) -> tuple[str, ...]:
        """Return the paths of all files that git tracks, sorted."""
        return _sorted(git(self._checkout, "ls-files", "-z", "--full-name", "--", ":/"))


def _sorted(listed: str) -> tuple[str, ...]:
    return tuple(sorted(set(listed.split("\0")) - {""}))


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedFile:
    """A file that differs between two revisions.

    Attributes:
        path: Its path from the top of the checkout.
        blob: The name of its blob on the newer side; empty if it is not a file there, None if git
            has not stored it.
        lines: First and last lines of its new parts, counted from 1; a deletion is shown by the
            line before it.
    """

    path: str
    blob: str | None
    lines: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Two revisions of a checkout.

    Attributes:
        checkout: The checkout, as it was given.
        before: The older side.
        after: The newer side.
        files: The files that differ, by path.
        untracked: Files of the checkout that git neither tracks nor ignores, sorted; they are not
            compared. Empty if the newer side is a commit.
    """

    checkout: str
    before: Commit
    after: Tree
    files: Mapping[str, ChangedFile]
    untracked: tuple[str, ...] = ()


def history(checkout: str, since: str) -> History:
    """Return the difference between two revisions.

    Untracked files are named but not compared.

    Args:
        checkout: A git checkout, or a folder of one; then only this folder is compared.
        since: ``A`` compares a revision with the files of the checkout, ``A..B`` two revisions,
            ``A...B`` compares their newest common commit with ``B``.

    Raises:
        SourceError: If it is not a checkout, git does not know a revision, or the folder does not
            contain a whole package repository, so changes outside of it would be missed.
        UsageError: If no older revision is given.
    """
    refuse_no_revision(since)
    # Report a folder that is not a checkout before looking up revisions.
    looked_at = _checkout(checkout)
    old, dots, new = since.partition("..." if "..." in since else "..")
    before = _commit(looked_at, old)
    untracked: tuple[str, ...] = ()
    if not dots:
        words = ("ls-files", "--others", "--exclude-standard", "--full-name", "-z", "--", ".")
        untracked = _sorted(git(checkout, *words))
        top = Path(git(checkout, "rev-parse", "--show-toplevel").removesuffix("\n"))
        older, after = Commit(looked_at, before), WorkingTree(checkout, top)
        _refuse_part(looked_at, older, after)
        files = _changed(looked_at, [before])
        return History(
            checkout=checkout, before=older, after=after, files=files, untracked=untracked
        )
    last = _commit(looked_at, new or "HEAD")
    if dots == "...":
        before = _common(checkout, before, last, since)
    older, newer = Commit(looked_at, before), Commit(looked_at, last)
    files = _changed(looked_at, [before, last])
    if not looked_at.inside:
        newer.follow(older, files)
    _refuse_part(looked_at, older, newer)
    return History(checkout=checkout, before=older, after=newer, files=files)


def _refuse_part(checkout: _Checkout, *sides: Tree) -> None:
    """Refuse a folder that would show no change of a recipe, or only some.

    Raises:
        SourceError: If neither side has a recipe there, or it is a part of a package repository.
    """
    inside, place = checkout.inside, checkout.place
    paths = {path for side in sides for path in side.paths()}
    ends = "/repo.yaml"
    roots = [path[: 1 - len(ends)] for path in paths if f"/{path}".endswith(ends)]
    if any(root.startswith(inside) for root in roots):
        return
    around = [root for root in roots if inside.startswith(root)]
    if around:
        whole = os.path.relpath(max(around, key=len) or ".", inside or ".")
        raise SourceError(
            f"`{place}` is only a part of a package repository: changes in the other parts "
            "would be missed",
            path=place,
            hint=f"name the whole of it: `--packages {os.path.normpath(Path(place) / whole)}`",
        )
    if not any(path.startswith(inside) and path.endswith("/package.py") for path in paths):
        raise no_repository(place)


def with_older(range_: History, revision: str) -> History | None:
    """Return the difference between another revision and the newer side; None if git lacks it.

    Args:
        range_: The compared revisions.
        revision: The revision that takes the place of the older one.
    """
    checkout = range_.before.checkout
    try:
        before = _commit(checkout, revision)
    except SourceError:
        return None
    if before == range_.before.shown:
        return range_
    after = range_.after
    ends = [before] if isinstance(after, WorkingTree) else [before, after.shown]
    return replace(range_, before=Commit(checkout, before), files=_changed(checkout, ends))


def committed(range_: History) -> str | None:
    """Return the commit with exactly the files of the newer side; None if there is none."""
    if isinstance(range_.after, Commit):
        return range_.after.shown
    checkout = range_.before.checkout
    last = _commit(checkout, "HEAD")
    is_clean = not range_.untracked and not _changed(checkout, [last])
    return last if is_clean else None


def _checkout(place: str) -> _Checkout:
    facts = git(place, "rev-parse", "--is-bare-repository", "--show-prefix")
    is_bare, _, inside = facts.partition("\n")
    return _Checkout(
        place=place,
        is_bare=is_bare == "true",
        inside=inside.removesuffix("\n"),
        objects=Objects(place),
    )


def _commit(checkout: _Checkout, revision: str) -> str:
    place, name = checkout.place, f"{revision}^{{commit}}"
    if "\n" not in revision:
        [known] = checkout.objects.read([name], _MOST_BYTES)
        if known is not None:
            return known.name
    try:
        found = git(place, "rev-parse", "--verify", "--end-of-options", name)
    except SourceError as error:
        raise SourceError(
            f"`{place}`: git does not know the revision `{revision}`",
            path=place,
            hint=error.hint or "`git log` lists the revisions",
        ) from error
    return found.strip()


def _common(checkout: str, one: str, other: str, since: str) -> str:
    try:
        return git(checkout, "merge-base", one, other).strip()
    except SourceError as error:
        raise SourceError(
            f"`{checkout}`: the revisions of `{since}` have no commit in common",
            path=checkout,
            hint="in a shallow clone `git fetch --unshallow` may fetch it; `A..B` needs none",
        ) from error


def _changed(checkout: _Checkout, ends: list[str]) -> dict[str, ChangedFile]:
    filters = without_filters(checkout.place)
    within = () if checkout.is_bare else (".",)
    words = (*_DIFF, "--end-of-options", *ends, "--", *within)
    found = git_bytes(checkout.place, *filters, "diff", *words)
    files: list[tuple[str, str | None]] = []
    start = 0
    while found.startswith(b":", start):
        middle = found.index(b"\0", start)
        end = found.index(b"\0", middle + 1)
        # Both modes, both names, and the kind of change.
        _, mode, _, blob, how = found[start + 1 : middle].decode("ascii").split(" ")
        path = found[middle + 1 : end].decode("utf-8", "surrogateescape")
        files.append((path, None if how == "D" else "" if mode == _SUBMODULE else blob))
        start = end + 1
    sections = _sections(found[start:])
    if len(sections) != len(files):
        sections = [()] * len(files)
    return {
        path: ChangedFile(path=path, blob=blob, lines=lines)
        for (path, blob), lines in zip(files, sections, strict=True)
    }


def _sections(patch: bytes) -> list[tuple[tuple[int, int], ...]]:
    """Return the new lines of each file in a patch, without comments and blank lines."""
    sections: list[list[tuple[int, int]]] = []
    hunk: tuple[int, int] | None = None
    for line in patch.lstrip(b"\0").split(b"\n"):
        if line.startswith(b"diff --git "):
            sections.append([])
            hunk = None
        elif found := _HUNK.match(line):
            first = max(int(found["new"]), 1)
            hunk = (first, first + max(int(found["come"] or 1), 1) - 1)
        elif hunk is not None and _SAYS_SOMETHING.match(line):
            sections[-1].append(hunk)
            hunk = None
    return [tuple(each) for each in sections]
