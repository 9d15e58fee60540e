"""Markdown that is cut to a size stays Markdown, and says what is cut."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from specplan.reports.render.bounded import bounded
from specplan.reports.render.markdown import document, foldable, listed


def report_of(sizes: list[int]) -> str:
    tables = [
        foldable(f"{size} rows", ("a", "b"), [(f"r{at}", "ä" * 20) for at in range(size)])
        for size in sizes
    ]
    return document(["### Headline", *tables, listed(["a note"])])


@given(st.lists(st.integers(min_value=0, max_value=200), max_size=4), st.integers(256, 20_000))
def test_a_report_has_at_most_the_bytes_that_are_asked(sizes: list[int], most: int) -> None:
    report = report_of(sizes)
    shown = bounded(report, most)
    assert len(shown.encode()) <= most
    if len(report.encode()) <= most:
        assert shown == report
    else:
        assert "--max-bytes" in shown


def test_long_tables_lose_their_last_rows_and_all_else_stays() -> None:
    report = report_of([3, 100])
    shown = bounded(report, 2000)
    assert shown.startswith("### Headline\n")
    assert shown.endswith("\n- a note\n")
    assert "**3 rows**" in shown
    assert "| r2 |" in shown
    rows = shown.count("\n| r")
    assert f"\n\nand {103 - rows} more rows (`--max-bytes`)\n\n</details>" in shown
    assert shown.count("<details>") == shown.count("</details>") == 1
    # One row more would not fit.
    assert len(shown.encode()) > 2000 - 2 * len("| r10 | " + 40 * "x" + " |\n")


def test_a_report_without_tables_is_cut_and_says_so() -> None:
    shown = bounded("x\n" * 1000, 300)
    assert shown.endswith("\n\n(cut: `--max-bytes`)\n")
    assert 250 < len(shown) <= 300
