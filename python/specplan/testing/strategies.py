"""Hypothesis strategies for pages, trees of snapshots and questions.

Names come from small pools, so that drawn values coincide: the same hash in two snapshots, the same
package in two stacks, systems of which one serves the other.
"""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from hypothesis import strategies as st

from specplan.model import NotWanted
from specplan.testing.pages import Entry, Page, Spelling

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hypothesis.strategies import DrawFn, SearchStrategy

__all__ = [
    "COMPILERS",
    "PACKAGES",
    "STACKS",
    "SYSTEMS",
    "TAGS",
    "VARIANTS",
    "VERSIONS",
    "diff_questions",
    "entries",
    "gap_questions",
    "hashes",
    "mutated_pages",
    "page_texts",
    "pages",
    "selections",
    "spellings",
    "trees",
]

#: Packages; one is named like the union index, one has a dash, one starts with a digit.
PACKAGES: Final = ("zlib", "root", "py-numpy", "7zip")

#: Versions, oldest first in Spack's order.
VERSIONS: Final = ("1.2rc1", "1.2", "1.9", "1.10", "2025-05-25", "main", "develop")

#: Stacks: two families, one stack named like the union index, and that index.
STACKS: Final = ("e4s", "e4s-oneapi", "ml-cpu", "ml-cuda", "root-x", "root")

#: (platform, os, target): some serve others, one is in no table, one os is musl's.
SYSTEMS: Final = (
    ("linux", "rhel8", "x86_64_v3"),
    ("linux", "ubuntu22.04", "x86_64_v3"),
    ("linux", "ubuntu22.04", "zen4"),
    ("linux", "ubuntu24.04", "x86_64_v3"),
    ("linux", "ubuntu24.04", "neoverse_v2"),
    ("linux", "alpine3.20", "x86_64_v3"),
    ("linux", "site9", "x86_64"),
    ("darwin", "ventura", "aarch64"),
    ("darwin", "sequoia", "m2"),
)

#: Compilers in the spelling of today's pages.
COMPILERS: Final = ("none", "gcc@11.4.0", "gcc@13.2.0", "apple-clang@16.0.0")

#: Lists of variants in the spelling of today's pages.
VARIANTS: Final = (
    (),
    ("build_system=python_pip",),
    ("+pic", "~shared"),
    ("~pic", "+shared"),
    ("build_system=generic", "languages:='c,c++,fortran'", "~lto"),
    ("amdgpu_target:=gfx906,gfx90a", "build_system=cmake", "patches:=db4173c,de0de41"),
    ("cflags='-O2 -g'", "dev_path:=none"),
)

#: Snapshots, newest first.
TAGS: Final = (
    "develop",
    "develop-2025-05-25",
    "develop-2024-12-29",
    "v1.0.0",
    "v0.23.1",
    "nightly",
)

_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz234567"


def hashes(count: int = 24) -> SearchStrategy[str]:
    """Draw one of ``count`` hashes, or rarely any other."""
    few = st.integers(0, count - 1).map(lambda number: _LETTERS[number % 32] * 31 + "a")
    return few | st.text(_LETTERS, min_size=32, max_size=32)


# Made once: Hypothesis prepares each strategy at its first draw, and one made within a draw is
# prepared again for each example.
_HASHES: Final = hashes()
_PACKAGES: Final = st.sampled_from(PACKAGES)
_TAGS: Final = st.sampled_from(TAGS)
_SYSTEMS: Final = st.sampled_from(SYSTEMS)
_STACKS: Final = st.sets(st.sampled_from(STACKS[:-1]), max_size=3)
_OF_FOUR: Final = st.integers(0, 3)
_COMPILERS: Final = st.sampled_from(COMPILERS)
_SIZES: Final = st.sampled_from(("-", "1048576", 1048576))
_VARIANTS: Final = st.sampled_from(VARIANTS)
_VERSIONS: Final = st.sampled_from(VERSIONS)


@st.composite
def entries(draw: DrawFn, dag_hash: str | None = None) -> Entry:
    """Draw an element of ``spec_details``, in the spelling of today's pages."""
    platform, os, target = draw(_SYSTEMS)
    stacks = draw(_STACKS)
    if draw(_OF_FOUR):
        stacks.add("root")
    return {
        "compiler": draw(_COMPILERS),
        "hash": draw(_HASHES) if dag_hash is None else dag_hash,
        "os": os,
        "platform": platform,
        "size": draw(_SIZES),
        "stacks": sorted(stacks),
        "target": target,
        "variants": list(draw(_VARIANTS)),
        "versions": [draw(_VERSIONS)],
    }


_ENTRIES: Final = entries()
_DISTINCT_ENTRIES: Final = st.lists(
    _ENTRIES, max_size=4, unique_by=lambda entry: str(entry["hash"])
)


@st.composite
def pages(draw: DrawFn) -> Page:
    """Draw a page of some specs whose hashes are distinct."""
    drawn = draw(_DISTINCT_ENTRIES)
    return Page(
        package=draw(_PACKAGES),
        tag=draw(_TAGS),
        entries=tuple(sorted(drawn, key=lambda entry: str(entry["hash"]))),
    )


@cache
def _packaged_entries(min_size: int) -> SearchStrategy[list[tuple[str, Entry]]]:
    return st.lists(
        st.tuples(_PACKAGES, _ENTRIES),
        min_size=min_size,
        max_size=8,
        unique_by=lambda spec: str(spec[1]["hash"]),
    )


_TREE_TAGS: Final = st.lists(_TAGS, min_size=1, max_size=3, unique=True)
_FATES: Final = st.integers(0, 9)


@st.composite
def trees(draw: DrawFn, *, min_specs: int = 1) -> list[Page]:
    """Draw the pages of a tree: some snapshots of one cache, no page damaged.

    A hash has one content within a snapshot, mostly the same in the others, and
    different stacks may list it in each.
    """
    specs = draw(_packaged_entries(min_specs))
    tags = draw(_TREE_TAGS)
    tree = []
    for tag in tags:
        by_package: dict[str, list[Entry]] = {}
        for package, entry in specs:
            fate = draw(_FATES)
            if fate <= 1 and len(tags) > 1:
                continue
            again = dict(entry)
            if fate in (2, 3):
                again["stacks"] = draw(_ENTRIES)["stacks"]
            if fate == 4:  # noqa: PLR2004 - one in ten: the cache contradicts itself
                again = {**draw(_ENTRIES), "hash": entry["hash"]}
            by_package.setdefault(package, []).append(again)
        for package, of_package in sorted(by_package.items()):
            of_package.sort(key=lambda entry: str(entry["hash"]))
            tree.append(Page(package=package, tag=tag, entries=tuple(of_package)))
    return tree or [Page(package=specs[0][0], tag=tags[0], entries=(specs[0][1],))]


def spellings() -> SearchStrategy[Spelling]:
    """Draw the spelling of a page."""
    return st.builds(
        Spelling,
        old_years=st.booleans(),
        block=st.booleans(),
        line_end=st.sampled_from(("\n", "\r\n")),
        final_newline=st.booleans(),
        extra_keys=st.booleans(),
        byte_order_mark=st.booleans(),
    )


def page_texts() -> SearchStrategy[str]:
    """Draw a sound page in the spelling of any year."""
    return st.builds(Page.text, pages(), spellings())


_PIECES: Final = (
    *"\"{}[]:,-~+@=.\\/ \t\r\n#&*!|>%'",
    *("é", "\u2028", "\x85", "\ufeff", "\x7f", "0", "1e5", "-0", "1_0", "1:30"),
    *("null", "true", "yes", "2025-05-25", "\\u00e9", "\\ud83d\\ude00", "\\/", '"": 1, ', "[]"),
    *("---\n", "{}", "...", ".inf", "<<", "017", "\x00", "\x1b[31m", "../../x"),
)


@st.composite
def mutated_pages(draw: DrawFn) -> bytes:
    """Draw the bytes of a page that is damaged in a few places, or in none."""
    page = draw(pages())
    if draw(st.integers(0, 2)) == 0:
        page = draw(_with_changed_values(page))
    text = page.text(draw(_published() | _published() | spellings()))
    for _ in range(draw(st.integers(0, 2))):
        text = _respelled(draw, text)
    for _ in range(draw(st.sampled_from((0, 0, 1, 1, 2, 3)))):
        text = draw(st.sampled_from(_DAMAGES))(draw, text)
    data = text.encode()
    if draw(st.integers(0, 19)) == 0 and data:
        position = draw(st.integers(0, len(data) - 1))
        data = data[:position] + bytes([draw(st.integers(0, 255))]) + data[position + 1 :]
    return data


def _published() -> SearchStrategy[Spelling]:
    return st.builds(
        Spelling,
        old_years=st.booleans(),
        line_end=st.sampled_from(("\n", "\r\n")),
        final_newline=st.booleans(),
    )


#: Parts of JSON with two spellings.
_SPELLED_TWICE: Final = (
    (", ", ",  "),
    (", ", ","),
    ('": ', '" : '),
    ('": ', '":\t'),
    ("}", " }"),
    ("[", "[ "),
    ("e", "\\u0065"),
    ("o", "\\u006F"),
    ("/", "\\/"),
    ('{"compiler', '{"a": [{}, -1.5e3, null], "compiler'),
    ('{"compiler', '{"\\u00e9": "\\"\\\\\\n", "compiler'),
)


def _respelled(draw: DrawFn, text: str) -> str:
    """Change the spelling of something in the two JSON lines without changing its meaning."""
    start = text.find("meta: {")
    one, other = draw(st.sampled_from(_SPELLED_TWICE))
    places = [at for at in range(max(start, 0) + 6, len(text)) if text.startswith(one, at)]
    if start < 0 or not places:
        return text
    at = draw(st.sampled_from(places))
    return text[:at] + other + text[at + len(one) :]


def _cut(draw: DrawFn, text: str) -> str:
    start = draw(st.integers(0, len(text)))
    return text[:start] + text[start + draw(st.integers(1, 12)) :]


def _inserted(draw: DrawFn, text: str) -> str:
    position = draw(st.integers(0, len(text)))
    piece: str = draw(st.sampled_from(_PIECES))
    return text[:position] + piece + text[position:]


def _replaced_value(draw: DrawFn, text: str) -> str:
    marks = [at for at in range(len(text)) if text.startswith(('": "', '": [', '": {'), at)]
    if not marks:
        return text
    start = draw(st.sampled_from(marks)) + 3
    end = next((at for at in range(start, len(text)) if text[at] in ",}]\n"), len(text))
    piece: str = draw(st.sampled_from(_PIECES))
    return text[:start] + piece + text[end:]


def _doubled(draw: DrawFn, text: str) -> str:
    start = draw(st.integers(0, len(text)))
    part = text[start : start + draw(st.integers(1, 40))]
    return text[:start] + part + text[start:]


def _line_changed(draw: DrawFn, text: str) -> str:
    lines = text.split("\n")
    index = draw(st.integers(0, len(lines) - 1))
    other: str = draw(st.sampled_from(("", " ", "#x", "---", "title: zlib", lines[index])))
    return "\n".join([*lines[:index], other, *lines[index + draw(st.integers(0, 1)) :]])


_DAMAGES: Final[Sequence[Callable[[DrawFn, str], str]]] = (
    _cut,
    _inserted,
    _replaced_value,
    _doubled,
    _line_changed,
)

_VALUES: Final = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=6)
    | st.sampled_from(("gcc@=1", "", "..", "+a", "a=true", "x" * 600)),
    lambda values: st.lists(values, max_size=2) | st.dictionaries(st.text(max_size=3), values),
    max_leaves=4,
)


@st.composite
def _with_changed_values(draw: DrawFn, page: Page) -> Page:
    """Change, drop or add a key of an entry or of ``meta``."""
    keys = ("compiler", "hash", "os", "size", "stacks", "variants", "versions", "more")
    changed: list[Entry] = json.loads(json.dumps(page.entries))
    if changed:
        entry: dict[str, Any] = draw(st.sampled_from(changed))
        key = draw(st.sampled_from(keys))
        if draw(st.booleans()):
            entry.pop(key, None)
        else:
            entry[key] = draw(_VALUES)
    from specplan.testing.pages import meta_of  # noqa: PLC0415 - of the sound page

    meta = json.loads(json.dumps(meta_of(page.entries)))
    if draw(st.booleans()):
        meta[draw(st.sampled_from(sorted(meta)))] = draw(_VALUES)
    return _Frozen(package=page.package, tag=page.tag, entries=tuple(changed), meta=meta)


class _Frozen(Page):
    """A page whose entries may be of any shape, so only one spelling can be written."""

    __slots__ = ()

    def text(self, spelling: Spelling | None = None) -> str:
        return super().text(replace(spelling or Spelling(), old_years=False))


@cache
def _patterns(names: tuple[str, ...], wild: tuple[str, ...]) -> SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from((*names, *wild)), max_size=2, unique=True).map(tuple)


_NOT_WANTED: Final = st.lists(
    st.builds(
        NotWanted,
        package=st.sampled_from(("*", "zlib", "r*", "py-*")),
        stack=st.sampled_from(("*", "e4s*")),
        os=st.sampled_from(("*", "ubuntu*")),
        target=st.sampled_from(("*", "x86_64_v3")),
        reason=st.just("not ours"),
    ),
    max_size=2,
)


@st.composite
def gap_questions(draw: DrawFn, tags: Sequence[str]) -> dict[str, Any]:
    """Draw the keywords of a question of coverage; the names in it may not exist.

    ``tags`` are the snapshots of the cache.
    """
    question: dict[str, Any] = {
        "level": draw(st.sampled_from(("package", "version", "variant", "hash"))),
        "compat": draw(st.sampled_from(("exact", "target", "os"))),
        "stack": draw(_patterns(STACKS, ("e4s*", "*", "ml-?p?"))),
        "tag": draw(st.none() | st.sampled_from(tags)),
        "system": draw(
            st.sampled_from(
                ((), (), ("all",), ("debian12/zen5",), ("sequoia/m3", "ubuntu22.04/x86_64_v3"))
            )
        ),
    }
    if draw(st.integers(0, 2)) == 0:
        question["baseline"] = draw(st.sampled_from(tags))
    elif draw(st.booleans()):
        question["peers"] = draw(_patterns(STACKS, ("*", "e4s*")))
    elif draw(st.booleans()):
        question["families"] = {"mine": ["e4s", "ml-*"], "yours": ["root*"]}
    if draw(st.integers(0, 2)) == 0:
        question["os"] = draw(_patterns(("ubuntu22.04", "rhel8"), ("ubuntu*", "*")))
        question["target"] = draw(_patterns(("x86_64_v3",), ("x86*", "*")))
    if draw(st.integers(0, 2)) == 0:
        question["not_wanted"] = tuple(draw(_NOT_WANTED))
    return question


@st.composite
def diff_questions(draw: DrawFn, tags: Sequence[str]) -> dict[str, Any]:
    """Draw the keywords of a question about the difference between two snapshots."""
    return {
        "old": draw(st.sampled_from(tags)),
        "new": draw(st.none() | st.sampled_from(tags)),
        "level": draw(st.sampled_from(("package", "version", "variant", "hash"))),
        "stack": draw(_patterns(STACKS, ("e4s*", "*"))),
        "os": draw(_patterns(("ubuntu22.04",), ("ubuntu*", "*"))),
    }


@st.composite
def selections(draw: DrawFn) -> dict[str, Any]:
    """Draw the keywords of a selection."""
    respects: dict[str, SearchStrategy[Any]] = {
        "package": _patterns(PACKAGES, ("*", "r*", "no-such")),
        "version": _patterns(VERSIONS, ("1.*",)),
        "platform": _patterns(("linux",), ("d*",)),
        "os": _patterns(("rhel8",), ("ubuntu*",)),
        "target": _patterns(("zen4",), ("x86_64*",)),
        "compiler": _patterns(COMPILERS, ("gcc*",)),
        "stack": _patterns(STACKS, ("e4s*", "*")),
        "tag": st.sampled_from(TAGS),
        "hash": st.lists(hashes(), min_size=1, max_size=3).map(tuple),
    }
    chosen = draw(st.sets(st.sampled_from(sorted(respects)), min_size=1, max_size=2))
    drawn = {name: draw(respects[name]) for name in sorted(chosen)}
    return {name: value for name, value in drawn.items() if value}
