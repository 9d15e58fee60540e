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
        host: The machine that conditions ask for; what is not given is not known.
        includes: By the URL of a remote include, the local file or folder to read instead.
        groups: The groups whose roots are wanted; all where none is named.
        allowed: The kinds of records that the user allows.
        declares: Whether a package has a variant, None where that is not known. It is asked
            with the names of both.
        recipes: The same as recipes alone show it, for any version of the package; None where
            no recipes are known.
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
