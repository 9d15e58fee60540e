"""Package repositories within a checkout, and the paths of their recipes."""

from __future__ import annotations

import keyword
import re
from typing import TYPE_CHECKING, Final

from specplan.patterns import pattern
from specplan.recipes.unread import UnreadError
from specplan.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable

    from specplan.recipes.history import Tree

__all__ = ["PackageFile", "RecipeRepository", "is_recipe", "place_of", "repositories_of"]

_KEY: Final = r"^\s*{}:\s*[\"']?(?P<value>[^\s\"'#]+)"
_API: Final = pattern(r"v0*(?P<major>[0-9]+)\.")

#: Versions of the interface before folders became Python modules: ``py_numpy``, ``_7zip``.
_PLAIN: Final = frozenset({"0", "1"})

#: The path of a recipe in a repository without a ``repo.yaml``.
_FALLBACK: Final = pattern(r"(?P<root>(?:.*/)?)packages/[^/]+/.+")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeRepository:
    """A package repository.

    Attributes:
        root: The path of its folder from the top of the checkout, ending with a slash; empty for
            the top.
        namespace: Its namespace; empty if it does not declare one.
        packages: The path of the folder of its recipes, with a slash.
        names_modules: Whether the folders of recipes are named as Python modules.
    """

    root: str
    namespace: str
    packages: str
    names_modules: bool

    def folder_of(self, package: str) -> str:
        """Return the path of the folder of a recipe, with a slash."""
        return f"{self.packages}{_module(package) if self.names_modules else package}/"

    def package_in(self, folder: str) -> str:
        """Return the package whose recipe lies in a folder."""
        return folder.lstrip("_").replace("_", "-") if self.names_modules else folder


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageFile:
    """The repository and the package of a file.

    Attributes:
        repository: Its repository.
        package: The package of its recipe; None if it belongs to no recipe.
        inside: Its path within the folder of the recipe, or within the repository.
    """

    repository: RecipeRepository
    package: str | None
    inside: str


def _module(package: str) -> str:
    name = package.replace("-", "_")
    return f"_{name}" if name[:1].isdigit() or keyword.iskeyword(name) else name


def is_recipe(path: str) -> bool:
    """Return whether a file is a recipe, judging only by its path."""
    return path.endswith("/package.py") and _FALLBACK.fullmatch(path) is not None


def repositories_of(tree: Tree, changed: Iterable[str]) -> list[RecipeRepository]:
    """Return the repositories of a side, the innermost first.

    Args:
        tree: The side.
        changed: Changed files. If there is no ``repo.yaml`` above a folder ``packages`` of one, its
            parent folder is taken as a repository without a namespace.
    """
    files = [each for each in tree.paths() if each.rpartition("/")[2] == "repo.yaml"]
    found = {each.root: each for each in (_read(tree, path) for path in files)}
    for path in changed:
        if not any(path.startswith(each.packages) for each in found.values()):
            guessed = _FALLBACK.fullmatch(path)
            if guessed is not None:
                root = guessed["root"]
                found.setdefault(root, _repository(root, ""))
    return sorted(found.values(), key=lambda each: (-len(each.root), each.root))


def _read(tree: Tree, path: str) -> RecipeRepository:
    try:
        text = (tree.read(path) or b"")[: 1 << 16].decode("utf-8-sig", "replace")
    except UnreadError:
        text = ""
    return _repository(path.removesuffix("repo.yaml"), text)


def _repository(root: str, text: str) -> RecipeRepository:
    api = _API.match(_value(text, "api"))
    subdirectory = _value(text, "subdirectory") or "packages"
    return RecipeRepository(
        root=root,
        namespace=_value(text, "namespace"),
        packages=root if subdirectory == "." else f"{root}{subdirectory.strip('/')}/",
        names_modules=api is not None and api["major"] not in _PLAIN,
    )


def _value(text: str, key: str) -> str:
    found = re.search(_KEY.format(key), text, re.MULTILINE)
    return "" if found is None else found["value"]


def place_of(path: str, repositories: Iterable[RecipeRepository]) -> PackageFile | None:
    """Return the place of a file; None if it belongs to no repository."""
    for each in repositories:
        if path.startswith(each.packages):
            folder, slash, inside = path.removeprefix(each.packages).partition("/")
            if slash:
                package = each.package_in(folder)
                return PackageFile(repository=each, package=package, inside=inside)
        if path.startswith(each.root):
            return PackageFile(repository=each, package=None, inside=path.removeprefix(each.root))
    return None
