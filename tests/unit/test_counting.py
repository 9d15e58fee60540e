"""Numbers agree with what they count, everywhere: no place has a way of its own."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from pathlib import Path

import pytest

from specplan.counting import circle, count, form
from specplan.errors import DamagedSourceError
from specplan.model import DamagedFile, RootCoverage
from specplan.reports.render import prose, wording
from tests import records

PACKAGE = Path(__file__).parents[2] / "python/specplan"

FILES = [each for each in sorted(PACKAGE.rglob("*.py")) if each.name != "counting.py"]

#: A plural after a number, but no verb: `... 3 gaps`.
PLURAL = re.compile(r"\s(?!is\b|was\b|has\b|does\b|as\b|takes\b)\w+s\b")


def is_text(node: ast.expr) -> bool:
    if isinstance(node, ast.Tuple):
        return all(map(is_text, node.elts))
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def is_about_one(test: ast.expr) -> bool:
    """Whether a condition asks if there is exactly one."""
    return (
        isinstance(test, ast.Compare)
        and isinstance(test.ops[0], (ast.Eq, ast.NotEq))
        and isinstance(test.comparators[0], ast.Constant)
        and test.comparators[0].value == 1
    )


def is_counted(node: ast.expr) -> bool:
    """Whether an expression counts something that may be one."""
    return any(
        isinstance(each, ast.Call)
        and isinstance(each.func, ast.Name)
        and each.func.id in {"len", "sum"}
        for each in ast.walk(node)
    ) and not any(isinstance(each, ast.Name) and each.id == "count" for each in ast.walk(node))


def plurals_of(file: Path) -> list[str]:
    """Return the texts of a file that choose between one and several by themselves."""
    found = []
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.IfExp) and is_about_one(node.test) and is_text(node.body):
            found.append(f"{file.name}:{node.lineno}: {ast.unparse(node)}")
        if not isinstance(node, ast.JoinedStr):
            continue
        for number, text in zip(node.values, node.values[1:], strict=False):
            if (
                isinstance(number, ast.FormattedValue)
                and isinstance(text, ast.Constant)
                and is_counted(number.value)
                and PLURAL.match(str(text.value))
            ):
                found.append(f"{file.name}:{node.lineno}: {ast.unparse(node)}")
    return found


def test_no_message_makes_a_plural_by_hand() -> None:
    # A `repr`, a checker, texts that show what is there instead of its number, and Python code.
    allowed = {"catalog.py", "verify_budget.py", "text.py", "transfer.py", "expressions.py"}
    found = [each for file in FILES for each in plurals_of(file) if file.name not in allowed]
    assert found == []


def test_the_scan_finds_what_it_looks_for(tmp_path: Path) -> None:
    file = tmp_path / "x.py"
    file.write_text(
        "a = f'{len(x)} specs depend'\n"
        "b = 'stack is' if len(x) == 1 else 'stacks are'\n"
        "c = f\"root{'' if n == 1 else 's'}\"\n"
        "d = ('is', 'it') if n == 1 else ('are', 'them')\n"
        "e = f'{len(x)} is fine'\n",
        encoding="utf-8",
    )
    assert len(plurals_of(file)) == 4


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 stacks are"), (1, "1 stack is"), (2, "2 stacks are")]
)
def test_a_clause_agrees_with_its_number(number: int, said: str) -> None:
    assert count(number, "stack is", "stacks are") == said
    assert form(number, "gap") == ("gap" if number == 1 else "gaps")


def test_messages_agree_with_their_numbers() -> None:
    one = DamagedFile(path="a", location="", line=None, fault="x")
    assert list(map(prose.plain, wording.damaged_note([one]))) == ["1 damaged file was skipped: a"]
    several = list(map(prose.plain, wording.damaged_note([one, one])))
    assert several == ["2 damaged files were skipped: a, a"]
    roots = RootCoverage(wanted=1, installable=0, coverage=0.0, broken=(), lacking=())
    assert wording.roots_line(roots) == "0 of 1 root installs from the cache alone (0.0 %)"
    roots = replace(roots, wanted=2)
    assert wording.roots_line(roots) == "0 of 2 roots install from the cache alone (0.0 %)"
    for others, said in ((1, "1 more damaged file)"), (2, "2 more damaged files)")):
        error = DamagedSourceError(path="a", location="", line=None, fault="x", others=others)
        assert said in str(error)
    assert circle(["a"]) == "a spec depends on itself"
    assert circle(["a", "b"]) == "2 specs depend on each other in a cycle"


def test_headlines_agree_with_their_numbers() -> None:
    totals = records.ONE_CELL.totals
    for wanted, said in ((1, "1 wanted package is"), (2, "2 wanted packages are")):
        coverage = replace(records.ONE_CELL, totals=replace(totals, wanted=wanted))
        assert said in prose.plain(wording.coverage_headline(coverage))
