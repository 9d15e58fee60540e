"""The matrix of coverage of all snapshots, by each engine that reads a saved catalog."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import specplan

if TYPE_CHECKING:
    from specplan.model import Level

__all__ = ["KEYS", "LEVELS", "Cell", "ours", "query", "with_dask", "with_duckdb", "with_spark"]

#: Snapshot, stack, operating system, target, covered, wanted.
Cell = tuple[str, str, str, str, int, int]

LEVELS: Final[tuple[Level, ...]] = ("package", "version", "variant", "hash")

#: The want at each level.
KEYS: Final = {
    "package": ["name"],
    "version": ["name", "version"],
    "variant": ["name", "version", "variants"],
    "hash": ["hash"],
}

_QUERY: Final = Path(__file__).parents[2] / "examples" / "scale" / "matrix.sql"


def ours(source: Path | str, level: Level) -> list[Cell]:
    """Return what specplan answers, of the catalog or of its sources."""
    tags = specplan.load(source).tags
    catalog = specplan.load(source, tag=tags)
    return sorted(
        (tag, cell.stack, cell.os, cell.target, cell.covered, cell.wanted)
        for tag in tags
        for cell in catalog.matrix(level=level, tag=tag)
    )


def query(level: Level) -> str:
    """Return the query of the documentation at a level."""
    system = ", os, target" if level == "hash" else ""
    text = _QUERY.read_text(encoding="utf-8")
    statement = text[text.index("WITH ") :]
    return statement.replace("KEY", ", ".join(KEYS[level])).replace(" SYSTEM", system)


def with_duckdb(catalog: Path, level: Level) -> list[Cell]:
    import duckdb  # noqa: PLC0415 - each engine is there or not

    with duckdb.connect() as engine:
        engine.execute(f"CREATE VIEW specs AS FROM '{catalog}/specs.parquet'")
        engine.execute(
            "CREATE VIEW members AS FROM read_parquet("
            f"'{catalog}/members/*/*.parquet', hive_partitioning = true, "
            "hive_types = {'tag': VARCHAR}, union_by_name = true)"
        )
        return sorted(engine.execute(query(level)).fetchall())


def with_spark(catalog: Path, levels: tuple[Level, ...]) -> dict[str, list[Cell]]:
    from pyspark.sql import SparkSession  # noqa: PLC0415 - likewise

    session: Any = SparkSession.builder
    for key, value in {
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "2",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        # A date in a name stays a text.
        "spark.sql.sources.partitionColumnTypeInference.enabled": "false",
    }.items():
        session = session.config(key, value)
    spark = session.master("local[2]").getOrCreate()
    try:
        for name in ("specs", "members"):
            path = catalog / (name if name == "members" else f"{name}.parquet")
            spark.read.parquet(str(path)).createOrReplaceTempView(name)
        found: dict[str, list[Cell]] = {}
        for level in levels:
            rows = spark.sql(query(level)).collect()
            found[level] = sorted((*row,) for row in rows)
        return found
    finally:
        spark.stop()


def with_dask(catalog: Path, levels: tuple[Level, ...]) -> dict[str, list[Cell]]:
    """Let two workers compute the matrix of one snapshot each."""
    from dask.distributed import Client, LocalCluster  # noqa: PLC0415 - likewise

    files = sorted(str(path) for path in catalog.glob("members/tag=*/*.parquet"))
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        found: dict[str, list[Cell]] = {}
        for level in levels:
            parts = client.map(
                of_snapshot, [str(catalog)] * len(files), files, [level] * len(files)
            )
            found[level] = sorted(cell for part in client.gather(parts) for cell in part)
        return found


def of_snapshot(catalog: str, members: str, level: str) -> list[Cell]:
    """Return the matrix of one snapshot, by pandas."""
    import pandas as pd  # noqa: PLC0415 - likewise

    tag = Path(members).parent.name.removeprefix("tag=")
    specs = pd.read_parquet(
        f"{catalog}/specs.parquet",
        columns=[
            "spec",
            "counts_as",
            "hash",
            "name",
            "version",
            "variants",
            "os",
            "target",
            "external",
        ],
    )
    specs["variants"] = specs["variants"].map("\n".join)
    listed = pd.read_parquet(
        members, columns=["spec", "stack", "in_buildcache", "kind"], partitioning=None
    )
    listed["counts_as"] = listed["spec"].map(specs.set_index("spec")["counts_as"])
    listed = listed.drop(columns="spec").merge(
        specs.drop(columns="counts_as"), left_on="counts_as", right_on="spec"
    )
    listed = listed[~listed["external"]]
    binary = listed["in_buildcache"].fillna(False).astype(bool)  # noqa: FBT003 - pandas' own
    has_binary = set(listed.loc[binary, "counts_as"])
    listed = listed[
        listed["counts_as"].isin(has_binary)
        & listed["stack"].notna()
        & (listed["stack"] != "root")
        & (binary | (listed["kind"] == "index"))
    ]
    listed = listed.assign(family=listed["stack"].str.split("-").str[0])
    place, key = ["family", "stack", "os", "target"], KEYS[level]
    system = ["os", "target"] if level == "hash" else []
    cells = listed.drop_duplicates([*place, *key]).groupby(place).size()
    cells = cells.rename("covered").reset_index()
    group = ["family", *system]
    wanted = listed.drop_duplicates([*group, *key]).groupby(group).size().rename("wanted")
    peers = cells.groupby(group).size().rename("cells")
    cells = cells.merge(wanted.reset_index(), on=group).merge(peers.reset_index(), on=group)
    cells.loc[cells["cells"] < 2, ["covered", "wanted"]] = 0
    return [
        (tag, *row)
        for row in cells[["stack", "os", "target", "covered", "wanted"]].itertuples(
            index=False, name=None
        )
    ]
