"""Which file of a Rust crate uses which, read from the source itself.

A path such as ``crate::graph::id::SpecId`` leads to the deepest module that it names and that has a
file of its own. Where that module only hands on the name (``pub use``), the path leads on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: A module by the names on the way from the root of its crate, which is the empty one.
Module: TypeAlias = tuple[str, ...]

_COMMENT = re.compile(r"//.*")
#: A path from a known module, or the start of a tree of them. ``pub(super)`` is not a path.
_PATH = re.compile(r"(?<![\w:$])(?:crate|super|self)(?=::)(?:::\w+)*(?:::\{)?")
#: A `use` of a child module by its own name.
_USE_OF_CHILD = re.compile(r"^\s*(?:pub(?:\([a-z]+\))? )?use (?=(\w+)::)", re.MULTILINE)
_IS_HANDED_ON = re.compile(r"\bpub(?:\([a-z]+\))?\s+use\s+$")
#: A module inside a file, as rustfmt writes it: to the brace of the same depth.
_INNER_MODULE = re.compile(
    r"^( *)(?:pub(?:\([a-z]+\))? )?mod (\w+) \{$.*?^\1\}$", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True)
class _Use:
    #: The module that the path is written in, which may be one inside a file.
    module: Module
    path: tuple[str, ...]
    is_handed_on: bool

    def absolute(self) -> Module:
        """Return the path from the root of the crate."""
        start = list(self.module)
        names = list(self.path)
        if names[0] == "crate":
            start = []
        while names and names[0] in ("crate", "self", "super"):
            if names.pop(0) == "super":
                start.pop()
        return (*start, *names)


def uses_of_files(crate: Path) -> dict[Path, set[Path]]:
    """Return for each file of a crate the other files of it that it uses.

    A file and its parent, the file that declares it as a module, may use each other: that is
    left out.
    """
    source = crate / "src"
    files = {_module(file.relative_to(source)): file for file in sorted(source.rglob("*.rs"))}
    uses = {module: [*_uses(module, file, files)] for module, file in files.items()}
    handed_on = {
        (module, use.path[-1]): use.absolute()
        for module, own in uses.items()
        for use in own
        if use.is_handed_on
    }
    found: dict[Path, set[Path]] = {file: set() for file in files.values()}
    for module, own in uses.items():
        for use in own:
            other = _file_module(use.absolute(), files, handed_on)
            is_family = other == module or other[:-1] == module or module[:-1] == other
            if not use.is_handed_on and not is_family:
                found[files[module]].add(files[other])
    return found


def circles(uses: dict[Path, set[Path]]) -> list[list[Path]]:
    """Return the sets of files that use each other in a circle, each sorted."""
    reached = {file: _reached(file, uses) for file in uses}
    found = {
        tuple(sorted(other for other in reached[file] if file in reached[other]))
        for file in uses
        if file in reached[file]
    }
    return [list(circle) for circle in sorted(found)]


def _reached(start: Path, uses: dict[Path, set[Path]]) -> set[Path]:
    found: set[Path] = set()
    todo = [start]
    while todo:
        for other in uses[todo.pop()] - found:
            found.add(other)
            todo.append(other)
    return found


def _module(file: Path) -> Module:
    names = file.with_suffix("").parts
    return names[:-1] if names[-1] in ("lib", "mod") else names


def _file_module(
    path: Module, files: dict[Module, Path], handed_on: dict[tuple[Module, str], Module]
) -> Module:
    """Return the module with a file that a path leads to."""
    seen: set[Module] = set()
    while True:
        length = max(length for length in range(len(path) + 1) if path[:length] in files)
        module, names = path[:length], path[length:]
        further = handed_on.get((module, names[0])) if names else None
        if further is None or path in seen:
            return module
        seen.add(path)
        path = (*further, *names[1:])


def _uses(module: Module, file: Path, files: dict[Module, Path]) -> Iterator[_Use]:
    text = _COMMENT.sub("", file.read_text(encoding="utf-8"))
    inner_modules = [(found.span(), found[2]) for found in _INNER_MODULE.finditer(text)]
    for match in _PATH.finditer(text):
        tree = text[match.start() : _end_of_tree(text, match)]
        around = (name for (start, end), name in inner_modules if start <= match.start() < end)
        inner = (*module, *around)
        is_handed_on = _IS_HANDED_ON.search(text[: match.start()]) is not None
        for path in _paths((), tree):
            yield _Use(inner, path, is_handed_on)
    for match in _USE_OF_CHILD.finditer(text):
        if (*module, match[1]) in files:
            tree = text[match.end() : text.index(";", match.end())]
            for path in _paths(("self",), tree):
                yield _Use(module, path, match[0].lstrip().startswith("pub"))


def _end_of_tree(text: str, match: re.Match[str]) -> int:
    """Return where a path ends, the braces at its end included."""
    end = match.end()
    if not match[0].endswith("{"):
        return end
    depth = 1
    while depth:
        depth += {"{": 1, "}": -1}.get(text[end], 0)
        end += 1
    return end


def _paths(before: tuple[str, ...], tree: str) -> Iterator[tuple[str, ...]]:
    """Return the paths of a tree such as ``a::{b, c::{d, e as f}}``."""
    head, brace, rest = tree.partition("{")
    if not brace:
        names = tree.split(" as ", maxsplit=1)[0].split("::")
        yield (*before, *(name.strip() for name in names if name.strip()))
        return
    before = (*before, *(name.strip() for name in head.split("::") if name.strip()))
    depth = 0
    part = ""
    for letter in rest.rsplit("}", 1)[0] + ",":
        depth += {"{": 1, "}": -1}.get(letter, 0)
        if letter == "," and not depth:
            if part.strip():
                yield from _paths(before, part)
            part = ""
        else:
            part += letter
