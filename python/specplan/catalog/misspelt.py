"""Names in an abstract spec that no known spec has, which are probably misspelt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from specplan import _core as compiled
from specplan import targets as known_targets
from specplan.catalog.systems import Systems
from specplan.patterns import pattern
from specplan.similar_names import _CLOSE, suggestions
from specplan.sources.environments.spec_texts import parts_of, variants_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

__all__ = ["misspelt"]

_PLATFORMS: Final = frozenset(("darwin", "freebsd", "linux", "windows"))

#: The name of a variant in its canonical spelling.
_VARIANT: Final = pattern(r"[+~]{0,2}([\w-]+)")

#: The values of a part of the architecture, which may be lists and ranges.
_OF_SYSTEM: Final = pattern(r"(?:^|\s)(platform|os|target)=([^\s]+)")


def misspelt(core: compiled.Catalog, spec: str) -> tuple[str, ...]:
    """Return one sentence for each name in an abstract spec that no known spec has.

    Only packages, variants and the parts of systems are checked; an unknown version or value may
    well be correct.

    Args:
        core: All known specs.
        spec: The abstract spec.

    Complexity: linear in the specs, for each name that it has.
    """
    asked = compiled.AbstractSpec(spec)
    packages = frozenset(core.names("package"))
    found: list[str] = []
    for text in parts_of(asked):
        try:
            part = compiled.AbstractSpec(text)
        except ValueError:
            # A dependency with attributes besides its spec.
            continue
        name = part.name
        if name is not None and name not in packages:
            if name != asked.name and not _is_virtual(core, name):
                found.append(_not_there(core, name, packages))
            continue
        found += _variants(core, part, name)
        found += _systems(core, text)
    return tuple(dict.fromkeys(found))


def _is_virtual(core: compiled.Catalog, name: str) -> bool:
    """Return whether a spec may depend on that name: one does, or no spec lists dependencies."""
    answer = core.find(f"^{name}", compiled.Query.all(), None)
    return bool(answer.specs or answer.unknown)


def _not_there(core: compiled.Catalog, name: str, packages: Collection[str]) -> str:
    if core.has_heard_of(name):
        return f"no known spec depends on the virtual package `{name}`"
    near = _near(suggestions(name, packages))
    return f"no known package, real or virtual, is called `{name}`{near}"


def _variants(
    core: compiled.Catalog, part: compiled.AbstractSpec, name: str | None
) -> Iterator[str]:
    packages = compiled.Query.all() if name is None else compiled.Query.text("package", [name])
    for variant in variants_of(part):
        answer = core.find(f"{variant}=*", packages, None)
        if answer.specs or answer.unknown:
            continue
        if name is None:
            yield f"no known spec has a variant `{variant}`"
            continue
        has = {
            text[1]
            for each in core.specs(packages, None)
            for text in map(_VARIANT.match, each.variants)
            if text is not None
        }
        near = _near(suggestions(variant, has))
        yield f"no known spec of `{name}` has a variant `{variant}`{near}"


def _systems(core: compiled.Catalog, text: str) -> Iterator[str]:
    systems = Systems(core, {})
    known: dict[str, Collection[str]] = {
        "platform": {*_PLATFORMS, *core.names("platform")},
        "os": systems.oss,
        "target": systems.targets,
    }
    words = {"platform": "platform", "os": "operating system", "target": "target"}
    for kind, values in _OF_SYSTEM.findall(text):
        for value in values.strip("'\"").replace(":", ",").split(","):
            if not value or value in known[kind] or value == "*":
                continue
            if kind == "target" and known_targets.is_known(value):
                continue
            held = core.names("platform" if kind == "platform" else kind)
            near = suggestions(value, held) or suggestions(value, known[kind], closeness=_CLOSE)
            yield f"no {words[kind]} is called `{value}`{_near(near)}"


def _near(names: Collection[str]) -> str:
    return f" (did you mean {', '.join(f'`{each}`' for each in names)}?)" if names else ""
