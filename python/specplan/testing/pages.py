"""Package pages as values, written in the spellings of several years."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import field
from typing import TYPE_CHECKING, Final, TypeAlias

import yaml

from specplan.records import dataclass
from specplan.testing.model import Listing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

__all__ = ["PAGE_NAME", "Entry", "Page", "Spelling", "meta_of", "write_tree"]

#: One element of ``spec_details``, as in JSON.
Entry: TypeAlias = "dict[str, object]"

#: The file name of a page in a published tree.
PAGE_NAME: Final = "specs.md"

#: The number of digits of a patch's checksum that distinguish it from others.
_PATCH_DIGITS: Final = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelling:
    """The spelling of a page; the default is that of published pages.

    Attributes:
        old_years: The spelling up to March 2025: ``gcc@=11.4.0``, ``languages=c,cxx``.
        block: YAML in block style instead of one-line JSON.
        line_end: The line ending.
        final_newline: Whether the last line ends with a newline.
        extra_keys: Whether there are unknown keys.
        byte_order_mark: Whether the file begins with a byte order mark.
    """

    old_years: bool = False
    block: bool = False
    line_end: str = "\n"
    final_newline: bool = False
    extra_keys: bool = False
    byte_order_mark: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The specs of one package in one snapshot.

    Variants and compilers are in the spelling of today's pages.

    Attributes:
        package: The package.
        tag: The snapshot.
        entries: The content of ``spec_details``.
        meta: The content of ``meta``; None for that which follows from the entries.
    """

    package: str
    tag: str
    entries: tuple[Entry, ...]
    meta: Entry | None = field(default=None)

    def text(self, spelling: Spelling | None = None) -> str:
        """Return the page as text.

        Examples:
            >>> print(Page(package="zlib", tag="develop", entries=()).text().splitlines()[3])
            categories: [package, develop]
        """
        spelling = spelling or Spelling()
        entries = [_in_old_years(entry) if spelling.old_years else entry for entry in self.entries]
        meta = meta_of(entries) if self.meta is None else self.meta
        if spelling.extra_keys:
            entries = [{**entry, "zz_note": {"by": ["nobody", 1]}} for entry in entries]
            meta = {**meta, "zz_more": None}
        if spelling.block:
            front = {
                "title": self.package,
                "layout": "cache",
                "categories": ["package", self.tag],
                "meta": meta,
                "spec_details": entries,
            }
            body = yaml.dump(_unshared(front), default_flow_style=False, sort_keys=False)
        else:
            body = (
                f'title: "{self.package}"\nlayout: cache\ncategories: [package, {self.tag}]\n'
                f"meta: {json.dumps(meta, sort_keys=True)}\n"
                f"spec_details: {json.dumps(entries, sort_keys=True)}\n"
            )
        if spelling.extra_keys:
            body += "spec_files:\n- a.json\n- b.json\n"
        page = f"---\n{body}---" + ("\n" if spelling.final_newline else "")
        mark = "\ufeff" if spelling.byte_order_mark else ""
        return mark + page.replace("\n", spelling.line_end)

    def write(self, folder: Path, spelling: Spelling | None = None) -> Path:
        """Write the page to its place in a published tree below ``folder``; return its path."""
        path = folder / "_cache" / self.tag / self.package / PAGE_NAME
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.text(spelling).encode())
        return path

    def listings(self, *, source: str, cache: str) -> Iterator[Listing]:
        """Return the listings of the page.

        Args:
            source: The page's file.
            cache: The source, as it was given, that the file belongs to.
        """
        for entry in self.entries:
            yield Listing(
                hash=_text(entry, "hash"),
                name=self.package,
                version=_texts(entry, "versions")[0],
                platform=_text(entry, "platform"),
                os=_text(entry, "os"),
                target=_text(entry, "target"),
                compiler=_text(entry, "compiler").replace("@=", "@"),
                variants=_canonical(_texts(entry, "variants")),
                size=str(entry["size"]),
                stacks=tuple(sorted(set(_texts(entry, "stacks")))),
                tag=self.tag,
                source=source,
                cache=cache,
            )


def write_tree(pages: Sequence[Page], folder: Path) -> frozenset[Listing]:
    """Write a tree of pages and return its listings, read as the source ``folder``."""
    listings: set[Listing] = set()
    for page in pages:
        path = page.write(folder)
        listings.update(page.listings(source=str(path), cache=str(folder)))
    return frozenset(listings)


def meta_of(entries: Sequence[Entry]) -> Entry:
    """Return the summary that agrees with the entries of a page."""
    stacks = Counter(stack for entry in entries for stack in set(_texts(entry, "stacks")))
    return {
        "compilers": sorted({_text(entry, "compiler") for entry in entries}),
        "num_specs": len(entries),
        "num_specs_by_stack": dict(sorted(stacks.items())),
        "oss": sorted({_text(entry, "os") for entry in entries}),
        "platforms": sorted({_text(entry, "platform") for entry in entries}),
        "stacks": sorted(stacks),
        "targets": sorted({_text(entry, "target") for entry in entries}),
        "versions": sorted({each for entry in entries for each in _texts(entry, "versions")}),
    }


def _text(entry: Entry, key: str) -> str:
    return str(entry[key])


def _texts(entry: Entry, key: str) -> list[str]:
    values = entry[key]
    assert isinstance(values, list)  # noqa: S101 - whoever makes an entry makes lists
    return [str(value) for value in values]


def _in_old_years(entry: Entry) -> Entry:
    """Return an entry in the spelling of pages up to March 2025."""
    return {
        **entry,
        "compiler": _text(entry, "compiler").replace("@", "@="),
        "variants": [each.replace(":=", "=", 1) for each in _texts(entry, "variants")],
    }


def _canonical(variants: Sequence[str]) -> tuple[str, ...]:
    """Return variants by name, in one spelling for all years."""
    one_spelling = []
    for variant in variants:
        boolean = re.fullmatch(r"([+~])[+~]?(.+)", variant)
        if boolean and "=" not in variant:
            one_spelling.append((boolean[2], f"{boolean[1]}{boolean[2]}"))
            continue
        name, _, value = variant.partition("=")
        name = name.removesuffix(":")
        value = value.removeprefix("=").strip("'")
        if value.lower() in {"true", "false"}:
            one_spelling.append((name, f"{'+' if value.lower() == 'true' else '~'}{name}"))
            continue
        values = value.split(",")
        if name == "patches":
            values = [each[:_PATCH_DIGITS] for each in values]
        value = ",".join(sorted(set(values)))
        plain = re.fullmatch(r"[A-Za-z0-9_+*.,:=%^~/\\-]+", value)
        one_spelling.append((name, f"{name}={value}" if plain else f'{name}="{value}"'))
    return tuple(text for _, text in sorted(one_spelling))


def _unshared(value: object) -> object:
    """Return a copy that shares nothing, because PyYAML writes shared values as aliases."""
    return json.loads(json.dumps(value))
