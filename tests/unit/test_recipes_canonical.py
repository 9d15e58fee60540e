"""The canonical text of recipes, held against what Spack wrote of the same."""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path

import pytest

from specplan.errors import UsageError
from specplan.recipes.canonical import MOST_BYTES, Recipe, text_hash
from specplan.recipes.rules import NEWEST_RULES, known_rules, rules_of
from specplan.recipes.unread import UnreadError

RECIPES = Path(__file__).parents[1] / "data/recipes"
ANSWERS = json.loads((RECIPES / "texts.json").read_text(encoding="utf-8"))
CASES = [(name, case) for name, cases in ANSWERS["texts"].items() for case in cases]

RULES = rules_of()


def recipe(text: str) -> Recipe:
    return Recipe(text.encode(), RULES)


def text_of(text: str, **decided: bool) -> str:
    return recipe(text).text(decided.get)


@pytest.mark.parametrize(("name", "case"), CASES)
def test_a_recipe_has_the_text_and_the_hash_that_spack_gives_it(name: str, case: str) -> None:
    read = Recipe((RECIPES / f"{name}.py").read_bytes(), RULES)
    text = read.text(ANSWERS["decided"][case].__getitem__)
    assert text == ANSWERS["texts"][name][case]["text"]
    assert text_hash(text) == ANSWERS["texts"][name][case]["hash"]


@pytest.mark.parametrize("case", ANSWERS["decided"])
def test_a_text_is_python_that_has_the_same_text(case: str) -> None:
    decide = ANSWERS["decided"][case].__getitem__
    text = Recipe((RECIPES / "syntax.py").read_bytes(), RULES).text(decide)
    ast.parse(text)
    assert recipe(text).text(decide) == text


def test_a_method_whose_condition_shows_at_run_time_stays_beside_the_default() -> None:
    text = text_of("class A:\n def f(self): 1\n @when(x)\n def f(self): 2\n")
    assert text.count("def f") == 2
    assert "when" not in text


def test_what_an_if_keeps_without_a_body_is_pass_only_if_something_else_is_left() -> None:
    assert text_of("if a:\n version('1')\n") == "\n"
    assert text_of("if a:\n version('1')\nelse:\n x = 1\n") == "if a:\n    pass\nelse:\n    x = 1\n"


def test_a_directive_with_a_comma_behind_it_stays() -> None:
    assert text_of("class A:\n version('1'),\n") == "class A:\n    (version('1'),)\n"


@pytest.mark.parametrize(
    "source",
    [
        b"def",
        b"\xff",
        b"x = '\0'",
        b"x = " + b"(" * 5000,
        b"x = " + b"-" * 5000 + b"1",
        b"x = " + b"+".join([b"1"] * 100_000),
        b"x" * (MOST_BYTES + 1),
        b"# coding: no-such\n",
    ],
    ids=["syntax", "bytes", "null", "nested", "signs", "sum", "large", "coding"],
)
def test_what_is_not_a_recipe_is_unread_with_a_reason(source: bytes) -> None:
    with pytest.raises(UnreadError, match=r"."):
        Recipe(source, RULES).text(lambda _: None)


@pytest.mark.skipif(sys.version_info < (3, 10, 7), reason="this Python writes all numbers")
def test_a_number_of_too_many_digits_is_unread() -> None:
    with pytest.raises(UnreadError, match="digits"):
        text_of("x = 0x" + "f" * 10_000)


def test_nothing_of_a_recipe_is_run(tmp_path: Path) -> None:
    touched = tmp_path / "touched"
    text_of(f"open({str(touched)!r}, 'w')\nclass A:\n x = open({str(touched)!r}, 'w')\n")
    assert not touched.exists()


def test_the_rules_of_a_release_are_those_of_the_last_that_changed_them() -> None:
    assert "license" not in rules_of("0.20.3").directives
    assert "license" in rules_of("0.21").directives
    assert "_language" in rules_of("0.23.1").directives
    assert "_language" not in rules_of("1.0").directives
    assert rules_of("7.0").spack == NEWEST_RULES
    assert all(each.source for each in known_rules())


@pytest.mark.parametrize("spack", ["0.17", "", "new one"])
def test_rules_that_are_not_known_are_a_wrong_question(spack: str) -> None:
    with pytest.raises(UsageError):
        rules_of(spack)


def test_the_rules_decide_what_leaves_a_text() -> None:
    source = b"class A:\n    license('MIT')\n"
    assert "license" in Recipe(source, rules_of("0.20")).text(lambda _: None)
    assert "license" not in Recipe(source, rules_of("0.21")).text(lambda _: None)
