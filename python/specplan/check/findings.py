"""The findings of a check, one kind after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from specplan import _core as compiled
from specplan.catalog.available import available_wants
from specplan.catalog.damage import difference, order_of_finding
from specplan.catalog.left_out import of_sources, without_roots
from specplan.catalog.names import refuse_others
from specplan.catalog.specs import by_hash
from specplan.catalog.systems import Systems
from specplan.check.wanted_roots import Lacked, lacked_by, read_roots
from specplan.counting import count
from specplan.errors import UsageError
from specplan.model.check import (
    Binaries,
    Check,
    CheckedFiles,
    CheckedHashes,
    CheckedRoots,
    CheckedSpec,
    Finding,
    Verify,
)
from specplan.model.left_out import merged
from specplan.model.spec import SHORT_HASH
from specplan.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from specplan._core import State
    from specplan.aliases import Counted
    from specplan.catalog.contents import Contents
    from specplan.check.mirror_files import Verified
    from specplan.check.request import CheckRequest
    from specplan.model import DamagedFile, LeftOut
    from specplan.sources import MirrorOrigin, SpecFileOrigin, StandaloneIndex
    from specplan.sources.origins import IndexRead
    from specplan.sources.want_records import WantedLock

__all__ = ["check"]

#: The maximum number of names in a message.
_FEW = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class _Checked:
    """The parts of one check.

    Attributes:
        core: The catalog.
        state: The snapshots whose binaries count.
        sources: The sources, as they were given.
        unread: The sources that could not be read at all.
        files: The number of files read from them.
        files_of_specs: The files with both hashes and the hashed content.
        damaged: The files that were skipped.
        contradictions: Summaries that contradict the specs they summarize.
        wanted: The locks whose roots count; without any, the binaries that no other binary
            depends on.
        verify: The level of verification.
        mirrors: The mirrors that the sources are or hold.
        indexes_alone: The indexes that belong to no mirror.
        counted: Called with the number of checked files.
        operating_systems: The known operating systems.
        indexes: The size of each index of mirrors with several indexes.
        left_out: Input of the sources that could not be taken into account.
    """

    core: compiled.Catalog
    state: State
    sources: Sequence[str]
    unread: Collection[str]
    files: int
    files_of_specs: Sequence[SpecFileOrigin]
    damaged: Sequence[DamagedFile]
    contradictions: Sequence[Finding]
    wanted: Sequence[WantedLock]
    verify: Verify
    mirrors: Sequence[MirrorOrigin]
    indexes_alone: Sequence[StandaloneIndex]
    counted: Counted | None
    operating_systems: compiled.OperatingSystems
    indexes: Sequence[IndexRead] = ()
    left_out: Sequence[LeftOut] = ()


def check(contents: Contents, request: CheckRequest, counted: Counted | None = None) -> Check:
    """List all faults in the sources of a catalog.

    Args:
        contents: The contents of the sources.
        request: The request.
        counted: Called with the number of checked files of a mirror, and their total.

    Raises:
        RemoteError: If a file of a mirror cannot be fetched.
        SourceError: If a lock cannot be read.
        UnknownNameError: If the snapshot is unknown.
        UsageError: If the level of verification is unknown, or if it needs files of mirrors but no
            source is a mirror.
    """
    refuse_others("verify", request.verify, get_args(Verify))
    checked = _checked(contents, request, counted)
    mirrors, notes = _mirrors(checked)
    core = checked.core
    if checked.wanted:
        core = compiled.Catalog.merged([core, *(each.core for each in checked.wanted)])
    missing, others, binaries, roots = _graph(core, checked)
    wrong, hashes = _hashes(core, checked.files_of_specs)
    findings = [
        *map(_of_damage, checked.damaged),
        *checked.contradictions,
        *_different_content(checked.core),
        *_misplaced(checked.core),
        *_two_platforms(checked.core, checked.sources),
        *_index_versions(checked.indexes),
        *others,
        *wrong,
    ]
    verified = None
    if checked.verify != "index":
        verified = _verified(checked, mirrors, frozenset(each.location for each in wrong))
        verified.notes = [*dict.fromkeys((*notes, *verified.notes))]
        findings += verified.findings
    return Check(
        verify=checked.verify,
        files=checked.files,
        specs=len(checked.core),
        findings=(*missing, *sorted(findings, key=order_of_finding)),
        binaries=binaries,
        roots=roots,
        hashes=hashes,
        verified=None
        if verified is None
        else CheckedFiles(manifests=verified.manifests, blobs=verified.blobs, bytes=verified.bytes),
        notes=() if verified is None else tuple(verified.notes),
        left_out=merged(checked.left_out),
        sources=contents.used,
    )


def _checked(contents: Contents, request: CheckRequest, counted: Counted | None) -> _Checked:
    limits = request.limits or contents.limits
    available = available_wants(contents, request.tag)
    wanted = tuple(read_roots(request, limits, available))
    # If nothing could be read, that is the problem to report.
    nothing = request.tag is None and contents.is_empty
    # The same applies if only snapshots remain that were not requested.
    nothing |= bool(contents.damaged) and not contents.core.snapshots()
    return _Checked(
        core=contents.core,
        state=[] if nothing else contents.state(request.tag),
        sources=contents.sources,
        unread={source for source, files in contents.files.items() if files == 0},
        files=sum(contents.files.values()),
        files_of_specs=contents.files_of_specs,
        damaged=contents.damaged,
        contradictions=contents.contradictions,
        wanted=wanted,
        verify=request.verify,
        mirrors=contents.mirrors,
        indexes_alone=contents.indexes_alone,
        counted=counted,
        indexes=contents.indexes,
        operating_systems=Systems(contents.core, request.libc).core,
        # Damaged files are findings.
        left_out=[
            *(
                record
                for record in of_sources(contents, blocks=True)
                if record.kind != "damaged_file"
            ),
            *(record for lock in wanted for record in lock.left_out),
            *without_roots(wanted, ()),
        ],
    )


def _mirrors(checked: _Checked) -> tuple[Sequence[MirrorOrigin], Sequence[str]]:
    """Return the mirrors whose files to check, and notes on the other sources."""
    if checked.verify == "index":
        return (), ()
    from specplan.check.mirrors import settled  # noqa: PLC0415 - indexes need it not

    mirrors, notes = settled(checked.mirrors)
    notes += [each.note for each in checked.indexes_alone]
    # A damaged source may be a mirror: report the damage first.
    if not mirrors and not checked.damaged:
        raise UsageError(
            f"no source is a mirror, so there are no {checked.verify} to verify",
            hint="; ".join(notes[:_FEW])
            or "name the folder or URL that contains `v3/` or `build_cache/`",
        )
    parts_of = {each.cache for each in checked.mirrors}
    parts_of |= {each.cache for each in checked.indexes_alone}
    notes += [
        f"`{each}` is not a mirror: it has no further files"
        for each in checked.sources
        if each not in parts_of and each not in checked.unread
    ]
    return mirrors, notes


def _verified(
    checked: _Checked, mirrors: Sequence[MirrorOrigin], wrong: frozenset[str]
) -> Verified:
    """Check the files of all mirrors."""
    from specplan.check.mirrors import verify_all  # noqa: PLC0415 - as above

    verified = verify_all(
        checked.core,
        mirrors,
        wrong=wrong,
        blobs=checked.verify == "blobs",
        counted=checked.counted,
    )
    # A damaged index that is a blob has already been reported.
    known: dict[tuple[str, str | None], list[str]] = {}
    for file in checked.damaged:
        known.setdefault((file.path, file.location), []).append(file.fault)
    verified.findings = [
        finding
        for finding in dict.fromkeys(verified.findings)
        # The fault may be followed by a hint at an alternative source.
        if not any(
            fault.startswith(finding.message)
            for fault in known.get((finding.path, finding.location), ())
        )
    ]
    return verified


def _of_damage(file: DamagedFile) -> Finding:
    return Finding(
        kind="damaged", path=file.path, location=file.location, line=file.line, message=file.fault
    )


class _SpecNames:
    """The names of specs of a catalog, looked up together."""

    def __init__(
        self,
        core: compiled.Catalog,
        hashes: Iterable[str],
        called: dict[str, str],
        caches: compiled.Catalog,
    ) -> None:
        self._specs = by_hash(core, {*hashes})
        # A lock is a better description of a spec, but the cache is being checked.
        self._listed = self._specs if core is caches else by_hash(caches, self._specs)
        self._called = called

    def spec(self, dag_hash: str) -> CheckedSpec:
        """Return a spec with its name; its dependents name it if no source describes it."""
        known = self._specs.get(dag_hash)
        if known is None:
            return CheckedSpec(hash=dag_hash, package=self._called.get(dag_hash, ""), version=None)
        return CheckedSpec(hash=dag_hash, package=known.package, version=known.version)

    def system(self, dag_hash: str) -> str:
        """Return the system of a spec as ``OS/TARGET``."""
        known = self._specs[dag_hash]
        return f"{known.os}/{known.target}"

    def is_described(self, dag_hash: str) -> bool:
        """Return whether any source mentions a spec."""
        return dag_hash in self._specs

    def is_listed(self, dag_hash: str) -> bool:
        """Return whether a source that is not a lock mentions a spec."""
        return dag_hash in self._listed

    def source(self, hashes: Sequence[str]) -> str:
        """Return the file that mentions the first of some specs."""
        return next((self._listed[each].source for each in hashes if each in self._listed), "")

    def folded(self, hashes: Sequence[str], number: int) -> str:
        """Return the names of the first few specs, and the number of the others."""
        few = [self.spec(each) for each in hashes[:_FEW]]
        shown = ", ".join(
            each.package if each.version is None else f"{each.package}@{each.version}"
            for each in few
        )
        more = number - len(few)
        return f"{shown} and {more} more" if more > 0 else shown


def _graph(
    core: compiled.Catalog, checked: _Checked
) -> tuple[list[Finding], list[Finding], Binaries | None, CheckedRoots | None]:
    """Return the specs that binaries lack, other dangling edges, and the counts."""
    wanted = {root.hash for each in checked.wanted for root in each.roots}
    found = core.soundness(
        {
            "state": checked.state,
            "operating_systems": checked.operating_systems,
            "roots": sorted(wanted) if checked.wanted else None,
            "indexes": [each.shown for each in checked.files_of_specs if each.kind == "index"],
        }
    )
    known = {*(each.hash for each in found.missing), *(each.hash for each in found.misfits)}
    # Binaries that do not run where they are for lack what no other finding names.
    is_whole = found.usable_roots == found.roots
    roots = () if is_whole else _without_externals(core, wanted)
    lacked = lacked_by(
        core,
        checked.state,
        checked.operating_systems,
        roots=roots,
        absent=found.absent,
        known=known,
    )
    names = _names_in(core, found, checked, lacked)
    others = [
        *(_dangling(names, each) for each in found.dangling if each.hash not in lacked.roots),
        *(_not_in_cache(names, each) for each in found.listed_only if each not in lacked.roots),
        *(_cycle(names, each) for each in found.tangles),
        *(_foreign(names, each) for each in found.misfits),
    ]
    lacking = [_missing(names, each, lacked) for each in found.missing]
    places = _LockPlaces.of(checked.wanted, lacked)
    lacking += (_missing_of_roots(names, each, lacked, places) for each in lacked.roots)
    lacking.sort(key=lambda each: (-(each.roots or 0), -(each.binaries or 0), each.location))
    if not found.has_edges:
        return lacking, others, None, None
    return (
        lacking,
        others,
        Binaries(available=found.binaries, usable=found.usable_binaries),
        CheckedRoots(
            of_locks=bool(checked.wanted),
            counted=found.roots,
            installable=found.usable_roots,
            broken=tuple(map(names.spec, found.broken)),
            absent=tuple(map(names.spec, found.absent)),
        ),
    )


def _without_externals(core: compiled.Catalog, hashes: Collection[str]) -> set[str]:
    return {each for each, spec in by_hash(core, hashes).items() if not spec.is_external}


def _names_in(
    core: compiled.Catalog,
    found: compiled.SoundnessAnswer,
    checked: _Checked,
    lacked: Lacked,
) -> _SpecNames:
    """Return the names of all specs that findings mention."""
    called = {each.hash: each.package for each in found.missing}
    called |= {each.hash: each.package for each in found.dangling}
    mentioned = {
        *called,
        *lacked.roots,
        *found.broken,
        *found.absent,
        *found.listed_only,
        *(
            spec
            for each in found.missing
            for spec in lacked.needing(each.hash, each.dependents)[:_FEW]
        ),
        *(spec for each in found.missing for spec in each.examples),
        *(spec for each in found.dangling for spec in each.dependents[:_FEW]),
        *(spec for each in found.tangles for spec in each.cycle),
        *(each.hash for each in found.misfits),
        *(spec for each in found.misfits for spec in each.foreign[:_FEW]),
    }
    return _SpecNames(core, mentioned, called, checked.core)


def _missing(names: _SpecNames, answer: compiled.MissingAnswer, lacked: Lacked) -> Finding:
    dag_hash, examples = answer.hash, answer.examples
    dependents = lacked.needing(dag_hash, answer.dependents)
    state = _why_missing(names, dag_hash)
    needed = f"needed directly by {names.folded(dependents, len(dependents))}"
    such = f"; breaks {names.folded(examples, answer.roots)}" if examples else ""
    return Finding(
        kind="missing",
        path=names.source([*dependents, dag_hash]),
        location=dag_hash,
        line=None,
        message=f"{state}; {needed}{such}",
        spec=names.spec(dag_hash),
        binaries=answer.binaries,
        roots=answer.roots,
        dependents=tuple(dependents),
    )


def _why_missing(names: _SpecNames, dag_hash: str) -> str:
    if not names.is_described(dag_hash):
        return "no source describes it"
    if names.is_listed(dag_hash):
        return "it is listed, but there is no binary"
    return "no cache lists it"


@dataclass(frozen=True, slots=True)
class _LockPlaces:
    """The first lock of each spec, by hash, and the first of those that have it as a root."""

    specs: Mapping[str, str]
    roots: Mapping[str, str]

    @staticmethod
    def of(locks: Sequence[WantedLock], lacked: Lacked) -> _LockPlaces:
        specs: dict[str, str] = {}
        roots: dict[str, str] = {}
        for lock in reversed(locks if lacked.roots else ()):
            specs |= dict.fromkeys(by_hash(lock.core, [*lacked.roots]), lock.source)
            roots |= {root.hash: lock.source for root in lock.roots}
        return _LockPlaces(specs, roots)


def _missing_of_roots(
    names: _SpecNames, dag_hash: str, lacked: Lacked, places: _LockPlaces
) -> Finding:
    """Return the finding of what only roots without a binary need."""
    dependents = lacked.needing(dag_hash)
    of_root = places.roots.get(dag_hash)
    parts = [_why_missing(names, dag_hash)]
    if of_root is not None:
        parts.append(f"it is a root of `{of_root}`")
    if dependents:
        parts.append(f"needed directly by {names.folded(dependents, len(dependents))}")
    in_lock = of_root or places.specs.get(dag_hash, "")
    return Finding(
        kind="missing",
        path=names.source([*dependents, dag_hash]) or in_lock,
        location=dag_hash,
        line=None,
        message="; ".join(parts),
        spec=names.spec(dag_hash),
        binaries=0,
        roots=lacked.roots[dag_hash],
        dependents=tuple(dependents),
    )


def _dangling(names: _SpecNames, answer: compiled.DanglingAnswer) -> Finding:
    dag_hash, dependents = answer.hash, answer.dependents
    return Finding(
        kind="dangling",
        path=names.source(dependents),
        location=dag_hash,
        line=None,
        message="no source describes it; not needed to install any binary, "
        f"but needed by {names.folded(dependents, len(dependents))}",
        spec=names.spec(dag_hash),
        dependents=tuple(dependents),
    )


def _not_in_cache(names: _SpecNames, dag_hash: str) -> Finding:
    return Finding(
        kind="not-in-cache",
        path=names.source([dag_hash]),
        location=dag_hash,
        line=None,
        message="it is listed, but there is no binary; no binary needs it to install",
        spec=names.spec(dag_hash),
    )


def _foreign(names: _SpecNames, answer: compiled.MisfitAnswer) -> Finding:
    dag_hash, foreign = answer.hash, answer.foreign
    few = [f"{names.folded([each], 1)} of {names.system(each)}" for each in foreign[:_FEW]]
    more = len(foreign) - len(few)
    shown = f"{', '.join(few)} and {more} more" if more else ", ".join(few)
    return Finding(
        kind="foreign-dependency",
        path=names.source([dag_hash]),
        location=dag_hash,
        line=None,
        message=f"is of {names.system(dag_hash)}, but is installed with {shown}, "
        "which does not serve that system",
        spec=names.spec(dag_hash),
        binaries=answer.binaries,
        roots=answer.roots,
    )


def _cycle(names: _SpecNames, answer: compiled.TangleAnswer) -> Finding:
    specs, cycle = answer.specs, answer.cycle
    few = 8
    shown = [f"{names.spec(each).package} /{each[:SHORT_HASH]}" for each in cycle[:few]]
    if len(cycle) > few:
        shown.append("...")
    chain = " -> ".join([*shown, shown[0]])
    in_all = (
        "" if len(specs) == len(cycle) else f"; {count(len(specs), 'spec')} depend on each other"
    )
    return Finding(
        kind="cycle",
        path=names.source(cycle),
        location=cycle[0],
        line=None,
        message=f"depends on itself, which is impossible for a hash: {chain}{in_all}",
        spec=names.spec(cycle[0]),
    )


def _hashes(
    core: compiled.Catalog, files: Sequence[SpecFileOrigin]
) -> tuple[list[Finding], CheckedHashes]:
    """Compare the hashes of files with their content."""
    damaged: list[Finding] = []
    wrong: dict[str, tuple[str, list[str]]] = {}
    recomputed = undecided = 0
    unverified: set[str] = set()
    for file in files:
        found = file.check_hashes()
        recomputed += found.recomputed
        unknown = found.undecided
        undecided += len(unknown)
        unverified.update(unknown)
        if (fault := found.fault) is not None:
            damaged.append(
                Finding(
                    kind="damaged",
                    path=file.shown,
                    location=fault.location,
                    line=fault.line,
                    message=f"has changed since it was read: {fault.fault}",
                )
            )
        for each in found.wrong:
            wrong.setdefault(each.hash, (each.of_content, []))[1].append(file.shown)
    findings = wrong_hashes(core, wrong)
    names = _SpecNames(core, unverified, {}, core)
    return [*damaged, *findings], CheckedHashes(
        recomputed=recomputed,
        undecided=undecided,
        unverified=tuple(names.spec(each) for each in sorted(unverified)),
    )


def wrong_hashes(core: compiled.Catalog, wrong: dict[str, tuple[str, list[str]]]) -> list[Finding]:
    """Return a finding for each hash that does not match its content.

    Args:
        core: A catalog that knows the specs.
        wrong: For each hash, the hash of the content and the files in which they differ.
    """
    names = _SpecNames(core, wrong, {}, core)
    findings = []
    for said, (is_hash, paths) in wrong.items():
        more = f", and in {count(len(paths) - 1, 'more file')}" if len(paths) > 1 else ""
        findings.append(
            Finding(
                kind="wrong-hash",
                path=min(paths),
                location=said,
                line=None,
                message=f"the content has the hash {is_hash}{more}",
                spec=names.spec(said),
            )
        )
    return findings


def _different_content(core: compiled.Catalog) -> Iterator[Finding]:
    for rows in core.differing_rows():
        first, other = rows.origin, rows.other_origin
        # Within one snapshot this is damage and has been reported as such.
        if (first.cache, first.tag) != (other.cache, other.tag):
            yield Finding(
                kind="different-content",
                path=other.source,
                location=rows.hash,
                line=None,
                message=f"{difference(rows.columns)} in {first.source}, which counts",
            )


def _misplaced(core: compiled.Catalog) -> Iterator[Finding]:
    for source, tag, package in core.origins():
        parts = source.replace("\\", "/").split("/")
        if len(parts) < 4 or parts[-4] != "_cache":  # noqa: PLR2004 - _cache/TAG/PACKAGE/specs.md
            continue
        for kind, said, folder in (
            ("snapshot", tag, parts[-3]),
            ("package", package, parts[-2]),
        ):
            if said != folder:
                yield Finding(
                    kind="misplaced",
                    path=source,
                    location="categories[1]" if kind == "snapshot" else "title",
                    line=None,
                    message=f"the page is of the {kind} `{said}`, its folder of `{folder}`",
                )


def _index_versions(indexes: Sequence[IndexRead]) -> Iterator[Finding]:
    of_mirror: dict[str, list[IndexRead]] = {}
    for each in indexes:
        of_mirror.setdefault(each.mirror, []).append(each)
    for mirror, several in of_mirror.items():
        if not any(each.alone for each in several):
            continue
        lists = ", ".join(
            f"{_version(each)} lists {each.binaries} binaries ({each.alone} not in every index)"
            for each in several
        )
        yield Finding(
            kind="index_versions",
            path=mirror,
            location="v3/manifests/index",
            line=None,
            message=f"{lists}: `--for-spack VERSION` shows what users of one Spack lack",
        )


def _version(index: IndexRead) -> str:
    return "an index" if index.version is None else f"v{index.version}"


def _two_platforms(core: compiled.Catalog, sources: Collection[str]) -> Iterator[Finding]:
    platforms: dict[str, list[str]] = {}
    for os, platform in core.platforms_of_systems():
        platforms.setdefault(os, []).append(platform)
    for os, several in platforms.items():
        if len(several) > 1:
            yield Finding(
                kind="two-platforms",
                path=next(iter(sources)) if len(sources) == 1 else "",
                location=os,
                line=None,
                message=f"the operating system has the platforms {', '.join(several)}",
            )
