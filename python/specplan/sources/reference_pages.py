"""Package pages that are not formatted as published, read one by one as YAML."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from specplan.model import DamagedFile
from specplan.sources import front_matter
from specplan.sources.front_matter import FrontMatter, FrontMatterError

if TYPE_CHECKING:
    from pathlib import Path

    from specplan.sources.limits import Limits

__all__ = ["refer", "shown"]


def refer(paths: list[Path], limits: Limits) -> tuple[dict[Path, FrontMatter], list[DamagedFile]]:
    """Read pages with the reference reader, which accepts or refuses each."""
    taken: dict[Path, FrontMatter] = {}
    refused = []
    for path in paths:
        page = _parse(path, limits)
        if isinstance(page, FrontMatter):
            taken[path] = page
        else:
            refused.append(page)
    return taken, refused


def shown(path: Path) -> str:
    """Return a path as text that can be written; bytes that are not UTF-8 are replaced."""
    return os.fsencode(path).decode("utf-8", "replace")


def _parse(path: Path, limits: Limits) -> FrontMatter | DamagedFile:
    try:
        return front_matter.parse(_bytes_of(path, limits))
    except FrontMatterError as error:
        name = shown(path)
        return DamagedFile(path=name, location=error.location, line=error.line, fault=error.fault)


def _bytes_of(path: Path, limits: Limits) -> bytes:
    try:
        with path.open("rb") as file:
            page = file.read(limits.yaml_bytes + 1)
    except OSError as error:
        raise FrontMatterError(f"cannot be read: {error.strerror}") from error
    if len(page) > limits.yaml_bytes:
        raise FrontMatterError(
            f"is not formatted as published, and has more than the {limits.yaml_bytes} bytes that "
            "specplan reads as YAML"
        )
    return page
