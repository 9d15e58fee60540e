"""What plans tell of any spec."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

__all__ = ["EdgeType", "NamedSpec"]

#: What an edge is for; ``splice`` leads to the spec as which a spliced one was built.
EdgeType: TypeAlias = Literal["build", "link", "run", "test", "splice"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedSpec:
    """A spec with what people know it by.

    Attributes:
        hash: The DAG hash.
        name: The package.
        version: The version as the source spells it.
    """

    hash: str
    name: str
    version: str
