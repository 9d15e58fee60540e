"""Options for reading environments: the machine, and replacements for missing files."""

from __future__ import annotations

from dataclasses import field
from types import MappingProxyType
from typing import TYPE_CHECKING

from specplan.model.host import Host
from specplan.model.left_out import ALL_KINDS
from specplan.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["EnvironmentOptions"]


def _no_files() -> Mapping[str, str]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentOptions:
    """Options for reading environments.

    Attributes:
        host: The machine to which conditions refer; other properties are unknown.
        includes: By the URL of a remote include, the local file or folder to read instead.
        groups: The groups whose roots are wanted; all if none is named.
        allowed: The kinds of records that the user allows.
        declares: Returns whether a package has a variant, by the names of both; None if unknown.
        recipes: The same, judging only by recipes, for any version of the package; None without
            recipes.
    """

    host: Host = Host()
    includes: Mapping[str, str] = field(default_factory=_no_files)
    groups: tuple[str, ...] = ()
    allowed: frozenset[str] = frozenset()
    declares: Callable[[str, str], bool | None] | None = field(default=None, compare=False)
    recipes: Callable[[str, str], bool | None] | None = field(default=None, compare=False)

    @property
    def allows_includes(self) -> bool:
        """True if a missing include is skipped."""
        return bool(self.allowed & {"include", ALL_KINDS})
