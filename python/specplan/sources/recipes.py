"""Which recipes of a package repository changed since a revision, as git tells it."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from specplan.errors import SourceError
from specplan.sources.content import first_bytes

__all__ = ["ChangedRecipes", "changed_recipes", "package_of"]

#: A file of a recipe: everything below ``packages/NAME/``.
_RECIPE: Final = re.compile(r"(?P<repository>(?:.*/)?)packages/(?P<folder>[^/]+)/.+")

#: How much of `repo.yaml` is looked at.
_MOST_BYTES: Final = 1 << 16

_API: Final = re.compile(r"^\s*api:\s*[\"']?v(?P<major>\d+)\.", re.MULTILINE)

#: Since this version of the interface, folders are Python modules: ``py_numpy``, ``_7zip``.
_MODULES: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedRecipes:
    """What changed in a checkout.

    Attributes:
        packages: The packages whose recipes changed, sorted.
        others: Files that changed and belong to no recipe, sorted: what they change is
            not known.
    """

    packages: tuple[str, ...]
    others: tuple[str, ...]


def changed_recipes(checkout: str, revision: str) -> ChangedRecipes:
    """Return what differs between a revision and the files of a checkout.

    Files that git does not track are not seen.

    Args:
        checkout: A git checkout of a package repository, or a folder of one.
        revision: A revision, or a range such as ``origin/develop...HEAD``.

    Raises:
        SourceError: If it is no checkout, or git knows no such revision.
    """
    top = Path(_git(checkout, "rev-parse", "--show-toplevel").removesuffix("\n"))
    listed = _git(
        checkout,
        "diff",
        "--name-only",
        "--no-renames",
        "-z",
        "--end-of-options",
        revision,
        "--",
        ".",
    )
    packages: set[str] = set()
    others: set[str] = set()
    modules: dict[str, bool] = {}
    for file in filter(None, listed.split("\0")):
        found = _RECIPE.fullmatch(file)
        if found is None:
            others.add(file)
            continue
        folder = found["repository"]
        if folder not in modules:
            modules[folder] = _names_modules(top / folder)
        packages.add(package_of(found["folder"]) if modules[folder] else found["folder"])
    return ChangedRecipes(packages=tuple(sorted(packages)), others=tuple(sorted(others)))


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
        text = first_bytes(repository / "repo.yaml", _MOST_BYTES).decode("utf-8", "replace")
    except SourceError:
        return False
    found = _API.search(text)
    return found is not None and int(found["major"]) >= _MODULES


def _git(checkout: str, *arguments: str) -> str:
    command = ["git", "-C", checkout, *arguments]
    try:
        done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - fixed words; the revision stands behind --end-of-options
    except OSError as error:
        raise SourceError(f"git cannot be run: {error.strerror or error}", path=checkout) from error
    if done.returncode:
        told = done.stderr.decode("utf-8", "replace").strip().splitlines()
        fault = told[0].removeprefix("fatal: ") if told else f"git ended with {done.returncode}"
        raise SourceError(f"`{checkout}`: {fault}", path=checkout, hint=_hint(checkout, fault))
    return done.stdout.decode("utf-8", "surrogateescape")


def _hint(checkout: str, fault: str) -> str | None:
    """Return what helps where a clone does not hold the revision that is asked for."""
    if "revision" not in fault:
        return None
    if _git(checkout, "rev-parse", "--is-shallow-repository").strip() != "true":
        return None
    return "the clone is shallow; `git fetch --unshallow` brings the revisions that it lacks"
