"""A pattern is a regular expression like any other, but for when it is compiled."""

from __future__ import annotations

import re
import sys
from typing import Any

import pytest

import specplan
from specplan.patterns import pattern


def test_a_pattern_does_what_a_compiled_one_does() -> None:
    late, compiled = pattern("(?P<a>x+)y?", re.IGNORECASE), re.compile("(?P<a>x+)y?", re.IGNORECASE)
    for text in ("XXy", "xx", "", "a xy b"):
        assert bool(late.search(text)) == bool(compiled.search(text))
        assert bool(late.fullmatch(text)) == bool(compiled.fullmatch(text))
        assert late.sub(r"<\g<a>>", text) == compiled.sub(r"<\g<a>>", text)
        assert [*map(str, late.finditer(text))] == [*map(str, compiled.finditer(text))]
    assert (late.pattern, late.flags) == (compiled.pattern, compiled.flags)
    assert dict(late.groupindex) == {"a": 1}


def test_a_pattern_has_nothing_else() -> None:
    late: Any = pattern("x")
    with pytest.raises(AttributeError):
        late.nothing_like_it  # noqa: B018 - asking is the test


def test_all_patterns_of_the_modules_here_compile() -> None:
    assert specplan.Catalog is not None
    kind = type(pattern("x"))
    found = [
        value
        for name, module in [*sys.modules.items()]
        if name.startswith("specplan")
        for value in vars(module).values()
        if isinstance(value, kind)
    ]
    assert found
    assert all(each.pattern for each in found)
