"""Untrusted text is harmless in every medium."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from specplan.reports.render import escape

#: Letters, marks and symbols that show nothing.
INVISIBLE = "\u115f\u1160\u2800\u3164\uffa0"

ANY_TEXT = st.text(st.characters(exclude_categories=()))


@given(ANY_TEXT)
def test_terminal_text_is_one_printable_line(text: str) -> None:
    assert escape.terminal(text).isprintable()


@given(st.text(st.characters(categories=["L", "N", "P", "S"], exclude_characters=INVISIBLE)))
def test_terminal_text_keeps_what_shows_and_breaks_commands_with_a_backslash(text: str) -> None:
    shown = escape.terminal(text)
    assert shown == text or shown.replace("\\", "") == text.replace("\\", "")
    assert "##[" not in shown
    assert not shown.startswith("::")


@given(
    st.lists(st.sampled_from(["##[", "##vso[", "##teamcity[", "::", "::x", " ", "a", "#", "---"]))
)
def test_a_text_with_commands_runs_none_wherever_it_is_wrapped(parts: list[str]) -> None:
    shown = escape.terminal("".join(parts))
    assert re.search(r"##[a-z]*\[", shown) is None
    for word in shown.split(" "):
        assert not word.startswith("::")
        assert word != "---"


@given(st.lists(st.sampled_from(["##", "[", "vso[", "::", "\n", "  ", "a", "+++ "])))
def test_a_report_that_is_put_together_runs_no_command(parts: list[str]) -> None:
    shown = escape.for_logs("".join(parts))
    assert re.search(r"##[a-z]*\[", shown) is None
    for line in shown.split("\n"):
        assert not line.lstrip(" ").startswith(("::", "+++ "))


def test_json_runs_no_command_and_means_the_same() -> None:
    document = json.dumps(["###[group]", "\\##vso[x]"])
    shown = escape.json_text(document)
    assert re.search(r"##[a-z]*\[", shown) is None
    assert json.loads(shown) == json.loads(document)


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
        ("a\u3164\ufe0fb", r"a\u3164\ufe0fb"),
        ("::error::x ::y a::b", r"\::error::x \::y a::b"),
        ("##[group]x ##vso[y]", r"#\#[group]x #\#vso[y]"),
        ("https://[::1]:80/x", "https://[::1]:80/x"),
        ("a ## b", "a ## b"),
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
