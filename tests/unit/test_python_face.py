"""Results are collections that show themselves shortly, and specs lead to their neighbours."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Collection, Container, Hashable, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from types import FunctionType
from typing import Any, Literal, cast, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

import specplan
from specplan import Catalog, Measured, Selection, UsageError, _core, tables
from specplan.arrow_stream import first_rows
from specplan.model.report import Report
from specplan.model.rows import Rows
from tests import small_caches

EXAMPLES = Path(__file__).parents[2] / "examples"
LOCK = str(EXAMPLES / "locks" / "radiuss" / "spack.lock")


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return specplan.load(str(EXAMPLES / "cache"), str(EXAMPLES / "pages"))


@pytest.fixture(scope="module")
def lock() -> Catalog:
    return specplan.load(LOCK)


@pytest.fixture(scope="module")
def answered(
    catalog: Catalog, lock: Catalog, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """What each public function and method answers that answers with records."""
    index = tmp_path_factory.mktemp("damaged") / "index.json"
    index.write_text("{")
    return answers(catalog, lock, specplan.load(LOCK, str(index), skip_damaged=True))


def results() -> list[type[Report]]:
    """Every kind of result that a script gets."""
    homes = ("check", "coverage", "diff", "find", "lock_diff", "trend")
    others = ("planning.plan", "recipes.model", "review.model")
    for home in (*(f"model.{each}" for each in homes), *others):
        import_module(f"specplan.{home}")
    # A dataclass with slots is made twice, and nobody uses the first.
    found = {each.__name__: each for each in Report.__subclasses__()}
    return [each for each in found.values() if "reports" not in each.__module__]


def reports(catalog: Catalog) -> dict[str, Any]:
    """A result of each kind, with what it is a collection of."""
    gaps, check = catalog.gaps(stack="e4s"), catalog.check()
    found, plan = catalog.query("adios2"), catalog.rebuild(want=LOCK)
    older = catalog.diff("develop-2025-05-25", "develop-2026-01-17")
    trend = specplan.trend(
        catalog.trend_step(each, stack="e4s", tag=each) for each in catalog.tags[1:]
    )
    return {
        "gaps": (gaps, gaps.gaps),
        "check": (check, check.findings),
        "found": (found, found.specs),
        "plan": (plan, plan.builds),
        "diff": (older, (*older.lost, *older.gained, *older.changed)),
        "trend": (trend, trend.steps),
    }


@pytest.mark.parametrize("result", results(), ids=lambda each: each.__name__)
def test_every_result_is_short_sized_iterable_and_a_table(result: type[Report]) -> None:
    assert result.__repr__ is Report.__repr__
    assert {"__len__", "__iter__"} <= set(vars(result))
    about = tables._ABOUT[result.__name__]  # noqa: SLF001 - the list must be whole
    assert set(about) <= set(tables._tables_of(cast("Hashable", result)))  # noqa: SLF001 - likewise


@pytest.mark.parametrize("kind", ["gaps", "check", "found", "plan", "diff", "trend"])
def test_a_report_is_a_collection_of_what_it_is_about(catalog: Catalog, kind: str) -> None:
    report, items = reports(catalog)[kind]
    collection: Collection[object] = report
    assert list(collection) == list(items)
    assert len(collection) == len(items)
    # A report without any is a report.
    assert report
    assert len(report.table()) == len(items)


@pytest.mark.parametrize("kind", ["gaps", "check", "found", "plan", "diff", "trend"])
def test_a_report_shows_itself_in_one_line_and_as_tables(catalog: Catalog, kind: str) -> None:
    report, _ = reports(catalog)[kind]
    shown = repr(report)
    assert shown.startswith(f"<{type(report).__name__}: ")
    assert len(shown) < 200
    assert "\n" not in shown
    fragment = report._repr_html_()
    assert fragment.startswith("<div>\n")
    assert "<script" not in fragment
    assert fragment.count("<tr>") < 150


def test_a_fragment_has_no_markup_of_a_source(catalog: Catalog) -> None:
    found = catalog.query("adios2")
    hostile = "<img src=x onerror=alert(1)>"
    specs = tuple(replace(each, package=hostile, version=hostile) for each in found.specs)
    fragment = replace(found, query=hostile, specs=specs)._repr_html_()
    assert "<img" not in fragment
    assert "&lt;img" in fragment


def test_a_selection_is_a_sequence_of_specs_by_hash(catalog: Catalog) -> None:
    selection = catalog.select(package="adios2")
    specs = selection.specs()
    assert len(selection) == selection.count() == len(specs) > 1
    assert selection[0] == specs[0]
    assert selection[-1] == specs[-1]
    assert list(selection[1:]) == specs[1:]
    assert specs[0] in selection
    names: Container[object] = selection
    assert specs[0].hash in names
    assert "nothing" not in names
    assert selection.index(specs[1]) == 1
    assert selection.count(specs[1]) == 1
    assert list(reversed(selection)) == specs[::-1]
    assert not catalog.select(package="no-such")
    with pytest.raises(IndexError):
        catalog.select(package="no-such")[0]
    assert repr(selection) == f"<Selection: {len(specs)} specs>"


@pytest.mark.parametrize("kind", [Selection, Rows])
def test_what_streams_its_rows_has_every_method_of_a_sequence(kind: type) -> None:
    methods = {each for each in dir(Sequence) if callable(getattr(Sequence, each))}
    assert methods - {"__class_getitem__", "__subclasshook__"} <= set(dir(kind))
    # Polars would read an instance record by record, without looking for a stream.
    assert not issubclass(kind, Sequence)


#: How each library takes a result.
TAKERS: dict[str, Callable[[Any, Any], Any]] = {
    "polars": lambda polars, answer: polars.DataFrame(answer).to_dicts(),
    "pyarrow": lambda pyarrow, answer: pyarrow.table(answer).to_pylist(),
    "pandas": lambda pandas, answer: list(pandas.DataFrame.from_arrow(answer).itertuples()),
    "duckdb": lambda duckdb, answer: (
        duckdb.connect().register("x", answer).sql("FROM x").fetchall()
    ),
}


@pytest.mark.parametrize("library", sorted(TAKERS))
def test_libraries_take_what_answers_as_a_stream_and_no_record_of_it(
    library: str, answered: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    taker = pytest.importorskip(library, reason=f"`make test-engines` installs {library}")
    expected = {name: len(answer) for name, answer in answered.items()}

    def refuse(*_: object, **__: object) -> Any:
        raise AssertionError("a record was read")

    for kind in {type(answer) for answer in answered.values()}:
        for method in {"__iter__", "__getitem__", "__reversed__", "index"} & set(dir(kind)):
            monkeypatch.setattr(kind, method, refuse)
    for name, answer in answered.items():
        assert len(TAKERS[library](taker, answer)) == expected[name], name


def test_a_table_is_made_of_columns_while_no_record_is_made(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    selection, found = catalog.select(package="a*"), catalog.query("adios2")
    asked: tuple[Any, ...] = (selection, found, found.decided(), catalog.gaps(stack="e4s*"))
    again = (*asked[:3], catalog.gaps(stack="e4s*"))
    expected = [tables.table_of(type(next(iter(each))), list(each)) for each in again]

    def refuse(*_: object, **__: object) -> Any:
        raise AssertionError("a record was made")

    for home in ("model.lazy_records", "model.column_records", "catalog.specs"):
        monkeypatch.setattr(f"specplan.{home}.from_columns", refuse)
    for answer, table in zip(asked, expected, strict=True):
        rows = [first_rows(each.__arrow_c_stream__(), 2_000) for each in (answer, table)]
        assert rows[0] == rows[1]
        assert rows[0]


@cache
def read_lock() -> Catalog:
    return specplan.load(LOCK)


@cache
def edges(lock: Catalog) -> dict[str, list[str]]:
    return {
        spec.hash: [each.hash for each in lock.dependencies(spec) or ()] for spec in lock.select()
    }


def test_dependents_are_the_dependencies_turned_round(lock: Catalog) -> None:
    forward = edges(lock)
    for spec in lock.select():
        expected = sorted(each for each, children in forward.items() if spec.hash in children)
        assert [each.hash for each in lock.dependents(spec)] == expected


def reference(forward: dict[str, list[str]], start: str) -> dict[str, int]:
    """How far each spec is from another, by a plain search."""
    far, waiting = {start: 0}, [start]
    for node in waiting:
        for child in forward.get(node, ()):
            if child not in far:
                far[child] = far[node] + 1
                waiting.append(child)
    return far


@given(st.data())
def test_a_path_is_a_shortest_way_over_dependencies(data: st.DataObject) -> None:
    lock = read_lock()
    forward = edges(lock)
    start = data.draw(st.sampled_from(sorted(forward)))
    end = data.draw(st.sampled_from(sorted(forward)))
    path = lock.path(start, end)
    hashes = [step.hash for step in path]
    far = reference(forward, start)
    if end not in far:
        assert path == ()
        return
    assert (hashes[0], hashes[-1], len(path)) == (start, end, far[end] + 1)
    assert all(child in forward[parent] for parent, child in pairwise(hashes))
    assert path[0].types == ()


def test_a_path_names_its_specs_and_what_each_is_needed_for(lock: Catalog) -> None:
    conduit, bison = (lock.select(package=each)[0] for each in ("conduit", "bison"))
    path = lock.path(conduit, bison)
    assert [(step.package, step.types) for step in path] == [
        ("conduit", ()),
        ("openmpi", ("build", "link")),
        ("openssh", ("run",)),
        ("krb5", ("build", "link")),
        ("bison", ("build",)),
    ]
    assert [step.version for step in path] == [
        lock.select(hash=step.hash)[0].version for step in path
    ]


def test_edges_have_types(lock: Catalog) -> None:
    found = lock.dependencies(lock.select(package="bison")[0])
    assert found is not None
    by_package = {each.package: each for each in found}
    assert by_package["m4"].types == ("build", "run")
    assert by_package["m4"].version == lock.select(package="m4")[0].version
    assert by_package["gcc"].virtuals == ("c", "cxx")


@pytest.mark.parametrize("asked", ["a" * 32, "no hash"])
def test_what_the_catalog_does_not_know_is_wrong_usage(lock: Catalog, asked: str) -> None:
    known = lock.select()[0]
    for ask in (lock.dependencies, lock.dependents, lambda each: lock.path(known, each)):
        with pytest.raises(UsageError, match="a spec is not in the catalog"):
            ask(asked)


def test_names_are_the_distinct_values_of_a_field(catalog: Catalog) -> None:
    specs = catalog.select().specs()
    assert catalog.names("package") == tuple(sorted({each.package for each in specs}))
    assert catalog.names("target") == tuple(sorted({each.target for each in specs}))


def test_a_path_may_stand_wherever_a_text_names_a_file(lock: Catalog) -> None:
    path = Path(LOCK)
    assert lock.check(want=path) == lock.check(want=LOCK) == lock.check(want=[path])
    assert len(specplan.load(path)) == len(lock)
    with pytest.raises(specplan.SourceError, match="`no-such` does not exist"):
        # One text is one installation, and not one for each letter.
        specplan.load(LOCK, upstream="no-such")


def test_what_is_of_another_type_is_refused_with_what_is_meant(catalog: Any) -> None:
    load: Any = specplan.load
    wrong: tuple[tuple[Callable[[], object], str], ...] = (
        (lambda: load([LOCK]), r"`sources\[0\]` must be .*, not list; several are given one "),
        (lambda: load(b"x"), r"`sources\[0\]` must be a text or a path, not bytes"),
        (lambda: specplan.AbstractSpec(cast("Any", 3)), "must be text or an AbstractSpec, not int"),
        (lambda: catalog.gaps("e4s"), "`query` must be a CoverageQuery or None, not str; keywords"),
        (lambda: catalog.rebuild("e4s"), "`request` must be a PlanRequest or None, not str; keyw"),
        (lambda: catalog.gaps(system=3), "`system` must be a text or a sequence of texts, not int"),
        (lambda: catalog.gaps(libc=3), "`libc` must be a mapping of texts to texts or None, not"),
        (lambda: catalog.gaps(cells={"e4s": 3}), r'`cells\["e4s"\]` must be a text or a sequence'),
        (lambda: catalog.gaps(not_wanted="x"), "`not_wanted` must be a sequence of values of Not"),
        (lambda: catalog.gaps(stack=["e4s", None]), r"`stack\[1\]` must be a text, not None"),
        (lambda: catalog.gaps(scope=b"all"), "`scope` must be one of `roots`, `runtime`, `all`"),
        (lambda: catalog.rebuild(depth="x"), "`depth` must be a whole number or None, not str"),
        (lambda: catalog.rebuild(jobs=True), "`jobs` must be a whole number or None, not bool"),
        (lambda: catalog.find(3), "`spec` must be an AbstractSpec or a text, not int"),
    )
    for ask, expected in wrong:
        with pytest.raises(TypeError, match=expected):
            ask()


def test_the_fields_of_a_question_are_held_to_their_types(catalog: Any) -> None:
    word: Any = "e4s"
    with pytest.raises(TypeError, match=r"`query.stack` must be a sequence of texts, not str"):
        catalog.gaps(specplan.CoverageQuery(stack=word))
    with pytest.raises(TypeError, match=r"`request.coverage` must be a CoverageQuery, not str"):
        catalog.rebuild(specplan.PlanRequest(coverage=word))
    with pytest.raises(TypeError, match=r"`limits.file_bytes` must be a whole number, not str"):
        specplan.load(LOCK, limits=specplan.Limits(file_bytes=word))
    for limits in (specplan.Limits(file_bytes=-1), specplan.Limits(attempts=0)):
        with pytest.raises(UsageError, match=r"`limits\.[a-z_]+` cannot be"):
            specplan.load(LOCK, limits=limits)


def test_values_that_only_look_different_are_taken(catalog: Any) -> None:
    expected = catalog.gaps(stack=("e4s", "tools-sdk"))
    assert catalog.gaps(stack=["e4s", "tools-sdk"]) == expected
    assert catalog.gaps(stack=(each for each in ("e4s", "tools-sdk"))) == expected
    assert catalog.gaps(stack={"e4s": 1, "tools-sdk": 2}.keys()) == expected
    lock: Any = specplan.load(LOCK)
    assert lock.rebuild(want=LOCK, max_cost=Fraction(3)) == lock.rebuild(want=LOCK, max_cost=3.0)


def test_an_empty_text_names_nothing(catalog: Any) -> None:
    asks: tuple[Callable[[str], object], ...] = (
        lambda text: catalog.gaps(group=text),
        lambda text: catalog.gaps(families={text: ["e4s"]}),
        lambda text: catalog.gaps(cells={"e4s": text}),
        lambda text: catalog.select(package=["zlib", text]),
        lambda text: specplan.load(LOCK, tag=text),
        lambda text: specplan.index(text, LOCK),
        lambda text: specplan.teach_targets({text: ["zen4"]}),
    )
    for ask in asks:
        for text in ("", " "):
            with pytest.raises(UsageError, match="is empty"):
                ask(text)


def test_a_keyword_that_no_question_has_is_refused_with_the_nearest(catalog: Catalog) -> None:
    wrong: dict[str, Any] = {"stak": "e4s"}
    for ask in (catalog.select, catalog.gaps, catalog.rebuild):
        with pytest.raises(TypeError, match="argument `stak`: did you mean `stack`"):
            ask(**wrong)
    for verb in (catalog.find, catalog.query):
        with pytest.raises(TypeError, match="argument `stak`: did you mean `stack`"):
            verb("zlib", **wrong)
    with pytest.raises(TypeError, match="argument `prob`: did you mean `probe`"):
        specplan.load(LOCK, prob=True)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match=r"argument `colour`$"):
        specplan.index("nowhere", LOCK, colour=True)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="argument `stack`: a question given as a value takes"):
        catalog.gaps(specplan.CoverageQuery(), stack="e4s")


def test_an_unknown_word_is_refused_with_the_known_ones(catalog: Catalog) -> None:
    word: Any = "everything"
    questions: dict[str, Callable[[], object]] = {
        "verify": lambda: catalog.check(verify=word),
        "level": lambda: catalog.gaps(level=word),
        "compat": lambda: catalog.gaps(compat=word),
        "field": lambda: catalog.names(word),
    }
    for name, ask in questions.items():
        with pytest.raises(UsageError, match=f"`{name}` cannot be `everything`") as raised:
            ask()
        assert str(raised.value.hint).startswith("one of `")
    with pytest.raises(UsageError, match="`level` cannot be `everything`"):
        catalog.diff("develop-2025-05-25", level=word)


def test_what_is_no_state_is_refused_and_never_passed_over(tmp_path: Path) -> None:
    (tmp_path / "i.json").write_text(small_caches.index(["app"]))
    catalog: Any = specplan.load(tmp_path / "i.json")
    asks: tuple[Callable[[object], object], ...] = (
        lambda state: catalog.gaps(baseline=state),
        lambda state: catalog.rebuild(baseline=state),
        catalog.diff,
        lambda state: catalog.diff(catalog, state),
    )
    for state in (tmp_path / "i.json", 3, ["develop"]):
        for ask in asks:
            with pytest.raises(TypeError, match=r"must be a text(,| or) .*Catalog.*`specplan.load"):
                ask(state)


def test_one_text_stands_for_a_sequence_of_one_and_an_unknown_word_is_refused(
    tmp_path: Path,
) -> None:
    (tmp_path / "i.json").write_text(small_caches.index(["app"]))
    (tmp_path / "s.lock").write_text(small_caches.lock(["app"]))
    catalog: Any = specplan.load(tmp_path / "i.json")
    want = str(tmp_path / "s.lock")
    several = catalog.gaps(families={"i": ["z*"]}, allow_left_out=["no_peer"])
    assert catalog.gaps(families={"i": "z*"}, allow_left_out="no_peer") == several
    for words in ({"scope": "runtim"}, {"allow_left_out": ["includ"]}, {"compat": "xact"}):
        with pytest.raises(UsageError):
            catalog.gaps(want=want, **words)
    for words in ({"scope": "runtim"}, {"changed": "app", "policy": "links"}):
        with pytest.raises(UsageError):
            catalog.rebuild(want=want, **words)


#: What a public method may return beside results: values, and what is asked again.
PLAIN = (bool, int, float, str, bytes, type(None), Catalog, specplan.AbstractSpec, Measured)


def parts(hint: Any) -> set[Any]:
    """The classes that an annotation is made of: those within plain collections, not these."""
    origin = get_origin(hint)
    if origin is None or (isinstance(origin, type) and hasattr(origin, "__arrow_c_stream__")):
        return {origin or hint}
    if origin is Literal:
        return {str}
    return set().union(*(parts(each) for each in get_args(hint) if each is not ...))


def answering() -> set[str]:
    """The public functions and methods that answer with something else than plain values."""
    found = set()
    for name in specplan.__all__:
        public = getattr(specplan, name)
        members: dict[str, Any] = {name: public} if isinstance(public, FunctionType) else {}
        if isinstance(public, type) and not issubclass(public, (Exception, dict)):
            # Of records, attributes are parts of an answer.
            kinds = (FunctionType, property) if public is Catalog else FunctionType
            own = {f"{name}.{each}": member for each, member in vars(public).items()}
            members = {each: member for each, member in own.items() if isinstance(member, kinds)}
        for each, member in members.items():
            if "._" in each:
                continue
            hint = get_type_hints(getattr(member, "fget", member)).get("return")
            found |= {each} if parts(hint) - set(PLAIN) else set()
    return found


def answers(catalog: Catalog, lock: Catalog, damaged: Catalog) -> dict[str, Any]:
    """What each of them answers."""
    bison, conduit = (lock.select(package=each)[0] for each in ("bison", "conduit"))
    listed, found = lock.select(), catalog.query("adios2")
    gaps, plan = catalog.gaps(stack="e4s*"), lock.rebuild(want=LOCK, changed="bison")
    return {
        "Catalog.check": damaged.check(),
        "Check.without": damaged.check().without([]),
        "Catalog.diff_specs": lock.diff_specs(lock),
        "Catalog.contradictions": damaged.contradictions,
        "Catalog.coverage": gaps,
        "Catalog.damaged": damaged.damaged,
        "Catalog.dependencies": lock.dependencies(bison),
        "Catalog.dependents": lock.dependents(bison),
        "Catalog.diff": catalog.diff("develop-2025-05-25", stack="e4s"),
        "Catalog.find": catalog.find("adios2"),
        "Catalog.gaps": gaps,
        "Catalog.lacking": catalog.lacking(stack="e4s*"),
        "Catalog.matrix": catalog.matrix(stack="e4s*"),
        "Catalog.path": lock.path(conduit, bison),
        "Catalog.rebuild": plan,
        "Catalog.query": found,
        "Catalog.select": listed,
        "Catalog.table": lock.table("edges"),
        "Found.decided": found.decided(),
        "Plan.named": plan.named([bison.hash]),
        "Plan.why": plan.why("bison"),
        "Rows.table": found.decided().table(),
        "Selection.satisfying": listed.satisfying("bison"),
        "Selection.query": listed.query("bison"),
        "Selection.specs": listed.specs(),
        "Selection.table": listed[:2].table(),
        "trend": specplan.trend([catalog.trend_step("now", stack="e4s")]),
    }


def test_every_answer_is_short_sized_iterable_and_a_table(answered: dict[str, Any]) -> None:
    assert set(answered) == answering()
    duckdb = pytest.importorskip("duckdb", reason="`make test` installs DuckDB")
    with duckdb.connect() as engine:
        for name, answer in answered.items():
            assert repr(answer).startswith("<"), name
            assert len(repr(answer)) < 200, name
            assert "\n" not in repr(answer), name
            fragment = answer._repr_html_()
            assert fragment.startswith("<div>\n"), name
            assert fragment.count("<tr>") < 150, name
            engine.register("answer", answer)
            counted = engine.execute("SELECT count(*) FROM answer").fetchall()
            assert counted == [(len(answer),)], name
            if not isinstance(answer, tables.ColumnTable):
                assert sum(1 for _ in answer) == len(answer), name
            assert len(answer) or name in {"Catalog.diff_specs", "Catalog.contradictions"}, name


def test_a_step_of_a_trend_is_short(catalog: Catalog) -> None:
    assert repr(catalog.trend_step("now", stack="e4s")) == "<Measured: now, 1 cell>"


def test_rows_equal_every_sequence_of_the_same_records(catalog: Catalog) -> None:
    found = catalog.find("adios2")
    assert repr(found) == "<Rows: 2 specs>"
    assert found == list(found)
    assert tuple(found) == found
    assert hash(found) == hash(tuple(found))
    assert found[:1] == [found[0]]
    assert found != list(found)[:1]
    assert found != "adios2"
    assert pickle.loads(pickle.dumps(found)) == found  # noqa: S301 - our own bytes


def test_tables_name_their_columns_and_show_their_first_rows(catalog: Catalog) -> None:
    report = catalog.gaps(stack="e4s*", peers="*")
    table = report.table()
    size = f"{len(report)} rows, {len(table.names)} columns"
    assert repr(table) == f"<Table: {size}: stack, platform, os, target, want, ...>"
    fragment = table._repr_html_()
    assert fragment.count("<tr>") == 1 + min(20, len(report))
    assert f"<td>{report.gaps[0].want}</td>" in fragment


@pytest.mark.parametrize("name", ["specs", "edges", "members"])
def test_a_table_of_a_catalog_shows_its_first_rows_as_engines_read_them(
    catalog: Catalog, lock: Catalog, name: Any
) -> None:
    duckdb = pytest.importorskip("duckdb", reason="`make test` installs DuckDB")
    for source in (catalog, lock):
        table = source.table(name)
        with duckdb.connect() as engine:
            engine.register("shown", table)
            expected = engine.execute("SELECT * FROM shown LIMIT 20").fetchall()
        assert first_rows(table.__arrow_c_stream__(), 20) == expected
        assert table._repr_html_().count("<tr>") == 1 + len(expected)


def test_first_rows_are_the_values_of_every_type_of_column() -> None:
    many = 9  # more rows than a byte has bits
    columns: list[tuple[str, Any, list[Any]]] = [
        ("text", "text", ["", None, "\u00e9\u2603"] * many),
        ("whole", "whole", [-(2**40), None, 0] * many),
        ("number", "number", [0.5, None, -1e300] * many),
        ("flag", "flag", [True, None, False] * many),
        ("list", "list", [[], ["a", ""], ["\u2603"]] * many),
    ]
    table = tables.ColumnTable(_core.table_of_columns(columns))
    expected = list(zip(*(values for _, _, values in columns), strict=True))
    for most in (0, 1, 20, 3 * many):
        assert first_rows(table.__arrow_c_stream__(), most) == expected[:most]
    nothing = _core.table_of_columns([(name, of, []) for name, of, _ in columns])
    assert first_rows(nothing.__arrow_c_stream__(), 20) == []


def test_the_markup_of_a_source_is_text_in_a_table(catalog: Catalog) -> None:
    (found, *_) = catalog.find("adios2")
    hostile = replace(found, package="<img src=x>")
    for shown in (
        Rows(specplan.Spec, "spec", [hostile]),
        tables.table_of(specplan.Spec, [hostile]),
    ):
        assert "<img" not in shown._repr_html_()
        assert "&lt;img" in shown._repr_html_()


def test_what_does_not_show_is_written_as_an_escape_in_a_table(catalog: Catalog) -> None:
    (found, *_) = catalog.find("adios2")
    hostile = replace(found, version="1\u202e0\x1b[31m")
    for shown in (
        Rows(specplan.Spec, "spec", [hostile]),
        tables.table_of(specplan.Spec, [hostile]),
    ):
        assert r"1\u202e0\x1b[31m" in shown._repr_html_()
