"""The description of the machine, and the layout of tables of numbers."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import statistics
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["READING", "describe", "reading_row", "table"]

#: The columns of a table of readers besides the name.
READING: Final = ("median s", "min s", "max s", "MB/s", "times specplan", "peak MB")


def describe(distributions: Iterable[str]) -> str:
    """Return the processor, cores, memory, operating system and versions in two lines."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in distributions)
    return (
        f"machine: {_processor()}, {os.cpu_count()} cores, {memory:.0f} GiB,"
        f" {platform.system()} {platform.release()}\n"
        f"versions: Python {platform.python_version()}, {versions}"
    )


def _processor() -> str:
    """Return the system's name for the processor."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="ascii").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def table(rows: Sequence[Sequence[str]], *, text_columns: int = 1) -> str:
    """Lay out rows, of which the first has the headings.

    Args:
        rows: The cells, each row as long as the others.
        text_columns: The number of text columns on the left; the others contain numbers.
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        cells = [
            cell.ljust(width) if position < text_columns else cell.rjust(width)
            for position, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)


def reading_row(
    name: str,
    seconds: Sequence[float],
    *,
    reference: Sequence[float],
    size_bytes: int,
    peaks_bytes: Iterable[int],
    digits: int = 0,
) -> list[str]:
    """Return a row under :data:`READING`.

    Args:
        name: The reader.
        seconds: Each run.
        reference: Each run of the reader for comparison.
        size_bytes: The size of the input.
        peaks_bytes: The peak memory of each run.
        digits: The number of decimals of MB/s.
    """
    median = statistics.median(seconds)
    return [
        name,
        f"{median:.3f}",
        f"{min(seconds):.3f}",
        f"{max(seconds):.3f}",
        f"{size_bytes / 1e6 / median:,.{digits}f}",
        f"{median / statistics.median(reference):.1f}",
        f"{max(peaks_bytes) / 1e6:,.0f}",
    ]
