"""``Catalog.find`` and ``search``: what is searched, in which order, and what is refused."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import specplan
from specplan.errors import UsageError
from tests import mirrors, samples
from tests.mirrors import index

if TYPE_CHECKING:
    from collections.abc import Sequence

    from specplan import Spec

DATA = Path(__file__).parents[1] / "data"
LOCK = str(DATA / "locks" / "2026-01" / "radiuss" / "spack.lock.gz")
OTHER_LOCK = str(DATA / "locks" / "2026-01" / "tools-sdk" / "spack.lock.gz")
CACHE = str(Path(__file__).parents[2] / "examples" / "cache")
TAGS = ("develop-2026-01-17", "develop-2025-11-15")


@pytest.fixture(scope="module")
def pages() -> specplan.Catalog:
    return specplan.load(CACHE)


@pytest.fixture(scope="module")
def lock() -> specplan.Catalog:
    return specplan.load(LOCK)


def hashes(specs: Sequence[Spec]) -> set[str]:
    return {spec.hash for spec in specs}


def test_an_external_is_found_and_needs_no_binary(lock: specplan.Catalog) -> None:
    (glibc,) = lock.find("glibc")
    assert (glibc.external, glibc.available) == (True, False)


def test_what_only_a_lock_knows_is_found_and_not_available(lock: specplan.Catalog) -> None:
    (conduit,) = lock.find("conduit")
    assert (conduit.external, conduit.available, conduit.tags) == (False, False, ())


def test_a_cache_beside_a_lock_makes_its_specs_available(pages: specplan.Catalog) -> None:
    assert {spec.available for spec in pages.find("*", stack="radiuss")} == {True}
    (conduit,) = pages.find("conduit/u6t2m4s", lock=LOCK)
    assert conduit.available
    missing = pages.find("*", lock=LOCK, available=False)
    assert {spec.package for spec in missing if spec.external} == {"gcc", "glibc"}
    assert not hashes(missing) & hashes(pages.find("*", lock=LOCK, available=True))


def test_specs_come_by_name_and_the_order_of_versions(lock: specplan.Catalog) -> None:
    found = lock.find("*")
    names = [spec.package for spec in found]
    assert names == sorted(names)
    for before, after in itertools.pairwise(found):
        if before.package == after.package:
            assert specplan.Version(before.version) <= specplan.Version(after.version)
            if before.version == after.version:
                assert (before.os, before.target, before.hash) < (
                    after.os,
                    after.target,
                    after.hash,
                )
    assert len(found) == len(lock)


def test_ten_comes_after_nine(tmp_path: Path) -> None:
    nodes = {}
    for letter, version in (("a", "1.10"), ("b", "1.9"), ("c", "develop"), ("d", "1.10")):
        nodes[letter * 32] = {
            "name": "x",
            "version": version,
            "arch": {"platform": "linux", "platform_os": "rhel8", "target": "zen4"},
            "namespace": "builtin",
            "parameters": {},
            "hash": letter * 32,
        }
    document = {
        "_meta": {"file-type": "spack-lockfile", "lockfile-version": 6, "specfile-version": 5},
        "roots": [],
        "concrete_specs": nodes,
    }
    place = tmp_path / "spack.lock"
    place.write_text(json.dumps(document))
    found = specplan.load(place).find("x")
    assert [(spec.version, spec.hash[0]) for spec in found] == [
        ("1.9", "b"),
        ("1.10", "a"),
        ("1.10", "d"),
        ("develop", "c"),
    ]


def test_all_snapshots_are_searched_unless_one_is_named(pages: specplan.Catalog) -> None:
    every = pages.find("cmake", stack="radiuss")
    parts = [pages.find("cmake", stack="radiuss", tag=tag) for tag in TAGS]
    assert hashes(every) == hashes(parts[0]) | hashes(parts[1])
    assert hashes(every) > hashes(parts[0])
    assert {spec.tags for spec in parts[1]} == {(TAGS[1],)}


def test_a_snapshot_leaves_sources_without_snapshots_in(pages: specplan.Catalog) -> None:
    found = pages.find("glibc", lock=LOCK, tag=TAGS[0])
    assert [(spec.stacks, spec.external) for spec in found] == [(found[0].stacks, True)]
    assert found[0].stacks


def test_filters_narrow_what_is_searched(pages: specplan.Catalog) -> None:
    found = pages.find("+mpi", stack="e4s*", os="ubuntu22*", target=["neoverse*", "zen*"])
    assert found
    assert {(spec.os, spec.target) for spec in found} == {("ubuntu22.04", "neoverse_v2")}
    assert {stack for spec in found for stack in spec.stacks} == {"e4s-neoverse-v2", "root"}


def test_what_is_filtered_out_need_not_be_decided(pages: specplan.Catalog) -> None:
    assert pages.find("adios2 ^zlib-ng", os="ubuntu24.04") == []
    with pytest.raises(specplan.UndecidedError):
        pages.find("adios2 ^zlib-ng")


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ({"stack": "e5s"}, "stack"),
        ({"os": "ubunto"}, "os"),
        ({"target": "zen44"}, "target"),
        ({"tag": "develop-2026-01-16"}, "tag"),
    ],
)
def test_a_name_without_a_spec_is_an_error(
    pages: specplan.Catalog, question: dict[str, str], kind: str
) -> None:
    with pytest.raises(specplan.UnknownNameError) as caught:
        pages.find("cmake", **question)  # type: ignore[arg-type]  # one keyword at a time
    assert caught.value.kind == kind
    assert caught.value.suggestions


def test_locks_are_searched_together(lock: specplan.Catalog) -> None:
    both = lock.query("%gcc ^zlib-ng", lock=["sdk=" + OTHER_LOCK])
    apart = lock.find("%gcc ^zlib-ng"), specplan.load(OTHER_LOCK).find("%gcc ^zlib-ng")
    assert hashes(both.specs) == hashes(apart[0]) | hashes(apart[1])
    assert any(spec.stacks == ("sdk",) for spec in both.specs)


def test_a_lock_records_what_pages_do_not(pages: specplan.Catalog) -> None:
    alone, beside = pages.query("conduit ^zlib-ng"), pages.query("conduit ^zlib-ng", lock=LOCK)
    assert (len(alone.specs), len(beside.specs)) == (0, 1)
    assert len(beside.undecided) == len(alone.undecided) - 1


def test_what_is_undecided_is_an_error_that_names_what_is_missing(pages: specplan.Catalog) -> None:
    found = pages.query("adios2 ^zlib-ng")
    with pytest.raises(specplan.UndecidedError) as caught:
        found.decided()
    error = caught.value
    assert str(error) == (
        "whether 2 specs satisfy `adios2 ^zlib-ng` cannot be decided: the source does not record "
        "the dependencies (adios2@2.11.0/hruarpn, adios2@2.11.0/fmn3rbc)"
    )
    assert (error.query, error.missing, error.count) == ("adios2 ^zlib-ng", ("edges",), 2)
    assert error.hashes == tuple(each.spec.hash for each in found.undecided)
    assert error.hint == found.hint
    assert isinstance(error, UsageError)


def test_many_undecided_specs_are_counted_and_few_named(pages: specplan.Catalog) -> None:
    with pytest.raises(specplan.UndecidedError, match=r"and \d+ more\)$") as caught:
        pages.find("^zlib-ng")
    assert caught.value.count > 1000
    assert len(caught.value.hashes) == 3


@pytest.mark.parametrize(
    ("query", "missing"), [("conduit ^mpi@3", "recipe"), ("conduit %mpi@3:", "recipe")]
)
def test_versions_of_virtual_packages_are_undecided(
    lock: specplan.Catalog, query: str, missing: str
) -> None:
    (undecided,) = lock.query(query).undecided
    assert undecided.missing == missing
    assert undecided.reason == "only a recipe gives the version of a virtual package"


def test_a_name_without_a_package_may_be_virtual(
    pages: specplan.Catalog, lock: specplan.Catalog
) -> None:
    found = pages.query("adios3")
    assert len(found.undecided) == len(pages)
    assert (found.unknown_name, found.suggestions) == ("adios3", ("adios2", "adiak"))
    assert found.hint == "no package is called `adios3` (did you mean `adios2`, `adiak`?)"
    # A source with dependencies knows who provides what some dependent uses.
    assert {spec.package for spec in lock.find("mpi")} == {"openmpi"}
    found = lock.query("iconv-of-some-site")
    assert (found.specs, len(found.undecided)) == ((), len(lock.query("*").specs))
    assert {each.missing for each in found.undecided} == {"virtuals"}
    assert pages.query("cmake@99:").unknown_name is None
    assert pages.query("+mpi").unknown_name is None


def test_what_only_a_recipe_says_of_a_virtual_package_is_undecided(tmp_path: Path) -> None:
    """`user` uses openmpi as its MPI; mpich may be one too, and zlib surely is none."""
    names = ("openmpi", "mpich", "zlib")
    nodes = {name: mirrors.node(name) for name in names}
    user = mirrors.node("user", "1.0", "openmpi")
    user["dependencies"][0]["parameters"]["virtuals"] = ["mpi"]  # type: ignore[index]
    nodes["user"] = user
    installs = {str(each["hash"]): {"spec": each} for each in nodes.values()}
    index = tmp_path / "index.json"
    index.write_text(json.dumps({"database": {"version": "8", "installs": installs}}))
    found = specplan.load(index).query("mpi")
    assert [each.package for each in found.specs] == ["openmpi"]
    assert [each.spec.package for each in found.undecided] == ["mpich"]
    with pytest.raises(specplan.UndecidedError, match="whether 1 spec satisfies `mpi`"):
        found.decided()


def test_nobody_provides_what_no_spec_says_it_provides_if_all_say_it(tmp_path: Path) -> None:
    document = samples.lock(8)
    (tmp_path / "spack.lock").write_text(json.dumps(document), encoding="utf-8")
    found = specplan.load(tmp_path / "spack.lock").query("iconv")
    assert (found.specs, found.undecided) == ((), ())


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [("zlib@@1.2", 4, 5), ("zlib hdf5", 5, 9), ("", 0, 0), ("é", 0, 1), ("a x='é' @@", 8, 9)],
)
def test_a_fault_has_a_place_in_characters(
    lock: specplan.Catalog, text: str, start: int, end: int
) -> None:
    with pytest.raises(specplan.SpecSyntaxError) as caught:
        lock.find(text)
    error = caught.value
    assert (error.text, error.start, error.end) == (text, start, end)
    assert isinstance(error, ValueError)
    assert error.code == "spec-syntax"


def test_a_fault_is_reported_before_a_lock_is_read(lock: specplan.Catalog) -> None:
    with pytest.raises(specplan.SpecSyntaxError):
        lock.find("@@", lock="no/such/spack.lock")


def test_a_selection_is_narrowed_by_an_abstract_spec(pages: specplan.Catalog) -> None:
    selection = pages.select(stack="e4s*")
    narrowed = selection.satisfying("+mpi")
    assert hashes(narrowed.specs()) == hashes(pages.find("+mpi", stack="e4s*"))
    assert hashes((selection - narrowed).specs()).isdisjoint(hashes(narrowed.specs()))
    assert narrowed.count() + (selection - narrowed).count() == selection.count()
    assert pages.select(package="zlib*").satisfying("hdf5").count() == 0


def test_a_package_called_root_is_selected_by_any_pattern_that_matches_it(tmp_path: Path) -> None:
    (tmp_path / "index.json").write_bytes(index("root", "zlib"))
    catalog = specplan.load(tmp_path / "index.json")
    assert [spec.package for spec in catalog.select(package="r*")] == ["root"]
    assert catalog.select(package="*").count() == len(catalog) == 2


def test_a_selection_refuses_what_cannot_be_decided(pages: specplan.Catalog) -> None:
    with pytest.raises(specplan.UndecidedError):
        pages.select(package="adios2").satisfying("^zlib-ng")
    found = pages.select(package="adios2").query("^zlib-ng", available=False)
    assert (found.specs, found.undecided) == ((), ())


def test_versions_satisfy_constraints() -> None:
    version = specplan.Version("1.2.3")
    assert version.satisfies("1.2:")
    assert version.satisfies(":1.1,1.2")
    assert not version.satisfies("=1.2")
    assert specplan.Version("git.main=1.2").satisfies("1.2")


def test_a_version_that_needs_its_repository_is_undecided() -> None:
    with pytest.raises(specplan.UndecidedError, match="only the git repository gives") as caught:
        specplan.Version("git.main").satisfies("1.2:")
    error = caught.value
    assert (error.query, error.missing, error.count) == ("1.2:", ("git-repository",), 0)


@pytest.mark.parametrize("text", ["", "3:1", "1:2:3", "a b"])
def test_what_is_no_constraint_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any will do, with a message of the core
        specplan.Version("1").satisfies(text)
