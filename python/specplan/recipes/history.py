"""Two revisions of a checkout: what differs between them, and what their files hold."""

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
from specplan.sources.recipes import no_repository, refuse_no_revision

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

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

#: The file at the top of a package repository.
_REPOSITORY: Final = pattern(r"(?:.*/)?repo\.yaml")

_DIFF: Final = (
    "--no-renames",
    "--no-relative",
    "--no-ext-diff",
    "--no-textconv",
    "--ignore-submodules=dirty",
)

_Read: TypeAlias = bytes | UnreadError | None


class Tree(Protocol):
    """The files of one side."""

    @property
    def shown(self) -> str:
        """What the side is called."""

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
        checkout: A folder of the checkout.
        commit: The commit.
    """

    __slots__ = ("_checkout", "_files", "_paths", "shown")

    def __init__(self, checkout: str, commit: str) -> None:
        self._checkout = checkout
        self._paths: tuple[str, ...] | None = None
        self._files: dict[str, _Read] = {}
        self.shown = commit

    def fetch(self, paths: Iterable[str]) -> None:
        """Read files that will be asked for, all at once."""
        wanted = [each for each in dict.fromkeys(paths) if each not in self._files]
        lines = [each for each in wanted if "\n" not in each]
        sizes = self._batch("--batch-check", lines)
        read: list[str] = []
        for path, line in zip(lines, sizes.splitlines(), strict=True):
            self._files[path] = self._looked_at(line)
            if self._files[path] == b"":
                read.append(path)
        self._take(read, self._batch("--batch", read))
        for each in set(wanted) - set(lines):
            self._files[each] = UnreadError("its path has a line break")

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
        if self._paths is None:
            words = ("ls-tree", "-r", "-z", "--name-only", "--full-tree", self.shown)
            self._paths = _sorted(git(self._checkout, *words))
        return self._paths

    def _batch(self, how: str, paths: Iterable[str]) -> bytes:
        lines = "".join(f"{self.shown}:{each}\n" for each in paths)
        if not lines:
            return b""
        given = lines.encode("utf-8", "surrogateescape")
        return git_bytes(self._checkout, "cat-file", how, given=given)

    @staticmethod
    def _looked_at(line: bytes) -> _Read:
        """Return nothing yet for a file that can be read, else what it is."""
        words = line.rsplit(b" ", 2)
        if line.endswith(b" missing") or words[-2] != b"blob":
            return None
        if int(words[-1]) > _MOST_BYTES:
            return UnreadError(f"it has more than {_MOST_BYTES} bytes")
        return b""

    def _take(self, paths: Iterable[str], answer: bytes) -> None:
        start = 0
        for path in paths:
            end = answer.index(b"\n", start)
            size = int(answer[start:end].rsplit(b" ", 1)[1])
            self._files[path] = answer[end + 1 : end + 1 + size]
            start = end + size + 2


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
        lines: First and last lines of what is new in it, counted from 1; what is only gone is
            shown by the line before.
    """

    path: str
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
    """Return what differs between two revisions.

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
    git(checkout, "rev-parse", "--git-dir")
    old, dots, new = since.partition("..." if "..." in since else "..")
    before = _commit(checkout, old)
    untracked: tuple[str, ...] = ()
    if not dots:
        words = ("ls-files", "--others", "--exclude-standard", "--full-name", "-z", "--", ".")
        untracked = _sorted(git(checkout, *words))
        top = Path(git(checkout, "rev-parse", "--show-toplevel").removesuffix("\n"))
        after: Tree = WorkingTree(checkout, top)
        ends = [before]
    else:
        last = _commit(checkout, new or "HEAD")
        if dots == "...":
            before = _common(checkout, before, last, since)
        after = Commit(checkout, last)
        ends = [before, last]
    older = Commit(checkout, before)
    _refuse_part(checkout, older, after)
    return History(
        checkout=checkout,
        before=older,
        after=after,
        files=_changed(checkout, ends),
        untracked=untracked,
    )


def _refuse_part(checkout: str, *sides: Tree) -> None:
    """Refuse a folder in which no change of a recipe could be seen, or only some.

    Raises:
        SourceError: If neither side has a recipe there, or it is a part of a package repository.
    """
    inside = git(checkout, "rev-parse", "--show-prefix").removesuffix("\n")
    paths = {path for side in sides for path in side.paths()}
    roots = [path.removesuffix("repo.yaml") for path in paths if _REPOSITORY.fullmatch(path)]
    if any(root.startswith(inside) for root in roots):
        return
    around = [root for root in roots if inside.startswith(root)]
    if around:
        whole = os.path.relpath(max(around, key=len) or ".", inside or ".")
        raise SourceError(
            f"`{checkout}` is only a part of a package repository: what changed beside it would "
            "be passed over",
            path=checkout,
            hint=f"name the whole of it: `--packages {os.path.normpath(Path(checkout) / whole)}`",
        )
    if not any(path.startswith(inside) and path.endswith("/package.py") for path in paths):
        raise no_repository(checkout)


def with_older(range_: History, revision: str) -> History | None:
    """Return what became of another revision at the newer side; None where git has not got it.

    Args:
        range_: The revisions that are compared.
        revision: The revision that takes the place of the older one.
    """
    try:
        before = _commit(range_.checkout, revision)
    except SourceError:
        return None
    if before == range_.before.shown:
        return range_
    after = range_.after
    ends = [before] if isinstance(after, WorkingTree) else [before, after.shown]
    return replace(
        range_,
        before=Commit(range_.checkout, before),
        files=_changed(range_.checkout, ends),
    )


def committed(range_: History) -> str | None:
    """Return the commit that has the files of the newer side as they are; None where none has."""
    if isinstance(range_.after, Commit):
        return range_.after.shown
    last = _commit(range_.checkout, "HEAD")
    is_clean = not range_.untracked and not _changed(range_.checkout, [last])
    return last if is_clean else None


def _commit(checkout: str, revision: str) -> str:
    try:
        found = git(checkout, "rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}")
    except SourceError as error:
        raise SourceError(
            f"`{checkout}`: git does not know the revision `{revision}`",
            path=checkout,
            hint=error.hint or "`git log` shows the revisions that are there",
        ) from error
    return found.strip()


def _common(checkout: str, one: str, other: str, since: str) -> str:
    try:
        return git(checkout, "merge-base", one, other).strip()
    except SourceError as error:
        raise SourceError(
            f"`{checkout}`: the revisions of `{since}` have no commit in common",
            path=checkout,
            hint="in a shallow clone `git fetch --unshallow` may bring it; `A..B` needs none",
        ) from error


def _changed(checkout: str, ends: list[str]) -> dict[str, ChangedFile]:
    filters = without_filters(checkout)
    is_bare = git(checkout, "rev-parse", "--is-bare-repository").strip() == "true"
    within = () if is_bare else (".",)
    words = (*_DIFF, "--end-of-options", *ends, "--", *within)
    paths = git(checkout, *filters, "diff", "--name-only", "-z", *words).split("\0")[:-1]
    patch = git_bytes(checkout, *filters, "diff", "-U0", "--no-color", "--no-prefix", *words)
    sections = _sections(patch)
    if len(sections) != len(paths):
        sections = [()] * len(paths)
    return {
        path: ChangedFile(path=path, lines=lines)
        for path, lines in zip(paths, sections, strict=True)
    }


def _sections(patch: bytes) -> list[tuple[tuple[int, int], ...]]:
    """Return by file of a patch which lines of it are new, comments and blanks left out."""
    sections: list[list[tuple[int, int]]] = []
    hunk: tuple[int, int] | None = None
    for line in patch.split(b"\n"):
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
