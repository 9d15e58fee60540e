"""Verification of the files of a mirror: that they exist and match their index.

A mirror of layout 3 has a manifest for each binary, which names two blobs, the spec and the
tarball. One of layout 2 has a spec file for each binary, which has the checksum of the tarball. A
registry has a tag for each binary, whose manifest names the spec and the tarball. The entries of
the index are compared with these files, and these files with the index.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from specplan import _core, temporary
from specplan.catalog.damage import one_line
from specplan.catalog.specs import by_hash
from specplan.errors import DamagedSourceError, RemoteError, SourceError
from specplan.model.check import CheckedSpec, Finding
from specplan.patterns import pattern
from specplan.records import dataclass
from specplan.sources import clear_signed, content, spec_files, strict_json
from specplan.sources.mirrors import mirror
from specplan.sources.mirrors.layout import TAG_FOLDER
from specplan.sources.reading_options import Reading
from specplan.sources.registries.store import RegistryStore
from specplan.sources.stores.fetching import Fetching
from specplan.sources.stores.store import Expected, LocalStore, is_checksum

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from specplan.aliases import Counted
    from specplan.model.check import FindingKind
    from specplan.sources.origins import MirrorOrigin
    from specplan.sources.stores.store import Store

__all__ = ["Verification", "Verified", "verify"]

#: The number of files checked in parallel: servers respond slowly, and checksums are computed
#: without Python's lock.
_TOGETHER: Final = 8

#: Spack's replacement for characters that a file name should not contain.
_NO_FILE_NAME: Final = pattern(r"[^A-Za-z0-9_+.-]")

_SPEC_FILE: Final = pattern(r".*-([a-z2-7]{32})\.spec\.json(?:\.sig)?")
_TARBALL: Final = pattern(r".*-([a-z2-7]{32})\.spack")

#: Before this layout, the checksum was that of a tar file inside the tarball.
_CHECKSUM_OF_TARBALL: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """The files of mirrors to verify.

    Attributes:
        taken: The mirror.
        core: A catalog that knows what its index lists.
        binaries: The hashes of the binaries that its index lists; None without an index.
        wrong: The hashes whose content is wrong in the index itself.
        blobs: Whether to check the bytes of binaries too.
        counted: Called with the progress.
    """

    taken: MirrorOrigin
    core: _core.Catalog
    binaries: Sequence[str] | None
    wrong: frozenset[str]
    blobs: bool
    counted: Counted | None


@dataclass(slots=True)
class Verified:
    """The result of a verification.

    Attributes:
        findings: The findings, in no particular order.
        manifests: The number of manifests and spec files read.
        blobs: The number of blobs and tarballs compared with their checksums.
        bytes: The total size of these, in bytes.
        notes: The parts that could not be checked.
    """

    findings: list[Finding] = field(default_factory=list)
    manifests: int = 0
    blobs: int = 0
    bytes: int = 0
    notes: list[str] = field(default_factory=list)

    def add(self, other: Verified) -> None:
        """Add the results of other files."""
        self.findings += other.findings
        self.manifests += other.manifests
        self.blobs += other.blobs
        self.bytes += other.bytes
        self.notes += other.notes


def verify(asked: Verification) -> Verified:
    """Check the files of a mirror.

    Memory stays bounded: only manifests and spec files are loaded completely. Files of a server are
    always fetched again, and not kept.

    Raises:
        RemoteError: If a server cannot be asked.
        SourceError: If the mirror cannot be listed.
    """
    with temporary.folder() as folder:
        look = _Look(asked, _StoreByThread(asked.taken.store, folder))
        parts = list(look.parts())
        verified = Verified(findings=look.findings, notes=look.notes)
        with ThreadPoolExecutor(_TOGETHER) as pool:
            try:
                for done, answer in enumerate(pool.map(_run, parts), 1):
                    verified.add(answer)
                    if asked.counted is not None:
                        asked.counted(done, len(parts))
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise
        return verified


#: The check of one file.
_Part: TypeAlias = Callable[[], Verified]


def _run(part: _Part) -> Verified:
    return part()


class _StoreByThread:
    """A mirror; each thread keeps fetched files in a folder of its own.

    Files with the same content are one file in a store. A thread that is done with it would
    otherwise remove it while another thread reads it.
    """

    def __init__(self, store: Store, folder: Path) -> None:
        self._store = store
        self._folder = folder
        self._of_thread = threading.local()

    @property
    def here(self) -> Store:
        """The store of this thread."""
        store: Store | None = getattr(self._of_thread, "store", None)
        if store is None:
            store = self._store.apart(Path(tempfile.mkdtemp(dir=self._folder)))
            self._of_thread.store = store
        return store


class _Look:
    """A mirror during verification: finds the files that should exist."""

    def __init__(self, asked: Verification, stores: _StoreByThread) -> None:
        self._asked = asked
        self._stores = stores
        self._limits = asked.taken.limits
        self._reading = Reading(
            source=asked.taken.cache,
            given_stack="",
            tags=(),
            # Several are in memory at once, so the size limit of a spec file is lower than that of
            # an index.
            fetching=Fetching(limits=replace(self._limits, index_bytes=self._limits.file_bytes)),
        )
        self._specs: dict[str, _core.SpecAnswer] = {}
        self._know(asked.binaries or ())
        self.findings: list[Finding] = []
        self.notes: list[str] = []

    @property
    def _store(self) -> Store:
        return self._stores.here

    def _know(self, hashes: Iterable[str]) -> None:
        """Look up the names of specs."""
        self._specs |= by_hash(self._asked.core, list(hashes))

    def parts(self) -> Iterator[_Part]:
        """Yield the files to check, and report missing and superfluous ones."""
        if self._asked.taken.layout == "registry":
            yield from self._tagged()
        elif self._asked.taken.layout == 3:  # noqa: PLR2004 - a layout
            yield from self._layout_3()
        else:
            yield from self._layout_2()

    def _layout_3(self) -> Iterator[_Part]:
        files = self._files("v3/manifests")
        found = None
        if files is not None:
            found = _by_hash(files, mirror.spec_manifest_hash)
        for dag_hash, path in self._expected(found, self._manifest):
            yield partial(self._binary, path, dag_hash)
        if self._asked.blobs:
            for path in files or ():
                if path.endswith(".manifest.json") and not path.startswith(mirror.SPEC_FOLDER):
                    yield partial(self._other_manifest, path)

    def _tagged(self) -> Iterator[_Part]:
        """Yield the binaries of a registry: each tag has a manifest, which names two blobs."""
        found = _by_hash(self._files(TAG_FOLDER) or (), mirror.tag_hash)
        for dag_hash, path in self._expected(found, self._tag):
            yield partial(self._binary, path, dag_hash)

    def _layout_2(self) -> Iterator[_Part]:
        files = self._files("build_cache")
        found = tarballs = None
        if files is not None:
            found = _by_hash(files, lambda path: _matched(_SPEC_FILE, path))
            tarballs = _by_hash(files, lambda path: _matched(_TARBALL, path))
        for dag_hash, path in self._expected(found, self._old_spec_file):
            tarball = None if tarballs is None else next(iter(tarballs.get(dag_hash, ())), "")
            yield partial(self._old_binary, path, dag_hash, tarball)

    def _files(self, folder: str) -> list[str] | None:
        files = self._store.files(folder)
        if files is not None:
            return list(files)
        self.notes.append(
            f"`{self._store.shown()}` cannot be listed, so files that are missing from its index "
            "are not found"
        )
        return None

    def _expected(
        self, found: Mapping[str, list[str]] | None, expect: Callable[[str], str]
    ) -> Iterator[tuple[str, str]]:
        """Yield the hash and path of each binary, and report missing and unlisted ones.

        Args:
            found: The existing files, by hash; None if they cannot be listed.
            expect: Returns the expected path of a binary's file.
        """
        listed = self._asked.binaries
        self._know(found or ())
        if found is None:
            yield from ((each, expect(each)) for each in listed or ())
            return
        if listed is None:
            yield from ((each, path) for each, paths in found.items() for path in paths)
            return
        for dag_hash in listed:
            should = expect(dag_hash)
            paths = found.get(dag_hash, [])
            if not paths:
                self._report("missing-manifest", should, "is not there", dag_hash)
            elif should in paths or self._asked.taken.layout == 2:  # noqa: PLR2004 - a layout
                # The spelling of unusual versions in file names of layout 2 is uncertain.
                yield dag_hash, should if should in paths else paths[0]
            else:
                where = self._store.shown(paths[0])
                self._report("missing-manifest", should, f"is missing, but at {where}", dag_hash)
        known = {*listed}
        if not self._asked.taken.lists_all:
            # A view intentionally lists only some of the binaries.
            return
        for dag_hash, paths in found.items():
            for path in paths if dag_hash not in known else ():
                index = self._asked.taken.index
                self._report("unlisted", path, f"the index {index} does not list it", dag_hash)
                yield dag_hash, path

    def _manifest(self, dag_hash: str) -> str:
        spec = self._specs[dag_hash]
        return mirror.spec_manifest_path(spec.package, spec.version, dag_hash)

    def _tag(self, dag_hash: str) -> str:
        spec = self._specs[dag_hash]
        return mirror.tag_path(spec.package, spec.version, dag_hash)

    def _old_stem(self, dag_hash: str) -> str:
        spec = self._specs[dag_hash]
        system, built = _old_parts(spec)
        return _NO_FILE_NAME.sub("_", f"{system}-{built}-{spec.package}-{spec.version}-{dag_hash}")

    def _old_spec_file(self, dag_hash: str) -> str:
        return f"build_cache/{self._old_stem(dag_hash)}.spec.json"

    def _old_tarball(self, dag_hash: str) -> str:
        spec = self._specs[dag_hash]
        folders = [*_old_parts(spec), f"{spec.package}-{spec.version}"]
        path = "/".join(_NO_FILE_NAME.sub("_", each) for each in folders)
        return f"build_cache/{path}/{self._old_stem(dag_hash)}.spack"

    def _absent(self, path: str, dag_hash: str) -> Finding:
        """Return the finding for a file that the server did not return."""
        shown = self._store.shown(path)
        if self._store.is_refused(path):
            # It may exist: without permission to list a store, requests for missing files are
            # refused too.
            fault = "the server does not allow reading it (403)"
            return self._finding("damaged-manifest", shown, fault, dag_hash)
        return self._finding("missing-manifest", shown, "is not there", dag_hash)

    def _report(self, kind: FindingKind, relative: str, message: str, dag_hash: str) -> None:
        self.findings.append(self._finding(kind, self._store.shown(relative), message, dag_hash))

    def _finding(
        self, kind: FindingKind, path: str, message: str, dag_hash: str | None, place: str = ""
    ) -> Finding:
        return Finding(
            kind=kind,
            path=path,
            location=place,
            line=None,
            message=message,
            spec=None if dag_hash is None else self._named(dag_hash),
        )

    def _named(self, dag_hash: str) -> CheckedSpec:
        known = self._specs.get(dag_hash)
        if known is None:
            return CheckedSpec(hash=dag_hash, package="", version=None)
        return CheckedSpec(hash=dag_hash, package=known.package, version=known.version)

    def _binary(self, path: str, dag_hash: str) -> Verified:
        """Check a manifest and the blobs that it names."""
        verified = Verified()
        shown = self._store.shown(path)
        with self._damage(verified, "damaged-manifest", shown, dag_hash):
            file = self._store.get(path, most=self._limits.manifest_bytes)
            if file is None:
                verified.findings.append(self._absent(path, dag_hash))
                return verified
            verified.manifests = 1
            spec, install = mirror.records_of(path, file, shown)
            self._drop(file)
            blob = self._blob(verified, spec, self._limits.file_bytes, dag_hash)
            if blob is not None:
                # At this level the spec counts as a manifest rather than a blob.
                verified.blobs, verified.bytes = 0, 0
                self._spec(verified, blob, self._store.shown(spec.blob), dag_hash)
                self._drop(blob)
            if self._asked.blobs:
                if blob is not None:
                    verified.blobs, verified.bytes = 1, spec.size
                tarball = self._blob(verified, install, self._limits.blob_bytes, dag_hash)
                self._drop(tarball)
            else:
                self._head(verified, install, dag_hash)
        return verified

    def _head(self, verified: Verified, record: mirror.Record, dag_hash: str) -> None:
        """Report a tarball that a registry has lost, judging by its responses and not by bytes."""
        store = self._store
        if not isinstance(store, RegistryStore):
            # In a mirror, blobs are not removed independently of manifests.
            return
        size = store.size_of(record.blob)
        shown = store.shown(record.blob)
        if size is None:
            message = f"is missing, but {record.said_by} names it"
            verified.findings.append(self._finding("missing-blob", shown, message, dag_hash))
        elif size not in {-1, record.size}:
            message = f"has {size} bytes, but {record.said_by} says {record.size}"
            verified.findings.append(self._finding("damaged-blob", shown, message, dag_hash))

    def _other_manifest(self, path: str) -> Verified:
        """Check the manifest of an index or of a key."""
        verified = Verified()
        shown = self._store.shown(path)
        with self._damage(verified, "damaged-manifest", shown, None):
            file = self._store.get(path, most=self._limits.manifest_bytes)
            if file is not None:
                verified.manifests = 1
                for record in mirror.records_in(file, shown):
                    blob = self._blob(verified, record, self._limits.blob_bytes, None)
                    self._drop(blob)
                self._drop(file)
        return verified

    def _blob(
        self, verified: Verified, record: mirror.Record, most: int, dag_hash: str | None
    ) -> Path | None:
        """Return a blob that matches its manifest, or report its fault."""
        shown = self._store.shown(record.blob)
        with self._damage(verified, "damaged-blob", shown, dag_hash):
            path = self._store.get(record.blob, most=most, expected=record.expected())
            if path is not None:
                verified.blobs += 1
                verified.bytes += record.size
                return path
            verified.findings.append(
                self._finding(
                    "missing-blob", shown, f"is missing, but {record.said_by} names it", dag_hash
                )
            )
        return None

    def _old_binary(self, path: str, dag_hash: str, tarball: str | None) -> Verified:
        """Check a spec file and its tarball.

        Args:
            path: The spec file; if the mirror cannot be listed, there may be a signed one instead.
            dag_hash: The binary.
            tarball: The path of the tarball; empty if it does not exist, and None if the mirror
                cannot be listed.
        """
        verified = Verified()
        shown = self._store.shown(path)
        with self._damage(verified, "damaged-manifest", shown, dag_hash):
            most = self._limits.file_bytes
            file = self._store.get(path, most=most)
            if file is None and tarball is None:
                file = self._store.get(f"{path}.sig", most=most)
            if file is None:
                verified.findings.append(self._absent(path, dag_hash))
                return verified
            verified.manifests = 1
            self._spec(verified, file, shown, dag_hash)
            expected = self._checksum(file, shown)
            self._drop(file)
            if tarball is None and dag_hash in self._specs:
                tarball = self._old_tarball(dag_hash) if self._asked.blobs else None
            if tarball is not None:
                self._old_blob(verified, tarball, dag_hash, expected, shown)
        return verified

    def _old_blob(
        self,
        verified: Verified,
        tarball: str,
        dag_hash: str,
        expected: Expected | None,
        said_by: str,
    ) -> None:
        shown = self._store.shown(tarball or self._tarball_of(dag_hash))
        path = None
        with self._damage(verified, "damaged-blob", shown, dag_hash):
            if tarball and not self._asked.blobs:
                return
            if tarball:
                most = self._limits.blob_bytes
                path = self._store.get(tarball, most=most, expected=expected)
            if path is None:
                message = f"is missing, but {said_by} is"
                verified.findings.append(self._finding("missing-blob", shown, message, dag_hash))
                return
            verified.blobs += expected is not None
            verified.bytes += path.stat().st_size if expected is not None else 0
            self._drop(path)

    def _tarball_of(self, dag_hash: str) -> str:
        return self._old_tarball(dag_hash) if dag_hash in self._specs else "build_cache"

    def _checksum(self, file: Path, shown: str) -> Expected | None:
        """Return the checksum of the tarball in a spec file, if it is of the whole tarball."""
        text = clear_signed.text_of(content.inflated(file, shown, self._limits.file_bytes), shown)
        document = strict_json.parse(text, shown)
        keys = document.keys()
        layout = 0
        if "buildcache_layout_version" in keys:
            layout = document.at("buildcache_layout_version").count()
        if "binary_cache_checksum" not in keys or layout < _CHECKSUM_OF_TARBALL:
            return None
        said = document.at("binary_cache_checksum")
        algorithm, checksum = said.at("hash_algorithm"), said.at("hash")
        if algorithm.text() != "sha256":
            algorithm.fail(f"is `{algorithm.raw}`, but only `sha256` is known")
        if not is_checksum(checksum.text()):
            checksum.fail("must be 64 lower-case hex digits")
        return Expected(checksum=checksum.text(), size=None, said_by=f"{shown}: {said.location}")

    def _spec(self, verified: Verified, file: Path, shown: str, dag_hash: str) -> None:
        """Compare the spec of a binary with its name and with the index."""
        found = spec_files.parse(file, self._reading, shown=shown, stack="")
        if damaged := spec_files.damage_of(found, shown):
            (damage,) = damaged
            raise DamagedSourceError(
                path=shown, location=damage.location, line=damage.line, fault=damage.fault
            )
        roots = spec_files.roots_of(found)
        first = roots[0].hash if roots else None
        if first != dag_hash:
            raise DamagedSourceError(
                path=shown,
                location="",
                line=None,
                fault=f"is of the spec {first}, but the name of its binary says {dag_hash}",
            )
        differs = self._asked.core.disagreements(found.catalog, dag_hash)
        if differs and self._asked.binaries is not None:
            said = "; ".join(
                f"{each.column} is `{one_line(each.other)}`, "
                f"but `{one_line(each.text)}` in {self._asked.taken.index}"
                for each in differs
            )
            verified.findings.append(
                self._finding("different-content", shown, said, dag_hash, place=dag_hash)
            )
            return
        text = content.inflated(file, shown, self._limits.file_bytes)
        found_hashes = _core.check_hashes_in(clear_signed.text_of(text, shown))
        for each in found_hashes.wrong:
            if each.hash == dag_hash and dag_hash not in self._asked.wrong:
                message = f"the content has the hash {each.of_content}"
                verified.findings.append(
                    self._finding("wrong-hash", shown, message, dag_hash, place=dag_hash)
                )

    def _damage(
        self, verified: Verified, kind: FindingKind, shown: str, dag_hash: str | None
    ) -> _Damage:
        def report(path: str, place: str, message: str) -> None:
            verified.findings.append(
                self._finding(kind, path or shown, message, dag_hash, place=place)
            )

        return _Damage(report)

    def _drop(self, file: Path | None) -> None:
        """Remove fetched files, but not those of a local folder."""
        if file is not None and not isinstance(self._store, LocalStore):
            file.unlink(missing_ok=True)


class _Damage:
    """Turn the fault of a file into a finding; a fault of a server remains an error."""

    def __init__(self, report: Callable[[str, str, str], None]) -> None:
        self._report = report

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if isinstance(error, DamagedSourceError):
            self._report(error.path, error.location, error.fault)
            return True
        if isinstance(error, SourceError) and not isinstance(error, RemoteError):
            self._report(error.path or "", "", str(error))
            return True
        return False


def _by_hash(files: Iterable[str], hash_of: Callable[[str], str | None]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path in files:
        dag_hash = hash_of(path)
        if dag_hash is not None:
            found.setdefault(dag_hash, []).append(path)
    return found


def _matched(pattern: re.Pattern[str], path: str) -> str | None:
    found = pattern.fullmatch(path.rpartition("/")[2])
    return found[1] if found else None


def _old_parts(spec: _core.SpecAnswer) -> tuple[str, str]:
    """Return the names of the system and the compiler of a spec in the second layout."""
    compiler = spec.compiler
    built = compiler.replace("@", "-", 1) if "@" in compiler else "none-none"
    return f"{spec.platform}-{spec.os}-{spec.target}", built
