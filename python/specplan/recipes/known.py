"""Specs of caches for which changes of recipes are judged, if no lock contains them.

An index describes its specs well enough to decide conditions. It is not used for package hashes and
patches, so nothing is proven about these specs.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from specplan import _core
from specplan.recipes.conditions import SpecsOfLock
from specplan.recipes.locks import RecipeLock
from specplan.recipes.nodes import LockFile, Node

if TYPE_CHECKING:
    from collections.abc import Iterable

    from specplan._core import Catalog, SpecAnswer

__all__ = ["known_specs"]

_COMMIT: Final = "commit="


def known_specs(core: Catalog, hashes: Iterable[str], stack: str) -> RecipeLock:
    """Return specs of a catalog as those of a lock.

    Args:
        core: The catalog.
        hashes: The hashes of the specs.
        stack: The name for all of them.
    """
    by_package: defaultdict[str, list[str]] = defaultdict(list)
    nodes: dict[str, Node] = {}
    for each in core.specs(_core.Query.hashes(sorted(hashes)), None):
        nodes[each.hash] = _node(each)
        by_package[each.package].append(each.hash)
    return RecipeLock(
        file=LockFile(stack=stack, document={}, nodes=nodes),
        specs=SpecsOfLock(core, dict(by_package)),
    )


def _node(spec: SpecAnswer) -> Node:
    commits = [each for each in spec.variants if each.startswith(_COMMIT)]
    return Node(
        hash=spec.hash,
        name=spec.package,
        version=spec.version,
        namespace="",
        package_hash="",
        patches=(),
        commit=commits[0].removeprefix(_COMMIT) if commits else "",
        is_external=spec.is_external,
        dependencies=(),
        raw={"arch": {"platform": spec.platform, "platform_os": spec.os, "target": spec.target}},
    )
