"""Imports lead the one way that ``docs/architecture.md`` says, read from the source itself."""

from __future__ import annotations

import ast
import re
import sys
from dataclasses import fields, is_dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from types import FunctionType
from typing import TYPE_CHECKING, get_args, get_type_hints

import pytest

import specplan
import specplan.model
from specplan.model.report import Report, as_markdown, as_text, csv_parts, json_parts
from specplan.recipes.model import RecipeChanges
from specplan.reports import kinds
from specplan.reports.outline import outline_of, records_of
from specplan.reports.plan.why import WhyReport
from specplan.review.model import Review
from tests.rust_sources import circles, uses_of_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PACKAGE = Path(__file__).parents[2] / "python/specplan"


@cache
def modules() -> dict[str, Path]:
    """Every module of specplan by its dotted name, the stub of the compiled one among them."""
    files = [*PACKAGE.rglob("*.py"), PACKAGE / "_core.pyi"]
    names = [
        ".".join(("specplan", *file.relative_to(PACKAGE).with_suffix("").parts)) for file in files
    ]
    return {name.removesuffix(".__init__"): file for name, file in zip(names, files, strict=True)}


def imports() -> dict[str, set[str]]:
    """What each module imports of specplan."""
    return {name: imports_of(name) for name in modules()}


@cache
def imports_of(name: str) -> set[str]:
    """What a module imports of specplan, at run time, when asked or for types alone.

    Whoever imports a name of a package imports the package; whoever imports a module does not
    import what the package around it gathers.
    """
    known = modules()
    found: set[str] = set()
    for node in ast.walk(ast.parse(known[name].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(each.name for each in node.names if each.name in known)
        elif isinstance(node, ast.ImportFrom) and node.level:
            pytest.fail(f"{name}:{node.lineno}: a relative import hides which room it names")
        elif isinstance(node, ast.ImportFrom) and node.module in known:
            for each in node.names:
                inner = f"{node.module}.{each.name}"
                found.add(inner if inner in known else node.module)
    return found


def circle_in(imported: dict[str, set[str]]) -> list[str]:
    """A circle of imports as the path that leads around it; nothing if there is none."""
    done: set[str] = set()

    def walk(name: str, path: list[str]) -> list[str]:
        if name in path:
            return [*path[path.index(name) :], name]
        if name in done:
            return []
        for other in sorted(imported.get(name, ())):
            if found := walk(other, [*path, name]):
                return found
        done.add(name)
        return []

    for name in sorted(imported):
        if found := walk(name, []):
            return found
    return []


def test_no_module_imports_itself_by_way_of_others() -> None:
    assert " -> ".join(circle_in(imports())) == ""


def test_a_circle_is_found_and_named_by_its_path() -> None:
    imported = {"a": {"b"}, "b": {"c", "d"}, "c": set(), "d": {"b"}}
    assert circle_in(imported) == ["b", "d", "b"]


#: The rooms from the ground up; those of one floor do not import each other.
FLOORS = (
    {"model"},
    {"sources"},
    {"config", "catalog", "recipes"},
    {"coverage", "check"},
    {"planning"},
    {"review"},
    {"api", "pipelines", "reports"},
    {"cli"},
)

#: The entry points of the command.
MAIN = {"specplan.__main__"}


def ground() -> set[str]:
    """The modules that stand in no room: they need none, and every room may use them."""
    rooms = set().union(*FLOORS)
    return {name.split(".")[1] for name in modules() if name.count(".") == 1} - rooms


def floor_of(module: str) -> int | None:
    """How high a module stands; None for what stands outside the house, as the tests do."""
    _, *parts = module.split(".")
    if not parts:
        # The package itself gathers what the facade and the reports are.
        return len(FLOORS) - 2
    if parts[0] in ground() - {"testing", "__main__"}:
        return -1
    return next((at for at, rooms in enumerate(FLOORS) if parts[0] in rooms), None)


def test_each_room_imports_only_rooms_that_stand_below_it() -> None:
    offenders = []
    for name, imported in imports().items():
        own = floor_of(name)
        if own is None or name in {"specplan", "specplan.__main__"}:
            continue
        for other in imported:
            height = floor_of(other)
            is_own_room = name.split(".")[1] == other.split(".")[1:2][0] if "." in other else False
            if name == "specplan._core":
                allowed = other == "specplan.model"
            else:
                allowed = (
                    is_own_room or (height is not None and height < own) or own == height == -1
                )
            if not allowed:
                offenders.append(f"{name} -> {other}")
    assert sorted(offenders) == []


@pytest.mark.parametrize(
    ("late", "text"),
    [
        ("specplan.records", r"^from dataclasses import (.*, )?dataclass\b"),
        ("specplan.patterns", r"^\w+(: .+)? = re\.compile\("),
    ],
)
def test_what_a_run_may_not_need_is_made_when_it_does(late: str, text: str) -> None:
    """Records and patterns of modules come from the modules that make them late."""
    offenders = [
        name
        for name, file in modules().items()
        if name != late
        and "spack-specplan" not in name
        and re.search(text, file.read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert offenders == []


def test_nothing_below_the_facade_names_the_catalog() -> None:
    facade = {name for name in modules() if name == "specplan" or name.startswith("specplan.api")}
    above = ("specplan.api", "specplan.cli", "specplan.testing")
    offenders = {
        name
        for name, imported in imports().items()
        if imported & facade
        and not name.startswith(above)
        and name not in {"specplan", "specplan.__main__"}
    }
    assert offenders == set()


def kinds_of_results() -> set[type]:
    """Every class of results, with what writes it imported."""
    for form in kinds.RENDERED:
        kinds.register(specplan.Coverage, form)
    for module in {*kinds.OUTLINES.values(), *kinds.DOCUMENTS.values(), *kinds.LINES.values()}:
        import_module(f"specplan.reports.{module}")
    # A class with slots is made twice; the first one is of no module and may linger.
    return {vars(sys.modules[each.__module__])[each.__name__] for each in Report.__subclasses__()}


def test_every_kind_of_result_is_written_in_every_format() -> None:
    found = kinds_of_results()
    assert found == {specplan.Check, specplan.Coverage, specplan.Diff, specplan.Found} | {
        specplan.LockDiff,
        specplan.Plan,
        specplan.Trend,
        WhyReport,
        RecipeChanges,
        Review,
    }
    for written in (json_parts, outline_of, records_of):
        assert found <= set(written.registry)
    for format_of_all in (csv_parts, as_markdown, as_text):
        assert set(format_of_all.registry) == {object, Report}


def gathering_packages() -> list[str]:
    # Each worker collects the tests: what parses every module is not for that.
    return [
        name
        for name, file in modules().items()
        if "specplan.lazy" in file.read_text(encoding="utf-8")
        if "specplan.lazy" in imports_of(name) and name != "specplan.testing"
    ]


@pytest.mark.parametrize("name", gathering_packages())
def test_a_package_gathers_what_type_checkers_see(name: str) -> None:
    package = import_module(name)
    tree = ast.parse(modules()[name].read_text(encoding="utf-8"))
    (choice,) = [node for node in tree.body if isinstance(node, ast.If)]
    homes = {}
    for node in choice.body:
        assert isinstance(node, ast.ImportFrom)
        for each in node.names:
            homes[each.asname or each.name] = (str(node.module), each.name)
    public = set(package.__all__)
    assert public == {*homes} & public
    for own, (home, there) in homes.items():
        if home == name:
            assert getattr(package, own) is import_module(f"{home}.{there}")
        else:
            there_is = import_module(home)
            found = getattr(package, own)
            assert found is getattr(there_is, there, None) or found is sys.modules.get(
                f"{home}.{there}"
            )
    assert set(dir(package)) >= public
    with pytest.raises(AttributeError, match="has no attribute 'nothing_like_it'"):
        package.nothing_like_it  # noqa: B018 - asking is the test


def test_what_no_format_is_registered_for_is_named() -> None:
    class Unheard(Report):
        __slots__ = ()

    with pytest.raises(TypeError, match="no format is registered that writes a `Unheard` as CSV"):
        Unheard().to_csv()


def test_the_types_of_the_fields_of_records_can_be_asked_for() -> None:
    records = [getattr(specplan.model, name) for name in specplan.model.__all__]
    for record in filter(is_dataclass, records):
        assert set(get_type_hints(record)) == {field.name for field in fields(record)}


def classes_in(hint: object) -> Iterator[type]:
    """Every class of specplan that a type is made of."""
    if isinstance(hint, type) and hint.__module__.startswith("specplan"):
        yield hint
    for part in get_args(hint):
        parts = part if isinstance(part, (list, tuple)) else [part]
        for each in parts:
            yield from classes_in(each)


def public_functions(thing: object) -> Iterator[object]:
    """A public function, or a public class with its public methods."""
    yield thing
    if not isinstance(thing, type):
        return
    for kind in thing.__mro__:
        if not kind.__module__.startswith("specplan"):
            continue
        for name, member in vars(kind).items():
            if name.startswith("_") and name != "__init__":
                continue
            function = member.fget if isinstance(member, property) else member
            function = getattr(function, "__func__", function)
            if isinstance(function, FunctionType):
                yield function


def private(thing: object) -> set[str]:
    """The attributes of a class that are nobody's business."""
    return {name for name in get_type_hints(thing) if name.startswith("_")}


@pytest.mark.parametrize("name", specplan.__all__)
def test_every_type_of_the_public_face_can_be_asked_for_and_is_public(name: str) -> None:
    """Who writes a function around one of ours needs the types that it takes and returns."""
    thing = getattr(specplan, name)
    if not isinstance(thing, (type, FunctionType)):
        return
    hidden = private(thing) if is_dataclass(thing) or isinstance(thing, type) else set()
    public = {id(getattr(specplan, each)) for each in specplan.__all__}
    for function in public_functions(thing):
        for field, hint in get_type_hints(function).items():
            if field in hidden:
                continue
            unknown = [each for each in classes_in(hint) if id(each) not in public]
            assert unknown == [], (function, field)


@pytest.mark.parametrize("name", specplan.__all__)
def test_whatever_is_public_says_what_it_is(name: str) -> None:
    thing = getattr(specplan, name)
    if isinstance(thing, (type, FunctionType)):
        assert (thing.__doc__ or "").strip()


def repeated(pattern: str, files: Iterable[Path]) -> dict[str, list[str]]:
    """Return what a pattern finds in more than one place, with these places."""
    found: dict[str, list[str]] = {}
    for file in files:
        shown = file.relative_to(PACKAGE.parents[1]).as_posix()
        for name in re.findall(pattern, file.read_text(encoding="utf-8"), re.MULTILINE):
            found.setdefault(name, []).append(shown)
    return {name: places for name, places in found.items() if len(places) > 1}


def test_no_two_classes_have_one_name() -> None:
    """Those of the compiled module are apart: a class of ours is called as the one it wraps."""
    # `_Name` and `Name` cannot be distinguished in speech.
    assert repeated(r"^ *class _?(\w+)", sorted(PACKAGE.rglob("*.py"))) == {}


CRATES = sorted(file.parent for file in (PACKAGE.parents[1] / "rust").glob("*/Cargo.toml"))


@pytest.mark.parametrize("crate", CRATES, ids=lambda crate: crate.name)
def test_no_files_of_a_rust_crate_use_each_other_in_a_circle(crate: Path) -> None:
    found = [
        [file.relative_to(crate).as_posix() for file in circle]
        for circle in circles(uses_of_files(crate))
    ]
    assert found == []


def test_the_solver_knows_no_specs_and_no_graph() -> None:
    manifest = (PACKAGE.parents[1] / "rust/solver/Cargo.toml").read_text(encoding="utf-8")
    assert manifest.count("specplan-") == 1, "only its own name"


def test_the_circles_between_files_are_found(tmp_path: Path) -> None:
    source = tmp_path / "src"
    (source / "room").mkdir(parents=True)
    (source / "lib.rs").write_text("mod one;\nmod room;\npub use room::inner::Inner;\n")
    (source / "one.rs").write_text("use crate::Inner;\n\npub(crate) struct One(Inner);\n")
    (source / "room.rs").write_text("pub mod inner;\n\n// use crate::one::One;\n")
    (source / "room/inner.rs").write_text("fn of() -> crate::one::One {\n    todo!()\n}\n")
    assert circles(uses_of_files(tmp_path)) == [[source / "one.rs", source / "room/inner.rs"]]
    (source / "room/inner.rs").write_text("use super::One;\n\nmod tests {\n    use super::of;\n}\n")
    assert circles(uses_of_files(tmp_path)) == []


def test_no_two_types_that_rust_crates_share_have_one_name() -> None:
    """Those that only a file, or the files around it, know may repeat a plain word."""
    sources = sorted(file for crate in CRATES for file in (crate / "src").rglob("*.rs"))
    kinds = "struct|enum|trait|type|union"
    assert repeated(rf"^ *pub(?:\(crate\))? (?:{kinds}) (\w+)", sources) == {}
