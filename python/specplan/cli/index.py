"""``specplan index``: sources saved as a catalog that replaces them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specplan.cli import load, output
from specplan.cli.options import argument, command
from specplan.errors import UsageError
from specplan.reports.render import wording

if TYPE_CHECKING:
    from specplan.cli.settings import Settings

__all__ = ["index"]


@command(
    "index",
    (
        argument(
            "sources",
            "The sources to save, as --cache takes them.",
            metavar="[LABEL=]SOURCE...",
            is_repeatable=True,
        ),
    ),
)
def index(settings: Settings, sources: tuple[str, ...]) -> int:
    """Save the content of sources as a catalog: a folder of Parquet files.

    Every command takes it as `--cache` and gives the same answers as with the sources, without
    reading them again; DuckDB, Spark, Polars and pandas can read it too. An existing catalog is
    extended: files of other snapshots stay as they are, and the content of the same sources is
    replaced. The new catalog replaces the old one in one step. The same sources give the same
    bytes.

    \b
    Examples:
      specplan index https://binaries.spack.io -o catalog/
      specplan index /mirror e4s=/other/mirror --all-snapshots -o catalog/
      specplan gaps --stack e4s --cache catalog/
    """  # noqa: D301 - \b keeps click from wrapping the examples
    if settings.output is None:
        raise UsageError(
            "no folder is given for the catalog", hint="name its folder: `-o catalog/`"
        )
    if settings.all_snapshots and settings.is_typed("tag"):
        raise UsageError("`--all-snapshots` and `--tag` cannot be combined")
    catalog = load.read(sources, settings, settings.tag, into=settings.output)
    specs = wording.count(len(catalog), "spec")
    files = wording.count(len(sources), "source")
    output.note(f"{specs} of {files} in `{settings.output}`")
    return 0
