"""Recipes that import changed modules, which the hash does not cover."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from specplan.patterns import pattern
from specplan.recipes.canonical import parsed
from specplan.recipes.stripping import without_strings
from specplan.recipes.unread import UnreadError
from specplan.recipes.writing import written_module

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from specplan.recipes.history import Tree
    from specplan.recipes.repositories import RecipeRepository

__all__ = ["changed_code", "imported_by", "module_of", "with_importers"]

_IMPORT: Final = pattern(
    rb"^[ \t]*(?:from[ \t]+(?P<place>[.\w]+)[ \t]+import[ \t]+(?P<names>\([^)]*\)|[^\n]*)"
    rb"|import[ \t]+(?P<modules>[\w., \t]+))",
    re.MULTILINE,
)
_WORD: Final = pattern(rb"\w+")


def module_of(path: str) -> str | None:
    """Return the module name of a file of a repository; None if it is not a module.

    Examples:
        >>> module_of("repos/spack_repo/builtin/build_systems/cmake.py")
        'spack_repo.builtin.build_systems.cmake'
    """
    parts = path.removesuffix(".py").split("/")
    if not path.endswith(".py") or "spack_repo" not in parts:
        return None
    return ".".join(parts[parts.index("spack_repo") :]).removesuffix(".__init__")


def imported_by(source: bytes, module: str) -> set[str]:
    """Return the modules that a module imports; imported names may be modules too.

    Args:
        source: Its content.
        module: Its own module name.
    """
    found: set[str] = set()
    for each in _IMPORT.finditer(source):
        if each["modules"] is not None:
            words = each["modules"].decode("ascii", "replace").split(",")
            found |= {word.split()[0] for word in words if word.split()}
            continue
        place = _absolute(each["place"].decode("ascii", "replace"), module)
        found.add(place)
        found |= {
            f"{place}.{name.decode()}" for name in _WORD.findall(each["names"]) if name.isascii()
        }
    return found


def _absolute(place: str, module: str) -> str:
    dots = len(place) - len(place.lstrip("."))
    if not dots:
        return place
    package = module.split(".")[:-dots]
    return ".".join([*package, *filter(None, [place[dots:]])])


def with_importers(
    changed: Iterable[str], tree: Tree, repositories: Iterable[RecipeRepository]
) -> dict[str, str]:
    """Return modules, other than recipes, that changed or import a changed one.

    Args:
        changed: The modules that changed.
        tree: The side on which they are read.
        repositories: Its repositories.

    Returns:
        By module, the one that changed.
    """
    imports = dict(_imports(tree, list(repositories)))
    cause = {each: each for each in changed}
    open_ = list(cause)
    while open_:
        module = open_.pop()
        for other, known in imports.items():
            if module in known and other not in cause:
                cause[other] = cause[module]
                open_.append(other)
    return cause


def _imports(tree: Tree, repositories: list[RecipeRepository]) -> Iterator[tuple[str, set[str]]]:
    """Yield the modules beside the recipes, each with its imports."""
    packages = tuple(each.packages for each in repositories)
    paths: Mapping[str, str] = {
        path: module
        for path in tree.paths()
        if not path.startswith(packages) and (module := module_of(path))
    }
    tree.fetch(paths)
    for path, module in paths.items():
        try:
            source = tree.read(path)
        except UnreadError:
            continue
        yield module, imported_by(source or b"", module)


def changed_code(old: bytes | None, new: bytes | None) -> bool:
    """Return whether anything except comments, blanks and bare strings changed."""
    if old is None or new is None:
        return True
    try:
        return _code(old) != _code(new)
    except (UnreadError, RecursionError):
        return True


def _code(source: bytes) -> str:
    return written_module(without_strings(parsed(source)))
