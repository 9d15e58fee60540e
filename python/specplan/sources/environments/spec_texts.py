"""The parts of the canonical text of an abstract spec about its own node."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from specplan.patterns import pattern

if TYPE_CHECKING:
    from specplan._core import AbstractSpec

__all__ = ["has_variants", "parts_of", "variants_of"]

#: Values in quotes, which may contain anything.
_QUOTED: Final = pattern(r"'[^']*'|\"(?:[^\"\\\\]|\\\\.)*\"")

#: The beginning of the dependencies.
_DEPENDENCIES: Final = pattern(r"(?:^|\s)[\^%]")

#: The attributes of a dependency: in brackets, or virtual packages.
_USE: Final = pattern(r"^%?(?:\[[^\]]*\]\s*)?(?:[\w,-]+=(?=[\w-]))?")

#: The version, up to the first variant.
_VERSION: Final = pattern(r"@[^\s+~]*")

_SWITCH: Final = pattern(r"[+~]{1,2}(?P<name>\w[\w-]*)")
_KEY: Final = pattern(r"(?:^|\s)(?P<name>[\w-]+)(?P<exact>:?)={1,2}")

_FLAGS: Final = frozenset(
    ("cflags", "cppflags", "cxxflags", "fflags", "ldflags", "ldlibs"),
)
_ARCHITECTURE: Final = frozenset(("arch", "architecture", "os", "platform", "target"))

#: Keys that look like variants, and that Spack does not look up in recipes.
_RESERVED: Final = frozenset(
    ("branch", "commit", "dev_path", "namespace", "operating_system", "patches", "ref", "tag"),
)

_NO_VARIANTS: Final = _FLAGS | _ARCHITECTURE | _RESERVED


def has_variants(spec: AbstractSpec) -> bool:
    """Return whether a spec has variants of its own that Spack looks up in a recipe.

    Exact values, `x:=a`, are not looked up.
    """
    node = _node(spec)
    return _SWITCH.search(node) is not None or any(
        found["name"] not in _NO_VARIANTS and not found["exact"] for found in _KEY.finditer(node)
    )


def variants_of(spec: AbstractSpec) -> tuple[str, ...]:
    """Return the names of the variants on the spec's own node, each once."""
    node = _node(spec)
    switches = [found["name"] for found in _SWITCH.finditer(node)]
    keys = [found["name"] for found in _KEY.finditer(node)]
    return tuple(dict.fromkeys([*switches, *(key for key in keys if key not in _NO_VARIANTS)]))


def parts_of(spec: AbstractSpec) -> tuple[str, ...]:
    """Return the text of the node itself and of each dependency, with `x` for quoted values.

    The attributes of a dependency precede it in brackets, or as ``c,cxx=``.
    """
    first, *others = _DEPENDENCIES.split(_QUOTED.sub("x", str(spec)))
    return (first.strip(), *(_USE.sub("", each).strip() for each in others))


def _node(spec: AbstractSpec) -> str:
    """Return the text of the node itself without its version and quoted values."""
    text = _QUOTED.sub("", str(spec))
    dependencies = _DEPENDENCIES.search(text)
    return _VERSION.sub("", text if dependencies is None else text[: dependencies.start()])
