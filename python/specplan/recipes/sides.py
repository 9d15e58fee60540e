"""The recipes of one side of a comparison, each read once."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from specplan.recipes.canonical import Recipe
from specplan.recipes.directives import Directives, directives_of
from specplan.recipes.unread import UnreadError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from specplan.recipes.history import Tree
    from specplan.recipes.host import RecipeHost
    from specplan.recipes.repositories import RecipeRepository
    from specplan.recipes.rules import SpackRules

__all__ = ["RecipeFile", "Side"]

#: The maximum depth of inheritance between recipes.
_MOST_PARENTS = 8


class RecipeFile:
    """The recipe of a package on one side.

    Attributes:
        package: The package.
        repository: Its repository.
        path: The path of ``package.py``.
        source: The content.
    """

    __slots__ = ("_directives", "_recipe", "_side", "package", "path", "repository", "source")

    def __init__(
        self, side: Side, repository: RecipeRepository, package: str, source: bytes
    ) -> None:
        self._side = side
        self._recipe: Recipe | None = None
        self._directives: dict[RecipeHost, Directives] = {}
        self.package = package
        self.repository = repository
        self.path = f"{repository.folder_of(package)}package.py"
        self.source = source

    @property
    def recipe(self) -> Recipe:
        """The recipe as a text for each spec.

        Raises:
            UnreadError: If it cannot be read.
        """
        if self._recipe is None:
            self._recipe = Recipe(self.source, self._side.rules)
        return self._recipe

    @property
    def metadata_names(self) -> frozenset[str]:
        """The names of attributes that are not hashed."""
        return self._side.rules.metadata

    def beside(self, namespace: str, package: str) -> RecipeFile | None:
        """Return another recipe of the same side; None if it has none that can be read."""
        try:
            return self._side.find(namespace, package)
        except UnreadError:
            return None

    def own_directives(self, host: RecipeHost) -> Directives:
        """Return its directives, without those that it inherits.

        Raises:
            UnreadError: If it cannot be read.
        """
        if host not in self._directives:
            self._directives[host] = directives_of(
                self.recipe.module, self.package, self._side.rules, host.facts()
            )
        return self._directives[host]

    def directives(self, host: RecipeHost, depth: int = 0) -> list[Directives]:
        """Return the inherited directives, then its own.

        Raises:
            UnreadError: If one of them cannot be read, or is not available.
        """
        own = self.own_directives(host)
        inherited: list[Directives] = []
        for namespace, folder in own.parents:
            parent = self._side.in_folder(namespace, folder)
            if parent is None or depth > _MOST_PARENTS:
                raise UnreadError(f"the recipe `{folder}` that it derives from is not available")
            inherited += parent.directives(host, depth + 1)
        return [*inherited, own]

    def file(self, name: str) -> bytes | None:
        """Return the content of a file by its path from the recipe; None if it does not exist.

        Raises:
            UnreadError: If it cannot be read.
        """
        path = posixpath.normpath(f"{self.repository.folder_of(self.package)}{name}")
        return None if path.startswith(("../", "/")) else self._side.tree.read(path)


class Side:
    """The recipes of one side.

    Args:
        tree: Its files.
        repositories: Its repositories, the innermost first.
        rules: The rules for hashing recipes.
    """

    __slots__ = ("_recipes", "repositories", "rules", "tree")

    def __init__(self, tree: Tree, repositories: list[RecipeRepository], rules: SpackRules) -> None:
        self.tree = tree
        self.repositories = repositories
        self.rules = rules
        self._recipes: dict[tuple[str, str], RecipeFile | None] = {}

    def fetch(self, packages: Iterable[tuple[str, str]]) -> None:
        """Read the recipes of (namespace, package) in advance, all at once."""
        self.tree.fetch(
            f"{each.folder_of(package)}package.py"
            for namespace, package in packages
            for each in self._repositories(namespace)
        )

    def folders(self, packages: Iterable[tuple[str, str]]) -> tuple[str, ...]:
        """Return the possible folders of the recipes of (namespace, package), each with a slash."""
        return tuple(
            each.folder_of(package)
            for namespace, package in packages
            for each in self._repositories(namespace)
        )

    def find(self, namespace: str, package: str) -> RecipeFile | None:
        """Return the recipe of a package; None if this side has none.

        Raises:
            UnreadError: If its file cannot be read.
        """
        key = (namespace, package)
        if key not in self._recipes:
            self._recipes[key] = self._found(namespace, package)
        return self._recipes[key]

    def in_folder(self, namespace: str, folder: str) -> RecipeFile | None:
        """Return the recipe in a folder of a repository, as imports name it."""
        for each in self._repositories(namespace):
            found = self.find(each.namespace, each.package_in(folder))
            if found is not None:
                return found
        return None

    def _repositories(self, namespace: str) -> list[RecipeRepository]:
        return [
            each
            for each in self.repositories
            if not namespace or not each.namespace or each.namespace == namespace
        ]

    def _found(self, namespace: str, package: str) -> RecipeFile | None:
        for each in self._repositories(namespace):
            source = self.tree.read(f"{each.folder_of(package)}package.py")
            if source is not None:
                return RecipeFile(self, each, package, source)
        return None
