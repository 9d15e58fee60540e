"""Real locks asked of real mirrors, in each layout, against the plain model of the definitions."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import jsonschema
import pytest

import specplan
from tests.mirrors import Mirror, unpack
from tests.plain_locks import World, assert_agrees

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.plain_locks import Scope

LOCKS = Path(__file__).parents[1] / "data" / "locks"
SCHEMA = Path(specplan.__file__).parent / "schemas" / "specplan.coverage-1.schema.json"

RADIUSS = "2026-01/radiuss"

Layout = Literal["as Spack wrote it", "layout 3", "layout 3, packed", "layout 2", "plain"]
LAYOUTS: Sequence[Layout] = (
    "as Spack wrote it", "layout 3", "layout 3, packed", "layout 2", "plain",
)  # fmt: skip
MIRRORS = ("radiuss-2025-11", "radiuss-2026-01-runtime-only", "mini-layout2")


@cache
def lock(name: str) -> dict[str, Any]:
    with gzip.open(LOCKS / name / "spack.lock.gz") as file:
        content: dict[str, Any] = json.load(file)
    return content


def wanted(*names: str) -> list[str]:
    return [f"{label(name)}={LOCKS / name / 'spack.lock.gz'}" for name in names]


def label(name: str) -> str:
    return name.rpartition("/")[2]


@pytest.fixture(scope="module")
def mirrors(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("mirrors")
    return {name: unpack(name, folder) for name in MIRRORS}


def index_of(mirror: Path) -> bytes:
    """The index of a mirror, found by hand."""
    old = mirror / "build_cache" / "index.json"
    if old.exists():
        return old.read_bytes()
    (blob,) = (path for path in (mirror / "blobs").rglob("*") if path.is_file())
    return blob.read_bytes()


def written(index: bytes, layout: Layout, folder: Path) -> Path:
    """The same index as another mirror has it."""
    mirror = Mirror(folder)
    if layout == "plain":
        mirror.write("index.json", index)
    elif layout == "layout 2":
        mirror.old_index(index)
    else:
        mirror.index(index, packed=layout == "layout 3, packed")
    return folder


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(
    ("mirror", "names"),
    [
        ("radiuss-2025-11", ["2025-11/radiuss"]),
        ("radiuss-2025-11", [RADIUSS]),
        ("radiuss-2026-01-runtime-only", [RADIUSS]),
        ("mini-layout2", ["v023/mini"]),
        ("radiuss-2026-01-runtime-only", [RADIUSS, "2026-01/tools-sdk", "2025-11/radiuss"]),
    ],
)
def test_every_number_is_that_of_the_definitions(
    mirrors: dict[str, Path], tmp_path: Path, mirror: str, names: list[str], layout: Layout
) -> None:
    index = index_of(mirrors[mirror])
    place = mirrors[mirror]
    if layout != "as Spack wrote it":
        place = written(index, layout, tmp_path)
    catalog = specplan.load(place)
    world = World([(label(name), lock(name)) for name in names], [json.loads(index)])
    scopes: Sequence[Scope] = ("roots", "runtime", "all")
    for scope in scopes if layout == "layout 3" else scopes[1:2]:
        assert_agrees(catalog.gaps(want=wanted(*names), scope=scope), world, scope)


def test_the_layouts_of_one_mirror_give_one_answer(
    mirrors: dict[str, Path], tmp_path: Path
) -> None:
    index = index_of(mirrors["radiuss-2025-11"])
    answers = []
    for layout in LAYOUTS[1:]:
        place = written(index, layout, tmp_path / layout)
        document = json.loads(specplan.load(f"site={place}").gaps(want=wanted(RADIUSS)).to_json())
        for gap in document["gaps"]:
            if gap["nearest"] is not None:
                assert str(place) in gap["nearest"].pop("source")
        assert document.pop("sources")
        answers.append(document)
    assert answers[1:] == answers[:-1]


@pytest.mark.parametrize(
    ("mirror", "names", "scope", "covered", "wanted_in_all", "installable", "roots"),
    [
        # A mirror that holds every spec of the lock.
        ("radiuss-2025-11", ["2025-11/radiuss"], "all", 305, 305, 24, 24),
        # Two months later nearly every hash is another.
        ("radiuss-2025-11", [RADIUSS], "runtime", 2, 223, 0, 23),
        ("radiuss-2025-11", [RADIUSS], "all", 4, 306, 0, 23),
        # Roots and what they link to or run with: installing needs no more.
        ("radiuss-2026-01-runtime-only", [RADIUSS], "roots", 23, 23, 23, 23),
        ("radiuss-2026-01-runtime-only", [RADIUSS], "runtime", 223, 223, 23, 23),
        ("radiuss-2026-01-runtime-only", [RADIUSS], "all", 223, 306, 23, 23),
    ],
)
def test_the_numbers_of_real_mirrors(
    mirrors: dict[str, Path],
    mirror: str,
    names: list[str],
    scope: Scope,
    covered: int,
    wanted_in_all: int,
    installable: int,
    roots: int,
) -> None:
    coverage = specplan.load(mirrors[mirror]).gaps(want=wanted(*names), scope=scope)
    assert coverage.roots is not None
    assert (coverage.totals.covered, coverage.totals.wanted) == (covered, wanted_in_all)
    assert (coverage.roots.installable, coverage.roots.wanted) == (installable, roots)


#: The two specs of zlib-ng that roots of the lock link to; most need the second.
ZLIB, OTHER_ZLIB = "v6ar5e2r5nqrgwt63ak6bhmrghh2viqi", "kvpvk4i2tv2yf4j2yep4a5d7yf7jt63i"


def without(index: bytes, dag_hash: str) -> bytes:
    """An index without one entry."""
    document = json.loads(index)
    taken = document["database"]["installs"].pop(dag_hash)
    assert taken["spec"]["name"] == "zlib-ng"
    assert taken["in_buildcache"] is True
    return json.dumps(document).encode()


@pytest.mark.parametrize("layout", LAYOUTS[1:])
@pytest.mark.parametrize(("zlib", "broken"), [(ZLIB, 4), (OTHER_ZLIB, 14)])
def test_root_coverage_falls_by_the_roots_that_need_what_was_taken_out(
    mirrors: dict[str, Path], tmp_path: Path, zlib: str, broken: int, layout: Layout
) -> None:
    index = without(index_of(mirrors["radiuss-2026-01-runtime-only"]), zlib)
    catalog = specplan.load(written(index, layout, tmp_path))
    coverage = catalog.gaps(want=wanted(RADIUSS))
    world = World([("radiuss", lock(RADIUSS))], [json.loads(index)])
    assert_agrees(coverage, world, "runtime")

    roots = world.roots("radiuss")
    need_it = {root for root in roots if zlib in world.installed_with(root)}
    assert (len(need_it), len(roots)) == (broken, 23)
    assert coverage.roots is not None
    assert (coverage.roots.installable, coverage.roots.wanted) == (23 - broken, 23)
    assert {root.hash for root in coverage.roots.broken} == need_it
    assert {root.lacks for root in coverage.roots.broken} == {(zlib,)}
    # One missing library is one gap, however much it breaks.
    (gap,) = coverage.gaps
    assert (gap.hash, gap.package, gap.state) == (zlib, "zlib-ng", "missing")
    assert gap.roots_completed == len(need_it)
    # The nearest is the other one, in the mirror: the lock describes it but has no binary.
    assert gap.nearest is not None
    assert gap.nearest.hash == ({ZLIB, OTHER_ZLIB} - {zlib}).pop()
    assert gap.nearest.source.startswith(str(tmp_path))
    (cell,) = coverage.cells
    assert cell.usable is not None
    assert cell.wanted - cell.usable == 1 + (gap.blocked or 0)
    # Its build needs the compiler wrapper, which no root links to or runs with.
    assert gap.buildable_now is False
    built = {world.nodes[each].name for each in world.built_for(zlib)}
    assert built == {"compiler-wrapper", "zlib-ng"}


def test_a_binary_is_found_in_whichever_cache_has_it(
    mirrors: dict[str, Path], tmp_path: Path
) -> None:
    whole = index_of(mirrors["radiuss-2026-01-runtime-only"])
    document = json.loads(whole)
    installs = document["database"]["installs"]
    document["database"]["installs"] = {ZLIB: installs[ZLIB]}
    one = written(without(whole, ZLIB), "layout 3", tmp_path / "one")
    other = written(json.dumps(document).encode(), "plain", tmp_path / "other")
    for sources in ([one, other], [f"site={other}", one]):
        roots = specplan.load(*sources).gaps(want=wanted(RADIUSS)).roots
        assert roots is not None
        assert (roots.installable, roots.coverage) == (23, 1.0)


def test_with_no_cache_everything_is_a_gap() -> None:
    coverage = specplan.load("none").gaps(want=wanted(RADIUSS), scope="all")
    world = World([("radiuss", lock(RADIUSS))])
    assert_agrees(coverage, world, "all")
    assert coverage.totals.covered == 0
    assert {(gap.state, gap.nearest) for gap in coverage.gaps} == {("missing", None)}


def test_an_index_without_a_binary_is_a_cache_that_has_nothing(tmp_path: Path) -> None:
    empty = b'{"database": {"version": "8", "installs": {}}}'
    coverage = specplan.load(written(empty, "layout 3", tmp_path)).gaps(want=wanted(RADIUSS))
    assert (coverage.totals.covered, coverage.totals.wanted) == (0, 223)


@pytest.mark.parametrize("level", ["package", "version", "variant"])
def test_another_level_turns_each_want_into_that_key(
    mirrors: dict[str, Path], level: Literal["package", "version", "variant"]
) -> None:
    mirror = mirrors["radiuss-2025-11"]
    coverage = specplan.load(mirror).gaps(want=wanted(RADIUSS), level=level)
    world = World([("radiuss", lock(RADIUSS))], [json.loads(index_of(mirror))])

    def key(dag_hash: str) -> str:
        node = world.nodes[dag_hash]
        return node.name if level == "package" else f"{node.name}@{node.version}"

    if level != "variant":
        wants = {key(each) for each in world.wants("radiuss", "runtime")}
        there = {key(each) for each in world.available}
        assert coverage.totals.wanted == len(wants)
        assert {gap.want for gap in coverage.gaps} == wants - there
    (cell,) = coverage.cells
    # What is counted are keys: no spec, and so nothing that could be usable or be blocked.
    assert cell.usable is None
    assert {(gap.hash, gap.version, gap.blocked, gap.buildable_now) for gap in coverage.gaps} <= {
        (None, None, None, None)
    }
    # The roots are what they are.
    assert coverage.roots is not None
    assert (coverage.roots.installable, coverage.roots.wanted) == (0, 23)


def test_the_nearest_binary_of_a_gap_is_shown_with_its_differences(
    mirrors: dict[str, Path],
) -> None:
    mirror = mirrors["radiuss-2025-11"]
    coverage = specplan.load(mirror).gaps(want=wanted(RADIUSS))
    world = World([("radiuss", lock(RADIUSS))], [json.loads(index_of(mirror))])
    packages = {world.nodes[each].name for each in world.available}
    for gap in coverage.gaps:
        assert gap.hash is not None
        assert (gap.nearest is not None) == (gap.package in packages)
        if gap.nearest is not None:
            ours, theirs = world.nodes[gap.hash], world.nodes[gap.nearest.hash]
            assert gap.nearest.hash in world.available
            # A lock knows some of these too, but only the mirror has a binary.
            assert gap.nearest.source.startswith(str(mirror))
            assert theirs.name == ours.name
            differs = gap.nearest.differs
            assert differs
            for word in ("version", "target", "os"):
                has, wants = getattr(theirs, word), getattr(ours, word)
                said = [each for each in differs if each.startswith(f"{word} ")]
                assert said == ([] if has == wants else [f"{word} {has} is not {wants}"])


def program(*words: str, stdin: bytes = b"") -> tuple[int, str, str]:
    answer = subprocess.run(
        [sys.executable, "-m", "specplan", *words, "--no-config"],
        input=stdin,
        capture_output=True,
        check=False,
    )
    return answer.returncode, answer.stdout.decode(), answer.stderr.decode()


def test_the_command_line_gives_the_same_document(mirrors: dict[str, Path]) -> None:
    mirror = str(mirrors["radiuss-2025-11"])
    words = ["--cache", mirror, "--want", wanted(RADIUSS)[0], "--format", "json"]
    documents = [program(view, *words) for view in ("gaps", "coverage")]
    whole = specplan.load(mirror).gaps(want=wanted(RADIUSS)).to_json()
    assert documents == [(0, whole, "")] * 2
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.validate(json.loads(whole), schema)


def test_a_lock_comes_from_standard_input_packed_or_not(mirrors: dict[str, Path]) -> None:
    mirror = str(mirrors["radiuss-2026-01-runtime-only"])
    packed = (LOCKS / RADIUSS / "spack.lock.gz").read_bytes()
    for content in (packed, gzip.decompress(packed)):
        for source, stack in (("radiuss=-", "radiuss"), ("-", "stdin")):
            words = ["--cache", mirror, "--want", source, "--format", "json"]
            code, out, err = program("coverage", *words, stdin=content)
            assert (code, err) == (0, "")
            (cell,) = json.loads(out)["cells"]
            assert (cell["stack"], cell["covered"], cell["wanted"]) == (stack, 223, 223)


def test_the_gate_on_roots_holds_and_fails(mirrors: dict[str, Path], tmp_path: Path) -> None:
    mirror = mirrors["radiuss-2026-01-runtime-only"]
    less = written(without(index_of(mirror), OTHER_ZLIB), "layout 3", tmp_path)
    want = ["--want", wanted(RADIUSS)[0], "--fail-under-roots", "100"]
    code, out, err = program("coverage", "--cache", str(mirror), *want)
    assert (code, err) == (0, "")
    assert "23 of 23 roots install from the cache alone (100.0 %)" in out.splitlines()
    code, out, err = program("coverage", "--cache", str(less), *want)
    assert code == 1
    said = "root coverage is 39.1 % (9 of 23), less than 100 % (--fail-under-roots)"
    assert err == f"gate failed: {said}\n"
    assert "they lack 1 spec: zlib-ng@2.3.2 /kvpvk4i (14 roots)" in out.splitlines()
