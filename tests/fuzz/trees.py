"""Changes to values made of mappings, lists, texts and numbers, and how values are spelt."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any, Final

import yaml

from tests.fuzz import texts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

__all__ = ["changed", "json_text", "parts", "toml_text", "value", "yaml_text"]

#: Stands for a piece of text that is put in as it is, and need not be JSON.
_RAW: Final = "@@raw%d@@"


class Raw(str):
    """A text that stands in a file as it is."""

    __slots__ = ()


def parts(tree: Any) -> Iterator[tuple[Any, Any]]:
    """Yield each part of a value as its container and its key or index."""
    waiting = [tree]
    while waiting:
        container = waiting.pop()
        keyed = container.items() if isinstance(container, dict) else enumerate(container)
        for key, each in list(keyed):
            yield container, key
            if isinstance(each, (dict, list)):
                waiting.append(each)


def value(draw: Random) -> Any:  # noqa: PLR0911 - a case each
    """Return a value of any type."""
    kind = draw.randrange(12)
    if kind < 3:
        return texts.hostile(draw)
    if kind < 4:
        return texts.word(draw)
    if kind < 5:
        return texts.abstract_spec(draw)
    if kind < 6:
        return draw.choice((None, True, False))
    if kind < 8:
        return Raw(texts.number(draw) or "0")
    if kind < 10:
        return draw.choice(([], {}, [[]], [None], [{}], {"": 1}, {"a": {"a": []}}, ["x", 1]))
    if kind < 11:
        depth = draw.choice((5, 70, 200, 2000))
        opened, closed = draw.choice((("[", "]"), ('{"a":', "}")))
        return Raw(opened * depth + "1" + closed * depth)
    return draw.choice(("x" * 2000, list(range(300)), {f"k{n}": n for n in range(300)}))


def changed(draw: Random, tree: Any, others: list[Any]) -> Any:
    """Return a copy of a value with some parts changed.

    Args:
        draw: The source of random decisions.
        tree: The value.
        others: Values whose parts may be put into it.
    """
    tree = copy.deepcopy(tree)
    for _ in range(draw.choice((1, 1, 1, 2, 3, 6))):
        if not isinstance(tree, (dict, list)) or not tree:
            return value(draw)
        found = list(parts(tree))
        container, key = draw.choice(found)
        _change(draw, container, key, found, others)
    return tree


def _change(  # noqa: C901 - a case each
    draw: Random, container: Any, key: Any, found: list[Any], others: list[Any]
) -> None:
    kind = draw.randrange(12)
    each = container[key]
    if kind == 0:
        del container[key]
    elif kind == 1 and isinstance(container, dict):
        del container[key]
        container[draw.choice((texts.word(draw), texts.noisy(draw, str(key)), "<<"))] = each
    elif kind == 2 and isinstance(container, list):
        container[key:key] = [each] * draw.choice((1, 2, 50))
    elif kind == 3:
        source, at = draw.choice(found)
        container[key] = copy.deepcopy(source[at])
    elif kind == 4:
        container[key] = draw.choice(([each], {"a": each}, {str(key): each}, [each, each]))
    elif kind == 5 and others:
        donor = draw.choice(others)
        donated = list(parts(donor)) if isinstance(donor, (dict, list)) else []
        if donated:
            source, at = draw.choice(donated)
            container[key] = copy.deepcopy(source[at])
    elif kind in {6, 7} and isinstance(each, str):
        container[key] = texts.noisy(draw, each)
    elif kind == 8 and isinstance(each, str):
        container[key] = texts.abstract_spec(draw)
    elif kind == 9 and isinstance(container, dict):
        container[texts.word(draw)] = value(draw)
    else:
        container[key] = value(draw)


def json_text(tree: Any) -> str:
    """Spell a value as JSON, raw pieces as they are."""
    pieces: list[str] = []
    spelt = json.dumps(_marked(tree, pieces))
    for position, piece in enumerate(pieces):
        spelt = spelt.replace(json.dumps(_RAW % position), piece)
    return spelt


def yaml_text(draw: Random, tree: Any) -> str:
    """Spell a value as YAML in one of the ways that people write it."""
    if draw.random() < 0.4:
        return json_text(tree)
    pieces: list[str] = []
    marked = _marked(tree, pieces)
    try:
        spelt = yaml.safe_dump(
            _shared(draw, marked) if draw.random() < 0.3 else marked,
            sort_keys=False,
            default_flow_style=draw.choice((True, False, None)),
            allow_unicode=draw.random() < 0.5,
            indent=draw.choice((2, 4)),
        )
    except (yaml.YAMLError, UnicodeError):
        return json_text(tree)
    for position, piece in enumerate(pieces):
        spelt = spelt.replace(f"'{_RAW % position}'", piece)
    if draw.random() < 0.1:
        lines = spelt.split("\n")
        at = draw.randrange(len(lines))
        extra = ("# x", "---", "...", "%YAML 1.2", "- x", "<<: *id001", "a: !!binary x", "? [a]")
        lines.insert(at, draw.choice(extra))
        spelt = "\n".join(lines)
    return spelt


def toml_text(tree: Any) -> str:
    """Spell a value as TOML; what TOML cannot hold stays away."""
    if not isinstance(tree, dict):
        return json_text(tree)
    return "".join(f"{json.dumps(key)} = {_inline(each)}\n" for key, each in _kept(tree))


def _kept(tree: dict[Any, Any]) -> Iterator[tuple[str, Any]]:
    return ((str(key), each) for key, each in tree.items() if each is not None)


def _inline(each: Any) -> str:
    if isinstance(each, Raw):
        return str(each)
    if isinstance(each, dict):
        return (
            "{" + ", ".join(f"{json.dumps(key)} = {_inline(of)}" for key, of in _kept(each)) + "}"
        )
    if isinstance(each, list):
        return f"[{', '.join(_inline(of) for of in each if of is not None)}]"
    return json.dumps(each)


def _marked(tree: Any, pieces: list[str]) -> Any:
    if isinstance(tree, Raw):
        pieces.append(str(tree))
        return _RAW % (len(pieces) - 1)
    if isinstance(tree, dict):
        return {str(key): _marked(each, pieces) for key, each in tree.items()}
    if isinstance(tree, list):
        return [_marked(each, pieces) for each in tree]
    return tree


def _shared(draw: Random, tree: Any) -> Any:
    """Let some parts be the same object, which YAML spells with anchors."""
    if not isinstance(tree, (dict, list)):
        return tree
    found = list(parts(tree))
    for _ in range(draw.choice((1, 2, 4)) if found else 0):
        source, at = draw.choice(found)
        container, key = draw.choice(found)
        shared = source[at]
        if _holds(shared, container):
            continue
        if isinstance(container, dict) and draw.random() < 0.3:
            container["<<"] = shared
        else:
            container[key] = shared
    return tree


def _holds(tree: Any, wanted: Any) -> bool:
    """Whether a value is, or has somewhere inside, an object: no circle may be made."""
    if tree is wanted:
        return True
    return isinstance(tree, (dict, list)) and any(
        container[key] is wanted for container, key in parts(tree)
    )
