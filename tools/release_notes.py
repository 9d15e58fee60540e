"""Prints what a release changes: its section of CHANGELOG.md, as Markdown.

usage: python tools/release_notes.py TAG

A tag is `v` and the version. It must be the version in Cargo.toml, and have a nonempty section in
the changelog, `## VERSION`, perhaps followed by a date.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]

_HEADING: Final = re.compile(r"^## +\[?v?([^\s\]]+)\]?.*$", re.MULTILINE)
_VERSION: Final = re.compile(r'^version = "([^"]+)"$', re.MULTILINE)


class ReleaseError(Exception):
    """The reason why a tag is not a release."""


def notes_of(tag: str, changelog: str, cargo: str) -> str:
    """Return the notes of a release.

    Args:
        tag: The tag.
        changelog: The content of CHANGELOG.md.
        cargo: The content of Cargo.toml, which has the version.

    Raises:
        ReleaseError: If the tag does not match the version, or the changelog has no notes on it.
    """
    found = _VERSION.search(cargo)
    version = found[1] if found else ""
    if tag != f"v{version}":
        raise ReleaseError(f"the tag is `{tag}`, but Cargo.toml has the version {version}")
    headings = list(_HEADING.finditer(changelog))
    ends = [*(each.start() for each in headings[1:]), len(changelog)]
    sections = [
        changelog[heading.end() : end].strip()
        for heading, end in zip(headings, ends, strict=True)
        if heading[1] == version
    ]
    if len(sections) != 1:
        raise ReleaseError(f"CHANGELOG.md has {len(sections)} sections `## {version}`, not one")
    if not sections[0]:
        raise ReleaseError(f"the section `## {version}` of CHANGELOG.md is empty")
    return f"{sections[0]}\n"


def main(words: list[str]) -> int:
    """Print the notes; return the exit code."""
    if len(words) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    cargo = (ROOT / "Cargo.toml").read_text(encoding="utf-8")
    try:
        sys.stdout.write(notes_of(words[0], changelog, cargo))
    except ReleaseError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
