"""The bulk reader, the reference reader and the plain model read the same from a page."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

import specplan
from specplan import _core
from specplan.sources import front_matter
from specplan.sources.front_matter import FrontMatterError
from specplan.testing import Listing, Page, Spelling, strategies
from specplan.testing.pages import write_tree
from tests.property.worlds import folders, model_of, rewritten

LIMITS = specplan.Limits()


class Verdict(NamedTuple):
    """What one reader made of one page: rows, a fault, or neither."""

    catalog: _core.Catalog | None
    fault: tuple[str, str] | None


def bulk(path: Path) -> Verdict:
    read = _core.read_pages(path, LIMITS.file_bytes, LIMITS.tree_entries)
    if read.declined:
        assert (read.declined, read.damaged, read.taken) == ([path], [], 0)
        return Verdict(None, None)
    if read.damaged:
        (damage,) = read.damaged
        place, line, fault = damage.location, damage.line, damage.fault
        assert line is not None
        assert len(read.catalog) == 0
        return Verdict(None, (place, fault))
    assert read.taken == 1
    return Verdict(read.catalog, None)


def reference(path: Path) -> Verdict:
    try:
        page = front_matter.parse(path.read_bytes())
    except FrontMatterError as error:
        return Verdict(None, (error.location, error.fault))
    read = _core.read_page_values(str(path), [(path, page.json)])
    if read.damaged:
        (damage,) = read.damaged
        place, fault = damage.location, damage.fault
        assert len(read.catalog) == 0
        return Verdict(None, (place, fault))
    assert read.taken == 1
    return Verdict(read.catalog, None)


def fault_of(path: Path) -> specplan.DamagedSourceError | None:
    try:
        specplan.load(path, strict=True)
    except specplan.DamagedSourceError as error:
        return error
    return None


def listings_of(catalog: specplan.Catalog, path: Path, tag: str) -> set[Listing]:
    """The rows of a catalog of one page."""
    return {
        Listing(
            hash=spec.hash,
            name=spec.package,
            version=spec.version,
            platform=spec.platform,
            os=spec.os,
            target=spec.target,
            compiler=spec.compiler,
            variants=spec.variants,
            size=spec.size,
            stacks=spec.stacks,
            tag=tag,
            source=spec.source,
            cache=str(path),
        )
        for spec in catalog.select()
    }


@given(strategies.mutated_pages())
def test_a_page_that_both_readers_accept_gives_equal_catalogs(page: bytes) -> None:
    with folders() as folder:
        path = folder / "specs.md"
        path.write_bytes(page)
        fast, plain = bulk(path), reference(path)
    if fast.catalog is not None and plain.catalog is not None:
        assert fast.catalog == plain.catalog
    # What is well-formed and damaged is not to be had in any other way either.
    if fast.fault is not None:
        assert plain.catalog is None


@given(strategies.mutated_pages())
def test_reading_ends_in_a_catalog_or_in_a_declared_error(page: bytes) -> None:
    with folders() as folder:
        path = folder / "specs.md"
        path.write_bytes(page)
        error = fault_of(path)
        if error is not None:
            assert error.path == str(path)
            assert error.fault
            assert error.line is None or error.line <= page.count(b"\n") + 2
        skipping = specplan.load(path, skip_damaged=True)
        assert len(skipping.damaged) <= 1 or {file.path for file in skipping.damaged} == {str(path)}
        skipping.check().to_text()


@given(st.binary(max_size=200))
def test_any_bytes_end_in_a_declared_error(page: bytes) -> None:
    with folders() as folder:
        path = folder / "specs.md"
        path.write_bytes(page)
        try:
            assert specplan.load(path, skip_damaged=True).damaged
        except specplan.SourceError as error:
            # What is packed in a way that nothing here reads is not a damaged page.
            assert "which is not supported" in str(error)  # noqa: PT017 - one of two answers


@given(strategies.pages(), strategies.spellings())
def test_every_spelling_of_every_year_reads_as_the_model_does(
    page: Page, spelling: Spelling
) -> None:
    with folders() as folder:
        path = page.write(folder, spelling)
        catalog = specplan.load(path, strict=True)
        assert listings_of(catalog, path, page.tag) == set(
            page.listings(source=str(path), cache=str(path))
        )


@given(strategies.pages(), st.booleans())
def test_a_page_as_published_is_taken_by_the_bulk_reader(page: Page, old_years: bool) -> None:  # noqa: FBT001 - drawn
    with folders() as folder:
        path = page.write(folder, Spelling(old_years=old_years))
        assert bulk(path).catalog == reference(path).catalog is not None


@given(strategies.trees(), st.data())
def test_the_spelling_of_the_pages_of_a_tree_leaves_no_trace(
    tree: list[Page], data: st.DataObject
) -> None:
    with folders() as folder:
        write_tree(tree, folder)
        published = specplan.load(folder)
        spellings = [data.draw(strategies.spellings()) for _ in tree]
        rewritten(tree, folder, spellings)
        again = specplan.load(folder)
        assert again == published
        assert again.check() == published.check()


@given(strategies.trees(), st.data())
def test_the_order_of_entries_leaves_no_trace(tree: list[Page], data: st.DataObject) -> None:
    with folders() as folder:
        listings = write_tree(tree, folder)
        sorted_pages = specplan.load(folder)
        shuffled = [
            replace(page, entries=tuple(data.draw(st.permutations(page.entries)))) for page in tree
        ]
        assert write_tree(shuffled, folder) == listings
        assert specplan.load(folder, strict=True) == sorted_pages


@given(strategies.trees())
def test_a_tree_holds_what_the_model_holds(tree: list[Page]) -> None:
    with folders() as folder:
        model = model_of(write_tree(tree, folder))
        catalog = specplan.load(folder, strict=True)
        assert catalog.tags == model.tags
        assert len(catalog) == len(model.contents)
        assert catalog.select().specs() == model.specs(model.contents)
        for tag in model.tags:
            state = model.state(tag)
            assert set(catalog.stacks(tag)) == model.stacks_of(state) - {"root"}
            selected = catalog.select(tag=tag)
            assert selected.specs(tag) == model.specs(model.select(tag=tag), tag)
