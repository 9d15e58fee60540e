"""Files with one abstract spec per line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from specplan._core import AbstractSpec
from specplan.errors import DamagedSourceError, SpecSyntaxError
from specplan.sources import standard_input
from specplan.sources.content import inflated
from specplan.sources.label import STANDARD_INPUT

if TYPE_CHECKING:
    from specplan.sources.limits import Limits

__all__ = ["read_spec_list"]


def read_spec_list(source: str, limits: Limits) -> tuple[str, ...]:
    """Return the abstract specs of a file, each once, in the order of the file.

    The text after ``#`` at the start of a line or after a space is a comment.

    Args:
        source: The file, or ``-`` for standard input.
        limits: Its limits.

    Raises:
        SourceError: If it cannot be read.
        DamagedSourceError: If it is not text, or a line is not an abstract spec.
    """
    most = limits.yaml_bytes
    if source == STANDARD_INPUT:
        document = standard_input.whole(most)
    else:
        document = inflated(Path(source), source, most)
    try:
        text = document.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        number = document.count(b"\n", 0, error.start) + 1
        raise DamagedSourceError(
            path=source, location="", line=number, fault="is not UTF-8"
        ) from error
    specs: dict[str, None] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        spec = "" if line.lstrip().startswith("#") else line.strip().partition(" #")[0].rstrip()
        if not spec or spec in specs:
            continue
        try:
            AbstractSpec(spec)
        except SpecSyntaxError as error:
            fault = f"is not a spec: {error}"
            raise DamagedSourceError(path=source, location="", line=number, fault=fault) from error
        specs[spec] = None
    return tuple(specs)
