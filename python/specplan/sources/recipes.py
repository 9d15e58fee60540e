"""The recipes of a package repository that changed since a revision, from git."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from typing import Final

from specplan.errors import SourceError, UsageError
from specplan.patterns import pattern
from specplan.records import dataclass
from specplan.sources.content import first_bytes
from specplan.sources.git import git, without_filters

__all__ = [
    "ChangedRecipes",
    "changed_recipes",
    "is_beside",
    "is_code",
    "no_repository",
    "package_of",
    "refuse_no_revision",
]

#: A file of a recipe: everything below ``packages/NAME/``.
_RECIPE: Final = pattern(r"(?P<repository>(?:.*/)?)packages/(?P<folder>[^/]+)/.+")

#: The suffixes of files that can change how packages are built.
_CODE: Final = frozenset({".py", ".patch", ".diff"})

#: Folders, names and suffixes of files that cannot.
_BESIDE: Final = frozenset({"doc", "docs", "test", "tests"})
_DOCUMENTS: Final = frozenset({"readme", "license", "copyright", "notice", "changelog"})
_TEXTS: Final = frozenset({".md", ".rst", ".txt", ".toml", ".cfg", ".ini"})

#: The number of bytes read of `repo.yaml`.
_MOST_BYTES: Final = 1 << 16

_API: Final = pattern(r"^\s*api:\s*[\"']?v0*(?P<major>[0-9]+)\.", re.MULTILINE)

#: Versions of the interface before folders became Python modules: ``py_numpy``, ``_7zip``.
_PLAIN: Final = frozenset({"0", "1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedRecipes:
    """The changed recipes of a checkout.

    Attributes:
        packages: The packages whose recipes changed, sorted.
        code: Files of no recipe that can change how packages are built, sorted: build systems,
            helpers, patches, `repo.yaml`. Their effect on specs is unknown.
        others: Other files of no recipe, sorted, except documents and files for CI and tools.
    """

    packages: tuple[str, ...]
    code: tuple[str, ...]
    others: tuple[str, ...]


def changed_recipes(checkout: str, revision: str) -> ChangedRecipes:
    """Return the differences between a revision and the files of a checkout.

    Untracked files are ignored.

    Args:
        checkout: A git checkout of a package repository, or a folder of one.
        revision: A revision, or a range such as ``origin/develop...HEAD``.

    Raises:
        SourceError: If it is not a checkout, or git does not know the revision.
        UsageError: If no older revision is given.
    """
    refuse_no_revision(revision)
    top = Path(git(checkout, "rev-parse", "--show-toplevel").removesuffix("\n"))
    listed = git(
        checkout,
        *without_filters(checkout),
        "diff",
        "--name-only",
        "--no-renames",
        "--no-relative",
        "--no-ext-diff",
        "--no-textconv",
        "--ignore-submodules=dirty",
        "-z",
        "--end-of-options",
        revision,
        "--",
        ".",
    )
    packages: set[str] = set()
    code: set[str] = set()
    others: set[str] = set()
    modules: dict[str, bool] = {}
    for file in filter(None, listed.split("\0")):
        found = _RECIPE.fullmatch(file)
        if found is None:
            if is_code(file):
                code.add(file)
            elif not is_beside(file):
                others.add(file)
            continue
        folder = found["repository"]
        if folder not in modules:
            modules[folder] = _names_modules(top / folder)
        packages.add(package_of(found["folder"]) if modules[folder] else found["folder"])
    return ChangedRecipes(
        packages=tuple(sorted(packages)), code=tuple(sorted(code)), others=tuple(sorted(others))
    )


def refuse_no_revision(since: str) -> None:
    """Refuse an empty revision, such as from an empty variable in a script.

    Git takes it as the last commit, since which there may be no change.

    Raises:
        UsageError: If no older revision is given.
    """
    if not since.partition("..")[0]:
        raise UsageError(
            f"`{since}` names no older revision" if since else "the revision is empty",
            hint="write `A`, `A..B` or `A...B`; `HEAD` is the last commit",
        )


def no_repository(place: str) -> SourceError:
    """Return the error for a place that should contain recipes but does not."""
    return SourceError(
        f"`{place}` contains no package repository",
        path=place,
        hint="name a checkout of spack-packages, or the folder that holds `packages/`",
    )


def is_beside(file: str) -> bool:
    """Return whether a file is a document, or only for tools and CI, by its path."""
    *folders, name = PurePosixPath(file.lower()).parts
    if name.startswith(".") or any(each.startswith(".") or each in _BESIDE for each in folders):
        return True
    return name.partition(".")[0] in _DOCUMENTS or PurePosixPath(name).suffix in _TEXTS


def is_code(file: str) -> bool:
    """Return whether a file can change how packages are built, by its path."""
    path = PurePosixPath(file)
    return not is_beside(file) and (path.name == "repo.yaml" or path.suffix in _CODE)


def package_of(folder: str) -> str:
    """Return the package of a folder that is named as a Python module.

    Examples:
        >>> package_of("py_numpy"), package_of("_7zip")
        ('py-numpy', '7zip')
    """
    return folder.lstrip("_").replace("_", "-")


def _names_modules(repository: Path) -> bool:
    """Return whether the folders of a repository are named as Python modules."""
    try:
        text = first_bytes(repository / "repo.yaml", _MOST_BYTES).decode("utf-8-sig", "replace")
    except SourceError:
        return False
    found = _API.search(text)
    return found is not None and found["major"] not in _PLAIN
