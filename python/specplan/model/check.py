"""The records of ``check``: findings, and counts of checked files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Literal, TypeAlias

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

#: How far ``check`` goes: what indexes and other files of specs say; also the manifests and
#: spec files of mirrors; also the bytes of their binaries.
Verify: TypeAlias = Literal["index", "manifests", "blobs"]

#: What a finding is about. Those of pages: ``damaged``, ``contradiction``, ``misplaced``.
#: Those of what files say of specs: ``missing`` to ``two-platforms``. Those of the files of
#: mirrors: ``missing-manifest`` to ``damaged-blob``.
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
        kind: What it is about: ``missing`` (a spec without a binary that binaries link to or
            run with), ``dangling`` (a hash that only edges mention, needed by no binary to
            install), ``not-in-cache`` (an index lists it, there is no binary, and no binary
            needs it to install), ``cycle`` (specs depend on each other), ``wrong-hash`` (a
            hash is not that of its content), ``different-content`` (one hash, two
            contents), ``two-platforms`` (one os on two platforms),
            ``foreign-dependency`` (a binary is installed with one whose system does not serve
            its own), ``index_versions`` (several indexes of one mirror list different
            binaries), ``damaged`` (a file that cannot be taken), ``contradiction`` (a page's
            `meta` against its `spec_details`), ``misplaced`` (a page in the folder of another
            package or snapshot), ``missing-manifest`` and ``damaged-manifest`` (the manifest
            or the spec file of a listed binary), ``unlisted`` (a manifest or spec file that the
            index does not list), ``missing-blob`` and ``damaged-blob`` (a blob or tarball).
        path: The file.
        place: Where in the file, or an empty string.
        line: The line, counted from 1, or None.
        message: The fault, in one sentence.
        spec: The spec that it is about, or None.
        binaries: Of what is ``missing`` or a ``foreign-dependency``, how many binaries have it
            in their link and run closure, itself included; else None.
        roots: The number of roots, in the same way.
        dependents: The hashes of the specs that depend on it directly, ascending: of what is
            ``missing`` the broken binaries and the missing specs that link to it or run with
            it, of what is ``dangling`` all that an index or database mentions.
    """

    kind: FindingKind
    path: str
    place: str
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
        of_locks: Whether they are the roots of locks; else they are the binaries that no
            other binary depends on.
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
        recomputed: How many, right or wrong.
        undecided: Of how many the content proves nothing; ``docs/check.md`` says which.
        unverified: The specs of these, each once, by hash: they may hold anything.
    """

    recomputed: int
    undecided: int
    unverified: tuple[CheckedSpec, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedFiles:
    """The number of files of mirrors that were checked beside their indexes.

    Attributes:
        manifests: How many manifests and spec files were read.
        blobs: How many blobs and tarballs were compared with their checksums.
        bytes: Their number of bytes.
    """

    manifests: int
    blobs: int
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Check(Report):
    """The findings of ``check``.

    Attributes:
        verify: How far it went.
        files: How many files were read.
        specs: How many distinct specs they hold.
        findings: What is ``missing`` first: what most roots need, then what most binaries
            need, then by hash. The others by path, kind, place, message.
        binaries: How many binaries there are; None where no source records what binaries
            depend on.
        roots: The roots; None as above.
        hashes: How many hashes were recomputed.
        verified: What was looked at beside indexes; None with ``verify`` ``index``.
        notes: The unchecked parts, one sentence each.
        ignored: How many findings of each kind were ignored, if any, sorted by kind.
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

    def without(self, kinds: Collection[FindingKind]) -> Check:
        """Return the same without the findings of some kinds, which are counted."""
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
