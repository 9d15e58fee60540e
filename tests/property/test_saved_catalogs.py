"""A saved catalog answers as its sources, and the same sources give the same bytes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

import specplan
from specplan.testing import Page, strategies
from specplan.testing.pages import write_tree
from tests.property.worlds import folders
from tests.small_caches import index

#: Packages of small indexes; the second of a name is another spec of it.
NAMES = ("zlib", "zlib:2", "hdf5", "mpich", "cmake")


def answers(catalog: specplan.Catalog, tag: str | None) -> list[str]:
    """Every kind of answer as text, byte for byte what is written."""
    texts = [catalog.check(tag=tag).to_json(), repr(catalog.select().specs())]
    if catalog.stacks(tag):
        texts += [
            catalog.gaps(peers="*", level="hash", compat="os", tag=tag).to_json(),
            catalog.gaps(peers="*", level="variant", tag=tag).to_json(),
            catalog.diff(catalog.tags[-1], tag).to_json() if catalog.tags else "",
        ]
    return texts


def bytes_of(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


@settings(max_examples=12)
@given(strategies.trees(), strategies.trees())
def test_a_saved_catalog_answers_as_its_sources(one: list[Page], two: list[Page]) -> None:
    with folders() as a, folders() as b, folders() as out:
        write_tree(one, a)
        write_tree(two, b)
        read = specplan.load(a, b)
        specplan.index(out / "catalog", a, b)
        saved = specplan.load(out / "catalog")
        assert saved == read
        assert sorted(saved.sources) == sorted(read.sources)
        for tag in (None, *read.tags):
            assert answers(saved, tag) == answers(read, tag)


@settings(max_examples=8)
@given(strategies.trees(), strategies.trees())
def test_the_same_sources_give_the_same_bytes_whatever_their_order(
    one: list[Page], two: list[Page]
) -> None:
    with folders() as a, folders() as b, folders() as out:
        write_tree(one, a)
        write_tree(two, b)
        specplan.index(out / "first", a, b)
        specplan.index(out / "second", b, a)
        again = bytes_of(out / "first")
        assert bytes_of(out / "second") == again
        # What nothing is new in stays as it is, to the byte.
        specplan.index(out / "first", a)
        assert bytes_of(out / "first") == again


@st.composite
def indexes(draw: st.DrawFn) -> str:
    """Draw the index of a mirror with dependencies, some of them on unknown hashes."""
    there = draw(st.lists(st.sampled_from(NAMES), unique=True, min_size=1))
    needs = {name: draw(st.lists(st.sampled_from(NAMES), unique=True)) for name in there}
    needs = {name: [each for each in of if each > name] for name, of in needs.items()}
    absent = draw(st.lists(st.sampled_from(NAMES), unique=True))
    return index(there, needs=needs, absent=[each for each in absent if each not in there])


@settings(max_examples=12)
@given(st.dictionaries(st.sampled_from(["v1.0", "v1.1", "develop"]), indexes(), min_size=1))
def test_snapshots_that_are_added_one_by_one_are_those_of_the_sources(
    snapshots: dict[str, str],
) -> None:
    with folders() as folder:
        source = folder / "cache"
        for tag, text in snapshots.items():
            (source / tag / "build_cache").mkdir(parents=True)
            (source / tag / "build_cache" / "index.json").write_text(text)
        for tag in snapshots:
            before = bytes_of(folder / "catalog") if (folder / "catalog").exists() else {}
            specplan.index(folder / "catalog", source, tag=tag)
            after = bytes_of(folder / "catalog")
            kept = [name for name in before if name.startswith("members/")]
            assert all(after[name] == before[name] for name in kept)
        every = tuple(snapshots)
        assert specplan.load(folder / "catalog", tag=every) == specplan.load(source, tag=every)
        for asked in (None, *every):
            read = specplan.load(source, tag=asked)
            saved = specplan.load(folder / "catalog", tag=asked)
            assert saved == read
            assert answers(saved, asked) == answers(read, asked)


def test_the_manifest_names_every_file(tmp_path: Path) -> None:
    specplan.index(tmp_path / "catalog", "examples/cache")
    manifest: dict[str, Any] = json.loads((tmp_path / "catalog" / "_specplan.json").read_text())
    assert manifest["schema"] == "specplan.catalog/1"
    assert manifest["tags"] == ["develop-2026-01-17", "develop-2025-11-15"]
    files = {
        path.relative_to(tmp_path / "catalog").as_posix()
        for path in (tmp_path / "catalog").rglob("*.parquet")
    }
    assert files == {
        "specs.parquet",
        "edges.parquet",
        "roots.parquet",
        "members/tag=develop-2025-11-15/part-0.parquet",
        "members/tag=develop-2026-01-17/part-0.parquet",
    }
