"""The variants of packages, as declared by the recipes of a repository.

Recipes are Python, and untrusted: they are parsed, and never run. Declarations under a condition,
in a loop or in a class that is not available count as unknown.
"""

from __future__ import annotations

import ast
import re
import warnings
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from specplan.errors import SourceError
from specplan.records import dataclass
from specplan.sources.content import first_bytes
from specplan.sources.recipes import no_repository, package_of

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["DeclaredVariants", "declared_variants"]

#: The folders of a checkout that may contain repositories.
_WITHIN: Final = (
    "",
    "spack_repo/*",
    "repos/spack_repo/*",
    "var/spack/repos/*",
    "var/spack/repos/spack_repo/*",
)

_RECIPES: Final = "packages"
_RECIPE: Final = "package.py"
_BUILD_SYSTEMS: Final = "build_systems"

#: The size limit of a recipe; real ones have up to 100 kB.
_MOST_BYTES: Final = 1 << 20

#: The maximum number of classes that are followed for one package.
_MOST_CLASSES: Final = 64

#: The base classes of all packages, which belong to Spack itself; they have only one variant.
_BASES: Final = frozenset(("Package", "PackageBase", "object"))
_OF_BASES: Final = "build_system"


@dataclass(slots=True)
class _Class:
    """The variants that a class declares.

    Attributes:
        bases: Each base class as written; None for an expression.
        always: Its unconditional variants.
        perhaps: Its conditional variants.
        is_open: Whether it may have others whose names are computed.
    """

    bases: list[str | None] = field(default_factory=list)
    always: set[str] = field(default_factory=set)
    perhaps: set[str] = field(default_factory=set)
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class _Module:
    """The classes of a file, and the origins of its imported names."""

    classes: dict[str, _Class]
    imported: dict[str, str]


class DeclaredVariants:
    """The variants of the packages of a repository; recipes are read on access."""

    def __init__(self, repositories: tuple[Path, ...]) -> None:
        self._repositories = repositories
        self._folders: list[dict[str, Path]] | None = None
        self._modules: dict[Path, _Module | None] = {}
        self._known: dict[tuple[str, str], bool | None] = {}

    def has(self, package: str, variant: str) -> bool | None:
        """Return whether a package has a variant; None if its recipe does not show it.

        A variant that a package only has under a condition counts as unknown.
        """
        key = (package, variant)
        if key not in self._known:
            self._known[key] = self._look_up(package, variant)
        return self._known[key]

    def _look_up(self, package: str, variant: str) -> bool | None:
        for folders in self._packages():
            if package in folders:
                file = folders[package] / _RECIPE
                return self._of_recipe(file, package, variant)
        return None

    def _packages(self) -> list[dict[str, Path]]:
        """Return the folders of recipes by package, for each repository."""
        if self._folders is None:
            self._folders = [_folders(each) for each in self._repositories]
        return self._folders

    def _of_recipe(self, file: Path, package: str, variant: str) -> bool | None:
        module = self._module(file)
        name = _class_of(package)
        if module is None or name not in module.classes:
            return None
        answer: bool | None = None if variant == _OF_BASES else False
        for found in self._ancestry(file, name):
            if found is None:
                answer = None
            elif variant in found.always:
                return True
            elif variant in found.perhaps or found.is_open:
                answer = None
        return answer

    def _ancestry(self, file: Path, name: str) -> Iterator[_Class | None]:
        """Yield a class and all its base classes; None for each one that is not available."""
        pending = [(file, name)]
        seen: set[tuple[Path, str]] = set()
        while pending:
            place = pending.pop()
            if place in seen:
                continue
            seen.add(place)
            module = self._module(place[0])
            found = None if module is None else module.classes.get(place[1])
            if module is None or found is None or len(seen) > _MOST_CLASSES:
                yield None
                continue
            yield found
            for base in found.bases:
                if base in _BASES and base not in module.classes:
                    continue
                origin = None if base is None else self._origin(place[0], module, base)
                if origin is None:
                    yield None
                else:
                    pending.append(origin)

    def _origin(self, file: Path, module: _Module, base: str) -> tuple[Path, str] | None:
        """Return the file of a base class and its name there."""
        own, _, attribute = base.rpartition(".")
        if not own and base in module.classes:
            return file, base
        imported = module.imported.get(own or base)
        if imported is None:
            return None
        path = f"{imported}.{attribute}" if own else imported
        parent, _, name = path.rpartition(".")
        for repository in self._repositories:
            target = _file_of(repository, parent)
            if target is not None:
                return target, name
        return None

    def _module(self, file: Path) -> _Module | None:
        if file not in self._modules:
            self._modules[file] = _parsed(file)
        return self._modules[file]


def declared_variants(place: str) -> DeclaredVariants:
    """Return the variants that the recipes of a checkout declare.

    Args:
        place: A package repository, or a checkout of Spack or of its packages.

    Raises:
        SourceError: If there is no package repository.
    """
    top = Path(place)
    try:
        found = [
            each
            for pattern in _WITHIN
            for each in (sorted(top.glob(pattern)) if pattern else [top])
            if (each / _RECIPES).is_dir()
        ]
    except (OSError, ValueError) as error:
        raise SourceError(f"cannot read `{place}`: {error}", path=place) from error
    if not found:
        raise no_repository(place)
    # Of all repositories in a checkout, Spack's own packages come last.
    return DeclaredVariants(tuple(sorted(found, key=lambda each: each.name == "builtin")))


def _folders(repository: Path) -> dict[str, Path]:
    """Return the folders of the recipes of a repository by package."""
    try:
        folders = [each for each in (repository / _RECIPES).iterdir() if each.is_dir()]
    except OSError as error:
        fault = error.strerror or str(error)
        raise SourceError(f"cannot read `{repository}`: {fault}", path=str(repository)) from error
    return {package_of(each.name): each for each in folders} | {each.name: each for each in folders}


def _file_of(repository: Path, module: str) -> Path | None:
    """Return the file of a module of a repository, such as `spack_repo.builtin.build_systems.cuda`.

    Older recipes import `spack.pkg.builtin.NAME`.
    """
    parts = module.split(".")
    if parts[:2] == ["spack", "pkg"]:
        parts = ["spack_repo", parts[2], _RECIPES, *parts[3:], "package"] if parts[3:] else []
    if parts[:1] != ["spack_repo"] or len(parts) < 4 or parts[1] != repository.name:  # noqa: PLR2004
        return None
    if not all(re.fullmatch(r"\w+", part) for part in parts):
        return None
    return repository.joinpath(*parts[2:]).with_suffix(".py")


def _class_of(package: str) -> str:
    """Return the name of the class of a package.

    Examples:
        >>> _class_of("py-numpy"), _class_of("7zip")
        ('PyNumpy', '_7zip')
    """
    name = "".join(part[:1].upper() + part[1:] for part in re.split(r"[-_]", package))
    return f"_{name}" if name[:1].isdigit() else name


def _parsed(file: Path) -> _Module | None:
    """Return the classes of a file; None if it cannot be read or is not Python."""
    try:
        content = first_bytes(file, _MOST_BYTES + 1)
        if len(content) > _MOST_BYTES:
            return None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(content)
    except (SourceError, SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return _Module(
        classes={
            each.name: _read_class(each) for each in tree.body if isinstance(each, ast.ClassDef)
        },
        imported={
            alias.asname or alias.name: f"{each.module}.{alias.name}"
            for each in tree.body
            if isinstance(each, ast.ImportFrom) and each.module is not None
            for alias in each.names
        },
    )


def _read_class(node: ast.ClassDef) -> _Class:
    found = _Class(bases=[_dotted(base) for base in node.bases])
    for statement in node.body:
        _read(statement, found, is_certain=True)
    return found


def _dotted(node: ast.expr) -> str | None:
    """Return a dotted name as written; None for any other expression."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else None


def _read(statement: ast.stmt, found: _Class, *, is_certain: bool) -> None:
    """Add the variants that a statement of a class declares."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return
    if isinstance(statement, ast.Expr):
        if isinstance(statement.value, ast.Call):
            _read_call(statement.value, found, is_certain=is_certain)
        return
    # Statements nested in anything else, such as `with when(...)`, are conditional.
    for inner in ast.iter_child_nodes(statement):
        if isinstance(inner, ast.stmt):
            _read(inner, found, is_certain=False)
        elif isinstance(inner, ast.ExceptHandler | ast.match_case):
            for deeper in inner.body:
                _read(deeper, found, is_certain=False)


def _read_call(call: ast.Call, found: _Class, *, is_certain: bool) -> None:
    directive = _dotted(call.func)
    if directive == _OF_BASES:
        found.always.add(_OF_BASES)
    elif directive in {"generator", "cmake.generator"}:
        found.perhaps.add("generator")
    elif directive == "variant":
        name = call.args[0] if call.args else None
        name = name or next((each.value for each in call.keywords if each.arg == "name"), None)
        if not isinstance(name, ast.Constant) or not isinstance(name.value, str):
            found.is_open = True
        elif is_certain and not any(each.arg in {"when", None} for each in call.keywords):
            found.always.add(name.value)
        else:
            found.perhaps.add(name.value)
    elif directive is not None and "." not in directive and directive not in _DIRECTIVES:
        # A function of the recipe's own may declare any variant.
        found.is_open = True


#: The other calls in recipes, which declare no variant.
_DIRECTIVES: Final = frozenset(
    (
        "can_splice",
        "conditional",
        "conflicts",
        "depends_on",
        "executables",
        "extends",
        "filter_compiler_wrappers",
        "license",
        "maintainers",
        "patch",
        "phases",
        "provides",
        "redistribute",
        "requires",
        "resource",
        "sanity_check_is_dir",
        "sanity_check_is_file",
        "tags",
        "unversioned",
        "version",
    ),
)
