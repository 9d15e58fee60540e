"""Writes the licence texts of everything linked into the wheel: crates, and Rust's own library.

usage: python tools/licences.py [OUTPUT]

OUTPUT is by default LICENSE-THIRD-PARTY.txt, which a wheel that is built afterwards contains. The
crates are those that `cargo metadata` finds for the bindings, on any system, except those that only
run during compilation or tests. Features are those of the whole workspace, so the list may contain
too many crates, but never too few. A crate without a text is an error.
"""

from __future__ import annotations

import html
import json
import re
import subprocess
import sys
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]
OUTPUT: Final = "LICENSE-THIRD-PARTY.txt"

#: The crate that becomes the compiled module.
_BINDINGS: Final = "specplan-python"

_TEXTS: Final = re.compile(r"(?i)(licen[cs]e|copying|copyright|notice|unlicense)[^/]*")
_NO_TEXT: Final = frozenset({".rs", ".toml", ".py", ".html"})
_LIBRARY: Final = "share/doc/rust/COPYRIGHT-library.html"
_LINE: Final = "=" * 80


class LicenceError(Exception):
    """The reason why the texts are incomplete."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Crate:
    """A linked crate.

    Attributes:
        name: Its name.
        version: Its version.
        licence: Its licence, as an SPDX expression.
        folder: The folder of its files.
    """

    name: str
    version: str
    licence: str
    folder: Path

    def texts(self) -> dict[str, str]:
        """Return the texts of its licences, by the names of their files.

        Raises:
            LicenceError: If there are none.
        """
        found = {
            path.name: path.read_text(encoding="utf-8", errors="replace").strip()
            for path in sorted(self.folder.iterdir())
            if path.is_file() and _TEXTS.fullmatch(path.name) and path.suffix not in _NO_TEXT
        }
        for folder in ("LICENSES", "licenses"):
            inner = self.folder / folder
            if inner.is_dir():
                found |= {
                    path.name: path.read_text(encoding="utf-8", errors="replace").strip()
                    for path in sorted(inner.iterdir())
                    if path.is_file()
                }
        return {name: text for name, text in found.items() if text}


def metadata() -> dict[str, Any]:
    """Return the metadata of cargo for the crates of the lock."""
    command = ["cargo", "metadata", "--format-version", "1", "--locked"]
    answer = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)  # noqa: S603
    known: dict[str, Any] = json.loads(answer.stdout)
    return known


def linked(known: dict[str, Any]) -> list[Crate]:
    """Return the crates linked into the compiled module, except our own."""
    packages = {each["id"]: each for each in known["packages"]}
    nodes = {each["id"]: each for each in known["resolve"]["nodes"]}
    ours = set(known["workspace_members"])
    left = [each for each in ours if packages[each]["name"] == _BINDINGS]
    found: set[str] = set()
    while left:
        package = left.pop()
        if package in found or _is_macro(packages[package]):
            continue
        found.add(package)
        left += [
            dependency["pkg"]
            for dependency in nodes[package]["deps"]
            if any(kind["kind"] is None for kind in dependency["dep_kinds"])
        ]
    return sorted(
        Crate(
            name=packages[each]["name"],
            version=packages[each]["version"],
            licence=packages[each]["license"] or "see its text",
            folder=Path(packages[each]["manifest_path"]).parent,
        )
        for each in found - ours
    )


def _is_macro(package: dict[str, Any]) -> bool:
    """Return whether a crate only runs during compilation and is not linked."""
    return any("proc-macro" in target["kind"] for target in package["targets"])


def document(crates: list[Crate], library: str) -> str:
    """Return the list of all crates, and each different text once.

    Args:
        crates: The crates.
        library: The notices of Rust's own library.

    Raises:
        LicenceError: If a crate has no text.
    """
    by_text: dict[str, list[str]] = {}
    without = []
    for crate in crates:
        texts = crate.texts()
        if not texts:
            without.append(f"{crate.name} {crate.version}")
        for name, text in texts.items():
            by_text.setdefault(text, []).append(f"{crate.name} {crate.version} ({name})")
    lines = [f"{crate.name} {crate.version}: {crate.licence}" for crate in crates]
    parts = [
        "The compiled module of specplan is made of these crates and Rust's standard library.\n",
        "\n".join(lines),
    ]
    if without:
        parts.append(_of_texts_elsewhere(without, crates, set(by_text)))
    for text, names in by_text.items():
        parts.append(f"{_LINE}\n" + "\n".join(names) + f"\n{_LINE}\n\n{text}")
    parts.append(f"{_LINE}\nRust's standard library\n{_LINE}\n\n{library.strip()}")
    return "\n\n".join(parts) + "\n"


def _of_texts_elsewhere(without: list[str], crates: list[Crate], texts: set[str]) -> str:
    """Return the crates without a text for which a standard one is available.

    Raises:
        LicenceError: If there is none.
    """
    by_name = {f"{each.name} {each.version}": each for each in crates}
    has_apache = any("Apache License" in text and "Version 2.0" in text for text in texts)
    for name in without:
        if "Apache-2.0" not in by_name[name].licence or not has_apache:
            raise LicenceError(f"no text of the licence of {name} ({by_name[name].licence})")
    head = "Under the Apache License, Version 2.0, whose text is below, without one of their own:"
    return "\n".join([head, *without])


class _Text(HTMLParser):
    """The text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def library_notices() -> str:
    """Return the notices of Rust's standard library from the toolchain.

    Raises:
        LicenceError: If it has none.
    """
    command = ["rustc", "--print", "sysroot"]
    answer = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)  # noqa: S603
    page = Path(answer.stdout.decode().strip(), _LIBRARY)
    if not page.is_file():
        raise LicenceError(f"this Rust has no {_LIBRARY}: `rustup component add rust-docs`")
    reader = _Text()
    reader.feed(page.read_text(encoding="utf-8"))
    text = html.unescape("".join(reader.parts))
    return re.sub(r"(?:[ \t]*\n){3,}", "\n\n", re.sub(r"[ \t]+\n", "\n", text))


def main(words: list[str]) -> int:
    """Write the texts; return the exit code."""
    output = Path(words[0]) if words else ROOT / OUTPUT
    try:
        crates = linked(metadata())
        output.write_text(document(crates, library_notices()), encoding="utf-8")
    except LicenceError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(f"{output}: {len(crates)} crates")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
