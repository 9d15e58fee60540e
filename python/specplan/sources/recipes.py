"""Which recipes of a package repository changed since a revision, as git tells it."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from specplan.errors import SourceError
from specplan.sources.content import first_bytes

__all__ = ["ChangedRecipes", "changed_recipes", "package_of"]

#: A file of a recipe: everything below ``packages/NAME/``.
_RECIPE: Final = re.compile(r"(?P<repository>(?:.*/)?)packages/(?P<folder>[^/]+)/.+")

#: What can change how packages are built.
_CODE: Final = frozenset({".py", ".patch", ".diff"})

#: Folders, names and suffixes of what cannot.
_BESIDE: Final = frozenset({"doc", "docs", "test", "tests"})
_DOCUMENTS: Final = frozenset({"readme", "license", "copyright", "notice", "changelog"})
_TEXTS: Final = frozenset({".md", ".rst", ".txt", ".toml", ".cfg", ".ini"})

#: How much of `repo.yaml` is looked at.
_MOST_BYTES: Final = 1 << 16

_API: Final = re.compile(r"^\s*api:\s*[\"']?v0*(?P<major>[0-9]+)\.", re.MULTILINE)

#: Versions of the interface before folders became Python modules: ``py_numpy``, ``_7zip``.
_PLAIN: Final = frozenset({"0", "1"})

#: Configuration that a checkout brings along and that names commands to run: all of it is off.
#: A checkout may come from anybody, and to look at it must not run what it says.
_HARMLESS: Final = (
    "core.fsmonitor=false",
    f"core.hooksPath={os.devnull}",
    "core.sshCommand=false",
    "core.askPass=",
    "core.gitProxy=",
    "credential.helper=",
    "diff.external=",
    "diff.ignoreSubmodules=dirty",
    "protocol.allow=never",
    "submodule.recurse=false",
)

#: The commands with which files are changed on their way between a checkout and git.
_FILTER: Final = re.compile(r"(filter\..+\.)(?:clean|smudge|process|required)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedRecipes:
    """What changed in a checkout.

    Attributes:
        packages: The packages whose recipes changed, sorted.
        code: Files of no recipe that can change how packages are built, sorted: build
            systems, helpers, patches, `repo.yaml`. Which specs they change is not known.
        others: Other files of no recipe, sorted, but for documents and what CI and tools read.
    """

    packages: tuple[str, ...]
    code: tuple[str, ...]
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
        *_without_filters(checkout),
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
            if _is_code(file):
                code.add(file)
            elif not _is_beside(file):
                others.add(file)
            continue
        folder = found["repository"]
        if folder not in modules:
            modules[folder] = _names_modules(top / folder)
        packages.add(package_of(found["folder"]) if modules[folder] else found["folder"])
    return ChangedRecipes(
        packages=tuple(sorted(packages)), code=tuple(sorted(code)), others=tuple(sorted(others))
    )


def _is_beside(file: str) -> bool:
    """Return whether a file is a document, or is for tools and CI alone, by its path."""
    *folders, name = PurePosixPath(file.lower()).parts
    if name.startswith(".") or any(each.startswith(".") or each in _BESIDE for each in folders):
        return True
    return name.partition(".")[0] in _DOCUMENTS or PurePosixPath(name).suffix in _TEXTS


def _is_code(file: str) -> bool:
    """Return whether a file can change how packages are built, by its path."""
    path = PurePosixPath(file)
    return not _is_beside(file) and (path.name == "repo.yaml" or path.suffix in _CODE)


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


def _without_filters(checkout: str) -> list[str]:
    """Return the options that switch off every filter that the configuration names."""
    names = _git(checkout, "config", "--list", "--includes", "--name-only", "-z").split("\0")
    filters = {found[1] for name in names if (found := _FILTER.fullmatch(name))}
    for each in filters:
        if "=" in each:
            # No option of git can name it.
            raise SourceError(
                f"`{checkout}`: its configuration has the filter `{each}`, which cannot be "
                "switched off",
                path=checkout,
                hint="remove it from the `.git/config` of the checkout",
            )
    return [
        word
        for each in sorted(filters)
        for setting in ("clean=", "smudge=", "process=", "required=false")
        for word in ("-c", each + setting)
    ]


def _environment() -> dict[str, str]:
    """Return an environment in which git looks at the checkout and asks nobody."""
    kept = {
        name: value
        for name, value in os.environ.items()
        # A hook of another repository sets where that is.
        if not name.startswith("GIT_") or name.startswith("GIT_CONFIG")
    }
    return {
        **kept,
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
    }


def _git(checkout: str, *arguments: str) -> str:
    settings = [word for each in _HARMLESS for word in ("-c", each)]
    command = ["git", "--no-pager", "-C", checkout, *settings, *arguments]
    try:
        done = subprocess.run(  # noqa: S603 - fixed words; the revision stands behind --end-of-options
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            env=_environment(),
        )
    except (OSError, ValueError) as error:
        fault = getattr(error, "strerror", None) or str(error)
        raise SourceError(f"git cannot be run: {fault}", path=checkout) from error
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
