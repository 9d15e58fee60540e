"""Which versions of Spack's formats are read, and that one model reads alike in all of them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import specplan
from specplan import _core
from specplan.errors import SpecplanError, UsageError
from specplan.sources import Limits
from specplan.sources.environments.options import EnvironmentOptions
from specplan.sources.wants import read_wanted, read_wants
from tests import samples

if TYPE_CHECKING:
    from collections.abc import Iterator

    from specplan.api.catalog import Catalog

ROOT = Path(__file__).parents[2]

#: Spack releases and what they write: lock, spec file, database, layout.
RELEASES = _core.format_releases()
LOCKS = sorted({each.lock for each in RELEASES})
FORMS = sorted({each.spec_file for each in RELEASES})
DATABASES = sorted({each.database for each in RELEASES})

GUESS = Limits(newer_formats="try")


def written(folder: Path, value: Any) -> str:
    """Write a file and return where it is."""
    place = folder / "file.json"
    place.write_text(json.dumps(value), encoding="utf-8")
    return str(place)


def files() -> Iterator[tuple[str, int, Any]]:
    """Yield the format, the version of nodes and the content of each file of one model."""
    for version, form in samples.FORMS_OF_LOCKS.items():
        yield f"lock {version}", form, samples.lock(version)
    for version, form in samples.FORMS_OF_DATABASES.items():
        yield f"index {version}", form, samples.database(version)
        yield f"installation {version}", form, samples.database(version, installed=True)
    for form in samples.FORMS:
        yield f"spec file {form}", form, samples.spec_file(form)


FILES = {name: (form, value) for name, form, value in files()}

QUERIES = ("app", "library@2:", "app+shared", "app ^library@2.1", "tool", "app libs=static", "%gcc")


def read(catalog: Catalog) -> list[tuple[object, ...]]:
    """Return what all versions can say of specs."""
    return [
        (spec.hash, spec.package, spec.version, spec.platform, spec.os, spec.target, spec.variants)
        for spec in catalog.select()
    ]


def test_the_tests_write_the_versions_that_are_read() -> None:
    assert sorted(samples.FORMS_OF_LOCKS) == LOCKS
    assert sorted(samples.FORMS_OF_DATABASES) == DATABASES
    assert sorted(samples.FORMS) == FORMS


@pytest.mark.parametrize("name", FILES)
def test_every_version_of_a_file_reads_as_the_same_specs(name: str, tmp_path: Path) -> None:
    form, value = FILES[name]
    catalog = specplan.load(written(tmp_path, value))
    (tmp_path / "newest").mkdir()
    newest = specplan.load(written(tmp_path / "newest", samples.lock(LOCKS[-1])))
    assert read(catalog) == read(newest)
    asked = [query for query in QUERIES if query != "%gcc"]
    for query in asked:
        assert [each.hash for each in catalog.find(query)] == [
            each.hash for each in newest.find(query)
        ], query
    if form >= samples.FIRST_WITH_PROVIDED:
        assert [each.hash for each in catalog.find("mpi")] == [samples.LIBRARY]


@pytest.mark.parametrize("version", samples.FORMS_OF_LOCKS)
def test_roots_of_every_lock_are_the_same(version: int, tmp_path: Path) -> None:
    wanted = read_wanted(written(tmp_path, samples.lock(version)), Limits())
    assert {(root.hash, root.spec, root.group) for root in wanted.roots} == {
        (samples.APP, "app@1.0:", None)
    }


@pytest.mark.parametrize("version", [7, 8])
def test_roots_of_locks_say_their_group(version: int, tmp_path: Path) -> None:
    lock = samples.lock(version)
    lock["roots"] = [
        {"hash": samples.APP, "spec": "app", "group": "tools"},
        {"hash": samples.LIBRARY, "spec": "library", "group": "default"},
        {"hash": samples.TOOL, "spec": "tool"},
    ]
    del lock["include_concrete"]
    wanted = read_wanted(written(tmp_path, lock), Limits())
    assert [root.group for root in wanted.roots] == ["tools", None, None]


@pytest.mark.parametrize("version", [7, 8])
def test_the_roots_of_one_group_of_a_lock_are_wanted_where_it_is_named(
    version: int, tmp_path: Path
) -> None:
    lock = samples.lock(version)
    lock["roots"] = [
        {"hash": samples.APP, "spec": "app", "group": "tools"},
        {"hash": samples.LIBRARY, "spec": "library", "group": "default"},
    ]
    del lock["include_concrete"]
    place = written(tmp_path, lock)
    catalog = specplan.load(place)

    def wanted(**group: str | list[str]) -> int:
        return catalog.gaps(want=place, scope="roots", **group).totals.wanted  # type: ignore[arg-type]

    for name, spec in (("tools", samples.APP), ("default", samples.LIBRARY)):
        options = EnvironmentOptions(groups=(name,))
        (read,), _ = read_wants([place], Limits(), options)
        assert [root.hash for root in read.roots] == [spec]
        assert wanted(group=name) == 1
    assert wanted() == wanted(group=["tools", "default"]) == 2
    with pytest.raises(UsageError, match="has no group `tool`") as caught:
        wanted(group="tool")
    assert caught.value.hint == "did you mean `tools`?"


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("mpi", 1),
        ("mpi@3:", 1),
        ("mpi@:2", 1),
        ("mpi@4:", 0),
        ("libgfortran@5", 1),
        ("libgfortran@4", 0),
        ("blas", 0),
    ],
)
def test_what_a_spec_says_it_provides_is_found_by_name_and_version(
    query: str, number: int, tmp_path: Path
) -> None:
    catalog = specplan.load(written(tmp_path, samples.database(9)))
    found = catalog.query(query)
    assert [each.hash for each in found.specs] == [samples.LIBRARY] * number
    assert found.undecided == ()


def test_what_a_provider_provides_decides_over_the_versions_of_a_dependency(
    tmp_path: Path,
) -> None:
    index = samples.database(9)
    installs = index["database"]["installs"]
    for edge in installs[samples.APP]["spec"]["dependencies"]:
        if edge["name"] == "library":
            edge["parameters"]["virtuals"] = ["mpi"]
    catalog = specplan.load(written(tmp_path, index))
    for query, expected in [("app ^mpi", 1), ("app ^mpi@3:", 1), ("app ^mpi@4:", 0)]:
        found = catalog.query(query)
        assert (len(found.specs), len(found.undecided)) == (expected, 0), query


def of_version(name: str, version: int) -> Any:
    """Return a file of another version, which holds what the newest holds."""
    if name == "lock":
        return with_version(samples.lock(LOCKS[-1]), "_meta", version)
    if name == "index":
        return with_version(samples.database(DATABASES[-1]), "database", str(version))
    return with_version(samples.spec_file(FORMS[-1]), "spec", version)


VERSIONED = {"lock": LOCKS, "index": DATABASES, "spec file": FORMS}


def with_version(value: Any, key: str, version: object) -> Any:
    """Return a file of another version."""
    if key == "database":
        value[key]["version"] = version
    elif key == "_meta":
        value[key]["lockfile-version"] = version
    else:
        value[key]["_meta"]["version"] = version
    return value


@pytest.mark.parametrize("name", VERSIONED)
def test_a_version_that_is_too_new_is_refused_with_what_helps_or_read_as_the_newest(
    name: str, tmp_path: Path
) -> None:
    versions = VERSIONED[name]
    newer = versions[-1] + 1
    place = written(tmp_path, of_version(name, newer))
    with pytest.raises(specplan.DamagedSourceError) as error:
        specplan.load(place)
    for part in (f"version {newer}", f"{versions[-1]}", "Spack 1.3", "--newest-format try"):
        assert part in str(error.value)
    guess = specplan.load(place, limits=GUESS)
    (tmp_path / "sound").mkdir()
    sound = specplan.load(written(tmp_path / "sound", of_version(name, versions[-1])))
    assert read(guess) == read(sound)


@pytest.mark.parametrize("spelt", [8, "8"])
def test_a_version_may_be_a_number_or_a_text(spelt: object, tmp_path: Path) -> None:
    for value, key in [(samples.lock(8), "_meta"), (samples.database(8), "database")]:
        assert len(specplan.load(written(tmp_path, with_version(value, key, spelt)))) == 3


@pytest.mark.parametrize("spelt", [-8, "-8", "eight", 8.5, None, [], True, ""])
def test_an_invalid_version_is_refused_at_its_location(spelt: object, tmp_path: Path) -> None:
    for value, key in [(samples.lock(8), "_meta"), (samples.database(8), "database")]:
        with pytest.raises(specplan.DamagedSourceError, match="version"):
            specplan.load(written(tmp_path, with_version(value, key, spelt)))


def test_the_table_in_the_documentation_is_the_one_that_is_read_by() -> None:
    text = (ROOT / "docs/sources.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+\.\d+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$", text, re.MULTILINE)
    assert [(row[0], *map(int, row[1:])) for row in rows] == [
        (each.release, each.lock, each.spec_file, each.database, each.layout) for each in RELEASES
    ]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"`spack.lock`, versions {LOCKS[0]} to {LOCKS[-1]} " in readme


#: Keys of files that answers depend on.
KEYS = (
    "in_buildcache",
    "installs",
    "concrete_specs",
    "roots",
    "name",
    "version",
    "arch",
    "compiler",
    "platform_os",
    "namespace",
    "parameters",
    "package_hash",
    "provided_virtuals",
    "dependencies",
    "annotations",
    "deptypes",
    "type",
    "virtuals",
    "hash",
)

#: The fields that affect no answer: the writer of the file, and the version of a spec file.
ASIDE = re.compile(r'"(spack|binary_cache_checksum|_meta)": \{[^{}]*')


@pytest.mark.parametrize("name", FILES)
def test_no_slip_in_a_key_changes_an_answer_silently(name: str, tmp_path: Path) -> None:
    text = ASIDE.sub(lambda aside: aside[0].replace(":", " :"), json.dumps(FILES[name][1]))
    place = tmp_path / "file.json"
    for found in re.finditer(f'"({"|".join(KEYS)})":', text):
        key, at = found[1], found.end() - 2
        place.write_text(text[: at - 1] + text[at:], encoding="utf-8")
        with pytest.raises(SpecplanError, match=key):
            specplan.load(str(place))
