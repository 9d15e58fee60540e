"""Lines of tables: the way for long tables gives what the way for each row gives."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from specplan.reports.render.layout import ColumnCells, TextColumn, columns_of, paint, table

WORDS = st.text(alphabet="abc", min_size=1, max_size=12)
TEXTS = st.lists(WORDS, max_size=5).map(" ".join)


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[TextColumn], list[ColumnCells]]:
    """Draw columns of all kinds and their cells."""
    rows = draw(st.integers(1, 6))
    columns, cells = [], []
    for at in range(draw(st.integers(1, 4))):
        align: Any = draw(st.sampled_from(["left", "right"]))
        columns.append(
            TextColumn(
                (draw(WORDS),),
                align,
                wraps=draw(st.booleans()),
                overhangs=not at and draw(st.booleans()),
            )
        )
        texts = draw(st.lists(TEXTS, min_size=rows, max_size=rows))
        cells.append(ColumnCells(texts, ["bold"] * rows))
    return columns, cells


@given(tables(), st.integers(10, 80))
def test_colour_moves_nothing_in_a_table(
    drawn: tuple[list[TextColumn], list[ColumnCells]], width: int
) -> None:
    columns, cells = drawn
    plain = table(columns, cells, width=width, colour=False)
    coloured = table(columns, cells, width=width, colour=True)
    if plain is None or coloured is None:
        assert plain is coloured
        return
    start, end = paint("-", "bold", colour=True).split("-")
    bare = [each.replace(start, "").replace(end, "").replace("\x1b[2m", "") for each in coloured]
    assert [each.rstrip() for each in bare] == plain


@given(tables(), st.integers(10, 80))
def test_a_table_keeps_every_word_and_its_width(
    drawn: tuple[list[TextColumn], list[ColumnCells]], width: int
) -> None:
    columns, cells = drawn
    lines = table(columns, cells, width=width, colour=False)
    if lines is not None:
        words = sorted(word for column in cells for text in column.texts for word in text.split())
        headers = [word for column in columns for word in column.header]
        assert sorted(word for line in lines for word in line.split()) == sorted([*words, *headers])
        assert all(columns_of(line) <= width or " " not in line.strip() for line in lines)
