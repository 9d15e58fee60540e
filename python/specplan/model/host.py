"""The machine of an environment."""

from __future__ import annotations

from collections.abc import Mapping

from specplan.records import dataclass

__all__ = ["Host"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """The known properties of an environment's machine; None for unknown ones.

    The conditions (``when``) of a ``spack.yaml`` ask for it.

    Attributes:
        platform: Such as ``linux``.
        os: Such as ``ubuntu24.04``.
        target: Such as ``zen4``.
        hostname: The name of the machine.
        env: Its environment variables, all of them.
    """

    platform: str | None = None
    os: str | None = None
    target: str | None = None
    hostname: str | None = None
    env: Mapping[str, str] | None = None
