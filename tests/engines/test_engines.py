"""Engines that people have compute the matrix of coverage from a saved catalog as specplan does."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

import specplan
from tests.engines.matrices import LEVELS, ours, with_dask, with_duckdb, with_spark

SOURCE = "examples/cache"


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("engines") / "catalog"
    specplan.index(folder, SOURCE)
    return folder


def test_the_catalog_has_cells_at_every_level(catalog: Path) -> None:
    for level in LEVELS:
        cells = ours(catalog, level)
        assert cells == ours(SOURCE, level)
        assert any(0 < covered < wanted for *_, covered, wanted in cells) or level == "hash"


def test_duckdb_computes_the_matrix_of_all_snapshots(catalog: Path) -> None:
    pytest.importorskip("duckdb", reason="`make test` installs DuckDB")
    for level in LEVELS:
        assert with_duckdb(catalog, level) == ours(catalog, level)


def test_two_workers_of_dask_compute_it(catalog: Path) -> None:
    pytest.importorskip("distributed", reason="`make test-engines` installs Dask")
    pytest.importorskip("pandas", reason="`make test-engines` installs pandas")
    assert with_dask(catalog, LEVELS) == {level: ours(catalog, level) for level in LEVELS}


@pytest.mark.filterwarnings("ignore")
def test_spark_computes_it(catalog: Path) -> None:
    pytest.importorskip("pyspark", reason="`make test-engines` installs Spark")
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java")
    assert with_spark(catalog, LEVELS) == {level: ours(catalog, level) for level in LEVELS}


def test_the_queries_of_the_documentation_run(
    catalog: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    duckdb = pytest.importorskip("duckdb", reason="`make test` installs DuckDB")
    text = Path("docs/scale.md").read_text(encoding="utf-8")
    monkeypatch.chdir(catalog.parent)
    with duckdb.connect() as engine:
        for block in re.findall(r"^```sql\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
            found = engine.execute(block).fetchall()
    whole = specplan.load(catalog, tag=specplan.load(catalog).tags)
    names = {
        tag: {spec.package for spec in whole.select(target="neoverse_v2", tag=tag)}
        for tag in sorted(whole.tags)
    }
    assert found == [(tag, len(each)) for tag, each in names.items() if each]
