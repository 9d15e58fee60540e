"""Directives read as data: what is read, what is not, and that nothing takes long."""

from __future__ import annotations

import ast
import time
from typing import Any

import pytest

from specplan.recipes.directives import Directives, directives_of
from specplan.recipes.host import RecipeHost
from specplan.recipes.rules import rules_of
from specplan.recipes.unread import UnreadError
from specplan.recipes.values import UNREAD

HOST = RecipeHost("linux", "zen4")


def read(body: str, *, before: str = "") -> Directives:
    text = f"{before}\nclass Mine:\n" + "".join(f"    {line}\n" for line in body.split("\n"))
    return directives_of(ast.parse(text), "mine", rules_of(), HOST.facts())


def versions(body: str, *, before: str = "") -> list[Any]:
    return [each.argument("ver", 0) for each in read(body, before=before).named("version")]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("version('1.0')", ["1.0"]),
        ("version(ver='1.0')", ["1.0"]),
        ("for v in ('2', '1'):\n    version(v + '.0')", ["2.0", "1.0"]),
        ("for v, s in {'1': 'a'}.items():\n    version(f'{v}.0', sha256=s)", ["1.0"]),
        ("for v in [f'1.{i}' for i in range(2)]: version(v)", ["1.0", "1.1"]),
        ("v = ['1']\nv.append('2')\nfor x in v: version(x)", ["1", "2"]),
        ("v = '{0}-{b}'.format(1, b=2)\nversion(v)", ["1-2"]),
        ("version('%s.%s' % ('1', 2))", ["1.2"]),
        ("version(Version('1.2.3').up_to(2).joined)", ["12"]),
        ("if platform.machine() == 'x86_64': version('1')\nelse: version('2')", ["1"]),
        ("if sys.platform == 'win32': version('1')", []),
        ("version('1'),", ["1"]),
        ("version(other())", [UNREAD]),
        ("version('a'.format_map({}))", [UNREAD]),
        ("version('{0.__class__}'.format('a'))", [UNREAD]),
        ("version(''.__class__)", [UNREAD]),
        ("version(__import__('os').name)", [UNREAD]),
        ("version(open('/etc/passwd').read())", [UNREAD]),
    ],
)
def test_versions_are_read_as_python_would_make_them(body: str, expected: list[Any]) -> None:
    assert versions(body) == expected


@pytest.mark.parametrize(
    "body",
    [
        "for v in ('1', {}): depends_on(other(v))",
        "v = {}\nif other(v): depends_on('zlib')",
        "v = {}\nwith when(other(v)): depends_on('zlib')",
        "v = {}\ndepends_on('zlib', when=other(v))",
    ],
)
def test_what_is_not_read_differs_if_something_in_it_is_worth_something_else(body: str) -> None:
    keys = [[call.key for call in read(body.format(each)).calls] for each in ("'2'", "'3'", "'2'")]
    assert keys[0] == keys[2] != keys[1]


def test_what_may_not_be_run_is_in_doubt() -> None:
    (call,) = read("if unknown():\n    version('1')").named("version")
    assert "unclear whether" in call.doubt


def test_conditions_and_defaults_around_a_directive_count() -> None:
    body = "with when('+a'), default_args(level=2):\n    with when('@1'):\n        patch('p')"
    (call,) = read(body).named("patch")
    assert (call.when, call.argument("level", 1)) == (("+a", "@1"), 2)


@pytest.mark.parametrize(
    "body",
    [
        "x = 'a' * 10 ** 9",
        "x = 2 ** 10 ** 9",
        "x = f'{1:1000000000}'",
        "x = '{:{}}'.format(1, 10 ** 9)",
        "x = '%1000000000d' % 1",
        "x = '%*d' % (10 ** 9, 1)",
        "x = ['a'] * 4000\nx = [x] * 4000\nx = [x] * 4000\nversion(str(x))",
        "x = []\nx.append(x)\nversion(x)",
        "x = 'a' * 4000\nx = x.replace('a', 'b' * 4000)",
        "x = ('b' * 4000).join(['a'] * 4000)",
        "x = []\nfor a in range(10 ** 9): x.append(a)",
        "for a in range(1000):\n    for b in range(1000): version('1')",
        "\n".join(["x = [0]", *["x = [x, x]"] * 60, "y = x == x", "version(x)"]),
        "x = {i: j for i in range(100000) for j in range(100000)}",
        "x = (1).bit_length() << 10 ** 9",
    ],
)
def test_no_recipe_takes_long_or_fills_the_memory(body: str) -> None:
    started = time.process_time()
    try:
        read(body)
    except UnreadError as error:
        assert str(error)  # noqa: PT017 - either is well
    assert time.process_time() - started < 20
