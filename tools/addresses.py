"""Replaces placeholders in documents with the address of the repository, or lists them.

usage: python tools/addresses.py [OWNER/NAME]

With the address of the repository on GitHub, it replaces each `OWNER/specplan` in the documents.
Without, each line that still has a placeholder is printed, and the exit code is 1 if there is any:
the links of a release would be broken.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]

#: The placeholder in documents until the project has an address.
PLACEHOLDER: Final = "OWNER/specplan"

#: An owner and a name, as GitHub allows them.
_ADDRESS: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}")


def documents(root: Path) -> list[Path]:
    """Return the files for readers: the README, the documents, and the templates for CI systems."""
    found = [root / name for name in ("README.md", "action.yml", "pyproject.toml")]
    found += (path for folder in ("docs", "templates") for path in (root / folder).rglob("*"))
    # The instructions for replacing it contain the placeholder.
    own = root / "docs" / "releasing.md"
    suffixes = {".md", ".yml", ".toml", ".ipynb"}
    return sorted(
        path for path in found if path.is_file() and path.suffix in suffixes and path != own
    )


def left(root: Path) -> list[str]:
    """Return the lines that have the placeholder, each with its file and its number."""
    return [
        f"{path.relative_to(root)}:{number}: {line.strip()}"
        for path in documents(root)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if PLACEHOLDER in line
    ]


def put(root: Path, address: str) -> list[str]:
    """Replace the placeholder with an address; return the changed files."""
    changed = []
    for path in documents(root):
        text = path.read_text(encoding="utf-8")
        if PLACEHOLDER in text:
            path.write_text(text.replace(PLACEHOLDER, address), encoding="utf-8")
            changed.append(str(path.relative_to(root)))
    return changed


def main(words: list[str]) -> int:
    """Set the address, or print the remaining placeholders; return the exit code."""
    if len(words) > 1 or (words and not _ADDRESS.fullmatch(words[0])):
        print(__doc__, file=sys.stderr)
        return 2
    if words:
        print("\n".join(put(ROOT, words[0])))
        return 0
    lines = left(ROOT)
    if lines:
        print("\n".join(lines))
        print(
            f"error: {len(lines)} lines have no address yet: `python tools/addresses.py "
            "OWNER/NAME` writes it",
            file=sys.stderr,
        )
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
