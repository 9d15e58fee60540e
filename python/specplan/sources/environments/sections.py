"""The names of the sections of Spack's configuration, and those that affect wants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from specplan.similar_names import nearest
from specplan.sources.environments.yaml_tree import Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterable

    from specplan.errors import DamagedSourceError
    from specplan.sources.environments.yaml_tree import Mark

__all__ = [
    "MERGED",
    "SECTIONS",
    "entry",
    "includable",
    "is_nothing",
    "matter",
    "near",
    "only_known",
    "something",
    "suffix_hint",
    "unsuffixed",
]

#: The sections about roots or caches; these are merged.
MERGED: Final = ("concretizer", "definitions", "develop", "mirrors", "packages", "toolchains")

#: The valid keys of an environment, in any release of Spack.
SECTIONS: Final = (
    *MERGED,
    "bootstrap",
    "cdash",
    "ci",
    "compilers",
    "concretization",
    "config",
    "container",
    "env_vars",
    "gitlab-ci",
    "include",
    "include_concrete",
    "modules",
    "repos",
    "specs",
    "upstreams",
    "view",
)

#: The sections that affect wants or the specs that cover them; these may not be empty.
_WANTING: Final = (*MERGED, "include", "include_concrete", "specs")

#: Those of them that hold a list; the others hold a mapping.
_LISTS: Final = ("definitions", "include", "include_concrete", "specs")

#: The keys of an environment itself that an included file may not contain.
_OF_ENVIRONMENTS: Final = ("concretization", "include_concrete", "specs")

#: The keys of a package that can change wants or the specs that cover them.
_OF_PACKAGES: Final = frozenset(
    ("buildable", "conflict", "externals", "modules", "paths", "require", "target")
)


def unsuffixed(key: str) -> tuple[str, bool]:
    """Split a key into its name and whether it overrides.

    Spack knows two further suffixes, `+` and `-`, but no file may have them.

    >>> unsuffixed("packages:"), unsuffixed("all")
    (('packages', True), ('all', False))
    """
    return (key[:-1], True) if key.endswith(":") else (key, False)


def is_nothing(node: Node | None) -> bool:
    """Return whether a value is missing or null."""
    return node is None or (isinstance(node, Scalar) and node.is_null)


def entry(node: Node | None, name: str) -> Node | None:
    """Return the value of a key, with or without an additional colon; None if absent.

    Raises:
        DamagedSourceError: If the key exists but is empty.
    """
    if not isinstance(node, Mapping):
        return None
    for key, value in node.entries.items():
        if unsuffixed(key)[0] == name:
            return something(key, value)
    return None


def something(key: str, node: Node) -> Node:
    """Return the value of a key.

    Raises:
        DamagedSourceError: If it is empty, which Spack refuses for all keys of its configuration.
    """
    if is_nothing(node):
        hint = f"remove `{key}:`, or write `[]` or `{{}}` behind it"
        raise node.mark.fault(f"`{key}:` is empty, which Spack refuses", hint=hint)
    return node


def near(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that a misspelt one is close to, or None."""
    lower = {each.lower(): each for each in known}
    found = nearest(name.lower(), lower, most=1)
    return lower[found[0]] if found else None


def only_known(scope: Mapping) -> None:
    """Refuse a key that is not a section of Spack's configuration, like Spack.

    What a file says in a shape that Spack refuses must not be lost when scopes are merged, where
    what takes precedence hides it.

    Raises:
        DamagedSourceError: If something else stands there, or nothing or a value of another type
            stands under a section that says what is wanted.
    """
    for key, node in scope.entries.items():
        name = unsuffixed(key)[0]
        if name not in SECTIONS:
            raise unknown(key, node.mark)
        if name in _WANTING:
            _of_its_type(name, something(key, node))


def _of_its_type(name: str, node: Node) -> None:
    if name in _LISTS:
        if not isinstance(node, Sequence):
            raise node.mark.fault(f"expected a list, found {node.kind}")
        return
    if not isinstance(node, Mapping):
        raise node.mark.fault(f"expected a mapping, found {node.kind}")
    for each in node.entries.values() if name == "packages" else ():
        if not isinstance(each, Mapping):
            raise each.mark.fault(f"expected a mapping, found {each.kind}")


def includable(scope: Mapping) -> Mapping:
    """Return the sections of a file that an environment includes.

    Raises:
        DamagedSourceError: If it holds what Spack takes only from the environment itself.
    """
    for key, node in scope.entries.items():
        if unsuffixed(key)[0] in _OF_ENVIRONMENTS:
            raise node.mark.fault(
                f"`{key}` stands in an included file, where Spack takes none",
                hint=f"write `{key}` in the `spack.yaml` that includes this file",
            )
    return scope


def unknown(key: str, mark: Mark) -> DamagedSourceError:
    """Return the error for a section that does not exist, suggesting a similar one."""
    meant = near(unsuffixed(key)[0], SECTIONS)
    hint = f"did you mean `{meant}`?" if meant else "sections are `specs`, `definitions`, ..."
    if key[-1:] in {"+", "-"} and key[:-1] in SECTIONS:
        hint = suffix_hint(key)
    return mark.fault(f"`{key}` is not a section of Spack's configuration", hint=hint)


def suffix_hint(key: str) -> str:
    """Return a hint for a key with a suffix that no file may have."""
    return (
        f"Spack takes `{key}:` only on its command line: in a file `{key[:-1]}:` is merged, and "
        f"`{key[:-1]}::` replaces"
    )


def matter(scope: Mapping) -> bool:
    """Return whether a scope can change the wants or the specs that cover them."""
    if not is_nothing(entry(entry(scope, "concretizer"), "unify")):
        return True
    names = ("definitions", "develop", "include", "include_concrete", "specs", "toolchains")
    if any(entry(scope, name) is not None for name in names):
        return True
    packages = entry(scope, "packages")
    of_packages = packages.entries.values() if isinstance(packages, Mapping) else ()
    return any(
        unsuffixed(key)[0] in _OF_PACKAGES
        for each in of_packages
        if isinstance(each, Mapping)
        for key in each.entries
    )
