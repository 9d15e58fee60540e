"""The machine of an environment."""

from __future__ import annotations

from collections.abc import Mapping

from specplan.arguments import question
from specplan.records import dataclass

__all__ = ["Host"]


@question
@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """The known properties of an environment's machine; None for unknown ones.

    The conditions (``when``) of a ``spack.yaml`` refer to it.

    Attributes:
        platform: For example ``linux``.
        os: For example ``ubuntu24.04``.
        target: For example ``zen4``.
        hostname: The name of the machine.
        env: Its environment variables, all of them.
    """

    platform: str | None = None
    os: str | None = None
    target: str | None = None
    hostname: str | None = None
    env: Mapping[str, str] | None = None
