"""Untrusted text is harmless in every medium."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from specplan.reports import escape

ANY_TEXT = st.text(st.characters(exclude_categories=()))


@given(ANY_TEXT)
def test_terminal_text_is_one_printable_line(text: str) -> None:
    assert escape.terminal(text).isprintable()


@given(st.text(st.characters(categories=["L", "N", "P", "S"])))
def test_terminal_text_keeps_what_is_printable(text: str) -> None:
    assert escape.terminal(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\x1b[31mred", r"\x1b[31mred"),
        ("a\nb\tc\rd", r"a\nb\tc\rd"),
        ("\x7f\x9b31m", r"\x7f\x9b31m"),
        ("\u202egnp.exe", r"\u202egnp.exe"),
        ("a\u200bb\u2028c", r"a\u200bb\u2028c"),
        ("\U000e0041", r"\U000e0041"),
        ("\udc80", r"\udc80"),
        ("hdf5@1.14 +mpi", "hdf5@1.14 +mpi"),
    ],
)
def test_terminal_text_shows_escapes(text: str, expected: str) -> None:
    assert escape.terminal(text) == expected


@given(ANY_TEXT)
def test_a_csv_cell_never_starts_a_formula(text: str) -> None:
    shown = escape.csv_cell(text)
    assert shown.isprintable()
    assert shown == "-" or not shown.lstrip(" ").startswith(("=", "+", "-", "@"))


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\uff1d1"])
def test_a_csv_cell_that_would_be_a_formula_is_marked_as_text(text: str) -> None:
    assert escape.csv_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["\t=1", "\r=1", "hdf5", "1.0", "", "-"])
def test_a_csv_cell_that_is_no_formula_has_no_mark(text: str) -> None:
    assert not escape.csv_cell(text).startswith("'")


@given(ANY_TEXT)
def test_a_markdown_code_span_ends_only_where_it_should(text: str) -> None:
    shown = escape.markdown_code(text)
    assert shown.isprintable()
    if shown.startswith("`"):
        assert re.fullmatch(r"`[^`|\\<>&$]+`", shown)
    else:
        inner = shown.removeprefix("<code>").removesuffix("</code>")
        assert re.fullmatch(r"(?:[^\x00-\x7f]|[A-Za-z0-9 .-]|&#[0-9]+;)*", inner)


@given(ANY_TEXT)
def test_a_markdown_sentence_holds_no_markup(text: str) -> None:
    shown = escape.markdown_text(text)
    assert shown.isprintable()
    assert not set(re.sub(r"&#[0-9]+;", "", shown)) & set('`*_[]<>&|\\#@:~!$"')


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hdf5@1.14.3 +mpi ~cxx", "`hdf5@1.14.3 +mpi ~cxx`"),
        ("a|b", "<code>a&#124;b</code>"),
        ("a`b", "<code>a&#96;b</code>"),
        ("two  spaces", "<code>two  spaces</code>"),
        ("", "<code></code>"),
    ],
)
def test_markdown_code_prefers_a_plain_span(text: str, expected: str) -> None:
    assert escape.markdown_code(text) == expected


def test_json_text_has_no_raw_control_character() -> None:
    assert escape.json_text('"\x7f"') == '"\\u007f"'
