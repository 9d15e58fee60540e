"""Results made by hand, small enough to be read, for the tests of what shows them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from specplan.model import (
    BrokenRoot,
    Cell,
    Change,
    Coverage,
    DamagedFile,
    Diff,
    DiffCell,
    DiffTotals,
    Gap,
    KeyInCell,
    Lacking,
    Nearest,
    NotWanted,
    RootCoverage,
    Totals,
)
from specplan.model.check import (
    Binaries,
    Check,
    CheckedFiles,
    CheckedHashes,
    CheckedRoots,
    CheckedSpec,
    Finding,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

#: A name that tries to paint a terminal, to break out of a table, to be a formula and
#: to start a line of its own.
HOSTILE = "=cmd|' /C calc'!A0\x1b[31m`x`<b>[y](z)\n| new | row |\u202e\\"

HASH = "36c47octke23tog3tjpjamxsrop4btuz"
OTHER_HASH = "benfylk5oyqqfz7jqzmfywpfnnfyputh"

SYSTEMS = (
    ("centos7", "power9le"),
    ("rhel8", "neoverse_v2"),
    ("rhel8", "zen4"),
    ("sequoia", "aarch64"),
    ("ubuntu20.04", "x86_64_v3"),
    ("ubuntu22.04", "x86_64_v3"),
    ("ubuntu24.04", "aarch64"),
    ("ubuntu24.04", "x86_64_v3"),
)

DAMAGED = (
    DamagedFile(
        path="_cache/develop-2025-05-25/zlib/specs.md",
        location="spec_details[3].hash",
        line=6,
        fault="`abc` is not a DAG hash",
    ),
    DamagedFile(path="_cache/\x1b[2J.md", location="", line=None, fault="it is empty"),
)


def cell(stack: str, os: str, target: str, covered: int, wanted: int) -> Cell:
    return Cell(
        stack=stack,
        platform="darwin" if os == "sequoia" else "linux",
        os=os,
        target=target,
        wanted=wanted,
        covered=covered,
        covered_exact=covered,
        unknown=0,
        usable=None,
        coverage=covered / wanted if wanted else None,
    )


def totals(cells: tuple[Cell, ...]) -> Totals:
    wanted = sum(each.wanted for each in cells)
    covered = sum(each.covered for each in cells)
    unknown = sum(each.unknown for each in cells)
    return Totals(
        wanted=wanted,
        covered=covered,
        unknown=unknown,
        gaps=wanted - covered - unknown,
        not_wanted=0,
        coverage=covered / wanted if wanted else None,
    )


def coverage_of(cells: tuple[Cell, ...], gaps: tuple[Gap, ...] = ()) -> Coverage:
    return Coverage(
        wants="peers",
        level="package",
        compat="exact",
        scope=None,
        tags=("develop-2025-05-25",),
        baseline=None,
        cells=cells,
        gaps=gaps,
        roots=None,
        totals=totals(cells),
        absent_stacks=(),
        not_wanted=(),
        damaged=(),
    )


def gap(want: str, stack: str = "e4s", os: str = "ubuntu22.04") -> Gap:
    return Gap(
        stack=stack,
        platform="linux",
        os=os,
        target="x86_64_v3",
        want=want,
        package=want,
        version=None,
        hash=None,
        state="missing",
        cells_lacking=1,
        blocked=None,
        roots_completed=None,
        buildable_now=None,
        nearest=None,
    )


def nearest(stack: str, os: str, *differs: str) -> Nearest:
    return Nearest(
        hash=HASH,
        stack=stack,
        os=os,
        target="x86_64_v3",
        source="_cache/develop-2025-05-25/hdf5/specs.md",
        differs=differs,
    )


#: One cell and three gaps, one of each state.
ONE_CELL = coverage_of(
    (cell("e4s", "ubuntu22.04", "x86_64_v3", 3, 6),),
    (
        replace(
            gap("hdf5"), state="other_stack", nearest=nearest("e4s-oneapi", "ubuntu22.04", "stack")
        ),
        replace(
            gap("py-pluggy"),
            state="other_system",
            nearest=nearest("root", "ubuntu20.04", "os", "version", "stack"),
        ),
        gap("zfp"),
    ),
)

#: Three stacks on systems that they do not all share, asked with all that can be asked.
_CELLS = (
    *(cell("developer-tools-x86_64_v3-linux-gnu", *SYSTEMS[at], 9999, 10000) for at in (3, 4, 7)),
    *(cell("e4s", *SYSTEMS[at], at, 7) for at in (0, 1, 2, 4, 5, 6, 7)),
    cell("radiuss", *SYSTEMS[7], 0, 0),
)
MANY_CELLS = replace(
    coverage_of(
        _CELLS,
        (
            *(
                replace(
                    gap("hdf5", stack, system[0]),
                    target=system[1],
                    state="other_system",
                    cells_lacking=7,
                    nearest=nearest("e4s-oneapi", "rhel7", "os"),
                )
                for stack, system in (
                    ("developer-tools-x86_64_v3-linux-gnu", SYSTEMS[3]),
                    *(("e4s", SYSTEMS[at]) for at in (0, 1, 2, 4, 5, 6)),
                )
            ),
            replace(gap("gcc", "e4s", "rhel8"), target="zen4"),
        ),
    ),
    compat="os",
    absent_stacks=("hep",),
    not_wanted=(
        NotWanted(package="cuda*", os="sequoia", reason="no GPU there", excluded=3),
        NotWanted(stack="e4s*", target="zen*", reason="ends in May"),
    ),
    damaged=DAMAGED,
)

#: Wants of a lock, with the facts that only sources with edges have.
WITH_EDGES = replace(
    coverage_of(
        (
            replace(
                cell("e4s", "ubuntu22.04", "x86_64_v3", 2, 5), covered_exact=1, unknown=1, usable=1
            ),
        ),
        (
            replace(
                gap(HASH),
                package="zlib-ng",
                version="2.2.4",
                hash=HASH,
                blocked=12,
                roots_completed=3,
                buildable_now=True,
            ),
            replace(
                gap(OTHER_HASH),
                package="curl",
                version="8.15.0",
                hash=OTHER_HASH,
                blocked=0,
                buildable_now=False,
            ),
        ),
    ),
    wants="lock",
    scope="runtime",
    level="hash",
    compat="target",
    roots=RootCoverage(
        wanted=6,
        installable=1,
        coverage=1 / 6,
        broken=tuple(
            BrokenRoot(
                hash=root * 32,
                package=package,
                version="1.0",
                lacks_total=len(lacks),
                lacks=lacks,
            )
            for root, package, lacks in (
                ("a", "ascent", (HASH, OTHER_HASH)),
                ("b", "camp", (HASH,)),
                ("c", "hypre", (HASH,)),
                ("d", "mfem", (HASH, "e" * 32)),
                ("f", "umpire", (HASH,)),
            )
        ),
        lacking=(
            Lacking(hash=HASH, package="zlib-ng", version="2.2.4", roots=5),
            Lacking(hash=OTHER_HASH, package="curl", version="8.15.0", roots=1),
            Lacking(hash="e" * 32, package=None, version=None, roots=1),
        ),
    ),
)

#: Every text that comes out of a source is hostile.
_HOSTILE_GAP = replace(
    gap(HOSTILE, HOSTILE, HOSTILE),
    target=HOSTILE,
    state="other_system",
    nearest=replace(nearest(HOSTILE, HOSTILE, "os"), target=HOSTILE, source=HOSTILE),
)
HOSTILE_COVERAGE = replace(
    coverage_of(
        (cell(HOSTILE, HOSTILE, HOSTILE, 1, 2), cell("e4s", HOSTILE, "zen4", 1, 1)),
        (
            _HOSTILE_GAP,
            replace(gap(HASH), package=HOSTILE, version=HOSTILE, hash=HASH),
        ),
    ),
    roots=RootCoverage(
        wanted=1,
        installable=0,
        coverage=0.0,
        broken=(
            BrokenRoot(hash=HASH, package=HOSTILE, version=HOSTILE, lacks_total=1, lacks=(HASH,)),
        ),
        lacking=(Lacking(hash=HASH, package=HOSTILE, version=HOSTILE, roots=1),),
    ),
    tags=(HOSTILE,),
    wants="baseline",
    baseline=HOSTILE,
    absent_stacks=(HOSTILE,),
    not_wanted=(NotWanted(package=HOSTILE, reason=HOSTILE, excluded=1), NotWanted(reason=HOSTILE)),
    damaged=(DamagedFile(path=HOSTILE, location=HOSTILE, line=1, fault=HOSTILE),),
)

NOTHING = coverage_of(())


def key(want: str, stack: str = "e4s", os: str = "ubuntu22.04") -> KeyInCell:
    package = want.partition("@")[0]
    return KeyInCell(stack=stack, os=os, target="x86_64_v3", want=want, package=package, hash=None)


def diff_cell(stack: str, os: str, kept: int, lost: int, gained: int, changed: int) -> DiffCell:
    return DiffCell(
        stack=stack,
        platform="linux",
        os=os,
        target="x86_64_v3",
        kept=kept,
        lost=lost,
        gained=gained,
        changed=changed,
    )


DIFF = Diff(
    level="version",
    old="develop-2025-05-18",
    new="develop-2025-05-25",
    cells=(
        diff_cell("e4s", "ubuntu20.04", 10, 1, 0, 0),
        diff_cell("e4s", "ubuntu22.04", 8, 1, 1, 1),
        diff_cell("radiuss", "ubuntu22.04", 3, 0, 0, 0),
    ),
    lost=(key("zfp@1.0.0", os="ubuntu20.04"), key("zfp@1.0.0")),
    gained=(key("kokkos@4.6.01"),),
    changed=(
        Change(
            stack="e4s",
            os="ubuntu22.04",
            target="x86_64_v3",
            package="hdf5",
            old=("hdf5@1.14.3", "hdf5@1.14.5"),
            new=("hdf5@1.14.6",),
        ),
    ),
    absent_stacks=("hep",),
    new_stacks=("e4s-neoverse-v2",),
    totals=DiffTotals(kept=21, lost=2, gained=1, changed=1),
    damaged=DAMAGED[:1],
)

HOSTILE_DIFF = replace(
    DIFF,
    old=HOSTILE,
    new=HOSTILE,
    cells=(diff_cell(HOSTILE, HOSTILE, 1, 1, 1, 1), diff_cell("e4s", "rhel8", 0, 0, 0, 0)),
    lost=(key(HOSTILE, HOSTILE, HOSTILE),),
    gained=(key(HOSTILE, HOSTILE, HOSTILE),),
    changed=(replace(DIFF.changed[0], stack=HOSTILE, os=HOSTILE, package=HOSTILE, old=(HOSTILE,)),),
    absent_stacks=(HOSTILE,),
    new_stacks=(HOSTILE,),
    damaged=(DamagedFile(path=HOSTILE, location=HOSTILE, line=None, fault=HOSTILE),),
)

SAME = Diff(
    level="package",
    old="develop-2025-05-18",
    new="develop-2025-05-25",
    cells=(diff_cell("e4s", "ubuntu22.04", 8, 0, 0, 0),),
    lost=(),
    gained=(),
    changed=(),
    absent_stacks=(),
    new_stacks=(),
    totals=DiffTotals(kept=8, lost=0, gained=0, changed=0),
    damaged=(),
)

CHECK = Check(
    files=543,
    specs=1306,
    findings=(
        Finding(
            kind="contradiction",
            path="_cache/develop-2025-05-25/py-pluggy/specs.md",
            location="meta.num_specs",
            line=5,
            message="says 33, but `spec_details` holds 32 specs",
        ),
        Finding(
            kind="damaged",
            path="_cache/develop-2025-05-25/zlib/specs.md",
            location="",
            line=None,
            message="the file is empty",
        ),
        Finding(
            kind="misplaced",
            path="_cache/develop-2025-05-25/zstd/specs.md",
            location="title",
            line=2,
            message="the page of `zlib-ng` lies in the folder of `zstd`",
        ),
    ),
)

HOSTILE_CHECK = replace(
    CHECK,
    findings=(
        Finding(
            kind="missing",
            path=HOSTILE,
            location=HOSTILE,
            line=None,
            message=HOSTILE,
            spec=CheckedSpec(hash=HASH, package=HOSTILE, version=HOSTILE),
            binaries=2,
            roots=1,
            dependents=(HASH,),
        ),
        Finding(kind="damaged", path=HOSTILE, location=HOSTILE, line=7, message=HOSTILE),
    ),
    notes=(HOSTILE,),
)

#: Digits as letters of a hash.
_LETTERS = str.maketrans("0123456789", "bcdefghijk")

ZLIB = CheckedSpec(hash="kvpvk4i2tv2yf4j2yep4a5d7yf7jt63i", package="zlib-ng", version=None)
CURL = CheckedSpec(hash="3drk3wwy3pyc5pmcybwtptyxdd7hgcmy", package="curl", version="8.17.0")
MFEM = CheckedSpec(hash="mmyvlthlohw7fqxqxtwi4h7wvbbmmxsg", package="mfem", version="4.8.0")

BROKEN_CHECK = Check(
    verify="blobs",
    files=1,
    specs=307,
    findings=(
        Finding(
            kind="missing",
            path="blobs/sha256/bd/bd1c66",
            location=ZLIB.hash,
            line=None,
            message="no source describes it; needed directly by curl@8.17.0, mfem@4.8.0 and 9 "
            "more; breaks mfem@4.8.0",
            spec=ZLIB,
            binaries=41,
            roots=1,
            dependents=(CURL.hash, MFEM.hash),
        ),
        *(
            Finding(
                kind="not-in-cache",
                path="blobs/sha256/bd/bd1c66",
                location=f"{number:a>32}".translate(_LETTERS),
                line=None,
                message="it is listed, but there is no binary; no binary needs it to install",
                spec=CheckedSpec(
                    hash=f"{number:a>32}".translate(_LETTERS),
                    package=f"tool{number}",
                    version="1.0",
                ),
            )
            for number in range(23)
        ),
    ),
    binaries=Binaries(available=223, usable=182),
    roots=CheckedRoots(of_locks=True, counted=3, installable=1, broken=(MFEM,), absent=(CURL,)),
    hashes=CheckedHashes(recomputed=305, undecided=2),
    verified=CheckedFiles(manifests=223, blobs=446, bytes=1_234_567),
    notes=("`https://host/mirror` lists no files, so what its index does not list is not seen",),
    ignored=(("two-platforms", 1),),
)

SOUND = Check(files=1, specs=33, findings=())


def code_of_plan(document: Mapping[str, Any]) -> int:
    """The exit code that the document of a plan stands for: 1 where it plans not for all."""
    open_ = any(each["blocks"] for each in document["left_out"]) and not document["builds"]
    return 1 if document["unplannable"] or open_ else 0
