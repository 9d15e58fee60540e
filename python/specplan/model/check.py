"""The records of ``check``: findings, and counts of checked files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Literal, TypeAlias

from specplan.arguments import checked
from specplan.model.left_out import LeftOut
from specplan.model.report import Report
from specplan.model.source import SourceUsed
from specplan.records import dataclass

__all__ = [
    "Binaries",
    "Check",
    "CheckedFiles",
    "CheckedHashes",
    "CheckedRoots",
    "CheckedSpec",
    "Finding",
    "FindingKind",
    "Verify",
]

#: The levels of verification: indexes and other files of specs; also the manifests and spec files
#: of mirrors; also the bytes of their binaries.
Verify: TypeAlias = Literal["index", "manifests", "blobs"]

#: The kinds of findings. About pages: ``damaged``, ``contradiction``, ``misplaced``. About specs in
#: files: ``missing`` to ``two-platforms``. About the files of mirrors: ``missing-manifest`` to
#: ``damaged-blob``.
FindingKind: TypeAlias = Literal[
    "missing",
    "dangling",
    "not-in-cache",
    "cycle",
    "wrong-hash",
    "different-content",
    "two-platforms",
    "foreign-dependency",
    "index_versions",
    "damaged",
    "contradiction",
    "misplaced",
    "missing-manifest",
    "damaged-manifest",
    "unlisted",
    "missing-blob",
    "damaged-blob",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedSpec:
    """A spec with its name.

    Attributes:
        hash: The DAG hash.
        package: The package; empty where nothing records it.
        version: The version, or None where no source describes the spec.
    """

    hash: str
    package: str
    version: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong with a cache.

    Attributes:
        kind: The kind of finding: ``missing`` (a spec without a binary that binaries or wanted
            roots link to or run with, or that is wanted as a root), ``dangling`` (a hash that only
            edges mention, needed by no binary to install), ``not-in-cache`` (an index lists it,
            there is no binary, and no binary needs it to install), ``cycle`` (specs depend on each
            other), ``wrong-hash`` (a hash is not that of its content), ``different-content`` (one
            hash, two contents), ``two-platforms`` (one os on two platforms),
            ``foreign-dependency`` (a binary is installed with one whose system does not serve its
            own), ``index_versions`` (several indexes of one mirror list different binaries),
            ``damaged`` (a file that cannot be read), ``contradiction`` (a page's `meta` against
            its `spec_details`), ``misplaced`` (a page in the folder of another package or
            snapshot), ``missing-manifest`` and ``damaged-manifest`` (the manifest or the spec file
            of a listed binary), ``unlisted`` (a manifest or spec file that the index does not
            list), ``missing-blob`` and ``damaged-blob`` (a blob or tarball).
        path: The file.
        location: The location in the file, or an empty string.
        line: The line, counted from 1, or None.
        message: The fault, in one sentence.
        spec: The spec that it is about, or None.
        binaries: For ``missing`` and ``foreign-dependency``, the number of binaries with it in
            their link and run closure, including itself; otherwise None.
        roots: The number of such roots; None as above.
        dependents: The hashes of the specs that depend on it directly, ascending: for ``missing``,
            the broken binaries and missing specs that link to it or run with it; for ``dangling``,
            all that an index or database mentions.
    """

    kind: FindingKind
    path: str
    location: str
    line: int | None
    message: str
    spec: CheckedSpec | None = None
    binaries: int | None = None
    roots: int | None = None
    dependents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Binaries:
    """The number of binaries in a state.

    Attributes:
        available: All of them.
        usable: Those that install from the cache alone.
    """

    available: int
    usable: int

    @property
    def broken(self) -> int:
        """The number that do not install."""
        return self.available - self.usable


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedRoots:
    """The roots that findings count.

    Attributes:
        of_locks: Whether they are the roots of locks; otherwise they are the binaries that no other
            binary depends on.
        counted: The number, each hash once, without externals.
        installable: The number that install from the cache alone.
        broken: Those with a binary that does not, by hash.
        absent: Those without a binary, by hash.
    """

    of_locks: bool
    counted: int
    installable: int
    broken: tuple[CheckedSpec, ...]
    absent: tuple[CheckedSpec, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedHashes:
    """The number of hashes that were compared with their content.

    Attributes:
        recomputed: The number of recomputed hashes, right or wrong.
        undecided: The number of hashes that the content cannot prove; see ``docs/check.md``.
        unverified: The specs with these hashes, each once, by hash: their content may be anything.
    """

    recomputed: int
    undecided: int
    unverified: tuple[CheckedSpec, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedFiles:
    """The number of files of mirrors that were checked besides their indexes.

    Attributes:
        manifests: The number of manifests and spec files read.
        blobs: The number of blobs and tarballs compared with their checksums.
        bytes: The total size of these, in bytes.
    """

    manifests: int
    blobs: int
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Check(Report):
    """The findings of ``check``.

    Attributes:
        verify: The level of verification.
        files: The number of files read.
        specs: The number of distinct specs in them.
        findings: The ``missing`` specs first, ordered by the number of roots, then of binaries,
            that need them, then by hash. The others by path, kind, place, message.
        binaries: The number of binaries; None if no source records their dependencies.
        roots: The roots; None as above.
        hashes: The number of recomputed hashes.
        verified: The files that were checked besides indexes; None with ``verify`` ``index``.
        notes: The unchecked parts, one sentence each.
        ignored: The number of ignored findings of each kind, if any, sorted by kind.
        left_out: Input of the question that could not be taken into account.
        sources: The sources, with their age and indexes.
    """

    verify: Verify = "index"
    files: int
    specs: int
    findings: tuple[Finding, ...]
    binaries: Binaries | None = None
    roots: CheckedRoots | None = None
    hashes: CheckedHashes = CheckedHashes(recomputed=0, undecided=0)
    verified: CheckedFiles | None = None
    notes: tuple[str, ...] = ()
    ignored: tuple[tuple[FindingKind, int], ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    sources: tuple[SourceUsed, ...] = ()

    @checked
    def without(self, kinds: Collection[FindingKind]) -> Check:
        """Return the result without the findings of some kinds, which are only counted."""
        left_out = tuple(each for each in self.findings if each.kind in kinds)
        return replace(
            self,
            findings=tuple(each for each in self.findings if each.kind not in kinds),
            ignored=replace(self, findings=left_out).counts(),
        )

    def counts(self) -> tuple[tuple[FindingKind, int], ...]:
        """Return the number of findings of each kind with at least one, sorted."""
        return tuple(sorted(Counter(finding.kind for finding in self.findings).items()))

    def __iter__(self) -> Iterator[Finding]:
        """Iterate over the findings."""
        return iter(self.findings)

    def __len__(self) -> int:
        """Return their number."""
        return len(self.findings)
