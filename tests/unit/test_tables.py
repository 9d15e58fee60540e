"""Tables of catalogs and results go to whoever takes Arrow, with every value as it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import specplan


def asked(query: str, **tables: object) -> list[Any]:
    """What DuckDB answers of some tables."""
    duckdb = pytest.importorskip("duckdb", reason="`make test` installs DuckDB")
    with duckdb.connect() as engine:
        for name, table in tables.items():
            engine.register(name, table)
        return list(engine.execute(query).fetchall())


@pytest.fixture(scope="module")
def catalog() -> specplan.Catalog:
    return specplan.load("examples/cache")


def test_results_are_tables_of_their_records(catalog: specplan.Catalog) -> None:
    report = catalog.gaps(stack="e4s*", peers="*")
    query = "SELECT stack, os, target, want, nearest_hash, nearest_differs FROM report"
    assert asked(query, report=report) == [
        (
            gap.stack,
            gap.os,
            gap.target,
            gap.want,
            gap.nearest.hash if gap.nearest else None,
            list(gap.nearest.differs) if gap.nearest else [],
        )
        for gap in report.gaps
    ]
    cells = report.table("cells")
    assert len(cells) == len(report.cells)
    assert asked("SELECT sum(covered) FROM cells", cells=cells) == [(report.totals.covered,)]


def test_a_gap_without_a_nearest_spec_is_still_a_row() -> None:
    mirror = specplan.load("examples/mirror")
    report = mirror.gaps(want="examples/locks/radiuss/spack.lock")
    assert any(gap.nearest is None for gap in report)
    rows = asked("SELECT want, nearest_hash, nearest_differs FROM report", report=report)
    assert rows == [
        (gap.want, gap.nearest.hash, list(gap.nearest.differs))
        if gap.nearest
        else (gap.want, None, [])
        for gap in report
    ]


def test_builds_and_findings_are_tables_too() -> None:
    catalog = specplan.load("examples/rebuild/mirror-2025-11.json.gz")
    plan = catalog.rebuild(want="examples/rebuild/2026-01/radiuss/spack.lock.gz")
    assert asked("SELECT hash, stage, cost, needs FROM plan", plan=plan) == [
        (build.hash, build.stage, build.cost, list(build.needs)) for build in plan.builds
    ]
    check = catalog.check()
    assert asked("SELECT kind, message FROM findings", findings=check) == [
        (finding.kind, finding.message) for finding in check.findings
    ]


def test_a_difference_is_one_table_of_all_that_changed(catalog: specplan.Catalog) -> None:
    diff = catalog.diff("develop-2025-11-15", "develop-2026-01-17")
    assert diff.lost
    assert diff.gained
    assert diff.changed
    query = "SELECT change, package, want, old FROM diff"
    assert asked(query, diff=diff) == [
        *(("lost", each.package, each.want, []) for each in diff.lost),
        *(("gained", each.package, each.want, []) for each in diff.gained),
        *(("changed", each.package, None, list(each.old)) for each in diff.changed),
    ]
    assert len(diff.table("lost")) == len(diff.lost)
    assert "change" not in diff.table("lost").names


def test_a_selection_is_a_table_of_its_specs(catalog: specplan.Catalog) -> None:
    selection = catalog.select(package="adios2")
    assert asked("SELECT hash, variants FROM selection", selection=selection) == [
        (each.hash, list(each.variants)) for each in selection
    ]


def test_tables_of_a_catalog_join(catalog: specplan.Catalog) -> None:
    specs, members = catalog.table("specs"), catalog.table("members")
    found = asked(
        "SELECT DISTINCT hash FROM members JOIN specs USING (spec) "
        "WHERE stack = 'e4s' AND tag = 'develop-2026-01-17' AND name = 'adios2' AND in_buildcache",
        specs=specs,
        members=members,
    )
    assert len(specs) == len(catalog)
    selected = catalog.select(package="adios2", stack="e4s", tag="develop-2026-01-17")
    assert sorted(each for (each,) in found) == sorted(spec.hash for spec in selected)


def test_edges_name_both_of_their_specs() -> None:
    catalog = specplan.load("examples/rebuild/mirror-2025-11.json.gz")
    specs, edges = catalog.table("specs"), catalog.table("edges")
    assert len(specs) >= len(catalog)
    wrong = asked(
        "SELECT count(*) FROM edges JOIN specs ON specs.spec = edges.child "
        "WHERE specs.name IS NOT NULL AND specs.name <> edges.name",
        specs=specs,
        edges=edges,
    )
    assert wrong == [(0,)]


@pytest.mark.parametrize("library", ["polars", "pyarrow", "pandas"])
def test_other_libraries_take_them_as_well(catalog: specplan.Catalog, library: str) -> None:
    module: Any = pytest.importorskip(library, reason=f"{library} is not installed")
    report = catalog.gaps(stack="e4s*", peers="*")
    takes: dict[str, Any] = {
        "polars": lambda each: module.DataFrame(each)["want"].to_list(),
        "pyarrow": lambda each: module.table(each)["want"].to_pylist(),
        "pandas": lambda each: module.DataFrame.from_arrow(each)["want"].tolist(),
    }
    assert takes[library](report) == [gap.want for gap in report.gaps]


@pytest.mark.parametrize("library", ["duckdb", "polars", "pyarrow", "pandas"])
def test_other_libraries_take_rows_of_a_catalog(catalog: specplan.Catalog, library: str) -> None:
    module: Any = pytest.importorskip(library, reason=f"{library} is not installed")
    found = catalog.find("adios2")
    takes: dict[str, Any] = {
        "duckdb": lambda each: [row[0] for row in asked("SELECT hash FROM rows", rows=each)],
        "polars": lambda each: module.DataFrame(each)["hash"].to_list(),
        "pyarrow": lambda each: module.table(each)["hash"].to_pylist(),
        "pandas": lambda each: module.DataFrame.from_arrow(each)["hash"].tolist(),
    }
    assert takes[library](found) == [spec.hash for spec in found]


def test_a_result_without_records_has_the_columns_all_the_same(catalog: specplan.Catalog) -> None:
    report = catalog.check()
    assert report.findings == ()
    table = report.table()
    assert len(table) == 0
    assert table.names[:3] == ["kind", "path", "location"]


def test_what_is_no_table_is_named(catalog: specplan.Catalog) -> None:
    with pytest.raises(specplan.UsageError, match="`roots` is not a table") as raised:
        catalog.check().table("roots")
    assert "`findings`" in str(raised.value.hint)
    with pytest.raises(specplan.UsageError, match="not a table of a catalog"):
        catalog.table("gaps")  # type: ignore[arg-type]


def test_a_table_is_written_with_the_same_bytes_each_time(
    catalog: specplan.Catalog, tmp_path: Path
) -> None:
    report = catalog.gaps(stack="e4s*", peers="*")
    for name in ("first", "second"):
        assert report.table().write_parquet(tmp_path / name) == len(report.gaps)
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()
