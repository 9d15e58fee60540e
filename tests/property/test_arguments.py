"""Laws of the public face: a value of another type is refused at the door, or it is taken.

Nothing that a caller passes ends in an error from inside the package.
"""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from inspect import Parameter, signature
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FunctionType, MethodType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import specplan
from specplan import arguments
from tests import small_caches

#: The arguments that a call needs, by the name of the function; ``@lock`` is a file.
NEEDED: dict[str, tuple[Any, ...]] = {
    "dependencies": ("@spec",),
    "dependents": ("@spec",),
    "diff": ("develop",),
    "diff_specs": ("@catalog",),
    "find": ("app",),
    "index": ("saved", "@lock"),
    "load": ("@lock",),
    "merged": ("@catalog",),
    "named": ((),),
    "names": ("package",),
    "path": ("@spec", "@spec"),
    "satisfying": ("app",),
    "search": ("app",),
    "teach_targets": ({},),
    "to_lines": ("{package}",),
    "trend": ((),),
    "trend_step": ("now",),
    "why": ("app",),
    "without": ((),),
}

#: Methods that take any value, and those of specs, whose parser says what it takes.
UNCHECKED = {
    "AbstractSpec.constrain",
    "AbstractSpec.intersects",
    "AbstractSpec.parse_many",
    "AbstractSpec.satisfies",
    "Selection.count",
}


@dataclass(frozen=True)
class Called:
    """A public function, with the arguments that it needs, and all that it takes."""

    name: str
    function: Callable[..., Any] = field(repr=False)
    needed: tuple[Any, ...]
    places: int
    keywords: tuple[str, ...]


def public(owners: dict[str, object]) -> Iterator[tuple[str, Callable[..., Any]]]:
    """The public functions that take arguments, and methods of these objects."""
    for name in specplan.__all__:
        if isinstance(getattr(specplan, name), FunctionType):
            yield name, getattr(specplan, name)
    for name, owner in owners.items():
        for member in (each for each in dir(type(owner)) if not each.startswith("_")):
            found: Any = getattr(owner, member, None)
            if not isinstance(found, MethodType) or f"{name}.{member}" in UNCHECKED:
                continue
            if found.__module__.startswith("specplan") and signature(found).parameters:
                yield f"{name}.{member}", found


@pytest.fixture(scope="module")
def called() -> Iterator[list[Called]]:
    """All public functions on a small cache, in a folder of their own."""
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        Path("s.lock").write_text(small_caches.lock(["app"]))
        Path("i.json").write_text(small_caches.index(["app"]))
        catalog = specplan.load("site=i.json")
        (spec,) = catalog.select(package="app")
        special = {"@lock": "s.lock", "@spec": spec, "@catalog": catalog}
        owners: dict[str, object] = {
            "Catalog": catalog,
            "Selection": catalog.select(),
            "Coverage": catalog.gaps(want="s.lock"),
            "Plan": catalog.rebuild(want="s.lock"),
            "Check": catalog.check(),
            "Found": catalog.query("app"),
            "AbstractSpec": specplan.AbstractSpec("app"),
        }
        found = []
        for name, function in public(owners):
            plain: Any = getattr(function, "__func__", function)
            by_place, _, by_name = arguments.parameters(plain.__wrapped__)
            needed = NEEDED.get(name.partition(".")[2] or name, ())
            found.append(
                Called(
                    name,
                    function,
                    tuple(
                        special.get(each, each) if isinstance(each, str) else each
                        for each in needed
                    ),
                    len([each for each, _ in by_place if each]),
                    tuple(by_name),
                )
            )
        yield found


class Odd:
    """A value of a type that nothing takes."""


def records() -> st.SearchStrategy[Any]:
    """Questions with a field of any type."""
    return st.one_of(
        st.builds(lambda each: specplan.CoverageQuery(stack=each), ODD),
        st.builds(lambda each: specplan.PlanRequest(jobs=each), ODD),
        st.builds(lambda each: specplan.PlanRequest(coverage=each), ODD),
        st.builds(lambda each: specplan.Host(env=each), ODD),
        st.builds(lambda each: specplan.Limits(attempts=each), ODD),
        st.builds(lambda each: specplan.Weight(weight=each), ODD),
        st.builds(lambda each: specplan.NotWanted(package=each, reason="r"), ODD),
    )


ODD: st.SearchStrategy[Any] = st.recursive(
    st.sampled_from(
        [
            *(None, True, -1, 0, 3, 10**30, 2.5, float("nan"), float("inf"), 1j),
            *("", " ", "x", "*", "app", "\0", "\udcff", b"x", bytearray(b"x")),
            *(Decimal(1), Fraction(1, 3), Path("x"), Odd(), Odd, print, range(2), os),
        ]
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=2),
        st.tuples(inner),
        st.lists(inner, max_size=2).map(iter),
        st.dictionaries(st.sampled_from(["x", "", 3, None]), inner, max_size=2),
    ),
    max_leaves=4,
)


@given(data=st.data())
def test_what_a_caller_passes_is_taken_or_refused_at_the_door(
    called: list[Called], data: st.DataObject
) -> None:
    asked = data.draw(st.sampled_from(called))
    value = data.draw(ODD | records())
    place = data.draw(st.sampled_from([*range(max(1, asked.places)), *asked.keywords]))
    given, named = list(asked.needed), {}
    if isinstance(place, int):
        given[place : place + 1] = [value]
    else:
        named[place] = value
        given = given[: 0 if place in list(signature(asked.function).parameters)[:1] else None]
    problem: Exception | None = None
    try:
        asked.function(*given, **named)
    except (specplan.SpecplanError, TypeError) as error:
        problem = error
    if isinstance(problem, TypeError):
        *_, last = traceback.extract_tb(problem.__traceback__)
        assert Path(last.filename).name == "arguments.py" or "argument" in str(problem)


def test_all_public_functions_are_checked(called: list[Called]) -> None:
    # A function without the door has no `__wrapped__`, so the fixture fails for it.
    assert {each.name.partition(".")[0] for each in called} >= {"load", "Catalog", "Plan", "Check"}
    for each in called:
        kinds = {parameter.kind for parameter in signature(each.function).parameters.values()}
        assert each.keywords or Parameter.VAR_POSITIONAL in kinds or each.places, each.name
