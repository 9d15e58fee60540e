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

#: What the files of a checkout are called beside its commits.
WORKING_TREE: Final = "working tree"

#: The largest file of a recipe that is read: patches are larger than recipes.
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
        is_bare: Whether it has no files beside git's own.
        inside: The path from its top to the folder, with a slash; empty for the top.
        objects: What git keeps.
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
        """Read files that will be asked for, all at once."""

    def read(self, path: str) -> bytes | None:
        """Return the content of a file; None where there is none.

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
        """Read files that will be asked for, all at once."""
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
        """Return the content of a file; None where there is none.

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
        """Return the names of the contents of all files, empty for others."""
        # A path costs git a look at each folder on the way; the name of a content costs nothing.
        if self._blobs is None:
            words = ("ls-tree", "-r", "-z", "--full-tree", self.shown)
            lines = git(self.checkout.place, *words).split("\0")[:-1]
            self._blobs = {}
            for kind, _, path in (line.partition("\t") for line in lines):
                self._blobs[path] = kind.rpartition(" ")[2] if " blob " in kind else ""
        return self._blobs

    def follow(self, older: Commit, files: Mapping[str, ChangedFile]) -> None:
        """Use the files of an older commit, with their known differences."""
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
    """The files of a checkout as they are, committed or not.

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
        """Do nothing: files are read one by one."""

    def read(self, path: str) -> bytes | None:
        """Return the content of a file; None where there is none.

        Raises:
            UnreadError: If it cannot be read, or a link leads to it: that may lead anywhere.
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
        blob: The name of its content on the newer side, empty where it is no file; None where that
            side has not got it.
        lines: First and last lines of what is new in it, counted from 1; what is only gone is
            shown by the line before.
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
        files: What differs, by path.
        untracked: Files of the checkout that git neither tracks nor ignores, sorted: they are not
            compared. None are where the newer side is a commit.
    """

    checkout: str
    before: Commit
    after: Tree
    files: Mapping[str, ChangedFile]
    untracked: tuple[str, ...] = ()


def history(checkout: str, since: str) -> History:
    """Return the difference between two revisions.

    Files that git does not track are named and not compared.

    Args:
        checkout: A git checkout, or a folder of one: then what lies beside it is not compared.
        since: ``A`` compares a revision with the files of the checkout, ``A..B`` two revisions,
            ``A...B`` what became of the newest commit that both have with ``B``.

    Raises:
        SourceError: If it is not a checkout, git does not know a revision, or the folder holds no
            whole package repository: changes beside it would be passed over.
        UsageError: If no older revision is named.
    """
    refuse_no_revision(since)
    # What is not a checkout is named as that, before its revisions are asked for.
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
    """Refuse a folder in which no change of a recipe could be seen, or only some.

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
    """Return the difference of another revision to the newer side; None where git lacks it.

    Args:
        range_: The revisions that are compared.
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
    """Return the commit that has the files of the newer side as they are; None where none has."""
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
        # Both modes, both names, and how it changed.
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
    """Return by file of a patch which lines of it are new, comments and blanks left out."""
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
