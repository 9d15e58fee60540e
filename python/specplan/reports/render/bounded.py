"""Markdown within a limit of bytes: tables lose their last rows, and show how many."""

from __future__ import annotations

from typing import Final

from specplan.counting import count
from specplan.patterns import pattern

__all__ = ["bounded"]

_CLOSING: Final = "\n\n</details>"

#: The line below the names of the columns of a table.
_RULE: Final = pattern(r"\|(?: -{3}:? \|)+")


def bounded(report: str, most: int) -> str:
    """Return a report in Markdown within a limit of bytes as UTF-8.

    All tables keep the same number of first rows, as many as fit; shorter ones stay complete. A
    report that is too large even without rows is truncated.

    Args:
        report: The report.
        most: The maximum size, in bytes.
    """
    if _size(report) <= most:
        return report
    lines = report.split("\n")
    tables = _tables(lines)
    least, enough = 0, max((len(table) for table in tables), default=0)
    while enough - least > 1:
        middle = (least + enough) // 2
        if _size(_with_rows(lines, tables, middle)) <= most:
            least = middle
        else:
            enough = middle
    shortened = _with_rows(lines, tables, least)
    if _size(shortened) <= most:
        return shortened
    end = "\n\n(cut: `--max-bytes`)\n"
    kept = shortened.encode()[: max(most - len(end) - len(_CLOSING), 0)].decode("utf-8", "ignore")
    # Half a line could be half an element.
    kept = kept.rpartition("\n")[0]
    if kept.count("<details>") > kept.count("</details>"):
        # An open element would fold away everything after the report on its page.
        kept += _CLOSING
    return (kept + end).encode()[:most].decode("utf-8", "ignore")


def _size(report: str) -> int:
    return len(report.encode("utf-8", "backslashreplace"))


def _tables(lines: list[str]) -> list[range]:
    """Return the positions of the rows of each table."""
    found = []
    for at, line in enumerate(lines):
        if not _RULE.fullmatch(line):
            continue
        end = at + 1
        while end < len(lines) and lines[end].startswith("| "):
            end += 1
        found.append(range(at + 1, end))
    return found


def _with_rows(lines: list[str], tables: list[range], most: int) -> str:
    """Return the report with a limited number of rows in each table."""
    parts: list[str] = []
    start = 0
    for table in tables:
        kept = table[:most]
        parts += lines[start : kept.stop if kept else table.start]
        if more := len(table) - len(kept):
            parts += ["", f"and {count(more, 'more row')} (`--max-bytes`)"]
        start = table.stop
    return "\n".join([*parts, *lines[start:]])
