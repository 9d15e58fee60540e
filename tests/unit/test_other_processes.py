"""Catalogs, records and errors go to other processes and come back; a fork can ask."""

from __future__ import annotations

import copy
import inspect
import multiprocessing
import os
import pickle
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import specplan
from specplan import _core, errors
from specplan.errors import (
    ConfigurationError,
    DamagedSourceError,
    RemoteError,
    SourceError,
    SpecplanError,
    SpecSyntaxError,
    UndecidedConditionError,
    UndecidedError,
    UnknownNameError,
)

if TYPE_CHECKING:
    from collections.abc import Callable

CACHE = "examples/cache"
LOCK = "examples/locks/radiuss/spack.lock"
MIRROR = "examples/mirror"

#: One error of every class, each with all that it can keep.
ERRORS: tuple[SpecplanError, ...] = (
    SpecplanError("message", hint="hint"),
    SourceError("message", path="place", hint="hint"),
    DamagedSourceError(
        path="place", location="a[0].b", line=3, fault="fault", others=2, hint="hint"
    ),
    RemoteError("message", path="place", status=503, hint="hint"),
    errors.UsageError("message", hint="hint"),
    UnknownNameError(kind="stack", name="e4", suggestions=("e4s",)),
    errors.UnknownTargetError("zen44", ("zen4",)),
    errors.EmptySelectionError("message", hint="hint"),
    SpecSyntaxError("message", "hdf5 @", 5, 6),
    UndecidedError("message", "hdf5 ^mpi", ["edges"], 2, ["a" * 32], "hint"),
    UndecidedConditionError(
        "fault", path="spack.yaml", location="spack.specs", line=2, condition="os", missing="os"
    ),
    ConfigurationError(path="specplan.toml", key="cache", fault="fault", hint="hint"),
)


def same(thing: Any) -> list[Any]:
    """What comes back of a thing in each way in which it can be handed on."""
    protocols = range(2, pickle.HIGHEST_PROTOCOL + 1)
    pickled = [pickle.loads(pickle.dumps(thing, each)) for each in protocols]  # noqa: S301 - our own
    return [*pickled, copy.copy(thing), copy.deepcopy(thing)]


def test_there_is_an_error_of_every_class() -> None:
    classes = {getattr(errors, name) for name in errors.__all__}
    assert {type(each) for each in ERRORS} == classes


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_an_error_keeps_its_text_and_all_attributes(error: SpecplanError) -> None:
    """A pool of processes breaks on an error that cannot be made again."""
    for each in same(error):
        assert type(each) is type(error)
        assert (str(each), each.args, vars(each)) == (str(error), error.args, vars(error))


def test_an_error_of_the_core_does_so_too() -> None:
    with pytest.raises(SpecSyntaxError) as caught:
        specplan.AbstractSpec("hdf5 @@")
    for each in same(caught.value):
        assert (str(each), each.text, each.start) == (
            str(caught.value),
            caught.value.text,
            caught.value.start,
        )


@pytest.mark.parametrize("place", [CACHE, LOCK, MIRROR])
def test_a_catalog_that_comes_back_answers_the_same(place: str) -> None:
    catalog = specplan.load(place)
    for each in same(catalog):
        assert each == catalog
        assert each.sources == catalog.sources
        assert each.query("hdf5").to_json() == catalog.query("hdf5").to_json()
        assert each.check().to_json() == catalog.check().to_json()


@pytest.mark.parametrize(
    "state", [b"", b"specplan catalog 1\n", b"specplan catalog 2\n", b"x" * 100]
)
def test_other_bytes_are_no_catalog(state: bytes) -> None:
    with pytest.raises(ValueError, match="not a catalog of this version"):
        _core.catalog_of_state(state)


def test_a_part_of_a_catalog_is_none() -> None:
    _, (state,) = _core.read_specs(
        Path(LOCK), cache="", tag="", stack="radiuss", shown="", file_bytes=1 << 30
    ).catalog.__reduce__()
    for length in range(0, len(state), max(1, len(state) // 500)):
        with pytest.raises(ValueError, match="not a catalog"):
            _core.catalog_of_state(state[:length])
    with pytest.raises(ValueError, match="not a catalog"):
        _core.catalog_of_state(state + b"x")


def test_a_selection_that_comes_back_selects_the_same() -> None:
    catalog = specplan.load(CACHE)
    some = catalog.select(stack="e4s*", package="py-*") | catalog.select(os="ubuntu24.04")
    some = some - catalog.select(hash=[each.hash for each in list(some)[:3]]) & ~catalog.select()
    some = some | catalog.select(stack="e4s", tag=catalog.tags[0])
    for each in same(some):
        assert list(each) == list(some)


RESULTS: dict[str, Callable[[], Any]] = {
    "AbstractSpec": lambda: specplan.AbstractSpec("hdf5@1.14+mpi ^zlib-ng"),
    "Check": lambda: specplan.load(MIRROR).check(),
    "Coverage": lambda: specplan.load(CACHE).gaps(stack="e4s*"),
    "Diff": lambda: specplan.load(CACHE).diff(*reversed(specplan.load(CACHE).tags[:2])),
    "Found": lambda: specplan.load(CACHE).query("adios2"),
    "Host": lambda: specplan.Host(os="ubuntu24.04", env={"A": "b"}),
    "Limits": lambda: specplan.Limits(file_bytes=3),
    "LockDiff": lambda: specplan.load(LOCK).diff_specs(specplan.load(MIRROR)),
    "Plan": lambda: specplan.load(MIRROR).rebuild(want=[LOCK], jobs=1),
    "Spec": lambda: specplan.load(CACHE).select(package="bison")[0],
    "Trend": lambda: specplan.trend([specplan.load(CACHE).trend_step("a", stack="e4s")]),
    "Version": lambda: specplan.Version("1.14.5"),
    "Why": lambda: specplan.load(MIRROR).rebuild(want=[LOCK]).why("cmake"),
}


@pytest.mark.parametrize("kind", RESULTS)
def test_a_result_that_comes_back_is_equal(kind: str) -> None:
    result = RESULTS[kind]()
    for each in same(result):
        assert each == result
        if hasattr(result, "to_json"):
            assert each.to_json() == result.to_json()
            assert each.to_text() == result.to_text()


def test_a_build_alone_does_not_take_its_plan_along() -> None:
    plan = specplan.load(MIRROR).rebuild(want=[LOCK])
    for build in plan.builds[:20]:
        pickled = pickle.dumps(build)
        assert len(pickled) < 10_000
        assert pickle.loads(pickled) == build  # noqa: S301 - our own


def asked(catalog: specplan.Catalog) -> str:
    return catalog.gaps(stack="e4s*").to_json()


def failed(place: str) -> int:
    return len(specplan.load(place))


def raised(error: SpecplanError) -> None:
    raise error


@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_processes_of_every_kind_can_ask(method: str) -> None:
    catalog = specplan.load(CACHE)
    answer = asked(catalog)
    context = multiprocessing.get_context(method)
    with ProcessPoolExecutor(2, mp_context=context) as pool:
        assert list(pool.map(asked, [catalog] * 3)) == [answer] * 3
        with pytest.raises(SourceError, match="`nowhere` does not exist"):
            pool.submit(failed, "nowhere").result()
        for error in ERRORS:
            with pytest.raises(type(error)) as caught:
                pool.submit(raised, error).result()
            assert str(caught.value) == str(error)
        # One bad file does not break the pool.
        assert pool.submit(failed, CACHE).result() == len(catalog)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
@pytest.mark.parametrize("generations", [1, 2])
@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork")
def test_a_fork_can_ask_after_its_parent_has(generations: int, tmp_path: Path) -> None:
    """The threads of the core stay behind in the parent, and a child would wait for them."""
    catalog = specplan.load(CACHE)
    answer = asked(catalog)
    target = tmp_path / "answer"
    child = os.fork()
    if child == 0:
        try:
            asked(specplan.load(CACHE))
            if generations == 1 or (grandchild := os.fork()) == 0:
                target.write_text(asked(catalog) + asked(specplan.load(CACHE)))
            else:
                os.waitpid(grandchild, 0)
        finally:
            os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert target.read_text() == answer * 2


def test_threads_can_ask_together() -> None:
    catalog = specplan.load(CACHE)
    answer = asked(catalog)
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(asked, [catalog] * 32)) == {answer}


def test_rows_that_come_back_are_the_same() -> None:
    catalog = specplan.load(CACHE)
    for rows in (catalog.find("hdf5"), catalog.matrix()):
        for each in same(rows):
            assert (type(each), len(each)) == (specplan.Rows, len(rows))
            assert each == rows
            assert repr(each) == repr(rows)


def test_every_public_class_is_tried_or_is_a_part_of_one_that_is() -> None:
    """Records are parts of results; all else that is public must be named here."""
    records = {
        name
        for name in specplan.__all__
        if inspect.isclass(kind := getattr(specplan, name))
        and hasattr(kind, "__dataclass_fields__")
    }
    others = {
        name for name in specplan.__all__ if inspect.isclass(getattr(specplan, name))
    } - records
    tried = {*RESULTS, *errors.__all__, "Catalog", "Rows", "Selection"}
    assert {name for name in others - tried if not name.endswith("Keywords")} - {"Table"} == set()
    assert sys.modules["specplan"] is specplan
